import {isCountRule, lastKept} from './clocks.ts'
import type {LifecycleRule} from './policy.ts'
import {fateOf, letsGo} from './settle.ts'
import type {RepositoryImage} from './verdict.ts'

/** What is known of the images of a repository when it is asked when one of them goes. */
export interface Circumstances<I> {
  /** The rule that decides about an image, or about what it follows; undefined when none does. */
  decidingRule(image: I): LifecycleRule | undefined
  /** The image that one follows. */
  subjectOf(image: I): I | undefined
  indexesOf(digest: string): readonly I[]
  /** Whether the rule that decides about it marks it now. */
  isMarked(image: I): boolean
}

/**
 * The moment after which an image goes by its age, in milliseconds since the epoch: neither its rule nor an index that lists
 * it keeps it any longer. Null when none is known: when that depends on what is pushed, or it stays for good.
 */
export function dueOf<I extends RepositoryImage>(image: I, circumstances: Circumstances<I>): number | null {
  const due = keptUntil(image, circumstances, [])
  return Number.isFinite(due) ? due : null
}

/** @returns `Infinity` for one of which no end is known, `-Infinity` for one that is kept by nothing. */
function keptUntil<I extends RepositoryImage>(
  image: I,
  circumstances: Circumstances<I>,
  asked: readonly I[],
): number {
  const rule = circumstances.decidingRule(image)
  const fate = rule && fateOf(rule.action)
  if (rule === undefined || fate === undefined || asked.includes(image)) return Infinity
  if (fate === 'archive' && image.storageClass === 'archive') return Infinity
  const path = [...asked, image]
  const subject = circumstances.subjectOf(image)
  const own = () => {
    if (subject !== undefined) return keptUntil(subject, circumstances, path)
    if (isCountRule(rule)) return circumstances.isMarked(image) ? -Infinity : Infinity
    return lastKept(rule, image)
  }
  const byIndexes = circumstances.indexesOf(image.digest).map(index => {
    if (letsGo(index, undefined, fate)) return -Infinity
    const above = circumstances.decidingRule(index)
    return above !== undefined && letsGo(index, fateOf(above.action), fate)
      ? keptUntil(index, circumstances, path)
      : Infinity
  })
  return byIndexes.reduce((latest, time) => Math.max(latest, time), own())
}
