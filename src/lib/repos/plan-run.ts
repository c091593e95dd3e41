import {openRegistries} from '../ecr/inventory/registries.ts'
import {type ExitCode, exitCodes, UsageError} from '../errors.ts'
import type {ScopeWorld} from '../lifecycle/plan-world.ts'
import {type ProtectionOptions, readProtection} from '../lifecycle/protection.ts'
import type {RegistryContext, Traffic} from '../oci/registry.ts'
import type {Caller} from '../plan/document.ts'
import {writePlanFile} from '../plan/files.ts'
import {exitCodeOf, type ItemError} from '../plan/items.ts'
import {reconcile} from './look.ts'
import type {Reconciliation, UnreadResource} from './model.ts'
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
  /** 0; 4 when something could not be read, and 5 when nothing could since all of it was denied. */
  readonly exitCode: ExitCode
}

/** How long a request is tried again, in milliseconds. */
const retryForMs = 10 * 60_000

/**
 * Says what differs between repos.yaml and the registries. Changes nothing.
 *
 * @throws {UsageError} NOT_LOOKED_AT for a plan to be saved without a look at images; what concerns all of it: words,
 *   identities, files that cannot be read.
 */
export async function runReposPlan(order: ReposPlanOrder, world: ReposWorld): Promise<ReposPlanRun> {
  const {estate, aws, region, readStdin, onProgress} = world
  const {words, accounts, concurrency, images, out} = order
  const began = aws.now()
  if (out !== undefined && !images)
    throw new UsageError(
      'NOT_LOOKED_AT',
      'A plan is saved with what it does to images: give --out without --no-images.',
    )
  const protection = await readProtection(order.protect, {readStdin, allowEmpty: order.allowEmptyProtect})
  const context = reposContext(aws, concurrency)
  const open = await openRegistries(words, estate, {
    environment: aws,
    context,
    access: 'look',
    purpose: 'reconcile',
    accounts,
    mayMiss: true,
    mayNotList: true,
    region,
  })
  try {
    const plan = await reconcile(open, estate, {context, images, protection, onPlace: onProgress})
    if (out !== undefined) {
      await writePlanFile(out, toReposPlanDocument(plan, {callers: open.callers, protection}))
    }
    const warnings = out === undefined ? [] : missingFrom(out, plan.unread)
    return {
      plan: {...plan, warnings: [...plan.warnings, ...warnings]},
      callers: open.callers,
      traffic: open.traffic(),
      durationMs: aws.now() - began,
      planFile: out ?? null,
      exitCode: exitCodeOf(itemsOf(plan), aws.signal),
    }
  } finally {
    open.close()
  }
}

function missingFrom(file: string, unread: readonly UnreadResource[]): string[] {
  const [first] = unread
  if (first === undefined) return []
  const others = unread.length === 1 ? '' : ` and ${unread.length - 1} more`
  return [`${file} lacks what could not be read: ${nameOf(first)}${others}.`]
}

function nameOf({registry, repository, resource}: UnreadResource): string {
  return repository === null
    ? `${resource} of ${registry.label}`
    : `${resource} of ${registry.label}/${repository}`
}

/** What was compared is one item, however much it is; what could not be read is one each. */
function itemsOf({unread, compared}: Reconciliation): readonly {readonly error: ItemError | null}[] {
  return compared.resources > 0 ? [{error: null}, ...unread] : unread
}

/**
 * 7 when something needed would go, 10 when something differs from repos.yaml, be it that ECR cannot change it (blocked);
 * a run that is not whole keeps its own code.
 */
export function detailedReposExitCode({plan, exitCode}: ReposPlanRun): ExitCode {
  if (plan.changes.some(({lifecycle}) => (lifecycle?.endangered.length ?? 0) > 0)) return exitCodes.unsafe
  return exitCode === exitCodes.done && plan.changes.length > 0 ? exitCodes.changesPending : exitCode
}

/** How the registries are asked, by who plans and by who applies. */
export function reposContext({now, signal, wait}: ScopeWorld['aws'], concurrency: number): RegistryContext {
  return {now, signal, wait, concurrency, retryForMs, onEvent: () => {}}
}
