/**
 * `npm run bench:faults`: Gantry beside other tools that copy images, with default flags (skopeo with `--retry-times 3`),
 * where something goes wrong at one of two registries. Prints Markdown.
 *
 *   node bench/faults.ts [--runs N] [--scenarios throttled,rated,cut-uploads,cut-downloads,stalled] [--limit SECONDS]
 */
import {rmSync} from 'node:fs'
import {mkdtemp} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import {type FrontFault, type FrontRequest, startFaultFront} from '../test/support/fault-front.ts'
import {has} from '../test/support/peers.ts'
import {digestsOf, pushImages} from './images.ts'
import {median, run} from './measure.ts'
import {openPlain, type Place} from './places.ts'
import {single} from './scenarios.ts'
import {print} from './tables.ts'
import {installedTools, type Tool} from './tools.ts'

type Judge = (request: FrontRequest, n: number) => FrontFault | undefined

interface Scenario {
  readonly note: string
  /** The registry that the fault stands before. */
  readonly side: 'source' | 'destination'
  /** Which requests of one copy fail. */
  readonly judge: () => Judge
}

const scenarios: Readonly<Record<string, Scenario>> = {
  throttled: {
    note: 'the destination answers every 6th request with 429',
    side: 'destination',
    judge: () => (_, n) => (n % 6 === 0 ? '429' : undefined),
  },
  rated: {note: 'the destination takes 10 requests a second', side: 'destination', judge: tenPerSecond},
  'cut-uploads': {
    note: 'every 5th upload to the destination is cut',
    side: 'destination',
    judge: () => uploads('cut-upload', n => n % 5 === 0),
  },
  'cut-downloads': {
    note: 'each download from the source is cut once',
    side: 'source',
    judge: downloadsOnce,
  },
  stalled: {
    note: 'the first upload to the destination is neither read nor answered',
    side: 'destination',
    judge: () => uploads('stall', n => n === 1),
  },
}

interface Sample {
  readonly isRight: boolean
  readonly wallMs: number
  /** At the registry where it goes wrong. */
  readonly requests: number
  readonly connections: number
}

const set = single
const baseline = 'skopeo --retry-times 3'

const {values} = parseArgs({
  options: {
    runs: {type: 'string', default: '3'},
    limit: {type: 'string', default: '60'},
    scenarios: {type: 'string', default: Object.keys(scenarios).join()},
  },
})
const runs = Number(values.runs)
const chosen = values.scenarios.split(',')
if (!Number.isInteger(runs) || runs < 1 || chosen.some(name => !Object.hasOwn(scenarios, name))) {
  throw new TypeError(`--runs takes a number, --scenarios some of ${Object.keys(scenarios).join(', ')}`)
}
if (!has('docker-registry', 'skopeo')) throw new Error('Install docker-registry and skopeo first.')

const folder = await mkdtemp(join(tmpdir(), 'gantry-bench-'))
process.on('exit', () => rmSync(folder, {recursive: true, force: true}))
process.once('SIGINT', () => process.exit(130))

let registries = 0
const openRegistry = () => openPlain(join(folder, `registry-${++registries}`))
const source = await openRegistry()
try {
  await pushImages(source, set)
  print(['fault', 'tool', 'right', 'wall s', `of ${baseline}`, 'requests', 'connections'])
  print(Array.from({length: 7}, () => '---'))
  for (const name of chosen) await measureScenario(name)
  const notes = chosen.map(name => `- ${name}: ${scenarios[name]?.note}`)
  process.stdout.write(
    `\n${notes.join('\n')}\n\nRight is: within ${values.limit} s, with the digest of the source.\n`,
  )
} finally {
  await source.close()
}

async function measureScenario(name: string): Promise<void> {
  const scenario = scenarios[name]
  if (scenario === undefined) return
  const samples = new Map(competitors().map(tool => [tool.name, [] as Sample[]]))
  // Taking turns, so that whatever else the machine does meets all of them.
  for (let round = 0; round < runs; round++) {
    for (const tool of competitors()) samples.get(tool.name)?.push(await measure(tool, scenario))
  }
  const reference = wallOf(samples.get(baseline) ?? [])
  for (const [tool, list] of samples) print([name, tool, ...cells(list, reference)])
}

async function measure(tool: Tool, {side, judge}: Scenario): Promise<Sample> {
  const target = await openRegistry()
  const front = await startFaultFront(side === 'source' ? source.host : target.host, judge())
  const behind = (place: Place): Place => ({...place, host: front.host, name: front.host})
  try {
    const job = side === 'source' ? {from: behind(source), to: target} : {from: source, to: behind(target)}
    const commands = tool.commands({...job, set}).map(command => ['timeout', values.limit, ...command])
    const began = performance.now()
    // What a tool says about its failure is its own affair.
    const hasSucceeded = await run(commands, folder).then(
      () => true,
      () => false,
    )
    const wallMs = performance.now() - began
    const isRight = hasSucceeded && (await digestsAt(target)) === (await digestsAt(source))
    return {isRight, wallMs, requests: front.requests, connections: front.connections}
  } finally {
    await front.close()
    await target.close()
  }
}

async function digestsAt(place: Place): Promise<string> {
  return (await digestsOf(place, set.repository, set.tags)).join()
}

function competitors(): readonly Tool[] {
  return installedTools(false).map(tool => (tool.name === 'skopeo copy' ? persistent(tool) : tool))
}

/** skopeo, which gives up at once unless it is told not to. */
function persistent(tool: Tool): Tool {
  return {
    ...tool,
    name: baseline,
    commands: job => tool.commands(job).map(command => command.toSpliced(3, 0, '--retry-times', '3')),
  }
}

function uploads(fault: FrontFault, isFaulty: (n: number) => boolean): Judge {
  let count = 0
  return ({path, hasBody}) =>
    hasBody && path.includes('/blobs/uploads/') && isFaulty(++count) ? fault : undefined
}

function downloadsOnce(): Judge {
  const seen = new Set<string>()
  return ({method, path}) => {
    if (method !== 'GET' || !path.includes('/blobs/') || seen.has(path)) return undefined
    seen.add(path)
    return 'cut-download'
  }
}

/** And ten at once. */
function tenPerSecond(): Judge {
  let tokens = 10
  let filledAt = performance.now()
  return () => {
    const now = performance.now()
    tokens = Math.min(10, tokens + (now - filledAt) / 100)
    filledAt = now
    if (tokens < 1) return '429'
    tokens--
    return undefined
  }
}

function cells(list: readonly Sample[], reference: number): string[] {
  const wall = wallOf(list)
  const of = (pick: (sample: Sample) => number) => String(Math.round(median(list.map(pick))))
  return [
    `${list.filter(({isRight}) => isRight).length}/${list.length}`,
    Number.isNaN(wall) ? '-' : (wall / 1000).toFixed(2),
    Number.isNaN(wall / reference) ? '-' : `${(wall / reference).toFixed(2)}x`,
    of(({requests}) => requests),
    of(({connections}) => connections),
  ]
}

/** Of the runs that were right; NaN without any. */
function wallOf(list: readonly Sample[]): number {
  const right = list.filter(({isRight}) => isRight)
  return right.length === 0 ? NaN : median(right.map(({wallMs}) => wallMs))
}
