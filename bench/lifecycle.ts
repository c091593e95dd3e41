/**
 * `npm run bench:lifecycle`: how long the evaluation of a lifecycle policy of 50 rules takes, and how much memory, each
 * size in a process of its own. Prints Markdown.
 *
 *   node bench/lifecycle.ts [--images NUMBER,...] [--days NUMBER]
 */
import {execFileSync} from 'node:child_process'
import process from 'node:process'
import {fileURLToPath} from 'node:url'
import {parseArgs} from 'node:util'
import {dayMs} from '../src/lib/lifecycle/clocks.ts'
import {forecast} from '../src/lib/lifecycle/forecast.ts'
import {judge} from '../src/lib/lifecycle/judge.ts'
import type {LifecycleRule, Selection} from '../src/lib/lifecycle/policy.ts'
import type {RepositoryImage} from '../src/lib/lifecycle/verdict.ts'

const now = Date.UTC(2026, 10, 21)
const {values} = parseArgs({
  options: {
    images: {type: 'string', default: '10000,100000,1000000'},
    days: {type: 'string', default: '30'},
    measure: {type: 'string'},
  },
})
const days = Number(values.days)
const sizes = values.images.split(',').map(Number)
if (![days, ...sizes].every(number => Number.isSafeInteger(number) && number > 0)) {
  throw new TypeError('--images takes whole numbers over 0, --days one')
}

const rules: readonly LifecycleRule[] = Array.from({length: 50}, (_, n) => ({
  rulePriority: n + 1,
  selection: selectionOf(n),
  action: {type: 'expire'},
}))

if (values.measure === undefined) compareAll()
else measure(values.measure, sizes[0] ?? 0)

function compareAll(): void {
  print(['images', 'what', 'departures', 'seconds', 'MiB of the images', 'peak MiB'])
  print(Array.from({length: 6}, () => '---'))
  for (const size of sizes) {
    for (const what of ['judge', 'forecast']) {
      const options = ['--measure', what, '--images', String(size), '--days', String(days)]
      execFileSync(process.execPath, [fileURLToPath(import.meta.url), ...options], {stdio: 'inherit'})
    }
  }
}

function measure(what: string, size: number): void {
  const images = Array.from({length: size}, (_, n) => imageOf(n, size))
  const before = process.memoryUsage.rss()
  const start = performance.now()
  const found = what === 'judge' ? judge(rules, images, now).departures : forecast(rules, images, now, days)
  const seconds = (performance.now() - start) / 1000
  const name = what === 'judge' ? 'now' : `${days} days`
  const peak = process.resourceUsage().maxRSS / 1024
  const figures = [found.length, seconds.toFixed(2), (before / 2 ** 20).toFixed(0), peak.toFixed(0)]
  print([String(size), name, ...figures.map(String)])
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

function digestOf(n: number): string {
  return `sha256:${n.toString(16).padStart(64, '0')}`
}

function print(columns: readonly string[]): void {
  process.stdout.write(`| ${columns.join(' | ')} |\n`)
}
