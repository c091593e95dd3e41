/**
 * `npm run bench:lifecycle`: how long the evaluation of a lifecycle policy of 50 rules takes, and how much memory, beside
 * the slow evaluator that the tests compare it with. Each size in a process of its own. Prints Markdown.
 *
 *   node bench/lifecycle.ts [--images NUMBER,...] [--reference NUMBER,...] [--days NUMBER] [--runs NUMBER]
 */
import {execFileSync} from 'node:child_process'
import {createHash} from 'node:crypto'
import process from 'node:process'
import {fileURLToPath} from 'node:url'
import {parseArgs} from 'node:util'
import {dayMs} from '../src/lib/lifecycle/clocks.ts'
import {forecast} from '../src/lib/lifecycle/forecast.ts'
import {judge} from '../src/lib/lifecycle/judge.ts'
import type {LifecycleRule, Selection} from '../src/lib/lifecycle/policy.ts'
import type {RepositoryImage} from '../src/lib/lifecycle/verdict.ts'
import {referenceRun} from '../test/lib/lifecycle/reference.ts'

/** What one process did and took. */
interface Figures {
  readonly departures: number
  readonly seconds: number
  readonly cpuSeconds: number
  /** Resident memory with the images made, and the largest. */
  readonly imagesMiB: number
  readonly peakMiB: number
}

const now = Date.UTC(2026, 10, 21)
const {values} = parseArgs({
  options: {
    images: {type: 'string', default: '1000,10000,100000,1000000'},
    reference: {type: 'string', default: '1000,3000'},
    days: {type: 'string', default: '30'},
    runs: {type: 'string', default: '3'},
    measure: {type: 'string'},
  },
})
const [sizes, referenceSizes, [days = 0], [runs = 0]] = [
  numbersOf(values.images),
  numbersOf(values.reference),
  numbersOf(values.days),
  numbersOf(values.runs),
]

const rules: readonly LifecycleRule[] = Array.from({length: 50}, (_, n) => ({
  rulePriority: n + 1,
  selection: selectionOf(n),
  action: {type: 'expire'},
}))

/** What is measured, by its name; each tells how many departures there are. */
const tasks: Readonly<Record<string, (images: readonly RepositoryImage[]) => number>> = {
  now: images => judge(rules, images, now).departures.length,
  'a verdict each': images => {
    const judgement = judge(rules, images, now)
    return images.filter(image => judgement.verdictOf(image).fate !== null).length
  },
  [`${days} days`]: images => forecast(rules, images, now, days).length,
  reference: images => Object.keys(referenceRun(rules, images, now)).length,
}

const task = tasks[values.measure ?? '']
if (task === undefined) compareAll()
else process.stdout.write(JSON.stringify(measure(task, sizes[0] ?? 0)))

function compareAll(): void {
  print(['what', 'images', 'departures', 'seconds', 'CPU s', '10 times as many', 'images MiB', 'peak MiB'])
  print(Array.from({length: 8}, () => '---'))
  for (const name of Object.keys(tasks)) compareSizes(name, name === 'reference' ? referenceSizes : sizes)
}

function compareSizes(name: string, all: readonly number[]): void {
  let smaller: {readonly size: number; readonly cpuSeconds: number} | undefined
  for (const size of all) {
    const {departures, seconds, cpuSeconds, imagesMiB, peakMiB} = fastest(name, size)
    const growth = smaller && (cpuSeconds / smaller.cpuSeconds) ** (1 / Math.log10(size / smaller.size))
    smaller = {size, cpuSeconds}
    print([
      name,
      String(size),
      String(departures),
      seconds.toFixed(2),
      cpuSeconds.toFixed(2),
      growth === undefined ? '' : `${growth.toFixed(1)}x`,
      imagesMiB.toFixed(0),
      peakMiB.toFixed(0),
    ])
  }
}

/** The run that took least CPU time: whatever else the machine does only adds to it. */
function fastest(name: string, size: number): Figures {
  const measured = Array.from({length: runs}, () => measureApart(name, size))
  return measured.reduce((best, figures) => (figures.cpuSeconds < best.cpuSeconds ? figures : best))
}

function measureApart(name: string, size: number): Figures {
  const options = ['--measure', name, '--images', String(size), '--days', String(days)]
  const command = [fileURLToPath(import.meta.url), ...options]
  return JSON.parse(execFileSync(process.execPath, command, {encoding: 'utf8'})) as Figures
}

function measure(run: (images: readonly RepositoryImage[]) => number, size: number): Figures {
  const images = Array.from({length: size}, (_, n) => imageOf(n, size))
  const imagesMiB = process.memoryUsage.rss() / 2 ** 20
  const [start, cpuStart] = [performance.now(), process.cpuUsage()]
  const departures = run(images)
  const {user, system} = process.cpuUsage(cpuStart)
  const seconds = (performance.now() - start) / 1000
  const peakMiB = process.resourceUsage().maxRSS / 1024
  return {departures, seconds, cpuSeconds: (user + system) / 1e6, imagesMiB, peakMiB}
}

/** Two in five have no tag, one in five is an index of those two; ages are spread over 400 days. */
function imageOf(n: number, size: number): RepositoryImage {
  const tags = [[], [], [`v${n % 9}.${n % 60}.${n}`], [`pr-${n}`], [`branch-${n % 45}-${n}`]][n % 5] ?? []
  return {
    digest: digestOf(n),
    tags,
    storageClass: 'standard',
    pushedAt: now - (((n * 7919) % size) / size) * 400 * dayMs,
    ...(n % 5 === 2 ? {children: [digestOf(n - 1), digestOf(n - 2)]} : {}),
  }
}

function selectionOf(n: number): Selection {
  const pushed = {countType: 'sinceImagePushed', countUnit: 'days'} as const
  if (n === 49) return {tagStatus: 'any', ...pushed, countNumber: 365}
  if (n === 48) return {tagStatus: 'untagged', ...pushed, countNumber: 14}
  if (n === 47) return {tagStatus: 'tagged', tagPrefixList: ['pr-'], ...pushed, countNumber: 30}
  const pattern = n % 2 === 0 ? `v${n % 9}.${n}.*` : `branch-${n}-*`
  return {tagStatus: 'tagged', tagPatternList: [pattern], countType: 'imageCountMoreThan', countNumber: 10}
}

/** One string in one piece, as those that are read from an answer are. */
function digestOf(n: number): string {
  const hex = createHash('sha256').update(String(n)).digest('hex')
  return Buffer.from(`sha256:${hex}`).toString('latin1')
}

function numbersOf(list: string): readonly number[] {
  const numbers = list.split(',').map(Number)
  if (!numbers.every(number => Number.isSafeInteger(number) && number > 0))
    throw new TypeError(`${list} is no list of whole numbers over 0`)
  return numbers
}

function print(columns: readonly string[]): void {
  process.stdout.write(`| ${columns.join(' | ')} |\n`)
}
