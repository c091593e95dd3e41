import type {ImageRecord, RepositoryInventory} from '../ecr/inventory/model.ts'
import type {Digest} from '../oci/digest.ts'
import {evidenceByImage} from './endangered.ts'
import {sentenceOf, storyOf} from './explain.ts'
import {forecast} from './forecast.ts'
import {judge} from './judge.ts'
import type {PolicyChange, Protection} from './plan-model.ts'
import type {PolicyPair} from './plan-policies.ts'
import type {LifecycleRule} from './policy.ts'
import type {Fate, RepositoryImage} from './verdict.ts'

/** What one policy makes of an image. */
export interface PolicyStory {
  readonly verdict: string
  /** What happens to it first within the days; null when nothing does. */
  readonly fate: Fate | null
  /** When, ISO 8601; null when it stays. */
  readonly at: string | null
  /** Rule by rule. */
  readonly rules: readonly string[]
}

/** One image's story: what it is, and what policies make of it. Times are ISO 8601. */
export interface ImageStory {
  readonly registry: RepositoryInventory['registry']
  readonly repository: string
  readonly digest: Digest
  readonly tags: readonly string[]
  readonly mediaType: string
  readonly size: number
  readonly status: ImageRecord['status']
  readonly pushedAt: string
  readonly pulledAt: string | null
  readonly archivedAt: string | null
  readonly subject: Digest | null
  readonly indexes: readonly string[]
  readonly referrers: readonly string[]
  readonly change: PolicyChange['kind']
  readonly origin: string | null
  readonly today: PolicyStory
  /** Null when the policy stays as it is. */
  readonly next: PolicyStory | null
  /** What says that the image is needed. */
  readonly evidence: readonly string[]
}

/** What a story is told from. Times are milliseconds since the epoch. */
export interface StoryBasis {
  readonly inventory: RepositoryInventory
  /** Those of the inventory, with what indexes list. */
  readonly images: readonly RepositoryImage[]
  readonly policies: PolicyPair
  readonly protection: Protection
  readonly now: number
  /** How far to look ahead. */
  readonly days: number
}

/** Tells the story of one image of a repository. Pure. */
export function storyOfImage(record: ImageRecord, basis: StoryBasis): ImageStory {
  const {inventory, images, policies, protection} = basis
  const {digest, tags, mediaType, size, status, pushedAt, pulledAt, archivedAt, subject} = record
  const {change, today, next} = policies
  return {
    registry: inventory.registry,
    repository: inventory.name,
    digest,
    tags,
    mediaType,
    size,
    status,
    pushedAt: timeOf(pushedAt),
    pulledAt: pulledAt === undefined ? null : timeOf(pulledAt),
    archivedAt: archivedAt === undefined ? null : timeOf(archivedAt),
    subject: subject ?? null,
    indexes: images.flatMap(image => (image.children?.includes(digest) ? [image.digest] : [])),
    referrers: images.flatMap(image => (image.subject === digest ? [image.digest] : [])),
    change: change.kind,
    origin: change.origin,
    today: policyStory(digest, today, basis),
    next: isChange(change) ? policyStory(digest, next, basis) : null,
    evidence: evidenceByImage(inventory, images, protection).get(digest) ?? [],
  }
}

function isChange({kind}: PolicyChange): boolean {
  return kind === 'put' || kind === 'delete'
}

function policyStory(
  digest: Digest,
  rules: readonly LifecycleRule[],
  {images, now, days}: StoryBasis,
): PolicyStory {
  const image = images.find(each => each.digest === digest)
  if (image === undefined) throw new TypeError(`${digest} is not among the images`)
  const verdict = judge(rules, images, now).verdictOf(image)
  const first = forecast(rules, images, now, days).find(departure => departure.image.digest === digest)
  return {
    verdict: sentenceOf(verdict, now),
    fate: first?.fate ?? null,
    at: first === undefined ? null : timeOf(first.at),
    rules: storyOf(verdict, rules, now),
  }
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString()
}
