import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {createInterface} from 'node:readline'
import {onTestFinished} from 'vitest'

type Command = readonly [program: string, ...args: string[]]

/**
 * Starts a server that others wrote, and waits until a line of what it says matches; it ends with the test.
 *
 * @returns the first group of the match, such as the server's port.
 * @throws {Error} with the last line that it said when it ends before that.
 */
export async function startServer(
  [program, ...args]: Command,
  ready: RegExp,
  {folder, env}: {readonly folder: string; readonly env: Readonly<Record<string, string>>},
): Promise<string> {
  const child = spawn(program, args, {cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe']})
  const exited = once(child, 'exit')
  onTestFinished(async () => {
    child.kill()
    await exited
  })
  let last = ''
  return await new Promise<string>((resolve, reject) => {
    for (const input of [child.stdout, child.stderr]) {
      createInterface({input}).on('line', line => {
        last = line
        const found = ready.exec(line)
        if (found !== null) resolve(found[1] ?? '')
      })
    }
    exited.then(() => reject(new Error(`${program} ended: ${last}`)), reject)
  })
}
