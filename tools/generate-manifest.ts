/**
 * Writes `oclif.manifest.json` from the built commands; with `--check`, ends with 1 when the committed one is stale.
 * With a manifest, help and completion load no command.
 */
import {readFile, writeFile} from 'node:fs/promises'
import process from 'node:process'
import {Plugin} from '@oclif/core'

const file = 'oclif.manifest.json'
const plugin = new Plugin({root: process.cwd(), ignoreManifest: true, errorOnManifestCreate: true})
await plugin.load()
// Commands come in the order in which their folders were read, which is another each time.
const commands = Object.entries(plugin.manifest.commands).toSorted(([a], [b]) => (a < b ? -1 : 1))
const manifest = {...plugin.manifest, commands: Object.fromEntries(commands)}
/** Help would show an empty list as `[default: ]`. */
const withoutEmptyLists = (key: string, value: unknown) =>
  key === 'default' && Array.isArray(value) && value.length === 0 ? undefined : value
const text = `${JSON.stringify(manifest, withoutEmptyLists, 2)}\n`
if (!process.argv.includes('--check')) {
  await writeFile(file, text)
} else if (text !== (await readFile(file, 'utf8').catch(() => ''))) {
  process.stderr.write(`${file} does not match the commands. Run: npm run generate\n`)
  process.exitCode = 1
}
