import {generateKeyPairSync} from 'node:crypto'
import {writeFile} from 'node:fs/promises'
import {type AddressInfo, connect} from 'node:net'
import {join} from 'node:path'
import {createServer, type Server} from 'node:tls'
import {onTestFinished} from 'vitest'
import {
  authorityCertificate,
  type Lifetime,
  serverCertificate,
} from '../../src/lib/sandbox/proxy/certificate.ts'
import {temporaryFolder} from './temporary-folder.ts'

/** Key and certificate, in PEM. */
export interface ServerIdentity {
  readonly key: string
  readonly cert: string
}

/** An authority that nobody knows but those who are given its certificate. */
export interface PrivateAuthority {
  readonly certificate: string
  /** The certificate in a file that is gone when the test ends. */
  readonly file: string
  /** For a server of this name. */
  readonly serverOf: (host: string, lifetime?: Lifetime) => ServerIdentity
}

const day = 24 * 3_600_000

/** @param domain of the names that it vouches for. */
export async function privateAuthority(domain = 'example'): Promise<PrivateAuthority> {
  const keys = generateKeyPairSync('ec', {namedCurve: 'P-256'})
  const authority = {keys, name: 'Example Networks'}
  const certificate = authorityCertificate(keys, authority.name, [domain], around(Date.now()))
  const file = join(await temporaryFolder(), 'ca.pem')
  await writeFile(file, certificate)
  return {
    certificate,
    file,
    serverOf: (host, lifetime = around(Date.now())) => ({
      key: keys.privateKey.export({type: 'pkcs8', format: 'pem'}),
      cert: serverCertificate(keys.publicKey, host, authority, lifetime),
    }),
  }
}

function around(now: number): Lifetime {
  return {notBefore: new Date(now - day), notAfter: new Date(now + day)}
}

/** Ends TLS before a server on loopback, until the test is over. @returns its port. */
export async function tlsBefore(port: number, identity: ServerIdentity): Promise<number> {
  const server = createServer(identity, socket => {
    const inner = connect(port, '127.0.0.1')
    inner.on('error', () => socket.destroy())
    socket.on('error', () => inner.destroy())
    socket.pipe(inner).pipe(socket)
  })
  server.on('tlsClientError', () => undefined)
  return listen(server)
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}
