import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {existsSync} from 'node:fs'
import {mkdir} from 'node:fs/promises'
import {join} from 'node:path'
import process from 'node:process'
import {createInterface} from 'node:readline'
import {onTestFinished} from 'vitest'
import {cleanEnvironment} from './cli.ts'
import {has} from './peers.ts'

/** Whether a Docker Engine of one's own can be started: its programs are here, and we may. */
export const hasDockerEngine = has('dockerd', 'docker') && process.getuid?.() === 0

/**
 * Starts a Docker Engine that has its data below `folder` and leaves the machine's network as it is: containers run with
 * `--network none` or `host`. It ends with the test.
 *
 * @param env added to an environment without anything of the user's own.
 * @returns what `DOCKER_HOST` must be.
 * @throws {Error} with the last line that it said when it ends before it listens.
 */
export async function startDockerEngine(
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  await mkdir(folder)
  const socket = `unix://${join(folder, 'sock')}`
  const network = ['--iptables=false', '--ip6tables=false', '--bridge=none']
  const files = ['data-root', 'exec-root', 'pidfile'].map(name => `--${name}=${join(folder, name)}`)
  const child = spawn('dockerd', [...network, '--storage-driver=vfs', ...files, '--host', socket], {
    env: {...cleanEnvironment(folder), ...env},
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const exited = once(child, 'exit')
  onTestFinished(async () => {
    child.kill()
    await exited
  })
  let last = ''
  const listening = new Promise<void>(resolve => {
    createInterface({input: child.stderr}).on('line', line => {
      last = line
      if (line.includes('API listen on')) resolve()
    })
  })
  await Promise.race([listening, exited])
  if (!existsSync(join(folder, 'sock'))) throw new Error(`dockerd ended: ${last}`)
  return socket
}
