import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {parse as parseArguments} from '@oclif/core/parser'
import {expect, test} from 'vitest'
import LifecycleApply from '../src/commands/lifecycle/apply.ts'
import LifecycleLint from '../src/commands/lifecycle/lint.ts'
import LifecyclePlan from '../src/commands/lifecycle/plan.ts'
import {toLifecycleApplyResult, viewLifecycleApply} from '../src/lib/cli/lifecycle-apply-view.ts'
import {toExplainResult, viewExplain} from '../src/lib/cli/lifecycle-explain-view.ts'
import {toLifecycleLintResult, viewLifecycleLint} from '../src/lib/cli/lifecycle-lint-view.ts'
import {lifecyclePlanOrder} from '../src/lib/cli/lifecycle-plan-flags.ts'
import {toLifecyclePlanResult} from '../src/lib/cli/lifecycle-plan-result.ts'
import {viewLifecyclePlan} from '../src/lib/cli/lifecycle-plan-view.ts'
import {plainStyle} from '../src/lib/cli/style.ts'
import {parseEstate} from '../src/lib/config/parse.ts'
import {runExplain} from '../src/lib/lifecycle/explain-run.ts'
import {runLint} from '../src/lib/lifecycle/lint-run.ts'
import {runLifecyclePlan} from '../src/lib/lifecycle/plan-run.ts'
import {applyPlan} from './support/lifecycle-plan.ts'
import {type LifecycleWorld, openLifecycleWorld} from './support/lifecycle-world.ts'
import {expectShownOutputs, shownIn} from './support/shown-outputs.ts'

/** How many outputs each page shows. */
const guides = [
  ['docs/lifecycle.md', 4],
  ['docs/lifecycle-lint.md', 1],
] as const
const prod = {account: '222222222222', region: 'eu-west-1'}

/** The registry that the guide shows: a release and a build each week, and a repository that nobody manages. */
async function openShownWorld(): Promise<LifecycleWorld> {
  const world = await openLifecycleWorld()
  await world.sandbox.setClock(Date.UTC(2026, 10, 21, 9))
  const weeks = Array.from({length: 9}, (_, week) => week)
  const image = (name: string, pushed: number) => ({
    name,
    tags: [name],
    pushed,
    layers: [name.padEnd(2000, '.')],
  })
  const {fill} = world
  await fill(
    {
      ...prod,
      name: 'payments/api',
      images: weeks.flatMap(week => [
        image(`v1.${week}.0`, 64.2 - 7 * week),
        image(`dev-${week}`, 63.2 - 7 * week),
      ]),
    },
    {...prod, name: 'payments/worker', images: weeks.map(week => image(`v2.${week}.0`, 60.2 - 7 * week))},
  )
  return world
}

/** What the guide's command lines print in the world that it shows; its repos.yaml is what says the policies. */
async function outputOf([room, command, ...argv]: readonly string[], world: LifecycleWorld): Promise<string> {
  expect(room).toBe('lifecycle')
  if (command === 'plan') return plan(argv, world)
  if (command === 'lint') return lint(argv, world)
  return command === 'explain' ? explain(argv, world) : apply(argv, world)
}

function shownEstate() {
  return parseEstate(shownIn('docs/lifecycle.md', 'yaml'), 'repos.yaml')
}

async function lint(argv: string[], {folder}: LifecycleWorld): Promise<string> {
  const {args, baseFlags, flags: ours, strict} = LifecycleLint
  const {flags} = await parseArguments(argv, {args, flags: {...baseFlags, ...ours}, strict})
  const files = flags.policy.map(file => join(folder, file))
  for (const file of files) await writeFile(file, shownIn('docs/lifecycle-lint.md', 'json'))
  const run = await runLint(
    {
      words: [],
      accounts: [],
      files,
      inventory: undefined,
      rollbackDepth: flags['rollback-depth'],
      failOn: flags['fail-on'],
      concurrency: 4,
    },
    {estate: shownEstate(), aws: () => Promise.reject(new Error('nobody is to be asked')), region: undefined},
  )
  return viewLifecycleLint(toLifecycleLintResult(run), plainStyle).replaceAll(join(folder, '/'), '')
}

const noStdin = async () => Promise.reject(new Error('nobody reads standard input'))

async function explain(images: string[], {aws}: LifecycleWorld): Promise<string> {
  const run = await runExplain(
    {images, policyFile: undefined, inventory: undefined, protect: [], days: 365},
    {estate: shownEstate(), aws, region: undefined, readStdin: noStdin},
  )
  return viewExplain(toExplainResult(run), plainStyle)
}

async function plan(argv: string[], {aws, folder}: LifecycleWorld): Promise<string> {
  const {args, baseFlags, flags, strict} = LifecyclePlan
  const given = await parseArguments(argv, {args, flags: {...baseFlags, ...flags}, strict})
  const order = lifecyclePlanOrder([], given.flags)
  const run = await runLifecyclePlan(
    {...order, out: order.out === undefined ? undefined : join(folder, order.out)},
    {estate: shownEstate(), aws, region: undefined, readStdin: noStdin},
  )
  return viewLifecyclePlan(toLifecyclePlanResult(run, run.exitCode), plainStyle)
}

async function apply(argv: string[], world: LifecycleWorld): Promise<string> {
  const {args, baseFlags, flags: ours} = LifecycleApply
  const {flags} = await parseArguments(argv, {args, flags: {...baseFlags, ...ours}})
  await plan(['--out', 'saved.json'], world)
  const run = await applyPlan(world, await readFile(join(world.folder, 'saved.json'), 'utf8'), {
    dryRun: flags['dry-run'],
    limits: {maxImages: flags['max-images'], maxShare: flags['max-share']},
  })
  return viewLifecycleApply(toLifecycleApplyResult(run), plainStyle)
}

test.each(guides)('%s shows what its commands print', async (guide, outputs) => {
  await expectShownOutputs(guide, outputs, async words => {
    const world = await openShownWorld()
    try {
      return await outputOf(words, world)
    } finally {
      if (!words.includes('--yes')) world.expectOnlyPreviews()
    }
  })
})
