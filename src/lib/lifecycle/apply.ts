/** Whether a saved plan may still be done: everything that is looked at again before anything is written. Pure. */
import type {ImageContent, RepositoryInventory} from '../ecr/inventory/model.ts'
import {type GantryError, RefusalError} from '../errors.ts'
import type {Digest} from '../oci/digest.ts'
import {evidenceByImage} from './endangered.ts'
import {forecast} from './forecast.ts'
import {judge} from './judge.ts'
import {lifecycleImages} from './lifecycle-images.ts'
import type {SavedChange} from './plan-file-checks.ts'
import type {Protection} from './plan-model.ts'
import type {LifecyclePolicy} from './policy.ts'
import {samePolicy} from './policy-text.ts'
import {parsePolicy, policyOfEcr} from './read-policy.ts'

/** A change, looked at again. */
export interface CheckedChange {
  readonly saved: SavedChange
  /** `done`: the policy is what it is to be already. */
  readonly state: 'due' | 'done'
  /** Images that are there, and those that go until the plan expires. */
  readonly images: number
  readonly expire: number
  readonly archive: number
  /** As ECR tells the sizes of what expires; layers that images share count in each. */
  readonly bytes: number
  readonly endangered: readonly Endangered[]
}

/** An image that would go although something needs it. */
export interface Endangered {
  readonly host: string
  readonly repository: string
  readonly digest: Digest
  readonly tags: readonly string[]
  readonly evidence: readonly string[]
}

export interface CheckOptions extends StaleTerms {
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly expiresAt: number
  /** How far the plan looked ahead for images that something needs. */
  readonly days: number
  readonly protection: Protection
}

/** How it is told that a plan does not hold any more. */
export interface StaleTerms {
  /** The plan's name. */
  readonly file: string
  /** What becomes of the plan then: a sentence. */
  readonly consequence?: string
}

/**
 * Evaluates a change again in the world as it is. What would go at any time until the plan expires must be among the
 * parts that the plan promises; a world in which less goes is fine.
 *
 * @throws {RefusalError} PLAN_STALE, PREVIEW_DISAGREED (exit 7).
 */
export function checkChange(
  saved: SavedChange,
  inventory: RepositoryInventory,
  contents: ReadonlyMap<Digest, ImageContent>,
  {now, expiresAt, days, protection, ...terms}: CheckOptions,
): CheckedChange {
  const {action, registry, repository} = saved
  const nothing = {saved, images: inventory.images.length, expire: 0, archive: 0, bytes: 0, endangered: []}
  if (isDone(saved, inventory.policy)) return {...nothing, state: 'done'}
  if (inventory.policy !== action.before) throw stale(terms, saved, 'its lifecycle policy is not what it was')
  if (saved.preview === 'disagrees')
    throw new RefusalError(
      'PREVIEW_DISAGREED',
      `${terms.file}: ECR's own preview for ${action.subject} says otherwise than the plan. ${consequenceOf(terms)} Look at the plan.`,
    )
  const rules = action.after === null ? [] : parsePolicy(action.after, action.subject).rules
  const images = lifecycleImages(inventory.images, contents)
  const {departures} = judge(rules, images, expiresAt)
  const promised = new Set(action.parts)
  const surprise = departures.find(({fate, image}) => !promised.has(`${fate} ${image.digest}`))
  if (surprise !== undefined)
    throw stale(terms, saved, `${surprise.image.digest} would ${surprise.fate}, which the plan does not say`)

  const evidence = evidenceByImage(inventory, images, protection)
  const records = new Map<string, RepositoryInventory['images'][number]>(
    inventory.images.map(record => [record.digest, record]),
  )
  const leaving = new Set(
    [...departures, ...forecast(rules, images, now, days)].map(({image}) => image.digest),
  )
  const expiring = departures.filter(({fate}) => fate === 'expire')
  return {
    ...nothing,
    state: 'due',
    expire: expiring.length,
    archive: departures.length - expiring.length,
    bytes: expiring.reduce((sum, {image}) => sum + (records.get(image.digest)?.size ?? 0), 0),
    endangered: [...leaving].flatMap(digest => {
      const [record, because] = [records.get(digest), evidence.get(digest)]
      if (record === undefined || because === undefined) return []
      return {host: registry.host, repository, digest: record.digest, tags: record.tags, evidence: because}
    }),
  }
}

/** Whether a repository's policy is already what the plan makes it. */
export function isDone({action, registry, repository}: SavedChange, today: string | null): boolean {
  if (today === null || action.after === null || today === action.after) return today === action.after
  const where = `${registry.label}/${repository}`
  const policies: readonly LifecyclePolicy[] = [policyOfEcr(today, where), parsePolicy(action.after, where)]
  const [now, then] = policies
  return now !== undefined && then !== undefined && samePolicy(now, then)
}

/** What a plan that the world has left behind is refused with. */
export function stale(terms: StaleTerms, {action}: Pick<SavedChange, 'action'>, what: string): RefusalError {
  return new RefusalError(
    'PLAN_STALE',
    `${terms.file} is stale: ${action.subject}: ${what}. ${consequenceOf(terms)} Make a new plan.`,
  )
}

/** A repository that is gone is the plan's end, like any other change; whatever else keeps it from being read stays as it is. */
export function asStale(cause: GantryError, terms: StaleTerms): GantryError {
  if (cause.code !== 'REPOSITORY_NOT_FOUND') return cause
  const message = `${terms.file} is stale: ${cause.message} ${consequenceOf(terms)} Make a new plan.`
  return new RefusalError('PLAN_STALE', message, {cause})
}

function consequenceOf({consequence = 'Nothing was done.'}: StaleTerms): string {
  return consequence
}
