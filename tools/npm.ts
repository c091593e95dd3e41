import {basename} from 'node:path'
import process from 'node:process'
import {execa} from 'execa'

/**
 * Runs npm and returns its stdout.
 *
 * @throws {Error} with its stderr when it ends with anything but 0.
 */
export async function npm(args: readonly string[], cwd = process.cwd()): Promise<string> {
  // Inside `npm run`, npm tells where its own JavaScript is: that is the npm that the user chose.
  const script = process.env['npm_execpath'] ?? ''
  const command = basename(script) === 'npm-cli.js' ? [process.execPath, script] : ['npm']
  const [program = '', ...first] = command
  const {stdout} = await execa(program, [...first, ...args], {cwd})
  return stdout
}
