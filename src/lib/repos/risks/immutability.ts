/** What happens to tags that move when a repository's tags become immutable. */
import type {TagMutabilitySetting} from '../../config/settings.ts'
import {readContents} from '../../ecr/inventory/contents.ts'
import type {ImageRecord} from '../../ecr/inventory/model.ts'
import {readImages} from '../../ecr/inventory/read-images.ts'
import type {OpenRegistry} from '../../ecr/inventory/registries.ts'
import type {Digest} from '../../oci/digest.ts'
import {isIndexType} from '../../oci/media-types.ts'
import {isTagImmutable} from '../../oci/tag-mutability.ts'
import type {PlannedChange} from '../model.ts'
import {evidenceDays, tagEvidence} from './overwritten-tags.ts'
import {images, listed} from './words.ts'

/** Whether tags that may move now may not any more. */
export function isFreezing(change: PlannedChange): boolean {
  const {old, made} = settingsOf(change)
  return made !== null && made.mode !== 'MUTABLE' && old?.mode !== 'IMMUTABLE'
}

/**
 * Which tags may be those that move, of a repository that is there.
 *
 * @param now milliseconds since the epoch.
 * @throws {GantryError} when its images cannot be read.
 */
export async function frozenTagRisks(
  change: PlannedChange,
  at: OpenRegistry,
  now: number,
): Promise<readonly string[]> {
  const {repository} = change
  const {old, made} = settingsOf(change)
  if (repository === null || made === null) return []
  const records = await readImages(at, repository)
  const isFrozen = (tag: string) => isImmutable(made, tag) && (old === null || !isImmutable(old, tag))
  const {moving, leftBehind, overwritten} = tagEvidence(
    records,
    await listedByIndexes(at, repository, records),
    isFrozen,
    now,
  )
  return [
    ...(moving.length === 0
      ? []
      : [`Tags that look like moving ones cannot move any more: ${listed(moving)}; ${advice(made)}`]),
    ...(leftBehind.length === 0 || overwritten.length === 0
      ? []
      : [
          `${images(leftBehind.length)} of the last ${evidenceDays} days without a tag, which no index lists, may have lost one to a later push (unconfirmed: ECR keeps no history of tags): ${listed(overwritten)} may have been overwritten.`,
        ]),
  ]
}

/** `except` has other meanings: of tags that may move, or of those that may not. */
function advice({mode}: TagMutabilitySetting): string {
  return mode === 'MUTABLE_WITH_EXCLUSION'
    ? 'take them out of tagMutability.except if they should.'
    : 'name them in tagMutability.except if they should.'
}

function isImmutable({mode, except}: TagMutabilitySetting, tag: string): boolean {
  return isTagImmutable({tagMutability: mode, exclusions: except}, tag)
}

function settingsOf({before, after}: PlannedChange) {
  const [old, made] = [before, after] as unknown as [TagMutabilitySetting | null, TagMutabilitySetting | null]
  return {old, made}
}

/**
 * Undefined when it cannot be known, or should not be asked: reading a manifest may count as a pull (unconfirmed), by which
 * the images that a lifecycle policy archives would stay longer.
 */
async function listedByIndexes(
  at: OpenRegistry,
  repository: string,
  records: readonly ImageRecord[],
): Promise<ReadonlySet<Digest> | undefined> {
  const indexes = records.filter(({mediaType}) => isIndexType(mediaType))
  if (indexes.length === 0 || records.every(({tags}) => tags.length > 0)) return new Set()
  const policy = await at.api.lifecycle.getPolicy(repository)
  if (policy?.text.includes('sinceImagePulled') === true) return undefined
  const digests = indexes.map(({digest}) => digest)
  const contents = await readContents(at.api, repository, digests)
  if (digests.some(digest => !contents.has(digest))) return undefined
  return new Set([...contents.values()].flatMap(({children}) => children))
}
