/** The plan file of lifecycle policies. */
import type {InventoryRegistry} from '../ecr/inventory/model.ts'
import {contentHash, type Json} from '../plan/canonical.ts'
import {
  type Caller,
  openPlan,
  type PlanAction,
  type PlanDocument,
  planLifetimeMs,
  sealPlan,
} from '../plan/document.ts'
import {decodeLifecyclePlan, type SavedLifecyclePlan} from './plan-file-checks.ts'
import type {LifecyclePlan, RepositoryPlan} from './plan-model.ts'
import type {NamedProtection} from './protection.ts'

export const lifecyclePlanKind = 'lifecycle'

/** What a lifecycle plan has as every plan has it. @public for tools/generate-schema.ts */
export type LifecyclePlanFrame = Omit<PlanDocument, 'kind' | 'inputs' | 'actions'>

export interface PlanFileOptions {
  /** Every identity that took part in looking. */
  readonly callers: readonly Caller[]
  /** What was protected when the plan was made. */
  readonly protection: NamedProtection
}

/** When a plan that was made at this time expires, in milliseconds since the epoch: until then its parts are told. */
export function expiryOf(takenAt: number): number {
  return takenAt + planLifetimeMs
}

/** A plan as it is saved: an action for each repository whose policy changes. Reproducible: no two plans of a world differ. */
export function toPlanDocument(plan: LifecyclePlan, {callers, protection}: PlanFileOptions): PlanDocument {
  const {takenAt, days, repositories} = plan
  const changed = repositories.filter(isChanged)
  const actions = changed.map(lifecycleAction)
  const registries = [...new Map(changed.map(({registry}) => [registry.host, registry])).values()]
  return sealPlan({
    kind: lifecyclePlanKind,
    createdAt: new Date(takenAt).toISOString(),
    expiresAt: new Date(expiryOf(takenAt)).toISOString(),
    caller: callers.find(({account}) => account === registries[0]?.account) ?? callers[0] ?? null,
    target: registries.map(({host}) => host),
    basis: contentHash(repositories.map(basisOf)),
    inputs: {
      days,
      registries: registries.map(registryOf),
      callers: callers.map(caller => ({...caller})),
      protection: protectionAsSaved(protection),
    },
    actions,
    summary: summaryOf(plan, actions),
  })
}

/** Files are read again when a plan is applied, and what they said counts then too. */
export function protectionAsSaved({sources, words}: NamedProtection): Json {
  return {
    files: sources.map(({name}) => name).filter(isLasting),
    words: words.map(word => ({...word})),
  }
}

/** The change of one repository's policy, as a plan has it. */
export function lifecycleAction(plan: RepositoryPlan): PlanAction {
  const {registry, repository, change, images, now, parts, endangered, preview} = plan
  const verb = change.kind === 'delete' ? 'delete-lifecycle-policy' : 'put-lifecycle-policy'
  const subject = `${registry.host}/${repository}`
  const {before, after} = change
  return {
    id: `${verb} ${subject}`,
    verb,
    subject,
    before,
    after,
    why: [change.origin === null ? 'the policy changes' : `${change.origin} says so`],
    parts,
    precondition:
      before === null
        ? 'the repository has no lifecycle policy'
        : 'the lifecycle policy is the one named as before',
    detail: {
      images: images.standard + images.archived,
      expire: now.expire,
      archive: now.archive,
      freedBytes: now.freed.bytes,
      freedAtMost: now.freed.atMost,
      preview: preview.status,
      endangered: endangered.map(({digest, tags, under, fate, rulePriority, at, evidence}) => ({
        digest,
        tags,
        under,
        fate,
        rulePriority,
        at,
        evidence,
      })),
    },
  }
}

/**
 * Reads a plan file back.
 *
 * @param now milliseconds since the epoch.
 * @throws {UsageError} NOT_A_PLAN; {RefusalError} PLAN_EDITED, PLAN_EXPIRED, PLAN_MALFORMED (exit 7).
 */
export function fromPlanDocument(text: string, file: string, now: number): SavedLifecyclePlan {
  return decodeLifecyclePlan(openPlan(text, file, {kind: lifecyclePlanKind, now}), file, now)
}

function isChanged({change}: RepositoryPlan): boolean {
  return change.kind === 'put' || change.kind === 'delete'
}

function basisOf({registry, repository, change, images, departures, parts}: RepositoryPlan): Json {
  const {before, after} = change
  const going = departures.map(({digest, fate, at}) => ({digest, fate, at}))
  return {host: registry.host, repository, before, after, images: {...images}, going, parts}
}

function registryOf({label, host, account, region, alias}: InventoryRegistry): Json {
  return {label, host, account, region, alias}
}

/** Files that are still there when the plan is applied; standard input and pipes of the shell are not. */
function isLasting(name: string): boolean {
  return name !== '-' && !/^\/(?:dev|proc)\//.test(name)
}

function summaryOf(
  {repositories, days}: LifecyclePlan,
  actions: readonly PlanAction[],
): Readonly<Record<string, number>> {
  const changed = repositories.filter(isChanged)
  return {
    repositories: repositories.length,
    actions: actions.length,
    days,
    expireNow: changed.reduce((sum, {now}) => sum + now.expire, 0),
    archiveNow: changed.reduce((sum, {now}) => sum + now.archive, 0),
    endangered: changed.reduce((sum, {endangered}) => sum + endangered.length, 0),
  }
}
