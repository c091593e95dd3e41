/** The plan file of a reconciliation. */
import type {Source} from '../config/resolve.ts'
import type {InventoryRegistry} from '../ecr/inventory/model.ts'
import {expiryOf, protectionAsSaved, toPlanDocument} from '../lifecycle/plan-file.ts'
import type {NamedProtection} from '../lifecycle/protection.ts'
import {canonicalJson, contentHash, type Json} from '../plan/canonical.ts'
import {type Caller, openPlan, type PlanAction, type PlanDocument, sealPlan} from '../plan/document.ts'
import {leftAsItIs} from './left.ts'
import {lifecyclePlanDays, type PlannedChange, type Reconciliation} from './model.ts'
import {decodeReposPlan, type SavedReposPlan} from './plan-file-checks.ts'
import {subjectOf, verbOf} from './subjects.ts'

export type {SavedReposChange, SavedReposPlan} from './plan-file-checks.ts'

export const reposPlanKind = 'repos'

/** What such a plan has as every plan has it. @public for tools/generate-schema.ts */
export type ReposPlanFrame = Omit<PlanDocument, 'kind' | 'inputs' | 'actions'>

export interface ReposPlanFileOptions {
  /** Every identity that took part in looking. */
  readonly callers: readonly Caller[]
  /** What was protected when the plan was made. */
  readonly protection: NamedProtection
}

/**
 * A plan as it is saved; what is blocked, or could not be read, is told and is no action. Lifecycle policies of
 * repositories that are there are also in the plan of `gantry lifecycle plan` that it contains. Reproducible: no two plans
 * of a world differ.
 */
export function toReposPlanDocument(plan: Reconciliation, options: ReposPlanFileOptions): PlanDocument {
  const {takenAt, changes, compared} = plan
  const {callers, protection} = options
  const pending = changes.filter(({kind}) => kind !== 'blocked')
  const registries = [...new Map(pending.map(({registry}) => [registry.host, registry])).values()]
  const count = (wanted: PlannedChange['kind']) => changes.filter(({kind}) => kind === wanted).length
  return sealPlan({
    kind: reposPlanKind,
    createdAt: new Date(takenAt).toISOString(),
    expiresAt: new Date(expiryOf(takenAt)).toISOString(),
    caller: callers.find(({account}) => account === registries[0]?.account) ?? callers[0] ?? null,
    target: registries.map(({host}) => host),
    basis: contentHash(changes.map(basisOf)),
    inputs: {
      registries: registries.map(registryOf),
      callers: callers.map(caller => ({...caller})),
      protection: protectionAsSaved(protection),
      lifecycle: lifecycleOf(plan, options),
      left: leftAsItIs(plan).map(({error, ...left}) => ({...left, error: {...error}})),
    },
    actions: pending.map(reposAction),
    summary: {
      ...compared,
      create: count('create'),
      change: count('change'),
      remove: count('remove'),
      blocked: count('blocked'),
      unread: plan.unread.length,
    },
  })
}

/** A change as a plan has it. Not for what is blocked. */
export function reposAction(change: PlannedChange): PlanAction {
  const {registry, repository, resource, entry, kind, before, after, lines, risks, source} = change
  if (kind === 'blocked') throw new TypeError(`${subjectOf(change)} is blocked`)
  const [subject, verb] = [subjectOf(change), verbOf({resource, kind})]
  return {
    id: `${verb} ${subject}`,
    verb,
    subject,
    before: before === null ? null : canonicalJson(before),
    after: after === null ? null : canonicalJson(after),
    why: [whyOf(source)],
    precondition: before === null ? 'there is none' : 'it means what is named as before',
    detail: {
      host: registry.host,
      repository,
      resource,
      entry,
      kind,
      lines: lines.map(line => ({...line})),
      risks,
    },
  }
}

/**
 * Reads a plan file back.
 *
 * @param now milliseconds since the epoch.
 * @throws {UsageError} NOT_A_PLAN; {RefusalError} PLAN_EDITED, PLAN_EXPIRED, PLAN_MALFORMED (exit 7).
 */
export function fromReposPlanDocument(text: string, file: string, now: number): SavedReposPlan {
  return decodeReposPlan(openPlan(text, file, {kind: reposPlanKind, now}), file, now)
}

function whyOf(source: Source | null): string {
  const {origin} = source ?? {}
  return origin === undefined
    ? 'repos.yaml says so'
    : `${origin.file}:${origin.line}:${origin.column} says so`
}

function basisOf(change: PlannedChange): Json {
  const {kind, before, after, lifecycle} = change
  const going = lifecycle?.departures.map(({digest, fate, at}) => ({digest, fate, at})) ?? null
  return {subject: subjectOf(change), kind, before, after, going}
}

function lifecycleOf({takenAt, changes}: Reconciliation, options: ReposPlanFileOptions): Json {
  const repositories = changes.flatMap(({kind, lifecycle}) =>
    lifecycle === null || kind === 'blocked' ? [] : [lifecycle],
  )
  if (repositories.length === 0) return null
  return toPlanDocument({takenAt, days: lifecyclePlanDays, repositories}, options) as unknown as Json
}

function registryOf({label, host, account, region, alias}: InventoryRegistry): Json {
  return {label, host, account, region, alias}
}
