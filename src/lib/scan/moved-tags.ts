import type {OpenImage} from '../ecr/inventory/images.ts'
import {readImagesNamed} from '../ecr/inventory/read-images.ts'
import type {Digest} from '../oci/digest.ts'

/**
 * Images that were named by a tag which names another one now.
 *
 * @returns what the tag names instead: a digest, or `nothing`.
 */
export async function movedTags(
  images: readonly OpenImage[],
): Promise<ReadonlyMap<OpenImage, Digest | 'nothing'>> {
  const tagged = images.filter(({tag}) => tag !== null)
  const places = Map.groupBy(tagged, ({at, repository}) => `${at.registry.host}/${repository}`)
  const moved = await Promise.all(
    [...places.values()].map(async group => {
      const [first] = group
      if (first === undefined) return []
      const tags = [...new Set(group.flatMap(({tag}) => tag ?? []))]
      const records = await readImagesNamed(first.at, first.repository, tags)
      return group.flatMap(image => {
        const now = records.find(record => image.tag !== null && record.tags.includes(image.tag))
        return now?.digest === image.digest ? [] : [[image, now?.digest ?? 'nothing'] as const]
      })
    }),
  )
  return new Map(moved.flat())
}
