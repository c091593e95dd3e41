import type {OpenImage} from '../ecr/inventory/images.ts'
import {readImagesNamed} from '../ecr/inventory/read-images.ts'
import {BugError, GantryError} from '../errors.ts'

/**
 * Images that were named by a tag of which it is not so, or not known, that it still names them.
 *
 * @returns why, in one or two sentences.
 * @throws the reason of the signal.
 */
export async function movedTags(
  images: readonly OpenImage[],
  signal: AbortSignal,
): Promise<ReadonlyMap<OpenImage, string>> {
  const tagged = images.filter(({tag}) => tag !== null)
  const places = Map.groupBy(tagged, ({at, repository}) => `${at.registry.host}/${repository}`)
  const moved = await Promise.all([...places.values()].map(group => movedWithin(group, signal)))
  return new Map(moved.flat())
}

/** Those of one repository. */
async function movedWithin(
  images: readonly OpenImage[],
  signal: AbortSignal,
): Promise<readonly (readonly [OpenImage, string])[]> {
  const [first] = images
  if (first === undefined) return []
  const tags = [...new Set(images.flatMap(({tag}) => tag ?? []))]
  try {
    const records = await readImagesNamed(first.at, first.repository, tags)
    return images.flatMap(image => {
      const now = records.find(record => image.tag !== null && record.tags.includes(image.tag))
      return now?.digest === image.digest ? [] : [[image, movedReason(image, now?.digest)] as const]
    })
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof GantryError) || error instanceof BugError) throw error
    const {message} = error
    return images.map(
      image => [image, `Whether the tag ${image.tag} still names it is not known: ${message}`] as const,
    )
  }
}

function movedReason({tag}: OpenImage, now = 'nothing'): string {
  return `The tag ${tag} moved to ${now} meanwhile, of which nothing was looked at. Run the gate again.`
}
