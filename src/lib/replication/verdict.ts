import {type ExitCode, exitCodes} from '../errors.ts'
import type {DestinationStatus, ImageReplication, ReplicationClass} from './model.ts'
import type {UnknownSource} from './status-plan.ts'

/** Whether every expected destination has an image; `not-covered` when it is expected nowhere. */
export type ReplicationVerdict = 'yes' | 'no' | 'undetermined' | 'not-covered'

/** Of one destination. */
const verdicts: Readonly<Record<ReplicationClass, 'yes' | 'no' | 'undetermined'>> = {
  'in-sync': 'yes',
  'in-progress': 'undetermined',
  failed: 'no',
  missing: 'no',
  drifted: 'no',
  untagged: 'no',
  older: 'no',
  unreadable: 'undetermined',
}

export function verdictOf({destinations}: Pick<ImageReplication, 'destinations'>): ReplicationVerdict {
  const all = destinations.map((status: DestinationStatus) => verdicts[status.class])
  if (all.length === 0) return 'not-covered'
  if (all.includes('no')) return 'no'
  return all.includes('undetermined') ? 'undetermined' : 'yes'
}

interface Judged {
  readonly images: readonly ImageReplication[]
  readonly missing: readonly UnknownSource[]
  readonly unreadable: readonly UnknownSource[]
}

/**
 * 0 when there are images, and every expected destination of each has it; 4 when one has not, or an image is not there or is
 * expected nowhere; else 8, when that is not known of one.
 *
 * @param allowUncovered images that are expected nowhere are left aside, but for when nothing else is left.
 */
export function exitCodeOf({images, missing, unreadable}: Judged, allowUncovered: boolean): ExitCode {
  const all = new Set(images.map(verdictOf))
  const isUncovered = all.has('not-covered') && !(allowUncovered && all.size > 1)
  if (all.has('no') || isUncovered || missing.length > 0) return exitCodes.partial
  if (all.has('undetermined') || unreadable.length > 0) return exitCodes.undetermined
  return images.length === 0 ? exitCodes.partial : exitCodes.done
}
