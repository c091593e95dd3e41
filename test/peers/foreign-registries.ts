import {mkdir} from 'node:fs/promises'
import {createServer} from 'node:net'
import {join} from 'node:path'
import {onTestFinished} from 'vitest'
import {cleanEnvironment} from '../support/cli.ts'
import {startDockerRegistry} from '../support/docker-registry.ts'
import {goTool} from '../support/go-tools.ts'
import {has, pathOf} from '../support/peers.ts'
import {startServer} from '../support/server-process.ts'
import {go} from './versions.ts'

/** Starts a registry with its data below a folder; it ends with the test. @returns `127.0.0.1:PORT`. */
type Start = (folder: string) => Promise<string>

const distribution = await goTool(go.distribution)
const crane = await goTool(go.crane)
const olareg = pathOf('olareg') ?? (await goTool(go.olareg))

/** Registries that others wrote; undefined where a registry is not to be had. */
export const foreignRegistries: Readonly<Record<string, Start | undefined>> = {
  "Debian's docker-registry": has('docker-registry') ? startDocker : undefined,
  'distribution 3': programStart(startDocker, distribution),
  "crane's registry": programStart(startCrane, crane),
  olareg: programStart(startOlareg, olareg),
}

function programStart(
  start: (folder: string, program: string) => Promise<string>,
  program: string | undefined,
): Start | undefined {
  return program === undefined ? undefined : folder => start(folder, program)
}

async function startDocker(folder: string, program?: string): Promise<string> {
  const registry = await startDockerRegistry(folder, program)
  onTestFinished(() => registry.close())
  return registry.host
}

async function startCrane(folder: string, crane: string): Promise<string> {
  const command = [crane, 'registry', 'serve', '--address', '127.0.0.1:0'] as const
  return `127.0.0.1:${await startIn(folder, command, /serving on port (\d+)/)}`
}

async function startOlareg(folder: string, olareg: string): Promise<string> {
  const port = await freePort()
  const where = ['--addr', '127.0.0.1', '--port', String(port), '--dir', join(folder, 'data')]
  await startIn(folder, [olareg, 'serve', '--verbosity', 'info', ...where], /launching server/)
  return `127.0.0.1:${port}`
}

async function startIn(
  folder: string,
  command: readonly [string, ...string[]],
  ready: RegExp,
): Promise<string> {
  await mkdir(folder)
  return startServer(command, ready, {folder, env: cleanEnvironment(folder)})
}

/** For servers that do not tell which port they took. */
async function freePort(): Promise<number> {
  const {promise, resolve} = Promise.withResolvers<number>()
  const server = createServer().listen(0, '127.0.0.1', () => {
    const address = server.address()
    server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
  })
  return promise
}
