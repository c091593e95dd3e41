import {RefusalError} from '../errors.ts'
import {mapLimited} from '../oci/limiter.ts'
import {parseReference} from '../oci/reference.ts'
import type {Registry} from '../oci/registry.ts'
import type {Side} from './model.ts'
import type {Placed} from './selection-pattern.ts'

/** Repositories whose tags are asked for at a time. */
const askedAtOnce = 16

/**
 * Checks that each tag still holds the digest that is written beside it.
 *
 * @throws {RefusalError} DIGEST_MOVED for the first that does not (exit 7).
 */
export async function assertPinned(
  pinned: readonly Placed[],
  registryOf: (side: Side) => Registry,
): Promise<void> {
  const images = pinned.map(({side, rest}) => ({side, ...parseReference(rest)}))
  const groups = Map.groupBy(images, ({side, repository}) => `${side.host}/${repository}`)
  await mapLimited([...groups], askedAtOnce, async ([name, group]) => {
    const [first] = group
    if (first === undefined) return
    const tags = group.flatMap(({tag}) => tag ?? [])
    const holds = await registryOf(first.side).repository(first.repository).resolve(tags)
    const moved = group.find(({tag = '', digest}) => holds.get(tag) !== digest)
    if (moved?.tag === undefined) return
    throw new RefusalError(
      'DIGEST_MOVED',
      `${name}:${moved.tag} is ${holds.get(moved.tag) ?? 'not there'}, and the release says ${moved.digest ?? 'nothing'}. Nothing was written. Correct the release, or leave out the tag.`,
    )
  })
}
