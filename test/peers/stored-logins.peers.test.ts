import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {describe, expect, onTestFinished, test} from 'vitest'
import {credentialsReader} from '../../src/lib/cli/docker-credentials.ts'
import {openRegistry} from '../../src/lib/ecr/open.ts'
import {basicValue} from '../../src/lib/oci/auth.ts'
import {type HostileRegistry, type Reply, sha256, startHostileRegistry} from '../support/hostile-registry.ts'
import {has, run} from '../support/peers.ts'
import {temporaryFolder} from '../support/temporary-folder.ts'

const login = (username: string) => ({username, password: `secret-of-${username}`})
const digest = sha256(Buffer.from('image'))
const users = ['robot', 'team', 'app'].map(login)

/** A registry that lets these users in, by Basic. */
async function guarded(): Promise<HostileRegistry> {
  const server = await startHostileRegistry()
  onTestFinished(() => server.close())
  const guard: Reply = ({headers}, response) => {
    const isKnown = users.some(user => basicValue(user) === headers.authorization)
    if (isKnown) response.writeHead(200, {'Docker-Content-Digest': digest}).end()
    else response.writeHead(401, {'WWW-Authenticate': 'Basic realm="registry"'}).end()
  }
  server.always('GET', '/v2/', guard)
  server.always('HEAD', '/v2/', guard)
  return server
}

/** Logs in as the tool does: into the file of the session, which `folder` stands for. */
async function loginBy(
  tool: string,
  folder: string,
  place: string,
  {username, password}: ReturnType<typeof login>,
) {
  const named = ['--username', username, '--password', password]
  await run(tool, ['login', '--tls-verify=false', ...named, place], folder)
}

/** As whom gantry asks a registry for a repository. */
async function askedAs(
  folder: string,
  server: HostileRegistry,
  repository: string,
): Promise<string | undefined> {
  const signal = AbortSignal.timeout(20_000)
  const {registry} = await openRegistry(
    {host: server.host},
    {
      environment: {env: {}, now: Date.now, signal},
      context: {signal, now: Date.now, concurrency: 2, retryForMs: 1000, onEvent: () => undefined},
      credentialsFor: credentialsReader({env: {XDG_RUNTIME_DIR: folder}, signal}),
    },
  )
  onTestFinished(() => registry.close())
  await registry.repository(repository).resolve(['v1'])
  const [, name] = server.requests.at(-1)?.headers.authorization?.split(' ') ?? []
  return name && Buffer.from(name, 'base64').toString().split(':')[0]
}

describe.each(['skopeo', 'podman'])('what %s login has stored', tool => {
  test.skipIf(!has(tool))('is used, for a host and for parts of it', async () => {
    const [server, folder] = [await guarded(), await temporaryFolder()]
    const [robot = login(''), team = login(''), app = login('')] = users
    await loginBy(tool, folder, server.host, robot)
    expect(await askedAs(folder, server, 'team/app')).toBe('robot')
    await loginBy(tool, folder, `${server.host}/team`, team)
    await loginBy(tool, folder, `${server.host}/team/app`, app)
    const stored = await readFile(join(folder, 'containers', 'auth.json'), 'utf8')
    expect(Object.keys((JSON.parse(stored) as {auths: object}).auths)).toHaveLength(3)
    expect(await askedAs(folder, server, 'team/app')).toBe('app')
    expect(await askedAs(folder, server, 'team/other')).toBe('team')
    expect(await askedAs(folder, server, 'other')).toBe('robot')
  })
})
