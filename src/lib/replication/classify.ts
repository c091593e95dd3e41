import type {Digest} from '../oci/digest.ts'
import type {Holding, Unreadable} from './actual.ts'
import type {DestinationStatus, ReplicationClass} from './model.ts'
import {
  archivedReason,
  driftedReason,
  failedReason,
  inProgressReason,
  missingReason,
  olderReason,
  untaggedReason,
} from './reasons.ts'
import type {Reported} from './reported.ts'
import type {SourceImage} from './source-images.ts'

/** How an image stands at a destination, and whether looking again can tell anything else. */
export interface Classified {
  readonly status: Omit<DestinationStatus, 'destination'>
  readonly isFinal: boolean
}

/** So soon after a push ECR may not tell of its replication yet (unconfirmed). */
const freshMs = 5 * 60_000

/**
 * How an image stands at a destination. The destination is the witness: what is there, with every part and tag, is in
 * sync, unless the source was asked all the same and says FAILED, or cannot be read. What it says explains what is not
 * there. Pure.
 *
 * @param reportOf what the source says of the image and its parts at this destination.
 * @param now milliseconds since the epoch.
 */
export function classify(
  image: SourceImage,
  look: Holding | Unreadable,
  reportOf: (digest: Digest) => Reported,
  now: number,
): Classified {
  const root = reportOf(image.digest)
  const absent = absentOf(image, look)
  const lacking = look.kind === 'read' ? lackingTags(image, look) : []
  const reports = [root, ...absent.map(reportOf)]
  const all = [root, ...image.parts.map(({digest}) => reportOf(digest))]
  const failed = all.find(isSaid('FAILED'))
  const isUnderWay = reports.some(isSaid('IN_PROGRESS'))
  const as = (kind: ReplicationClass, reason: string, isFinal: boolean): Classified => ({
    status: {
      class: kind,
      reported: root.kind === 'said' ? root.status : null,
      failureCode: failed?.failureCode ?? null,
      lagMs: absent.length > 0 || kind === 'in-progress' ? Math.max(0, now - image.pushedAt) : null,
      missing: missingWords(image, absent, lacking),
      reason,
    },
    isFinal,
  })

  if (failed !== undefined) {
    const isThere = look.kind === 'read' && absent.length === 0 && lacking.length === 0
    return as('failed', failedReason(failed.failureCode, isThere), true)
  }
  if (look.kind === 'unreadable') return as('unreadable', look.reason, !look.passes)
  if (absent.length > 0) {
    const unknown = reports.find(report => report.kind === 'unreadable')
    if (unknown !== undefined) return as('unreadable', unknown.reason, !unknown.passes)
    if (isUnderWay) return as('in-progress', inProgressReason, false)
    const isUnheardOf = root.kind === 'silent' && absent.includes(image.digest)
    if (!isUnheardOf && reports.some(({kind}) => kind === 'not-asked'))
      return as('unreadable', 'ECR was not asked.', false)
    if (root.kind === 'said') return as('missing', missingReason(image, absent, look), true)
    if (absent.some(digest => look.images.has(digest))) return as('missing', archivedReason, true)
    const isFresh = now - image.pushedAt < freshMs
    const other = lacking.find(tag => look.tags.has(tag))
    if (other === undefined) return as('older', olderReason, !isFresh)
    return as('drifted', driftedReason(other, look, false), !isFresh)
  }
  const [tag] = lacking
  if (tag === undefined) {
    // Whether it has failed was asked about all the same, and is not known.
    const unknown = all.find(report => report.kind === 'unreadable')
    return unknown === undefined ? as('in-sync', '', true) : as('unreadable', unknown.reason, !unknown.passes)
  }
  if (isUnderWay) return as('in-progress', inProgressReason, false)
  const moved = lacking.find(each => look.tags.has(each) && !look.isImmutable(each))
  if (moved !== undefined) return as('drifted', driftedReason(moved, look, true), true)
  return as('untagged', untaggedReason(tag, look, image.digest), true)
}

/** Whether everything of an image is there; then nobody need ask the source. */
export function isWhole(image: SourceImage, look: Holding | Unreadable): boolean {
  return look.kind === 'read' && absentOf(image, look).length === 0 && lackingTags(image, look).length === 0
}

/** The image and its parts that are known not to be there; what is archived, or being restored, cannot be pulled (user guide, archive-image). */
export function absentOf({digest, parts}: SourceImage, look: Holding | Unreadable): Digest[] {
  if (look.kind === 'unreadable') return []
  return [digest, ...parts.map(part => part.digest)].filter(
    each => look.images.get(each)?.status !== 'active',
  )
}

/** Tags that do not name the image there. */
function lackingTags({digest, tags}: SourceImage, look: Holding): string[] {
  return tags.filter(tag => look.tags.get(tag) !== digest)
}

function missingWords({digest, parts}: SourceImage, absent: readonly Digest[], lacking: readonly string[]) {
  const kinds = new Map(parts.map(part => [part.digest, part.kind]))
  return [
    ...absent.map(each => (each === digest ? `image ${each}` : `${kinds.get(each) ?? 'child'} ${each}`)),
    ...lacking.map(tag => `tag ${tag}`),
  ]
}

type Said = Extract<Reported, {kind: 'said'}>

function isSaid(status: Said['status']): (report: Reported) => report is Said {
  return (report): report is Said => report.kind === 'said' && report.status === status
}
