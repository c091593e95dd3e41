import {parseEstate} from '../../../src/lib/config/parse.ts'
import {runInventory} from '../../../src/lib/ecr/inventory/run.ts'
import {runExplain} from '../../../src/lib/lifecycle/explain-run.ts'
import {runLint} from '../../../src/lib/lifecycle/lint-run.ts'
import type {LifecycleRule} from '../../../src/lib/lifecycle/policy.ts'
import {applyPlan, plan, planOf} from '../../support/lifecycle-plan.ts'
import {keepNewest, type LifecycleWorld, openLifecycleWorld} from '../../support/lifecycle-world.ts'
import {testLeast} from './least.ts'

const place = {account: '111111111111', region: 'eu-west-1', name: 'team/app'}
const host = `${place.account}.dkr.ecr.${place.region}.amazonaws.com`
const estate = parseEstate(
  `version: 1\naccounts:\n  dev: {id: "${place.account}", region: ${place.region}}\n`,
  'repos.yaml',
)
const around = {estate, region: undefined}
const succeeded = (outcome: object) => 'exitCode' in outcome && outcome.exitCode === 0

/** Keeps the images that were pulled in the last three months: such a rule asks whose pulls count. */
const pulled: LifecycleRule = {
  rulePriority: 1,
  selection: {tagStatus: 'any', countType: 'sinceImagePulled', countUnit: 'days', countNumber: 90},
  action: {type: 'transition', targetStorageClass: 'archive'},
}

/** An index with its platform, and a policy that removes something. */
async function open(rule = keepNewest(1)): Promise<LifecycleWorld> {
  const world = await openLifecycleWorld()
  const images = [
    {name: 'amd64', pushed: 9},
    {name: 'all', tags: ['v1'], pushed: 9, lists: ['amd64']},
    {name: 'old', tags: ['v0'], pushed: 120},
  ]
  const {fill} = world
  await fill({...place, images})
  await world.putPolicy(place, rule)
  return world
}

testLeast('all repositories', {
  command: 'inventory',
  estate,
  isDone: succeeded,
  async open() {
    const {sandbox, aws} = await open()
    const order = {words: [], accounts: [], out: undefined, manifests: true, concurrency: 4}
    return {sandbox, run: () => runInventory(order, {aws, ...around})}
  },
})

testLeast('a policy that removes something', {
  command: 'lifecycle plan',
  estate,
  holds: ['ecr:BatchGetImage'],
  isDone: succeeded,
  async open() {
    const world = await open()
    return {sandbox: world.sandbox, run: () => plan(world, {}, {estate})}
  },
})

testLeast('a rule that counts pulls', {
  command: 'lifecycle plan --no-preview',
  estate,
  holds: ['ecr:ListPullTimeUpdateExclusions'],
  isDone: succeeded,
  async open() {
    const world = await open(pulled)
    return {sandbox: world.sandbox, run: () => plan(world, {preview: false}, {estate})}
  },
})

testLeast('an image', {
  command: 'lifecycle explain',
  estate,
  holds: ['ecr:BatchGetImage'],
  isDone: outcome => 'stories' in outcome,
  async open() {
    const {sandbox, aws} = await open()
    const order = {
      images: ['team/app:v1'],
      policyFile: undefined,
      inventory: undefined,
      protect: [],
      days: 365,
    }
    return {
      sandbox,
      run: () => runExplain(order, {aws, ...around, readStdin: async () => Buffer.alloc(0)}),
    }
  },
})

testLeast('policies that are there', {
  command: 'lifecycle lint',
  estate,
  holds: ['ecr:BatchGetImage'],
  isDone: outcome => 'unread' in outcome && Array.isArray(outcome.unread) && outcome.unread.length === 0,
  async open() {
    const {sandbox, aws} = await open()
    const order = {
      words: [],
      accounts: [],
      files: [],
      inventory: undefined,
      rollbackDepth: 5,
      failOn: 'error' as const,
      concurrency: 4,
    }
    return {sandbox, run: () => runLint(order, {...around, aws: async () => aws})}
  },
})

testLeast('another policy', {
  command: 'lifecycle apply',
  estate,
  holds: ['ecr:BatchGetImage', 'ecr:PutLifecyclePolicy'],
  isDone: succeeded,
  async open() {
    const world = await open()
    const saved = await planOf(world, {[`${host}/team/app`]: {rules: [keepNewest(2)]}})
    return {sandbox: world.sandbox, run: () => applyPlan(world, saved, {}, {estate})}
  },
})

testLeast('no policy any more', {
  command: 'lifecycle apply',
  estate,
  holds: ['ecr:BatchGetImage', 'ecr:DeleteLifecyclePolicy'],
  isDone: succeeded,
  async open() {
    const world = await open()
    const saved = await planOf(world, {[`${host}/team/app`]: null})
    return {sandbox: world.sandbox, run: () => applyPlan(world, saved, {}, {estate})}
  },
})
