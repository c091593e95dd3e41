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

/** A way to understand ECR's documentation, or the moment of a preview, under which a difference is none. */
interface Reading {
  /** What decides; null for how we understand it. */
  readonly note: string | null
  readonly accounts: (digest: Digest, ecr: string) => boolean
}

/**
 * Holds ECR's preview beside our own evaluation at the time of the preview, image by image. What ECR's documentation
 * leaves open, and clocks that differ a little, make notes; everything else is a disagreement.
 *
 * @param images of the repository, with what indexes list.
 * @param isUnread whether there are indexes of which it is not known what they list.
 */
export function comparePreview(
  look: PreviewLook,
  rules: readonly LifecycleRule[],
  images: readonly RepositoryImage[],
  isUnread: boolean,
): PreviewComparison {
  if (look.kind === 'skipped') {
    return {status: 'skipped', reason: look.reason, disagreements: [], notes: []}
  }
  const {preview, from, to} = look
  const own = outcomesAt(rules, images, to)
  const readings = readingsOf(rules, images, {from, to, isUnread})
  const disagreements: {digest: Digest; ecr: string; gantry: string}[] = []
  const notes = new Map<string, number>()
  for (const digest of new Set([...images.map(image => image.digest as Digest), ...preview.actions.keys()])) {
    const action = preview.actions.get(digest)
    const ecr = action === undefined ? stays : outcome(action.action, action.rulePriority)
    const gantry = own(digest)
    if (ecr === gantry) continue
    const reading = readings.find(({accounts}) => accounts(digest, ecr))
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

const boundary = 'on the boundary of a day, where clocks that differ a little decide'
const listing = 'whether a preview shows what an index keeps from going is not documented'
const referring = 'whether rules select what refers to another image is not documented'
const following = 'whether a preview shows what follows the image that it refers to is not documented'
const arrived = 'pushed after the images were listed'

/** The most likely first; each is only worked out when those before it do not account for a difference. */
function readingsOf(
  rules: readonly LifecycleRule[],
  images: readonly RepositoryImage[],
  {from, to, isUnread}: {from: number; to: number; isUnread: boolean},
): readonly Reading[] {
  const present = new Set(images.map(({digest}) => digest))
  const listed = new Set(images.flatMap(({children = []}) => children))
  const followers = new Set<string>(
    images.flatMap(({digest, subject}) => (subject !== undefined && present.has(subject) ? [digest] : [])),
  )
  const judged = (note: string | null, time: number, without: readonly ('children' | 'subject')[] = []) => {
    const outcomes = lazily(() => outcomesAt(rules, strip(images, without), time))
    return {note, accounts: (digest: Digest, ecr: string) => outcomes()(digest) === ecr}
  }
  return [
    {note: arrived, accounts: digest => !present.has(digest)},
    judged(null, from),
    judged(boundary, from - clockSkewMs),
    judged(boundary, to + clockSkewMs),
    judged(listing, to, ['children']),
    {note: listing, accounts: (digest, ecr) => ecr === stays && (isUnread || listed.has(digest))},
    {note: following, accounts: (digest, ecr) => ecr === stays && followers.has(digest)},
    judged(referring, to, ['subject', 'children']),
  ]
}

function strip(
  images: readonly RepositoryImage[],
  members: readonly ('children' | 'subject')[],
): readonly RepositoryImage[] {
  if (members.length === 0) return images
  return images.map(image => {
    const stripped = {...image}
    for (const member of members) delete stripped[member]
    return stripped
  })
}

function outcomesAt(
  rules: readonly LifecycleRule[],
  images: readonly RepositoryImage[],
  time: number,
): (digest: string) => string {
  const outcomes = new Map(
    judge(rules, images, time).departures.map(({image, fate, rule}) => [
      image.digest,
      outcome(fate, rule.rulePriority),
    ]),
  )
  return digest => outcomes.get(digest) ?? stays
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
