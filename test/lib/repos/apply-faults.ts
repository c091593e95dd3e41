import {expect} from 'vitest'
import {GantryError} from '../../../src/lib/errors.ts'
import {defaultTimeouts} from '../../../src/lib/oci/transport.ts'
import type {ReposApplyItem} from '../../../src/lib/repos/apply-items.ts'
import type {Fault} from '../../../src/lib/sandbox/index.ts'
import {kinds} from '../../support/fault-kinds.ts'
import {openScene} from './apply-scene.ts'
import {apply, type Outcome, outcomeOf, recordOf, savedPlan} from './apply-support.ts'

/** Every operation that the scene changes something by. */
export const operations = [
  'CreatePullThroughCacheRule',
  'CreateRepository',
  'CreateRepositoryCreationTemplate',
  'DeleteLifecyclePolicy',
  'DeletePullThroughCacheRule',
  'DeleteRegistryPolicy',
  'DeleteRepository',
  'DeleteRepositoryCreationTemplate',
  'DeleteRepositoryPolicy',
  'DeleteSigningConfiguration',
  'DeregisterPullTimeUpdateExclusion',
  'PutAccountSetting',
  'PutImageScanningConfiguration',
  'PutImageTagMutability',
  'PutLifecyclePolicy',
  'PutRegistryPolicy',
  'PutRegistryScanningConfiguration',
  'PutReplicationConfiguration',
  'PutSigningConfiguration',
  'RegisterPullTimeUpdateExclusion',
  'SetRepositoryPolicy',
  'TagResource',
  'UntagResource',
  'UpdatePullThroughCacheRule',
  'UpdateRepositoryCreationTemplate',
]

/** Every operation that the scene is looked at by. */
export const looks = [
  'DescribeImages',
  'DescribePullThroughCacheRules',
  'DescribeRegistry',
  'DescribeRepositories',
  'DescribeRepositoryCreationTemplates',
  'GetAccountSetting',
  'GetLifecyclePolicy',
  'GetRegistryPolicy',
  'GetRegistryScanningConfiguration',
  'GetRepositoryPolicy',
  'GetSigningConfiguration',
  'ListPullTimeUpdateExclusions',
  'ListTagsForResource',
  'ValidatePullThroughCacheRule',
]

type State = ReadonlyMap<string, string>

/** What there is before and after an apply that nothing hinders. */
export interface Ends {
  readonly before: State
  readonly after: State
}

/** All that can go wrong with a request. */
export const faultKinds = Object.entries(kinds).flatMap(([name, {fault, mayEnd}]) =>
  fault === undefined ? [] : [{name, fault, mayEnd: mayEnd?.includes('ecr') ?? false}],
)

export type FaultKind = (typeof faultKinds)[number]

/**
 * One kind of so many, others at each turn: every operation meets several, and every kind several operations. All of them
 * with `GANTRY_SWEEP=all`, which takes minutes more.
 */
export function kindsAt(turn: number, oneOf: number): readonly FaultKind[] {
  if (process.env['GANTRY_SWEEP'] === 'all') return faultKinds
  return faultKinds.filter((_, index) => (index + turn) % oneOf === 0)
}

/** How long a request that is never answered is waited for, in real time. */
const patienceMs = 250

export async function endsOf(): Promise<Ends> {
  const {world, estate, state} = await openScene()
  const before = await state()
  expect(await apply(world, estate)).toMatchObject({exitCode: 0})
  return {before, after: await state()}
}

/**
 * Applies everything while requests go wrong; then twice as nothing does.
 *
 * @param isSaved whether there is a plan before anything goes wrong.
 * @throws what `expect` throws: something is neither as before nor as planned, something else was told than is so, or the
 *   next run did not converge.
 */
export async function checkFaults(
  faulty: readonly string[],
  kind: FaultKind,
  {before, after}: Ends,
  {isSaved = false}: {readonly isSaved?: boolean} = {},
): Promise<{readonly hasEnded: boolean}> {
  const {world, estate, state} = await openScene()
  const plan = isSaved ? await savedPlan(world, estate) : undefined
  world.sandbox.setFaults(faulty.map((operation): Fault => ({...kind.fault, operation})))
  const isHeld = kind.fault.kind === 'hang'
  const held = {connectMs: 10_000, headersMs: patienceMs, commitMs: patienceMs, stallMs: patienceMs}
  const aws = {...world.aws, timeouts: isHeld ? held : defaultTimeouts}
  const outcome = await outcomeOf(apply(world, estate, {plan}, {aws, retryForMs: 60_000}))
  world.sandbox.setFaults([])
  const context = `${kind.name} of ${faulty.join()}: ${troubleOf(outcome)}`

  // An empty answer is the right one to these, and "there is none" to who removes what is not there.
  const mayLie = kind.name === 'not-found-once' || (kind.name === 'empty' && faulty.some(answersNothing))
  if (!mayLie) await expectHonest(outcome, before, await state(), after)
  const hasEnded = outcome.exitCode !== 0
  expect(await apply(world, estate), context).toMatchObject({exitCode: 0})
  expect(await state(), context).toEqual(after)
  world.clearRequests()
  expect(await apply(world, estate), context).toMatchObject({exitCode: 0, items: [], record: null})
  expect(world.mutations(), context).toEqual([])
  return {hasEnded}
}

/** Operations whose answer has no members (API reference). */
export function answersNothing(operation: string): boolean {
  return operation === 'TagResource' || operation === 'UntagResource'
}

/** What was said is so: everything is as it was or as it was planned, and what items, record and exit code say. */
export async function expectHonest(outcome: Outcome, before: State, now: State, after: State): Promise<void> {
  for (const key of new Set([...before.keys(), ...now.keys(), ...after.keys()]))
    expect([before.get(key), after.get(key)], key).toContain(now.get(key))
  if (outcome instanceof GantryError) {
    expect(now, outcome.message).toEqual(before)
    return
  }
  const {items, exitCode, record} = outcome
  for (const item of items) {
    const keys = [...new Set([...before.keys(), ...after.keys()])].filter(key => isOf(key, item))
    const said = `${item.outcome} ${item.verb} ${item.repository} ${item.entry}`
    for (const key of keys) {
      if (item.outcome === 'applied' || item.outcome === 'unchanged')
        expect(now.get(key), `${key}: ${said}`).toBe(after.get(key))
      if (item.outcome === 'planned' || item.outcome === 'refused' || item.outcome === 'skipped')
        expect(now.get(key), `${key}: ${said}`).toBe(before.get(key))
    }
    const hasError = !['applied', 'unchanged', 'planned', 'interrupted'].includes(item.outcome)
    expect(item.error !== null, said).toBe(hasError)
  }
  if (record === null) return
  const lines = await recordOf(outcome)
  const idsOf = (type: string) => new Set(lines.flatMap(line => (line['type'] === type ? [line['id']] : [])))
  expect(idsOf('outcome')).toEqual(idsOf('intent'))
  expect(lines.at(-1)).toMatchObject({type: 'end', exitCode})
}

/** Whether a key of the state is of an item. */
function isOf(key: string, {registry, repository, resource, entry}: ReposApplyItem): boolean {
  const place = repository === null ? registry : `${registry}/${repository}`
  if (resource === 'repository') return key === place
  const own = entry === '' ? `${place}#${resource}` : `${place}#${resource}/${entry}`
  return key === own || key.startsWith(`${own}.`)
}

function troubleOf(outcome: Outcome): string {
  if (outcome instanceof GantryError) return `${outcome.code} ${outcome.exitCode}: ${outcome.message}`
  const errors = outcome.items.flatMap(({error}) => (error === null ? [] : [error]))
  return `${outcome.exitCode}: ${errors.map(({code, message}) => `${code} ${message}`).join(' | ')}`
}
