import type {Blob, ImageContent, ImageRecord} from '../ecr/inventory/model.ts'
import type {Digest} from '../oci/digest.ts'
import {isIndexType} from '../oci/media-types.ts'
import type {FreedBytes} from './plan-model.ts'

/** What images that go, or go to the archive, release of a repository's storage. */
export interface ReleasedBytes extends FreedBytes {
  /** Bytes of distinct blobs by what becomes of them; null when manifests that decide about it are not known. */
  readonly moves: BlobMoves | null
}

/** Bytes of distinct blobs. A blob that standard and archived images name counts as standard; unconfirmed. */
export interface BlobMoves {
  /** That nothing names any more, of those that were in standard storage. */
  readonly fromStandard: number
  /** The same of those that were in the archive. */
  readonly fromArchive: number
  /** That only archived images name from now on. */
  readonly toArchive: number
}

/**
 * The bytes that are stored no longer when some images of a repository expire. A repository stores, and is billed for,
 * each distinct blob once, however many images name it (third-party readings of ECR's price list; unconfirmed): what an
 * image that stays names, archived or not, is not freed. Pure, and linear in the blobs that manifests name.
 *
 * The manifest of every image must be known, of an archived one too, or the figure is null: an unknown one might name
 * anything. An index names no blobs; what it lists are images of the repository themselves.
 *
 * @param contents of images by digest; of an index it may be absent.
 * @param expired digests of the images that go.
 * @param archived digests of those that are moved to the archive; what is in both goes.
 */
export function freedBytes(
  images: readonly ImageRecord[],
  contents: ReadonlyMap<Digest, ImageContent>,
  expired: ReadonlySet<Digest>,
  archived: ReadonlySet<Digest> = new Set(),
): ReleasedBytes {
  const named = images.filter(({mediaType}) => !isIndexType(mediaType))
  const leaving = named.filter(({digest}) => expired.has(digest))
  const moving = named.filter(({digest}) => !expired.has(digest) && archived.has(digest))
  const atMost = leaving.reduce((sum, {size}) => sum + size, 0)
  const moves = blobMoves(named, contents, expired, [...leaving, ...moving])
  const freed = moves === null ? null : moves.fromStandard + moves.fromArchive
  return {bytes: leaving.length === 0 ? 0 : freed, atMost, moves}
}

/** Storage classes that images which name a blob are in. */
const standard = 1
const archive = 2

interface Use {
  readonly size: number
  before: number
  after: number
}

function blobMoves(
  images: readonly ImageRecord[],
  contents: ReadonlyMap<Digest, ImageContent>,
  expired: ReadonlySet<Digest>,
  changing: readonly ImageRecord[],
): BlobMoves | null {
  if (changing.length === 0) return {fromStandard: 0, fromArchive: 0, toArchive: 0}
  const uses = new Map<Digest, Use>()
  for (const image of changing) {
    const blobs = contents.get(image.digest)?.blobs
    if (blobs === undefined) return null
    addUses(uses, blobs, classOf(image), expired.has(image.digest) ? 0 : archive)
  }
  const changed = new Set(changing.map(({digest}) => digest))
  for (const image of images) {
    if (changed.has(image.digest)) continue
    const blobs = contents.get(image.digest)?.blobs
    if (blobs === undefined) return null
    for (const {digest} of blobs) {
      const use = uses.get(digest)
      if (use === undefined) continue
      use.before |= classOf(image)
      use.after |= classOf(image)
    }
  }
  return sumMoves(uses.values())
}

function addUses(uses: Map<Digest, Use>, blobs: readonly Blob[], before: number, after: number): void {
  for (const {digest, size} of blobs) {
    const use = uses.get(digest)
    if (use === undefined) uses.set(digest, {size, before, after})
    else {
      use.before |= before
      use.after |= after
    }
  }
}

function sumMoves(uses: Iterable<Use>): BlobMoves {
  const moves = {fromStandard: 0, fromArchive: 0, toArchive: 0}
  for (const {size, before, after} of uses) {
    const wasStandard = (before & standard) !== 0
    if (after === 0) moves[wasStandard ? 'fromStandard' : 'fromArchive'] += size
    else if (wasStandard && after === archive) moves.toArchive += size
  }
  return moves
}

/** What is being restored is billed as standard already, as far as anybody says. */
function classOf({status}: ImageRecord): number {
  return status === 'archived' ? archive : standard
}
