import type {RegistriesOptions} from '../ecr/inventory/registries.ts'
import {type OpenRegistries, openRegistries} from '../ecr/inventory/registries.ts'
import {openForPlan} from '../lifecycle/apply-open.ts'
import type {NamedProtection} from '../lifecycle/protection.ts'
import type {RegistryContext} from '../oci/registry.ts'
import {formatPlan} from '../plan/document.ts'
import type {ReposApplyOrder, ReposApplyWorld} from './apply-model.ts'
import {reconcile} from './look.ts'
import {fromReposPlanDocument, type SavedReposPlan, toReposPlanDocument} from './plan-file.ts'

/** A plan, and the registries in which it is applied. */
export interface ReposTask {
  /** The plan's name, for messages. */
  readonly file: string
  readonly plan: SavedReposPlan
  readonly open: OpenRegistries
  readonly warnings: readonly string[]
}

/**
 * Opens the registries of a saved plan, as identities of the accounts that made it; nothing is asked of them.
 *
 * @throws as `openForPlan`.
 */
export async function openSavedPlan(
  plan: SavedReposPlan,
  file: string,
  {dryRun}: ReposApplyOrder,
  {estate, aws}: ReposApplyWorld,
  context: RegistryContext,
): Promise<ReposTask> {
  const hosts = [...new Set(plan.changes.map(({registry}) => registry.host))]
  const options = {...optionsFor(dryRun, aws, context), besides: hosts}
  const open = await openForPlan(plan, [], file, estate, options)
  return {file, plan, open, warnings: []}
}

/**
 * Opens the registries that the words mean, compares them with repos.yaml, and takes what differs as the plan.
 *
 * @throws as `openRegistries` and `reconcile`.
 */
export async function openNewPlan(
  order: ReposApplyOrder,
  {estate, aws, region, onProgress, onPlan}: ReposApplyWorld,
  context: RegistryContext,
  protection: NamedProtection,
): Promise<ReposTask> {
  const {words, accounts, dryRun} = order
  const file = 'The plan'
  const open = await openRegistries(words, estate, {
    ...optionsFor(dryRun, aws, context),
    accounts,
    mayMiss: true,
    mayNotList: true,
    region,
  })
  try {
    const seen = await reconcile(open, estate, {context, images: true, protection, onPlace: onProgress})
    onPlan?.(seen)
    const document = toReposPlanDocument(seen, {callers: open.callers, protection})
    // Read back, so that both ways lead through the same checks.
    const plan = fromReposPlanDocument(formatPlan(document), file, aws.now())
    return {file, plan, open, warnings: seen.warnings}
  } catch (error) {
    open.close()
    throw error
  }
}

function optionsFor(
  dryRun: boolean,
  environment: ReposApplyWorld['aws'],
  context: RegistryContext,
): RegistriesOptions {
  return {environment, context, access: dryRun ? 'look' : 'change', purpose: 'reconcile'}
}
