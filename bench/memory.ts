/**
 * `npm run bench:memory`: the memory of the built program while it copies large layers, which are made as they are read
 * and kept nowhere. Prints Markdown; ends with 1 when something takes more than it may.
 *
 *   node bench/memory.ts [--scenarios large,many,parallel] [--scale PART]
 */
import {rmSync} from 'node:fs'
import {mkdtemp} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import {startGeneratedRegistry} from '../test/support/generated-registry.ts'
import {run} from './measure.ts'
import {gantry} from './tools.ts'

interface Scenario {
  readonly name: string
  readonly note: string
  readonly images: number
  readonly layerBytes: number
  readonly flags: readonly string[]
}

const mostMB = 200
const megabyte = 1e6
const gigabyte = 1e9
const fifty = {images: 50, layerBytes: gigabyte}
const scenarios: readonly Scenario[] = [
  {name: 'large', note: 'one layer of 10 GB', images: 1, layerBytes: 10 * gigabyte, flags: []},
  {name: 'many', note: '50 images of one layer of 1 GB', ...fifty, flags: []},
  {name: 'parallel', note: 'the same, all at once', ...fifty, flags: ['--concurrency', '50']},
]
const names = scenarios.map(({name}) => name)

const {values} = parseArgs({
  options: {scenarios: {type: 'string', default: names.join()}, scale: {type: 'string', default: '1'}},
})
const scale = Number(values.scale)
const chosen = values.scenarios.split(',')
if (!(scale > 0 && scale <= 1) || chosen.some(name => !names.includes(name))) {
  throw new TypeError(`--scenarios takes some of ${names.join(', ')}, --scale a number up to 1`)
}

const folder = await mkdtemp(join(tmpdir(), 'gantry-bench-'))
process.on('exit', () => rmSync(folder, {recursive: true, force: true}))
process.once('SIGINT', () => process.exit(130))

print(['what', 'wall s', 'MB/s', 'CPU s', `peak MB, at most ${mostMB}`])
print(Array.from({length: 5}, () => '---'))
for (const scenario of scenarios) if (chosen.includes(scenario.name)) await measure(scenario)

async function measure({note, images: count, layerBytes, flags}: Scenario): Promise<void> {
  const bytes = Math.round(layerBytes * scale)
  const images = Array.from({length: count}, (_, n) => ({name: `bench/image-${n}:v1`, layerBytes: bytes}))
  const source = await startGeneratedRegistry(images)
  const target = await startGeneratedRegistry()
  try {
    const references = images.map(({name}) => `${source.host}/${name}`)
    const command = [...gantry, 'promote', ...references, '--to', target.host, '--no-referrers', ...flags]
    const {wallMs, cpuMs, peakMiB} = await run([command], folder)
    for (const [name, digest] of source.tags)
      if (target.tags.get(name) !== digest) throw new Error(`${name} did not arrive`)
    if (cpuMs === undefined || peakMiB === undefined) throw new Error('Install GNU time first.')
    const peakMB = (peakMiB * 2 ** 20) / megabyte
    if (peakMB > mostMB) process.exitCode = 1
    const rate = (count * bytes) / megabyte / (wallMs / 1000)
    const cells = [wallMs / 1000, rate, cpuMs / 1000, peakMB].map(value => value.toFixed(0))
    print([scale === 1 ? note : `${note}, times ${scale}`, ...cells])
  } finally {
    await source.close()
    await target.close()
  }
}

function print(columns: readonly string[]): void {
  process.stdout.write(`| ${columns.join(' | ')} |\n`)
}
