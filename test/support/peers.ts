import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {existsSync} from 'node:fs'
import {delimiter, join} from 'node:path'
import {text} from 'node:stream/consumers'
import {cleanEnvironment} from './cli.ts'

/** Whether all of these programs are on PATH. */
export function has(...names: readonly string[]): boolean {
  return names.every(name => pathOf(name) !== undefined)
}

/** Where a program is on PATH. */
export function pathOf(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(folder => folder !== '')
  return folders.map(folder => join(folder, name)).find(path => existsSync(path))
}

/**
 * Runs a program that others wrote, in an environment without anything of the user's own, and returns its stdout.
 *
 * @throws {Error} with what it said on stderr when it ends with anything but 0.
 */
export async function run(program: string, args: readonly string[], folder: string): Promise<string> {
  const child = spawn(program, args, {
    cwd: folder,
    env: {...cleanEnvironment(folder), XDG_RUNTIME_DIR: folder},
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [stdout, stderr, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ])
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}: ${stderr}`)
  return stdout
}
