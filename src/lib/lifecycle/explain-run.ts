import {type ImageWord, readImageWord} from '../ecr/inventory/image-word.ts'
import {
  type ImageContent,
  type ImageRecord,
  isUnreadable,
  type RepositoryInventory,
} from '../ecr/inventory/model.ts'
import {FailureError} from '../errors.ts'
import type {Digest} from '../oci/digest.ts'
import {isIndexType} from '../oci/media-types.ts'
import {oneLine} from '../oci/one-line.ts'
import type {Caller} from '../plan/document.ts'
import {desiredPolicies} from './desired-policies.ts'
import {type ImageStory, storyOfImage} from './explain-story.ts'
import {lifecycleImages} from './lifecycle-images.ts'
import {countsPulls, type PolicyPair, policyPair} from './plan-policies.ts'
import {type OpenScope, openScope, type ScopeWorld} from './plan-world.ts'
import {type NamedProtection, type ProtectionOptions, readProtection} from './protection.ts'
import {unreadIndexes, unreadWarnings} from './unread-indexes.ts'

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

export interface ExplainRun {
  readonly stories: readonly ImageStory[]
  readonly callers: readonly Caller[]
  readonly warnings: readonly string[]
}

/**
 * Tells the story of images, each wherever it is found: what it is, and what policies make of it.
 *
 * @throws {FailureError} IMAGE_NOT_FOUND naming near tags; {UsageError} INVALID_REFERENCE; what looking throws.
 */
export async function runExplain(order: ExplainOrder, world: ExplainWorld): Promise<ExplainRun> {
  const wanted = order.images.map(readImageWord)
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
      const {stories, warnings} = await storiesOf(each, scope, {order, desiredOf, protection})
      runs.push({stories, callers: scope.callers, warnings: [...scope.warnings, ...warnings]})
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

type Stories = Pick<ExplainRun, 'stories' | 'warnings'>

async function storiesOf(wanted: ImageWord, scope: OpenScope, terms: Terms): Promise<Stories> {
  const stories: ImageStory[] = []
  const warnings: string[] = []
  const tags: string[] = []
  const {source} = scope
  const {order, desiredOf, protection} = terms
  for await (const inventory of source.repositories()) {
    if (isUnreadable(inventory)) throw inventory.error
    const record = inventory.images.find(image => isWanted(image, wanted))
    tags.push(...inventory.images.flatMap(image => image.tags))
    if (record === undefined) continue
    const policies = policyPair(inventory, desiredOf(inventory.registry, inventory.name))
    const contents = await listsOf(inventory, scope, policies)
    const unread = unreadWarnings(unreadIndexes(inventory.images, contents))
    warnings.push(...unread.map(warning => `${inventory.registry.label}/${inventory.name}: ${warning}`))
    const images = lifecycleImages(inventory.images, contents)
    stories.push(
      storyOfImage(record, {
        inventory,
        images,
        policies,
        protection,
        now: source.takenAt,
        days: order.days,
      }),
    )
  }
  if (stories.length > 0) return {stories, warnings}
  const {nearest} = await import('../config/nearest.ts')
  const near = wanted.tag === null ? undefined : nearest(wanted.tag, new Set(tags))
  throw new FailureError(
    'IMAGE_NOT_FOUND',
    `${oneLine(wanted.text)} is nowhere that was looked.${near === undefined ? '' : ` Did you mean the tag "${oneLine(near)}"?`}`,
  )
}

function isWanted({digest, tags}: ImageRecord, wanted: ImageWord): boolean {
  return wanted.tag === null ? digest === wanted.digest : tags.includes(wanted.tag)
}

/** What indexes list; not read where that may count as a pull (unconfirmed) and a rule counts pulls. */
async function listsOf(
  inventory: RepositoryInventory,
  {source, countsAsPull}: OpenScope,
  policies: PolicyPair,
): Promise<ReadonlyMap<Digest, ImageContent>> {
  const indexes = inventory.images.filter(({mediaType}) => isIndexType(mediaType))
  if (indexes.length === 0) return new Map()
  if (countsPulls(policies) && (await countsAsPull(inventory.registry))) return new Map()
  return source.contents(
    inventory,
    indexes.map(({digest}) => digest),
  )
}
