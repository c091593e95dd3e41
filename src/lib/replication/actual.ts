import type {ImageRecord} from '../ecr/inventory/model.ts'
import {readImagesNamed} from '../ecr/inventory/read-images.ts'
import type {OpenRegistry} from '../ecr/inventory/registries.ts'
import {describeRepositories} from '../ecr/repositories.ts'
import {type GantryError, TransientError} from '../errors.ts'
import type {Digest} from '../oci/digest.ts'
import type {RepositorySettings} from '../oci/registry.ts'
import {isTagImmutable} from '../oci/tag-mutability.ts'
import {type Ends, failureOf} from './ends.ts'

/** What a destination has of what was looked for. */
export interface Holding {
  readonly kind: 'read'
  /** Whether the repository is there. */
  readonly hasRepository: boolean
  readonly images: ReadonlyMap<Digest, ImageRecord>
  /** What tags name there: those on the images, and all others that were looked for. */
  readonly tags: ReadonlyMap<string, Digest>
  /** Whether a tag that names an image there can name no other; not known until tags were looked for. */
  readonly isImmutable: (tag: string) => boolean
}

/** A destination that nothing is known of. */
export interface Unreadable {
  readonly kind: 'unreadable'
  readonly reason: string
  /** Whether it may be readable later on. */
  readonly passes: boolean
}

/** What is looked for in a repository. */
export interface SoughtAfter {
  readonly digests: readonly Digest[]
  /** Tags of which it matters what they name. */
  readonly tags: readonly string[]
}

/**
 * Looks for images by digest, and for tags, in a repository of a destination.
 *
 * @throws the reason of the run's end, and no other: what cannot be read is told.
 */
export async function readHolding(
  at: OpenRegistry,
  repository: string,
  {digests, tags}: SoughtAfter,
  ends: Ends,
): Promise<Holding | Unreadable> {
  try {
    const [records, settings] = await Promise.all([
      readImagesNamed(at, repository, [...digests, ...tags]),
      tags.length === 0 ? undefined : settingsOf(at, repository),
    ])
    return {
      kind: 'read',
      hasRepository: true,
      images: new Map(records.map(record => [record.digest, record])),
      tags: new Map(records.flatMap(record => record.tags.map(tag => [tag, record.digest] as const))),
      isImmutable: tag => settings !== undefined && isTagImmutable(settings, tag),
    }
  } catch (error) {
    const failure = failureOf(error, ends)
    return failure.code === 'REPOSITORY_NOT_FOUND' ? nothingThere : unreadable(failure)
  }
}

/** @param error why nothing can be known of a destination. */
export function unreadable(error: GantryError): Unreadable {
  const {message, hints} = error
  return {
    kind: 'unreadable',
    reason: [message, ...hints].join(' '),
    passes: error instanceof TransientError,
  }
}

const nothingThere: Holding = {
  kind: 'read',
  hasRepository: false,
  images: new Map(),
  tags: new Map(),
  isImmutable: () => false,
}

async function settingsOf(at: OpenRegistry, repository: string): Promise<RepositorySettings | undefined> {
  return (await describeRepositories(at.api, [repository])).get(repository)
}
