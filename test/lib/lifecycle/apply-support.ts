import {readFile} from 'node:fs/promises'
import {ECRClient, GetLifecyclePolicyCommand} from '@aws-sdk/client-ecr'
import {expect} from 'vitest'
import {GantryError} from '../../../src/lib/errors.ts'
import type {LifecycleApplyItem} from '../../../src/lib/lifecycle/apply-items.ts'
import type {
  LifecycleApplyOrder,
  LifecycleApplyRun,
  LifecycleApplyWorld,
} from '../../../src/lib/lifecycle/apply-model.ts'
import type {LifecycleRule} from '../../../src/lib/lifecycle/policy.ts'
import type {PlanDocument} from '../../../src/lib/plan/document.ts'
import type {SandboxOptions} from '../../../src/lib/sandbox/index.ts'
import {applyPlan, planOf} from '../../support/lifecycle-plan.ts'
import {
  keepNewest,
  type LifecycleWorld,
  openLifecycleWorld,
  type Place,
  policyText,
} from '../../support/lifecycle-world.ts'

/** A repository, and the rules that its policy has before and is to have; null for none. */
export interface Part extends Place {
  readonly before: LifecycleRule | null
  readonly after: LifecycleRule | null
}

const [dev, prod] = ['111111111111', '222222222222']
const [ireland, virginia] = ['eu-west-1', 'us-east-1']

/** A new policy, another one and none any more, in two accounts and two regions. */
export const parts: readonly Part[] = [
  {account: dev, region: ireland, name: 'app', before: null, after: keepNewest(1)},
  {account: dev, region: ireland, name: 'team/web', before: keepNewest(9), after: keepNewest(2)},
  {account: prod, region: ireland, name: 'api', before: keepNewest(9), after: null},
  {account: prod, region: virginia, name: 'edge', before: keepNewest(8), after: keepNewest(3)},
]

export const hostOf = ({account, region}: Place) => `${account}.dkr.ecr.${region}.amazonaws.com`
export const textOf = (rule: LifecycleRule | null) => (rule === null ? null : policyText(rule))

/** What came of an apply: a refusal or a failure as a whole, or a run with its items. */
export type Outcome = LifecycleApplyRun | GantryError

/** Repositories with their policies, and a plan for them, which any number of runs apply from the same beginning. */
export interface ApplyScene {
  readonly world: LifecycleWorld
  readonly plan: PlanDocument
  /** Gives each repository the policy that it had when the plan was made. */
  reset(): Promise<void>
  /** The policies now, byte for byte, in the order of the parts; null for none. */
  policies(): Promise<(string | null)[]>
  apply(order?: Partial<LifecycleApplyOrder>, around?: Partial<LifecycleApplyWorld>): Promise<Outcome>
}

export async function openScene(
  chosen: readonly Part[] = parts,
  options: SandboxOptions = {},
  openWorld: (options: SandboxOptions) => Promise<LifecycleWorld> = openLifecycleWorld,
): Promise<ApplyScene> {
  const world = await openWorld(options)
  const images = [5, 4, 3, 2, 1].map(pushed => ({name: `${pushed}`, tags: [`v${pushed}`], pushed}))
  await world.fill(...chosen.map(({account, region, name}) => ({account, region, name, images})))
  const policies = () => Promise.all(chosen.map(part => policyOf(world, part)))
  const reset = async () => {
    const now = await policies()
    for (const [index, part] of chosen.entries()) {
      if (now[index] === textOf(part.before)) continue
      await (part.before === null ? world.deletePolicy(part) : world.putPolicy(part, part.before))
    }
  }
  await reset()
  const desired = chosen.map(({after, ...part}) => [
    `${hostOf(part)}/${part.name}`,
    after === null ? null : {rules: [after]},
  ])
  const plan = await planOf(world, Object.fromEntries(desired))
  return {
    world,
    plan,
    reset,
    policies,
    async apply(order = {}, around = {}) {
      try {
        return await applyPlan(world, plan, order, around)
      } catch (error) {
        if (error instanceof GantryError) return error
        throw error
      }
    },
  }
}

async function policyOf({sandbox}: LifecycleWorld, {account, region, name}: Place): Promise<string | null> {
  const credentials = {accessKeyId: account, secretAccessKey: 'any'}
  const client = new ECRClient({endpoint: sandbox.url, region, credentials, maxAttempts: 1})
  try {
    const sent = new GetLifecyclePolicyCommand({repositoryName: name})
    return (await client.send(sent)).lifecyclePolicyText ?? null
  } catch (error) {
    if (error instanceof Error && error.name === 'LifecyclePolicyNotFoundException') return null
    throw error
  } finally {
    client.destroy()
  }
}

export const beforeOf = (chosen = parts) => chosen.map(({before}) => textOf(before))
export const afterOf = (chosen = parts) => chosen.map(({after}) => textOf(after))

/**
 * What was said is so: a policy is the one before or the planned one, and what the items, the record and the exit code say.
 *
 * @param now the policies, in the order of the parts.
 */
export async function expectHonest(
  outcome: Outcome,
  now: readonly (string | null)[],
  chosen: readonly Part[] = parts,
): Promise<void> {
  const [before, after] = [beforeOf(chosen), afterOf(chosen)]
  if (outcome instanceof GantryError) {
    expect(now, outcome.message).toEqual(before)
    expect([4, 5, 6, 7, 130], outcome.message).toContain(outcome.exitCode)
    return
  }
  const {items, exitCode, record} = outcome
  expect(items).toHaveLength(chosen.length)
  for (const [index, part] of chosen.entries()) {
    const item = items.find(({repository}) => repository === part.name)
    const [was, planned] = [before[index], after[index]]
    const possible = {
      applied: [planned],
      unchanged: [planned],
      planned: [was],
      refused: [was],
      failed: [was, planned],
      interrupted: [was, planned],
    }
    const allowed = possible[item?.outcome ?? 'refused']
    expect(allowed, `${part.name} is ${item?.outcome}`).toContain(now[index])
    expect(item?.error !== null, `${part.name}: ${item?.error?.message}`).toBe(
      item?.outcome === 'failed' || item?.outcome === 'refused',
    )
  }
  const isStopped = items.some(item => item.outcome === 'interrupted')
  expect(exitCode).toBe(isStopped ? 130 : expectedExitCode(items))
  if (record !== null) await expectHonestRecord(record, exitCode)
}

function expectedExitCode(items: readonly LifecycleApplyItem[]): number {
  const codes = new Set<number>(items.map(({error}) => error?.exitCode ?? 0))
  const [only] = codes
  return codes.size === 1 && only !== undefined ? only : 4
}

/** Each write that was begun has an outcome, and the last word is the exit code. */
async function expectHonestRecord(file: string, exitCode: number): Promise<void> {
  const text = await readFile(file, 'utf8')
  const lines = text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as Readonly<Record<string, unknown>>)
  const idsOf = (type: string) => lines.filter(line => line['type'] === type).map(line => line['id'])
  expect(idsOf('outcome')).toEqual(idsOf('intent'))
  expect(lines.at(-1)).toMatchObject({type: 'end', exitCode})
}
