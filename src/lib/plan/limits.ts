/** How much may go at once, whatever was consented to. */
import {RefusalError} from '../errors.ts'

export interface Limits {
  /** Images of all repositories together. */
  readonly maxImages: number
  /** Percent of the images of any one repository. */
  readonly maxShare: number
}

export const defaultLimits: Limits = {maxImages: 1000, maxShare: 50}

/** What goes from one repository. */
export interface Toll {
  /** As messages name it. */
  readonly repository: string
  /** Images that expire or go to the archive until the plan expires. */
  readonly going: number
  /** Images that are there. */
  readonly of: number
}

/**
 * Holds what goes to the limits; archived counts as gone, since it cannot be pulled.
 *
 * @throws {RefusalError} TOO_MANY_IMAGES, TOO_LARGE_A_SHARE (exit 7), naming what to raise a limit to.
 */
export function assertWithinLimits(tolls: readonly Toll[], {maxImages, maxShare}: Limits): void {
  const total = tolls.reduce((sum, {going}) => sum + going, 0)
  if (total > maxImages) {
    throw new RefusalError(
      'TOO_MANY_IMAGES',
      `${total} images would go at once, and at most ${maxImages} may. Nothing was done. Look at the plan; if that is right give --max-images ${total}.`,
    )
  }
  const beyond = tolls.filter(({going, of}) => going * 100 > maxShare * of)
  const [worst] = beyond.toSorted((a, b) => shareOf(b) - shareOf(a))
  if (worst === undefined) return
  const {repository, going, of} = worst
  const others = beyond.length > 1 ? `, the most of ${beyond.length} repositories beyond the limit` : ''
  throw new RefusalError(
    'TOO_LARGE_A_SHARE',
    `${going} of the ${of} images of ${repository} would go at once${others}, and at most ${maxShare} percent may. Nothing was done. Look at the plan; if that is right give --max-share ${shareOf(worst)}.`,
  )
}

/** In percent, as large as a limit must be that lets it pass. */
function shareOf({going, of}: Toll): number {
  return Math.ceil((going * 100) / of)
}
