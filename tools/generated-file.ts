import {readFile, writeFile} from 'node:fs/promises'
import process from 'node:process'

/**
 * Writes a file that is made of something else. With `--check` on the command line it is only read, and the program ends
 * with 1 when it is stale.
 *
 * @param name from the root of the project.
 */
export async function putGenerated(name: string, wanted: string): Promise<void> {
  const file = new URL(`../${name}`, import.meta.url)
  if (!process.argv.includes('--check')) {
    await writeFile(file, wanted)
  } else if ((await readFile(file, 'utf8').catch(() => '')).replaceAll('\r\n', '\n') !== wanted) {
    process.stderr.write(`${name} is stale. Run: npm run generate\n`)
    process.exitCode = 1
  }
}
