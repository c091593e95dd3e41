import {
  type ImageContent,
  type ImageRecord,
  isUnreadable,
  type RepositoryInventory,
} from '../ecr/inventory/model.ts'
import {FailureError, UsageError} from '../errors.ts'
import {type Digest, isDigest} from '../oci/digest.ts'
import {isIndexType} from '../oci/media-types.ts'
import {oneLine} from '../oci/one-line.ts'
import type {Caller} from '../plan/document.ts'
import {desiredPolicies} from './desired-policies.ts'
import {evidenceByImage} from './endangered.ts'
import {sentenceOf, storyOf} from './explain.ts'
import {forecast} from './forecast.ts'
import {judge} from './judge.ts'
import {lifecycleImages} from './lifecycle-images.ts'
import type {PolicyChange} from './plan-model.ts'
import {policyPair} from './plan-policies.ts'
import {type OpenScope, openScope, type ScopeWorld} from './plan-world.ts'
import type {LifecycleRule} from './policy.ts'
import {type NamedProtection, type ProtectionOptions, readProtection} from './protection.ts'
import type {Fate, RepositoryImage} from './verdict.ts'

/** What `gantry lifecycle explain` was asked for. */
export interface ExplainOrder {
  /** `[ALIAS/]REPOSITORY:TAG`, `[ALIAS/]REPOSITORY@DIGEST`, or with a host. */
  readonly images: readonly string[]
  readonly policyFile: string | undefined
  readonly inventory: string | undefined
  readonly protect: readonly string[]
  /** How far to look ahead. */
  readonly days: number
}

export interface ExplainWorld extends ScopeWorld {
  readonly readStdin: ProtectionOptions['readStdin']
}

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

/** One image's story. Times are ISO 8601. */
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

export interface ExplainRun {
  readonly stories: readonly ImageStory[]
  readonly callers: readonly Caller[]
  readonly warnings: readonly string[]
}

interface Wanted {
  readonly text: string
  readonly repository: string
  readonly tag?: string
  readonly digest?: Digest
}

/**
 * Tells the story of images, each wherever it is found: what it is, and what policies make of it.
 *
 * @throws {FailureError} IMAGE_NOT_FOUND naming near tags; {UsageError} INVALID_REFERENCE; what looking throws.
 */
export async function runExplain(order: ExplainOrder, world: ExplainWorld): Promise<ExplainRun> {
  const wanted = order.images.map(readWanted)
  const protection = await readProtection(order.protect, {readStdin: world.readStdin})
  const desiredOf = await desiredPolicies(order.policyFile, world.estate)
  const runs = []
  for (const each of wanted) {
    const words = [each.repository]
    const scope = await openScope(
      {words, accounts: [], inventory: order.inventory, concurrency: 4},
      'look',
      world,
    )
    try {
      const stories = await storiesOf(each, scope, {order, desiredOf, protection})
      runs.push({stories, callers: scope.callers, warnings: scope.warnings})
    } finally {
      scope.close()
    }
  }
  const callers = new Map(runs.flatMap(run => run.callers).map(caller => [caller.arn, caller]))
  return {
    stories: runs.flatMap(({stories}) => stories),
    callers: [...callers.values()],
    warnings: runs.flatMap(({warnings}) => warnings),
  }
}

interface Terms {
  readonly order: ExplainOrder
  readonly desiredOf: Awaited<ReturnType<typeof desiredPolicies>>
  readonly protection: NamedProtection
}

async function storiesOf(wanted: Wanted, scope: OpenScope, terms: Terms): Promise<ImageStory[]> {
  const stories: ImageStory[] = []
  const tags: string[] = []
  const {source} = scope
  for await (const inventory of source.repositories()) {
    if (isUnreadable(inventory)) throw inventory.error
    const record = inventory.images.find(image => isWanted(image, wanted))
    tags.push(...inventory.images.flatMap(image => image.tags))
    if (record === undefined) continue
    const contents = await listsOf(inventory, scope, terms)
    const images = lifecycleImages(inventory.images, contents)
    stories.push(storyOfImage(record, inventory, images, source.takenAt, terms))
  }
  if (stories.length > 0) return stories
  const {nearest} = await import('../config/nearest.ts')
  const near = wanted.tag === undefined ? undefined : nearest(wanted.tag, new Set(tags))
  throw new FailureError(
    'IMAGE_NOT_FOUND',
    `${oneLine(wanted.text)} is nowhere that was looked.${near === undefined ? '' : ` Did you mean the tag "${oneLine(near)}"?`}`,
  )
}

/** What indexes list; not read where that may count as a pull (unconfirmed) and a rule counts pulls. */
async function listsOf(
  inventory: RepositoryInventory,
  {source, countsAsPull}: OpenScope,
  {desiredOf}: Terms,
): Promise<ReadonlyMap<Digest, ImageContent>> {
  const indexes = inventory.images.filter(({mediaType}) => isIndexType(mediaType))
  const {today, next} = policyPair(inventory, desiredOf(inventory.name))
  const isDelicate = [...today, ...next].some(({selection}) => selection.countType === 'sinceImagePulled')
  if (indexes.length === 0 || (isDelicate && (await countsAsPull(inventory.registry)))) return new Map()
  return source.contents(
    inventory,
    indexes.map(({digest}) => digest),
  )
}

function storyOfImage(
  record: ImageRecord,
  inventory: RepositoryInventory,
  images: readonly RepositoryImage[],
  now: number,
  {order, desiredOf, protection}: Terms,
): ImageStory {
  const {digest, tags, mediaType, size, status, pushedAt, pulledAt, archivedAt, subject} = record
  const {change, today, next} = policyPair(inventory, desiredOf(inventory.name))
  const tell = (rules: readonly LifecycleRule[]) => policyStory(digest, rules, images, now, order.days)
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
    today: tell(today),
    next: next === today ? null : tell(next),
    evidence: evidenceByImage(inventory, images, protection).get(digest) ?? [],
  }
}

function policyStory(
  digest: Digest,
  rules: readonly LifecycleRule[],
  images: readonly RepositoryImage[],
  now: number,
  days: number,
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

function isWanted({digest, tags}: ImageRecord, wanted: Wanted): boolean {
  return wanted.digest === undefined ? tags.includes(wanted.tag ?? '') : digest === wanted.digest
}

/** @throws {UsageError} INVALID_REFERENCE. */
function readWanted(text: string): Wanted {
  const at = text.indexOf('@sha256:')
  const repository = at > 0 ? text.slice(0, at) : text.slice(0, text.lastIndexOf(':'))
  const rest = text.slice(repository.length + 1)
  const isNamed = repository !== '' && !repository.includes('*') && rest !== '' && !rest.includes('/')
  if (isNamed && at > 0 && isDigest(rest)) return {text, repository, digest: rest}
  if (isNamed && at <= 0) return {text, repository, tag: rest}
  throw new UsageError(
    'INVALID_REFERENCE',
    `"${oneLine(text)}" names no image. Write REPOSITORY:TAG or REPOSITORY@sha256:....`,
  )
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString()
}
