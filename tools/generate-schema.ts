/**
 * Writes schemas/repos.schema.json from the schema that checks repos.yaml. With --check: exit 1 when the file is stale.
 */
import {mkdir, readFile, writeFile} from 'node:fs/promises'
import {estateJsonSchema} from '../src/lib/config/schema.ts'

const target = new URL('../schemas/repos.schema.json', import.meta.url)
const wanted = `${JSON.stringify(estateJsonSchema(), undefined, 2)}\n`

if (process.argv.includes('--check')) {
  const present = await readFile(target, 'utf8').catch(() => '')
  if (present.replaceAll('\r\n', '\n') !== wanted) {
    process.stderr.write('schemas/repos.schema.json is stale. Run: node tools/generate-schema.ts\n')
    process.exitCode = 1
  }
} else {
  await mkdir(new URL('.', target), {recursive: true})
  await writeFile(target, wanted)
}
