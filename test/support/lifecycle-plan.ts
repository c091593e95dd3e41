import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'vitest'
import type {Estate} from '../../src/lib/config/estate.ts'
import {loadEstate} from '../../src/lib/config/load.ts'
import {liveInventory} from '../../src/lib/ecr/inventory/live.ts'
import {isUnreadable} from '../../src/lib/ecr/inventory/model.ts'
import {openRegistries} from '../../src/lib/ecr/inventory/registries.ts'
import type {LifecycleApplyOrder, LifecycleApplyWorld} from '../../src/lib/lifecycle/apply-model.ts'
import {runLifecycleApply} from '../../src/lib/lifecycle/apply-run.ts'
import {planRepository} from '../../src/lib/lifecycle/plan.ts'
import {expiryOf, toPlanDocument} from '../../src/lib/lifecycle/plan-file.ts'
import type {RepositoryPlan} from '../../src/lib/lifecycle/plan-model.ts'
import {policyPair} from '../../src/lib/lifecycle/plan-policies.ts'
import {
  type LifecyclePlanOrder,
  type LifecyclePlanRun,
  type LifecyclePlanWorld,
  runLifecyclePlan,
} from '../../src/lib/lifecycle/plan-run.ts'
import type {LifecyclePolicy} from '../../src/lib/lifecycle/policy.ts'
import {readProtection} from '../../src/lib/lifecycle/protection.ts'
import {storageRates} from '../../src/lib/lifecycle/storage-cost.ts'
import {isIndexType} from '../../src/lib/oci/media-types.ts'
import {formatPlan, type PlanDocument} from '../../src/lib/plan/document.ts'
import {defaultLimits} from '../../src/lib/plan/limits.ts'
import type {LifecycleWorld} from './lifecycle-world.ts'

const noStdin = async () => Promise.reject(new Error('nobody reads standard input'))

/** Two accounts, one of them in two regions. */
const reposYaml = `version: 1
accounts:
  dev: {id: "111111111111", region: eu-west-1}
  prod: {id: "222222222222", regions: [eu-west-1, us-east-1]}
`

async function estateIn(folder: string): Promise<Estate> {
  await writeFile(join(folder, 'repos.yaml'), reposYaml)
  return loadEstate({cwd: folder})
}

/** Plans as `gantry lifecycle plan` does, and holds the run to what every plan must hold to. */
export async function plan(
  world: LifecycleWorld,
  order: Partial<LifecyclePlanOrder> = {},
  around: Partial<LifecyclePlanWorld> = {},
): Promise<LifecyclePlanRun> {
  world.sandbox.clearRequests()
  const run = await runLifecyclePlan(
    {
      words: [],
      accounts: [],
      inventory: undefined,
      concurrency: 4,
      policyFile: undefined,
      days: 7,
      protect: [],
      allowEmptyProtect: false,
      preview: true,
      bytes: undefined,
      out: undefined,
      ...order,
    },
    {
      estate: await estateIn(world.folder),
      aws: world.aws,
      region: undefined,
      readStdin: noStdin,
      ...around,
    },
  )
  world.expectOnlyPreviews()
  expect(run.traffic.mutatingRequests).toBe(world.operations().get('StartLifecyclePolicyPreview') ?? 0)
  return run
}

/** Makes a plan of these repositories: each is to have its policy, null for none. */
export async function planOf(
  world: LifecycleWorld,
  desired: Readonly<Record<string, LifecyclePolicy | null>>,
  {days = 30, protect = []}: {days?: number; protect?: readonly string[]} = {},
): Promise<PlanDocument> {
  const estate = await estateIn(world.folder)
  const protection = await readProtection(protect, {readStdin: noStdin})
  const context = {
    signal: world.aws.signal,
    now: world.aws.now,
    concurrency: 4,
    retryForMs: 1000,
    onEvent: () => undefined,
    wait: world.aws.wait,
  }
  const open = await openRegistries(Object.keys(desired), estate, {
    environment: world.aws,
    context,
    access: 'look',
  })
  try {
    const source = liveInventory(open, context)
    const repositories: RepositoryPlan[] = []
    for await (const inventory of source.repositories()) {
      if (isUnreadable(inventory)) throw inventory.error
      const indexes = inventory.images.filter(({mediaType}) => isIndexType(mediaType))
      const policy = desired[`${inventory.registry.host}/${inventory.name}`] ?? null
      repositories.push(
        planRepository({
          inventory,
          contents: await source.contents(
            inventory,
            indexes.map(({digest}) => digest),
          ),
          policies: policyPair(
            inventory,
            policy === null ? {kind: 'none', origin: 'test'} : {kind: 'policy', policy, origin: 'test'},
          ),
          protection,
          rates: storageRates(estate.prices.storage),
          preview: {kind: 'skipped', reason: 'a test'},
          now: source.takenAt,
          days,
          expiresAt: expiryOf(source.takenAt),
        }),
      )
    }
    return toPlanDocument({takenAt: source.takenAt, days, repositories}, {callers: open.callers, protection})
  } finally {
    open.close()
  }
}

/** Applies a plan, or whatever text it is, as `gantry lifecycle apply --yes` does. */
export async function applyPlan(
  world: LifecycleWorld,
  plan: PlanDocument | string,
  order: Partial<LifecycleApplyOrder> = {},
  around: Partial<LifecycleApplyWorld> = {},
) {
  const file = join(world.folder, 'plan.json')
  await writeFile(file, typeof plan === 'string' ? plan : formatPlan(plan))
  return runLifecycleApply(
    {
      plan: file,
      protect: [],
      allowEmptyProtect: false,
      accept: [],
      limits: {...defaultLimits, maxShare: 100},
      record: undefined,
      dryRun: false,
      concurrency: 4,
      ...order,
    },
    {
      estate: await estateIn(world.folder),
      aws: world.aws,
      readStdin: noStdin,
      records: join(world.folder, 'records'),
      retryForMs: 1000,
      confirm: async () => true,
      ...around,
    },
  )
}
