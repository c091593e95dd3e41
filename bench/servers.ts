import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {readFileSync} from 'node:fs'
import {mkdir} from 'node:fs/promises'
import {get} from 'node:http'
import {type AddressInfo, createServer} from 'node:net'
import {join} from 'node:path'
import {setTimeout as wait} from 'node:timers/promises'
import {CreateRepositoryCommand, ECRClient, GetAuthorizationTokenCommand} from '@aws-sdk/client-ecr'
import {python} from '../test/peers/versions.ts'
import {cleanEnvironment} from '../test/support/cli.ts'
import {startDockerRegistry} from '../test/support/docker-registry.ts'
import {has} from '../test/support/peers.ts'
import {pythonPrograms} from '../test/support/python-tools.ts'
import {gantry} from './tools.ts'

/** A registry that runs, and how one repository of it is spoken to. */
export interface Server {
  readonly url: string
  readonly repository: string
  readonly headers: Readonly<Record<string, string>>
  /** From its start to its first answer. */
  readonly startMs: number
  /** Undefined where the system does not tell. */
  readonly residentMiB: () => number | undefined
  readonly close: () => Promise<void>
}

const repository = 'bench/app'
const account = '111111111111'
const region = 'eu-west-1'

/** Servers to compare, by name; undefined is not installed. */
export const servers: readonly {
  readonly name: string
  readonly start: (folder: string) => Promise<Server | undefined>
}[] = [
  {name: 'gantry sandbox', start: folder => startSandboxServer(folder, [])},
  {
    name: 'gantry sandbox --data',
    start: folder => startSandboxServer(folder, ['--data', join(folder, 'data')]),
  },
  {name: 'docker-registry', start: startDocker},
  {name: 'ministack', start: startMinistack},
]

export async function startSandboxServer(folder: string, flags: readonly string[]): Promise<Server> {
  await mkdir(folder, {recursive: true})
  const port = await freePort()
  const registry = `${account}/${region}=${port}`
  const command = [...gantry, 'sandbox', 'start', '--registry', registry, ...flags]
  const url = `http://127.0.0.1:${port}`
  const {NODE_DISABLE_COMPILE_CACHE: _, ...env} = cleanEnvironment(folder)
  const {child, startMs} = await startProcess(command, env, url)
  // The port of a registry answers its API too.
  const client = clientOf(url, account)
  const {authorizationData} = await client.send(new GetAuthorizationTokenCommand({}))
  await createRepository(client)
  return {
    ...serverOf(child, url, startMs),
    headers: {authorization: `Basic ${authorizationData?.[0]?.authorizationToken}`},
  }
}

async function startDocker(folder: string): Promise<Server | undefined> {
  if (!has('docker-registry')) return undefined
  const began = performance.now()
  const registry = await startDockerRegistry(folder)
  const startMs = performance.now() - began
  return {
    url: `http://${registry.host}`,
    repository,
    headers: {},
    startMs,
    residentMiB: () => undefined,
    close: () => registry.close(),
  }
}

async function startMinistack(folder: string): Promise<Server | undefined> {
  const programs = await pythonPrograms(python.ministack)
  if (programs === undefined) return undefined
  await mkdir(folder, {recursive: true})
  const port = await freePort()
  const env = {
    ...cleanEnvironment(folder),
    BIND_HOST: '127.0.0.1',
    GATEWAY_PORT: String(port),
    IOT_MTLS_ENABLED: '0',
    SERVICES: 'ecr,sts,iam',
  }
  const url = `http://127.0.0.1:${port}`
  const {child, startMs} = await startProcess([join(programs, 'ministack')], env, url)
  // Without a host name its registry is this account's.
  await createRepository(clientOf(url, '000000000000'))
  return serverOf(child, url, startMs)
}

async function startProcess(
  [program = '', ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
  url: string,
): Promise<{readonly child: ChildProcess; readonly startMs: number}> {
  const began = performance.now()
  const child = spawn(program, args, {env, stdio: 'ignore'})
  while (!(await answers(url))) {
    if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}`)
    await wait(2)
  }
  return {child, startMs: performance.now() - began}
}

function answers(url: string): Promise<boolean> {
  return new Promise(resolve => {
    const sent = get(`${url}/v2/`, response => {
      response.resume()
      resolve((response.statusCode ?? 500) < 500)
    })
    sent.on('error', () => resolve(false))
  })
}

function serverOf(child: ChildProcess, url: string, startMs: number): Server {
  return {
    url,
    repository,
    headers: {},
    startMs,
    residentMiB: () => residentMiB(child.pid),
    close: async () => {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
    },
  }
}

// Only Linux tells of other processes in a file.
function residentMiB(pid: number | undefined): number | undefined {
  if (process.platform !== 'linux' || pid === undefined) return undefined
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kibibytes) / 1024
}

function clientOf(endpoint: string, accessKeyId: string): ECRClient {
  return new ECRClient({endpoint, region, credentials: {accessKeyId, secretAccessKey: 'any'}})
}

async function createRepository(client: ECRClient): Promise<void> {
  try {
    await client.send(new CreateRepositoryCommand({repositoryName: repository}))
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'RepositoryAlreadyExistsException') throw error
  }
  client.destroy()
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const {port} = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
