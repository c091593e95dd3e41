/**
 * `npm run bench`: Gantry beside other tools that copy images, on the same registries, in one run. Prints Markdown.
 *
 *   node bench/run.ts [--runs N] [--scenarios cold,warm,...,start-up]
 */
import {rmSync} from 'node:fs'
import {mkdtemp} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {parseArgs} from 'node:util'
import {has} from '../test/support/peers.ts'
import {distant} from './distance.ts'
import {digestsOf, pushImages} from './images.ts'
import {type Cost, median, run} from './measure.ts'
import {type Arrival, openEcr, openPlain, type Place} from './places.ts'
import {type Scenario, scenarios} from './scenarios.ts'
import {peakOf, print, printHead, printScenario, type Sample} from './tables.ts'
import {commandsTo, gantry, installedTools, type Tool} from './tools.ts'

const startUps: readonly (readonly string[])[] = [
  [process.execPath, '-e', '0'],
  [...gantry, '--version'],
  [...gantry, '--help'],
  ['skopeo', '--version'],
]

const known = [...scenarios.map(({name}) => name), 'start-up']
const {values} = parseArgs({
  options: {runs: {type: 'string', default: '5'}, scenarios: {type: 'string', default: known.join()}},
})
const runs = Number(values.runs)
const chosen = values.scenarios.split(',')
if (!Number.isInteger(runs) || runs < 1 || chosen.some(name => !known.includes(name))) {
  throw new TypeError(`--runs takes a number, --scenarios some of ${known.join(', ')}`)
}
if (!has('docker-registry', 'skopeo')) throw new Error('Install docker-registry and skopeo first.')

const folder = await mkdtemp(join(tmpdir(), 'gantry-bench-'))
process.on('exit', () => rmSync(folder, {recursive: true, force: true}))
process.once('SIGINT', () => process.exit(130))

const picked = scenarios.filter(({name}) => chosen.includes(name))
let registries = 0
const openNew = () => openPlain(join(folder, `registry-${++registries}`))
const plain = await openNew()
const ecr = await openEcr(folder, [...new Set(picked.map(({set}) => set.repository))])
const sources = {plain, ecr: ecr.source}
try {
  if (picked.length > 0) await measureCopies()
  if (chosen.includes('start-up')) await measureStartUp()
} finally {
  await Promise.all([plain.close(), ecr.close()])
}

async function measureCopies(): Promise<void> {
  for (const [from, source] of Object.entries(sources)) {
    const sets = picked.filter(scenario => scenario.from === from).map(({set}) => set)
    for (const set of new Set(sets)) await pushImages(source, set)
  }
  printHead()
  for (const scenario of picked) {
    const tools = installedTools(scenario.set.tags.length > 1).filter(
      ({name}) => scenario.without?.includes(name) !== true,
    )
    const samples = new Map(tools.map(({name}) => [name, [] as Sample[]]))
    // Taking turns, so that whatever else the machine does meets all of them; the first round only warms up.
    for (let round = 0; round <= runs; round++) {
      for (const tool of tools) {
        const sample = await measureCopy(tool, scenario)
        if (round > 0) samples.get(tool.name)?.push(sample)
      }
    }
    printScenario(scenario.name, samples, 'gantry')
  }
  process.stdout.write(`\n${picked.map(({name, note}) => `- ${name}: ${note}`).join('\n')}\n\n`)
}

/** Copies to where nothing is yet; what arrives must have the digests of the source. */
async function measureCopy(tool: Tool, scenario: Scenario): Promise<Sample> {
  const {set, as, again, roundTripMs, from, to} = scenario
  const targets = await Promise.all(
    Array.from({length: scenario.targets}, () => (to === 'ecr' ? ecr.target(set.repository) : openNew())),
  )
  const mebibytesPerSecond = scenario.sourceMebibytesPerSecond
  const places = await Promise.all([
    distant(sources[from], {roundTripMs, mebibytesPerSecond}),
    ...targets.map(target => distant(target, {roundTripMs})),
  ])
  try {
    const [source, ...ends] = places
    const env = Object.assign({}, source.env, ...ends.map(({env}) => env)) as Record<string, string>
    if (again) await run(commandsTo(tool, {from: source, set}, ends), folder, env)
    const before = await settled(places)
    const cost = await run(commandsTo(tool, {from: source, set, as}, ends), folder, env)
    const after = await settled(places)
    const [read = [], ...written] = after.map((arrivals, n) => arrivals.slice(before[n]?.length))
    await compare(tool, scenario, targets)
    return {
      ...cost,
      startMs: startOf(cost, [...read, ...written.flat()]),
      sourceRequests: read.length,
      targetRequests: written.flat().length,
      targetWrites: written.flat().filter(({isWrite}) => isWrite).length,
    }
  } finally {
    await Promise.all([...places, ...targets].map(place => place.close()))
  }
}

async function compare(tool: Tool, {set, as, from}: Scenario, targets: readonly Place[]): Promise<void> {
  const there = await digestsOf(sources[from], set.repository, set.tags)
  const tags = as === undefined ? set.tags : [as]
  for (const target of targets) {
    const arrived = await digestsOf(target, set.repository, tags)
    if (there.join() !== arrived.join()) throw new Error(`${tool.name} did not copy everything byte for byte`)
  }
}

/** From the start of each process to the first request that any registry got after it. */
function startOf({spans}: Cost, arrivals: readonly Arrival[]): number {
  const times = arrivals.map(({arrivedMs}) => arrivedMs)
  return spans
    .map(({beganMs}) => Math.min(...times.filter(time => time >= beganMs)) - beganMs)
    .reduce((sum, each) => sum + each, 0)
}

/** What the registries were asked so far; their logs are a moment behind. */
async function settled(places: readonly Place[]): Promise<readonly (readonly Arrival[])[]> {
  await delay(100)
  return places.map(place => [...place.arrivals()])
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
