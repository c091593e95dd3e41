import type {ImageContent, ImageRecord} from '../ecr/inventory/model.ts'
import type {Digest} from '../oci/digest.ts'
import type {RepositoryImage} from './verdict.ts'

/**
 * The images of a repository as the evaluation takes them.
 *
 * @param contents what indexes list, by digest; an image that it does not have counts as no index.
 */
export function lifecycleImages(
  images: readonly ImageRecord[],
  contents: ReadonlyMap<Digest, Pick<ImageContent, 'children'>>,
): RepositoryImage[] {
  return images.map(image => {
    const {digest, tags, status, pushedAt, pulledAt, archivedAt, activatedAt, subject} = image
    const children = contents.get(digest)?.children ?? []
    return {
      digest,
      tags,
      storageClass: status === 'archived' ? 'archive' : 'standard',
      pushedAt,
      ...(pulledAt === undefined ? {} : {pulledAt}),
      ...(archivedAt === undefined ? {} : {archivedAt}),
      ...(activatedAt === undefined ? {} : {activatedAt}),
      ...(status === 'activating' ? {restoring: true} : {}),
      ...(subject === undefined ? {} : {subject}),
      ...(children.length === 0 ? {} : {children}),
    }
  })
}
