import type {LifecyclePreview} from '../ecr/inventory/model.ts'
import type {Digest} from '../oci/digest.ts'
import {judge} from './judge.ts'
import type {PreviewComparison} from './plan-model.ts'
import type {LifecycleRule} from './policy.ts'
import type {Fate, RepositoryImage} from './verdict.ts'

/** ECR's preview as it was looked at, or why it was not. */
export type PreviewLook =
  | {readonly kind: 'skipped'; readonly reason: string}
  | {
      readonly kind: 'seen'
      readonly preview: LifecyclePreview
      /** Between which moments ECR made it, in milliseconds since the epoch. */
      readonly from: number
      readonly to: number
    }

/** How far AWS lets a clock be off before it refuses requests (IAM user guide, Signature Version 4). */
const clockSkewMs = 5 * 60 * 1000

const stays = 'stays'

/** What one way to understand ECR's documentation says of each image. */
interface Reading {
  /** Why a difference that only comes from this is none; null for how we understand it. */
  readonly note: string | null
  says(digest: string): string
}

/**
 * Holds ECR's preview beside our own evaluation at the time of the preview, image by image. What ECR's documentation
 * leaves open, and clocks that differ a little, make notes; everything else is a disagreement.
 *
 * @param images of the repository, with what indexes list.
 * @param unread whether there are indexes of which nobody could say what they list.
 */
export function comparePreview(
  look: PreviewLook,
  rules: readonly LifecycleRule[],
  images: readonly RepositoryImage[],
  unread: boolean,
): PreviewComparison {
  if (look.kind === 'skipped') {
    return {status: 'skipped', reason: look.reason, disagreements: [], notes: []}
  }
  const {preview, from, to} = look
  const readings = readingsOf(rules, images, {from, to, unread})
  const own = readingAt(null, rules, images, to)
  const disagreements: {digest: Digest; ecr: string; gantry: string}[] = []
  const notes = new Map<string, number>()
  const digests = new Set([...images.map(({digest}) => digest as Digest), ...preview.actions.keys()])
  for (const digest of digests) {
    const action = preview.actions.get(digest)
    const ecr = action === undefined ? stays : outcome(action.action, action.rulePriority)
    const gantry = own.says(digest)
    if (ecr === gantry) continue
    const reading = readings.find(({says}) => says(digest) === ecr)
    if (reading === undefined) disagreements.push({digest, ecr, gantry})
    else if (reading.note !== null) notes.set(reading.note, (notes.get(reading.note) ?? 0) + 1)
  }
  return {
    status: disagreements.length === 0 ? 'agrees' : 'disagrees',
    reason: null,
    disagreements,
    notes: [...notes].map(([note, number]) => `${number === 1 ? '1 image' : `${number} images`}: ${note}`),
  }
}

/** Each is made only when the ones before it do not say what ECR says. */
function readingsOf(
  rules: readonly LifecycleRule[],
  images: readonly RepositoryImage[],
  {from, to, unread}: {from: number; to: number; unread: boolean},
): readonly Reading[] {
  const present = new Set(images.map(({digest}) => digest))
  const children = new Set(images.flatMap(({children = []}) => children))
  const clocks = 'on the boundary of a day, where clocks that differ a little decide'
  const listed = 'whether a preview shows what an index keeps from going is not documented'
  const referring = 'whether rules select what refers to another image is not documented'
  const withoutLists = lazily(() => images.map(({children: _, ...image}) => image))
  const withoutSubjects = lazily(() => images.map(({subject: _, ...image}) => image))
  const withNeither = lazily(() => withoutLists().map(({subject: _, ...image}) => image))
  const at = (note: string | null, of: () => readonly RepositoryImage[], time: number): Reading => {
    const reading = lazily(() => readingAt(note, rules, of(), time))
    return {note, says: digest => reading().says(digest)}
  }
  const hidden = (note: string, isHidden: (digest: string) => boolean): Reading => ({
    note,
    says: digest => (isHidden(digest) ? stays : ''),
  })
  return [
    at(null, () => images, from),
    at(clocks, () => images, from - clockSkewMs),
    at(clocks, () => images, to + clockSkewMs),
    at(listed, withoutLists, to),
    hidden(listed, digest => children.has(digest)),
    ...(unread ? [hidden(listed, () => true)] : []),
    at(referring, withoutSubjects, to),
    at(referring, withNeither, to),
    {
      note: 'pushed after the images were listed',
      says: digest => (present.has(digest) ? '' : own(digest)),
    },
  ]

  function own(digest: string): string {
    return digest
  }
}

function readingAt(
  note: string | null,
  rules: readonly LifecycleRule[],
  images: readonly RepositoryImage[],
  time: number,
): Reading {
  const outcomes = new Map(
    judge(rules, images, time).departures.map(({image, fate, rule}) => [
      image.digest,
      outcome(fate, rule.rulePriority),
    ]),
  )
  return {note, says: digest => outcomes.get(digest) ?? stays}
}

function outcome(fate: Fate, rulePriority: number): string {
  return `${fate === 'expire' ? 'expires' : 'is archived'} by rule ${rulePriority}`
}

function lazily<T>(make: () => T): () => T {
  let made: {readonly value: T} | undefined
  return () => {
    made ??= {value: make()}
    return made.value
  }
}
