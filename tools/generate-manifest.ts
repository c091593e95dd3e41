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
const text = `${JSON.stringify(plugin.manifest, null, 2)}\n`
if (!process.argv.includes('--check')) {
  await writeFile(file, text)
} else if (text !== (await readFile(file, 'utf8').catch(() => ''))) {
  process.stderr.write(`${file} does not match the commands. Run: npm run generate\n`)
  process.exitCode = 1
}
