/** What a plan of a reconciliation must be, besides sealed: a seal says that nobody altered it, not that Gantry made it. */
import type {InventoryRegistry} from '../ecr/inventory/model.ts'
import {fromPlanDocument} from '../lifecycle/plan-file.ts'
import type {SavedLifecyclePlan} from '../lifecycle/plan-file-checks.ts'
import {
  checkRegistry,
  checkTimes,
  parsedAs,
  type Refuse,
  refuserOf,
  type SavedProtection,
} from '../lifecycle/plan-file-parts.ts'
import {policyOfEcr} from '../lifecycle/read-policy.ts'
import {isValidRepository} from '../oci/reference.ts'
import {canonicalJson, type Json} from '../plan/canonical.ts'
import type {Caller, PlanAction, PlanDocument} from '../plan/document.ts'
import type {LeftAsItIs} from './left.ts'
import type {ChangeKind} from './model.ts'
import {turnOf} from './order.ts'
import {planSchema, type SavedAction} from './plan-file-schema.ts'
import {areLinesOf} from './plan-lines.ts'
import {repositoryKey} from './repository.ts'
import {earlyResources, lateResources, repositoryResources} from './resources.ts'
import {subjectOf, verbOf} from './subjects.ts'

/** A saved plan, read back. */
export interface SavedReposPlan {
  readonly document: PlanDocument
  /** When it expires, in milliseconds since the epoch. */
  readonly expiresAt: number
  readonly callers: readonly Caller[]
  readonly protection: SavedProtection
  /** In the order in which they are applied; what is blocked is not among them. */
  readonly changes: readonly SavedReposChange[]
  /** What is not as repos.yaml says and is no change. */
  readonly left: readonly LeftAsItIs[]
  /** Lifecycle policies of repositories that have images, as a plan of `gantry lifecycle plan`; null when none changes. */
  readonly lifecycle: SavedLifecyclePlan | null
}

/** A change as a plan file has it. */
export interface SavedReposChange {
  readonly registry: InventoryRegistry
  readonly repository: string | null
  readonly resource: string
  readonly entry: string
  readonly kind: Exclude<ChangeKind, 'blocked'>
  readonly before: Json
  readonly after: Json
  readonly action: PlanAction
}

/**
 * Takes a sealed plan apart, and believes nothing in it.
 *
 * @throws {RefusalError} PLAN_MALFORMED, and what reading the lifecycle plan in it throws (exit 7).
 */
export function decodeReposPlan(document: PlanDocument, file: string, now: number): SavedReposPlan {
  const refuse = refuserOf(file)
  const {inputs, actions} = parsedAs(planSchema, document, refuse)
  const {registries, callers, protection, lifecycle, left} = inputs
  for (const registry of registries) checkRegistry(registry, refuse)
  if (new Set(actions.map(({subject}) => subject)).size < actions.length) refuse('something is in it twice')
  const changes = actions.map(action => toChange(action, registries, refuse))
  changes.reduce((last, change) => {
    const turn = turnOf(change)
    if (turn < last) refuse(`${change.action.subject} comes too late`)
    return turn
  }, 0)
  return {
    document,
    expiresAt: checkTimes(document, now, refuse),
    callers,
    protection,
    changes,
    left,
    lifecycle: toLifecycle(lifecycle, changes, {document, file, now, refuse}),
  }
}

function toChange(
  action: SavedAction,
  registries: readonly InventoryRegistry[],
  refuse: Refuse,
): SavedReposChange {
  const {id, verb, subject, detail} = action
  const {host, repository, resource, entry, kind, lines} = detail
  const registry = registries.find(each => each.host === host)
  if (registry === undefined) return refuse(`${host} is none of its registries`)
  checkResource(action, refuse)
  if (subject !== subjectOf({registry, repository, resource, entry}))
    refuse(`${subject} is not what its detail names`)
  if (verb !== verbOf({resource, kind})) refuse(`${verb} is not what is done to ${subject}`)
  if (id !== `${verb} ${subject}`) refuse(`${id} is not ${verb} ${subject}`)
  const [before, after] = [valueOf(action.before, subject, refuse), valueOf(action.after, subject, refuse)]
  if ((kind === 'create') !== (before === null) || (kind === 'remove') !== (after === null))
    refuse(`${subject} has no values that ${kind} leads from and to`)
  if (!areLinesOf(lines, {repository, resource, before, after}))
    refuse(`${subject} shows something else than its values`)
  return {
    registry,
    repository,
    resource,
    entry,
    kind,
    before,
    after,
    action: {...action, detail: {...detail, lines: lines as unknown as Json}},
  }
}

const ofRegistries = new Map([...earlyResources, ...lateResources].map(resource => [resource.key, resource]))
const ofRepositories = new Map(repositoryResources.map(resource => [resource.key, resource]))

function checkResource({subject, detail}: SavedAction, refuse: Refuse): void {
  const {repository, resource, entry, kind} = detail
  if (repository !== null && !isValidRepository(repository)) refuse(`${subject} names no repository`)
  const isWhole = repository !== null && resource === repositoryKey
  if (isWhole && (entry !== '' || kind === 'change')) refuse(`${subject} is made or deleted as a whole`)
  if (isWhole) return
  const known = (repository === null ? ofRegistries : ofRepositories).get(resource)
  if (known === undefined) return refuse(`${subject} is nothing that this version knows`)
  if (known.isKeyed !== (entry !== '')) refuse(`${subject} is no entry of ${resource}`)
}

/** One text for each value, as it was compared and shown. */
function valueOf(json: string | null, subject: string, refuse: Refuse): Json {
  if (json === null) return null
  let value: Json
  try {
    value = JSON.parse(json) as Json
  } catch {
    return refuse(`a value of ${subject} is no JSON`)
  }
  if (value === null || canonicalJson(value) !== json)
    refuse(`a value of ${subject} is not as Gantry writes it`)
  return value
}

interface Reading {
  readonly document: PlanDocument
  readonly file: string
  readonly now: number
  readonly refuse: Refuse
}

/** The lifecycle plan has what changes of policies of repositories that are there already, and nothing else. */
function toLifecycle(
  lifecycle: Readonly<Record<string, unknown>> | null,
  changes: readonly SavedReposChange[],
  {document, file, now, refuse}: Reading,
): SavedLifecyclePlan | null {
  const own = lifecyclesOf(changes)
  if (lifecycle === null) {
    const [subject] = own.keys()
    return subject === undefined ? null : refuse(`what ${subject} does to images is not in it`)
  }
  const saved = fromPlanDocument(JSON.stringify(lifecycle), `${file} (inputs.lifecycle)`, now)
  if (saved.document.createdAt !== document.createdAt) refuse('its lifecycle plan is of another look')
  for (const {registry, repository, action} of saved.changes) {
    const subject = subjectOf({registry, repository, resource: 'lifecycle', entry: ''})
    const change = own.get(subject)
    const isSame = (change?.kind === 'remove') === (action.verb === 'delete-lifecycle-policy')
    if (change === undefined || !isSame) return refuse(`${action.subject} is in its lifecycle plan alone`)
    if (!isPolicy(action.after, change.after))
      refuse(`the policy of ${action.subject} is another in its lifecycle plan`)
    own.delete(subject)
  }
  for (const subject of own.keys()) refuse(`what ${subject} does to images is not in it`)
  return saved
}

/** Whether the text of a policy means what a change has; texts of such plans have been checked. */
function isPolicy(text: string | null, value: Json): boolean {
  const before = text === null ? null : (policyOfEcr(text, 'The plan') as unknown as Json)
  return areLinesOf([], {repository: '', resource: 'lifecycle', before, after: value})
}

function lifecyclesOf(changes: readonly SavedReposChange[]): Map<string, SavedReposChange> {
  const whole = (registry: InventoryRegistry, repository: string | null) =>
    subjectOf({registry, repository, resource: repositoryKey, entry: ''})
  const made = new Set(
    changes
      .filter(({resource, kind}) => resource === repositoryKey && kind === 'create')
      .map(({action}) => action.subject),
  )
  return new Map(
    changes
      .filter(
        ({registry, repository, resource}) =>
          resource === 'lifecycle' && !made.has(whole(registry, repository)),
      )
      .map(change => [change.action.subject, change]),
  )
}
