import {readContents} from '../ecr/inventory/contents.ts'
import type {ImageRecord} from '../ecr/inventory/model.ts'
import {readImages} from '../ecr/inventory/read-images.ts'
import type {OpenRegistry} from '../ecr/inventory/registries.ts'
import {FailureError} from '../errors.ts'
import type {Digest} from '../oci/digest.ts'
import {isIndexType} from '../oci/media-types.ts'

/** An image of the source, and what belongs to it. */
export interface SourceImage {
  readonly digest: Digest
  /** Those that are looked for at the destinations. */
  readonly tags: readonly string[]
  /** Milliseconds since the epoch. */
  readonly pushedAt: number
  readonly parts: readonly Part[]
}

/** An image that comes with another: an index lists it, or it refers to the image or to one of its children. */
export interface Part {
  readonly digest: Digest
  readonly kind: 'child' | 'referrer'
}

/** The images that are meant, with the tags that are looked for; null means all tags of the image. */
export type Wanted = ReadonlyMap<Digest, readonly string[] | null>

/**
 * Reads images of a repository with their children and referrers: DescribeImages, a thousand images a page, tells tags and
 * subjects; only the manifests of indexes are read besides, which ECR may count as pulls.
 *
 * @param wanted none mean all that have a tag and are not archived, the newest first.
 * @throws {FailureError} INDEX_UNREADABLE, IMAGE_NOT_FOUND, REPOSITORY_NOT_FOUND, UNKNOWN_VALUE.
 */
export async function readSourceImages(
  at: OpenRegistry,
  repository: string,
  wanted?: Wanted,
): Promise<readonly SourceImage[]> {
  const records = new Map((await readImages(at, repository)).map(record => [record.digest, record]))
  const place = `${at.registry.label}/${repository}`
  const roots =
    wanted === undefined
      ? [...records.values()]
          .filter(({tags, status}) => tags.length > 0 && status !== 'archived')
          .toSorted((one, other) => other.pushedAt - one.pushedAt)
      : [...wanted.keys()].map(digest => records.get(digest) ?? gone(place, digest))
  const childrenOf = await readChildren(at, repository, roots, records)
  const referrersOf = Map.groupBy(records.values(), ({subject}) => subject)
  return roots.map(root => ({
    digest: root.digest,
    tags: (wanted?.get(root.digest) ?? root.tags).toSorted(),
    pushedAt: root.pushedAt,
    parts: partsOf(root.digest, childrenOf, referrersOf),
  }))
}

/** What indexes list, and indexes among that list; a child that the source does not have need not be elsewhere. */
async function readChildren(
  at: OpenRegistry,
  repository: string,
  roots: readonly ImageRecord[],
  records: ReadonlyMap<Digest, ImageRecord>,
): Promise<ReadonlyMap<Digest, readonly Digest[]>> {
  const children = new Map<Digest, readonly Digest[]>()
  let indexes = roots.filter(({mediaType}) => isIndexType(mediaType)).map(({digest}) => digest)
  while (indexes.length > 0) {
    const contents = await readContents(at.api, repository, indexes)
    for (const index of indexes) {
      const content = contents.get(index)
      if (content === undefined) throw unreadable(`${at.registry.label}/${repository}`, index)
      children.set(
        index,
        content.children.filter(child => records.has(child)),
      )
    }
    const listed = new Set(indexes.flatMap(index => children.get(index) ?? []))
    indexes = [...listed].filter(
      digest => !children.has(digest) && isIndexType(records.get(digest)?.mediaType ?? ''),
    )
  }
  return children
}

/** Everything that hangs on an image, once: archived referrers are not, for replication leaves them out (unconfirmed). */
function partsOf(
  root: Digest,
  childrenOf: ReadonlyMap<Digest, readonly Digest[]>,
  referrersOf: ReadonlyMap<Digest | undefined, readonly ImageRecord[]>,
): Part[] {
  const parts = new Map<Digest, Part>()
  const open = [root]
  for (let digest = open.pop(); digest !== undefined; digest = open.pop()) {
    const referrers = (referrersOf.get(digest) ?? []).filter(({status}) => status !== 'archived')
    const found: Part[] = [
      ...(childrenOf.get(digest) ?? []).map(child => ({digest: child, kind: 'child' as const})),
      ...referrers.map(referrer => ({digest: referrer.digest, kind: 'referrer' as const})),
    ]
    for (const part of found) {
      if (parts.has(part.digest) || part.digest === root) continue
      parts.set(part.digest, part)
      open.push(part.digest)
    }
  }
  return [...parts.values()]
}

function gone(place: string, digest: Digest): never {
  throw new FailureError('IMAGE_NOT_FOUND', `${place}@${digest} is gone since it was looked up.`)
}

function unreadable(place: string, digest: Digest): FailureError {
  return new FailureError(
    'INDEX_UNREADABLE',
    `${place}@${digest}: its manifest cannot be read, so it is not known which images belong to it.`,
  )
}
