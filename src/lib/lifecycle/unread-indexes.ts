import type {ImageContent, ImageRecord} from '../ecr/inventory/model.ts'
import type {Digest} from '../oci/digest.ts'
import {isIndexType} from '../oci/media-types.ts'

/** The indexes of which it is not known what they list. */
export function unreadIndexes(
  images: readonly ImageRecord[],
  contents: ReadonlyMap<Digest, ImageContent>,
): readonly ImageRecord[] {
  return images.filter(({mediaType, digest}) => isIndexType(mediaType) && !contents.has(digest))
}

/** What is to be said of them where something goes. */
export function unreadWarnings(unread: readonly ImageRecord[]): readonly string[] {
  const [first] = unread
  if (first === undefined) return []
  const which =
    unread.length > 1 ? `${first.digest} and ${unread.length - 1} more list` : `${first.digest} lists`
  return [`What ${which} was not read: an image that such an index keeps may be among what is told to go.`]
}
