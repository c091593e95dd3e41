/**
 * Which tags may have been overwritten. ECR keeps no history of tags, so that all of it is guessed from what was left
 * behind (unconfirmed), and from names.
 */
import type {ImageRecord} from '../../ecr/inventory/model.ts'
import type {Digest} from '../../oci/digest.ts'

/** How far back images that lost their tags are looked for. */
export const evidenceDays = 90
const dayMs = 24 * 60 * 60 * 1000

export interface TagEvidence {
  /** Tags whose names are those of moving ones. */
  readonly moving: readonly string[]
  /** Images that may have lost a tag to another. */
  readonly leftBehind: readonly Digest[]
  /** Tags of images that were pushed after one of those, the likeliest first. */
  readonly overwritten: readonly string[]
}

/**
 * What speaks for it that tags move. An image that has no tag, that no index lists and that refers to nothing has either
 * lost its tag or was pushed without one.
 *
 * @param listedByIndexes digests that the repository's indexes list; undefined when that is not known.
 * @param isFrozen whether a tag could move and cannot any more.
 * @param now milliseconds since the epoch.
 */
export function tagEvidence(
  images: readonly ImageRecord[],
  listedByIndexes: ReadonlySet<Digest> | undefined,
  isFrozen: (tag: string) => boolean,
  now: number,
): TagEvidence {
  const tags = images.flatMap(image => image.tags.filter(isFrozen).map(tag => ({tag, image})))
  const names = new Set(images.flatMap(image => image.tags))
  const moving = tags.map(({tag}) => tag).filter(tag => looksMoving(tag, names))
  const leftBehind =
    listedByIndexes === undefined
      ? []
      : images.filter(
          ({digest, tags, subject, pushedAt}) =>
            tags.length === 0 &&
            subject === undefined &&
            !listedByIndexes.has(digest) &&
            now - pushedAt <= evidenceDays * dayMs,
        )
  const earliest = Math.min(...leftBehind.map(({pushedAt}) => pushedAt))
  const likely = new Set(moving)
  const overwritten = tags
    .filter(({image}) => image.pushedAt > earliest)
    .toSorted(
      (a, b) =>
        Number(likely.has(b.tag)) - Number(likely.has(a.tag)) ||
        b.image.pushedAt - a.image.pushedAt ||
        (a.tag < b.tag ? -1 : 1),
    )
  return {
    moving: moving.toSorted(),
    leftBehind: leftBehind.map(({digest}) => digest),
    overwritten: overwritten.map(({tag}) => tag),
  }
}

/** Words that name what is newest of its kind, or where something runs, and not what it is. */
const movingWords: ReadonlySet<string> = new Set(
  `latest newest current next stable edge nightly daily canary snapshot rolling
  main master trunk develop development head
  dev test testing qa uat stage staging prod production`.split(/\s+/),
)

function looksMoving(tag: string, tags: ReadonlySet<string>): boolean {
  // Clients without the referrers API add to such a tag with each signature (OCI distribution specification, referrers tag schema).
  if (/^sha256-[0-9a-f]{64}(?:\.[a-z]+)?$/.test(tag)) return true
  if (movingWords.has(tag.toLowerCase())) return true
  if (tag.toLowerCase().split(/[-_.]/).includes('latest')) return true
  // `1.2` beside `1.2.3` is the newest of its patches.
  return /^v?\d+(?:\.\d+)?$/.test(tag) && [...tags].some(other => other.startsWith(`${tag}.`))
}
