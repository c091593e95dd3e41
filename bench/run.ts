/**
 * `npm run bench`: Gantry beside other tools that copy images, on the same two registries, in one run. Prints Markdown.
 *
 *   node bench/run.ts [--runs N] [--scenarios cold,warm,many,fan-out,start-up]
 */
import {rmSync} from 'node:fs'
import {mkdtemp} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {parseArgs} from 'node:util'
import {startDockerRegistry} from '../test/support/docker-registry.ts'
import {has} from '../test/support/peers.ts'
import {digestsOf, type ImageSet, pushImages} from './images.ts'
import {type Cost, median, run} from './measure.ts'
import {commandsTo, gantry, installedTools, type Tool} from './tools.ts'

interface Scenario {
  readonly note: string
  readonly set: ImageSet
  /** Measure the second time instead of the first. */
  readonly again: boolean
  /** How many registries the images go to. */
  readonly targets: number
  /** The tool that the others are compared with. */
  readonly baseline: string
}

const single = {repository: 'bench/ten', tags: ['v1'], layers: 10, shared: 10, layerMiB: 5}
const twenty = {
  repository: 'bench/many',
  tags: Array.from({length: 20}, (_, index) => `t${index + 1}`),
  layers: 10,
  shared: 8,
  layerMiB: 1,
}
const scenarios: Readonly<Record<string, Scenario>> = {
  cold: {
    note: '10 layers of 5 MiB, empty destination',
    set: single,
    again: false,
    targets: 1,
    baseline: 'skopeo copy',
  },
  warm: {note: 'the same image once more', set: single, again: true, targets: 1, baseline: 'skopeo copy'},
  many: {
    note: '20 images, 8 of 10 layers of 1 MiB in common',
    set: twenty,
    again: false,
    targets: 1,
    baseline: 'skopeo sync',
  },
  'fan-out': {
    note: '10 layers of 5 MiB to five empty registries',
    set: single,
    again: false,
    targets: 5,
    baseline: 'skopeo copy',
  },
}
const startUps: readonly (readonly string[])[] = [
  [process.execPath, '-e', '0'],
  [...gantry, '--version'],
  [...gantry, '--help'],
  ['skopeo', '--version'],
]

interface Sample extends Cost {
  readonly sourceRequests: number
  readonly targetRequests: number
  readonly targetWrites: number
}

const {values} = parseArgs({options: {runs: {type: 'string', default: '5'}, scenarios: {type: 'string'}}})
const runs = Number(values.runs)
const chosen = values.scenarios?.split(',') ?? [...Object.keys(scenarios), 'start-up']
const known = [...Object.keys(scenarios), 'start-up']
if (!Number.isInteger(runs) || runs < 1 || chosen.some(name => !known.includes(name))) {
  throw new TypeError(`--runs takes a number, --scenarios some of ${known.join(', ')}`)
}
if (!has('docker-registry', 'skopeo')) throw new Error('Install docker-registry and skopeo first.')

const folder = await mkdtemp(join(tmpdir(), 'gantry-bench-'))
process.on('exit', () => rmSync(folder, {recursive: true, force: true}))
process.once('SIGINT', () => process.exit(130))

let registries = 0
const startRegistry = () => startDockerRegistry(join(folder, `registry-${++registries}`))
const source = await startRegistry()
try {
  await measureCopies()
  if (chosen.includes('start-up')) await measureStartUp()
} finally {
  await source.close()
}

async function measureCopies(): Promise<void> {
  const picked = Object.entries(scenarios).filter(([name]) => chosen.includes(name))
  if (picked.length === 0) return
  for (const set of new Set(picked.map(([, {set}]) => set))) await pushImages(source.host, set)
  print(['scenario', 'tool', 'wall s', 'of baseline', 'CPU s', 'peak MiB', 'source req', 'dest req (writes)'])
  print(Array.from({length: 8}, () => '---'))
  for (const [name, scenario] of picked) {
    const tools = installedTools().filter(tool => scenario.set.tags.length > 1 || tool.name !== 'skopeo sync')
    const samples = new Map(tools.map(tool => [tool, [] as Sample[]]))
    // Taking turns, so that whatever else the machine does meets all of them; the first round only warms up.
    for (let round = 0; round <= runs; round++) {
      for (const [tool, list] of samples) {
        const sample = await measureCopy(tool, scenario)
        if (round > 0) list.push(sample)
      }
    }
    const walls = [...samples].map(
      ([tool, list]) => [tool.name, median(list.map(({wallMs}) => wallMs))] as const,
    )
    const baseline = new Map(walls).get(scenario.baseline)
    for (const [tool, list] of samples) print([name, tool.name, ...cells(list, baseline)])
  }
  process.stdout.write(`\n${picked.map(([name, {note}]) => `- ${name}: ${note}`).join('\n')}\n\n`)
}

/** Copies into registries that nobody has seen before; what arrives must have the digests of the source. */
async function measureCopy(tool: Tool, scenario: Scenario): Promise<Sample> {
  const {set, again} = scenario
  const targets = await Promise.all(Array.from({length: scenario.targets}, startRegistry))
  try {
    const hosts = targets.map(({host}) => host)
    const commands = commandsTo(tool, {from: source.host, set}, hosts)
    if (again) await run(commands, folder)
    const before = await settled(targets)
    const cost = await run(commands, folder)
    const after = await settled(targets)
    const there = await digestsOf(source.host, set)
    for (const host of hosts) {
      const arrived = await digestsOf(host, set)
      if (there.join() !== arrived.join())
        throw new Error(`${tool.name} did not copy everything byte for byte`)
    }
    const asked = after.targets.flatMap((requests, n) => requests.slice(before.targets[n]?.length))
    return {
      ...cost,
      sourceRequests: after.source.length - before.source.length,
      targetRequests: asked.length,
      targetWrites: asked.filter(({method}) => method !== 'GET' && method !== 'HEAD').length,
    }
  } finally {
    await Promise.all(targets.map(target => target.close()))
  }
}

/** What the registries were asked so far; their logs are a moment behind. */
async function settled(targets: readonly (typeof source)[]) {
  await delay(100)
  return {source: source.requests, targets: targets.map(({requests}) => requests)}
}

async function measureStartUp(): Promise<void> {
  print(['start-up', 'wall ms', 'peak MiB'])
  print(['---', '---', '---'])
  const samples = startUps.map(() => [] as Cost[])
  for (let round = 0; round <= runs * 4; round++) {
    for (const [index, command] of startUps.entries()) {
      const cost = await run([command], folder)
      if (round > 0) samples[index]?.push(cost)
    }
  }
  for (const [index, command] of startUps.entries()) {
    const list = samples[index] ?? []
    const shown = command.join(' ').replace(gantry.join(' '), 'gantry').replace(process.execPath, 'node')
    print([shown, median(list.map(({wallMs}) => wallMs)).toFixed(0), peakOf(list)])
  }
}

function cells(list: readonly Sample[], baseline: number | undefined): string[] {
  const of = (pick: (sample: Sample) => number) => median(list.map(pick))
  const wall = of(({wallMs}) => wallMs)
  return [
    (wall / 1000).toFixed(2),
    baseline === undefined ? '-' : `${(wall / baseline).toFixed(2)}x`,
    list.some(({cpuMs}) => cpuMs === undefined) ? '-' : (of(({cpuMs}) => cpuMs ?? 0) / 1000).toFixed(2),
    peakOf(list),
    String(of(({sourceRequests}) => sourceRequests)),
    `${of(({targetRequests}) => targetRequests)} (${of(({targetWrites}) => targetWrites)})`,
  ]
}

function peakOf(list: readonly Cost[]): string {
  const peaks = list.flatMap(({peakMiB}) => peakMiB ?? [])
  return peaks.length === 0 ? '-' : Math.max(...peaks).toFixed(0)
}

function print(columns: readonly string[]): void {
  process.stdout.write(`| ${columns.join(' | ')} |\n`)
}
