import {openRegistries} from '../ecr/inventory/registries.ts'
import {type ExitCode, exitCodes} from '../errors.ts'
import type {ScopeWorld} from '../lifecycle/plan-world.ts'
import {type ProtectionOptions, readProtection} from '../lifecycle/protection.ts'
import type {RegistryContext, Traffic} from '../oci/registry.ts'
import type {Caller} from '../plan/document.ts'
import {writePlanFile} from '../plan/files.ts'
import type {ItemError} from '../plan/items.ts'
import {reconcile} from './look.ts'
import type {Reconciliation} from './model.ts'
import {toReposPlanDocument} from './plan-file.ts'

/** What `gantry repos plan` was asked for. */
export interface ReposPlanOrder {
  /** `[ALIAS/]REPOSITORY`, hosts or patterns; none for everything. */
  readonly words: readonly string[]
  /** `ALIAS[@REGION]`; none for all that the words mean. */
  readonly accounts: readonly string[]
  /** Requests in flight at each registry. */
  readonly concurrency: number
  /** File to save the plan to. */
  readonly out: string | undefined
  /** Files that name images which are needed. */
  readonly protect: readonly string[]
  /** Whether a file among those may name none. */
  readonly allowEmptyProtect: boolean
  /** Whether images are looked at where a change may act on them. */
  readonly images: boolean
}

/** What reconciling takes from the world around. */
export interface ReposWorld extends ScopeWorld {
  readonly readStdin: ProtectionOptions['readStdin']
  /** Told of each registry and each repository when it is done. */
  readonly onProgress?: ((place: string, error: ItemError | null) => void) | undefined
}

export interface ReposPlanRun {
  readonly plan: Reconciliation
  readonly callers: readonly Caller[]
  readonly traffic: Traffic
  readonly durationMs: number
  /** Where the plan was saved; null when it was not. */
  readonly planFile: string | null
  /** 0; 4 when something could not be read, 5 when all of that was denied and nothing else was read. */
  readonly exitCode: ExitCode
}

/** How long a request is tried again, in milliseconds. */
const retryForMs = 10 * 60_000

/**
 * Says what differs between repos.yaml and the registries. Changes nothing.
 *
 * @throws what concerns all of it: words, identities, files that cannot be read.
 */
export async function runReposPlan(order: ReposPlanOrder, world: ReposWorld): Promise<ReposPlanRun> {
  const {estate, aws, region, readStdin, onProgress} = world
  const {words, accounts, concurrency, images, out} = order
  const began = aws.now()
  const protection = await readProtection(order.protect, {readStdin, allowEmpty: order.allowEmptyProtect})
  const context = reposContext(aws, concurrency)
  const open = await openRegistries(words, estate, {
    environment: aws,
    context,
    access: 'look',
    accounts,
    mayMiss: true,
    region,
  })
  try {
    const plan = await reconcile(open, estate, {context, images, protection, onPlace: onProgress})
    if (out !== undefined) {
      await writePlanFile(out, toReposPlanDocument(plan, {callers: open.callers, protection}))
    }
    return {
      plan,
      callers: open.callers,
      traffic: open.traffic(),
      durationMs: aws.now() - began,
      planFile: out ?? null,
      exitCode: exitCodes.done,
    }
  } finally {
    open.close()
  }
}

/** How the registries are asked, by who plans and by who applies. */
export function reposContext({now, signal, wait}: ScopeWorld['aws'], concurrency: number): RegistryContext {
  return {now, signal, wait, concurrency, retryForMs, onEvent: () => {}}
}
