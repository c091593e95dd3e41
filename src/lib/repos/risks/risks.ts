import type {Estate} from '../../config/estate.ts'
import type {OpenRegistries} from '../../ecr/inventory/registries.ts'
import {BugError, GantryError} from '../../errors.ts'
import type {Protection} from '../../lifecycle/plan-model.ts'
import {isUnplanned} from '../../lifecycle/plan-repositories.ts'
import {mapLimited} from '../../oci/limiter.ts'
import type {RegistryContext} from '../../oci/registry.ts'
import {itemError} from '../../plan/items.ts'
import type {PlannedChange, UnreadResource} from '../model.ts'
import {repositoryKey} from '../repository.ts'
import {accessRisks} from './access-risks.ts'
import {frozenTagRisks, isFreezing} from './immutability.ts'
import {type LifecycleImpacts, lifecycleImpacts, lifecycleRisks} from './lifecycle-impact.ts'
import {neededImageRisks} from './needed-images.ts'
import {askOnce, type RegistryFacts} from './registry-facts.ts'
import {
  pullThroughRisks,
  pullTimeRisks,
  replicationRisks,
  scanningRisks,
  signingRisks,
  templateRisks,
} from './registry-risks.ts'

/** What risks are judged by. */
export interface RiskTerms {
  readonly estate: Estate
  /** Clock, signal and requests in flight. */
  readonly context: RegistryContext
  /** Images that something needs. */
  readonly protection: Protection
  /** Whether images are looked at: without, nothing is said of what lifecycle policies and immutable tags do to them. */
  readonly images: boolean
}

export interface JudgedChanges {
  /** As they were, with their risks; those of lifecycle policies with what becomes of images. */
  readonly changes: readonly PlannedChange[]
  /** Changes that are left out, since what they do to images could not be told. */
  readonly unread: readonly UnreadResource[]
}

/**
 * What may go wrong because of each change: a whole sentence each. Asks for images of those repositories only that go with
 * them, or whose lifecycle policy or mutability changes.
 */
export async function risksOf(
  changes: readonly PlannedChange[],
  open: OpenRegistries,
  terms: RiskTerms,
): Promise<JudgedChanges> {
  const {context, images} = terms
  const made = new Set(changes.filter(isCreation).map(repositoryOf))
  const isThere = (change: PlannedChange) => change.repository !== null && !made.has(repositoryOf(change))
  const acting = changes.filter(change => images && change.resource === 'lifecycle' && isThere(change))
  const basis: Basis = {
    open,
    terms,
    isThere,
    impacts: await lifecycleImpacts(acting, open, terms),
    facts: askOnce(open),
  }
  const judged = await mapLimited(changes, context.concurrency, change => judge(change, basis))
  return {
    changes: judged.flatMap(outcome => ('error' in outcome ? [] : [outcome])),
    unread: judged.flatMap(outcome => ('error' in outcome ? [outcome] : [])),
  }
}

interface Basis {
  readonly open: OpenRegistries
  readonly terms: RiskTerms
  /** Whether a change is of a repository that is there already. */
  readonly isThere: (change: PlannedChange) => boolean
  readonly impacts: LifecycleImpacts
  readonly facts: RegistryFacts
}

type Judged = PlannedChange | UnreadResource

/** By key of the resource. */
const pure: Readonly<Record<string, (change: PlannedChange) => readonly string[]>> = {
  replication: replicationRisks,
  scanning: scanningRisks,
  creationTemplates: templateRisks,
  pullThroughCache: pullThroughRisks,
  pullTimeExclusions: pullTimeRisks,
  signing: signingRisks,
}

async function judge(change: PlannedChange, basis: Basis): Promise<Judged> {
  if (change.kind === 'blocked') return change
  switch (change.resource) {
    case 'lifecycle':
      return judgeLifecycle(change, basis)
    case 'tagMutability':
      return withRisks(change, await mutabilityRisks(change, basis))
    case 'policy':
      return withRisks(change, [...accessRisks(change), ...ownAccessRisks(change, basis.open)])
    case 'scanOnPush':
      return {...change, notes: [...change.notes, ...(await basis.facts.scanningNotes(change))]}
    case repositoryKey:
      return isCreation(change)
        ? withRisks(change, await basis.facts.cacheRisks(change))
        : judgeRemoval(change, basis)
    default:
      return withRisks(change, pure[change.resource]?.(change) ?? [])
  }
}

/** Whoever is of another account is let in by the policy alone, and ECR lets anybody remove it who may. */
function ownAccessRisks(change: PlannedChange, open: OpenRegistries): readonly string[] {
  const {caller, registry} = open.registryOf(change.registry.host)
  if (caller.account === registry.account || accessRisks(change).length === 0) return []
  return [
    `${caller.arn} is let in by this policy: what it does not allow any more, Gantry can neither do nor take back.`,
  ]
}

function judgeLifecycle(change: PlannedChange, {impacts, terms, isThere}: Basis): Judged {
  const impact = impacts.get(change)
  if (impact === undefined) {
    if (terms.images && isThere(change))
      throw new BugError(`what the lifecycle policy of ${repositoryOf(change)} does was not looked at.`)
    return change
  }
  if (isUnplanned(impact)) return unread(change, impact.error)
  return {...withRisks(change, lifecycleRisks(impact)), lifecycle: impact}
}

/** What cannot be looked at is said, and the change is not held up by it: no image is at stake. */
async function mutabilityRisks(change: PlannedChange, basis: Basis): Promise<readonly string[]> {
  const {open, terms, isThere, facts} = basis
  if (!isFreezing(change)) return []
  const stale = await facts.cacheRisks(change)
  if (!terms.images || !isThere(change)) return stale
  try {
    const at = open.registryOf(change.registry.host)
    return [...(await frozenTagRisks(change, at, terms.context.now())), ...stale]
  } catch (error) {
    const {message} = expected(error, terms)
    return [`Whether tags were overwritten could not be looked at: ${message}`, ...stale]
  }
}

/** Doubt never deletes: a repository of which it cannot be told whether its images are needed is left out. */
async function judgeRemoval(change: PlannedChange, {open, terms}: Basis): Promise<Judged> {
  const {images = 0} = change.before as {readonly images?: number}
  if (images === 0 || change.repository === null) return change
  try {
    const at = open.registryOf(change.registry.host)
    return withRisks(change, await neededImageRisks(at, change.repository, terms.protection))
  } catch (error) {
    return unread(change, expected(error, terms))
  }
}

function expected(error: unknown, {context}: RiskTerms): GantryError {
  context.signal.throwIfAborted()
  if (error instanceof GantryError && !(error instanceof BugError)) return error
  throw error
}

function unread(change: PlannedChange, cause: GantryError | UnreadResource['error']): UnreadResource {
  const {registry, repository, resource} = change
  const error = cause instanceof GantryError ? itemError(cause) : cause
  if (error === null) throw new BugError('an error says nothing.')
  return {registry, repository, resource, error}
}

function withRisks(change: PlannedChange, risks: readonly string[]): PlannedChange {
  return risks.length === 0 ? change : {...change, risks: [...change.risks, ...risks]}
}

function isCreation({resource, kind}: PlannedChange): boolean {
  return resource === repositoryKey && kind === 'create'
}

function repositoryOf({registry, repository}: PlannedChange): string {
  return `${registry.host}/${repository ?? ''}`
}
