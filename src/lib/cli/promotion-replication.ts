import type {PromotionItem} from '../promote/model.ts'
import type {ReplicationVerdict} from '../replication/verdict.ts'

/** How far the images of a run were replicated: how many have which verdict. */
export interface ReplicationSummary extends Readonly<Record<ReplicationVerdict, number>> {
  /** Those that were waited for, each counted at each destination. */
  readonly images: number
}

/** Null where nothing was waited for. */
export function sumReplication(
  items: readonly Pick<PromotionItem, 'replication'>[],
): ReplicationSummary | null {
  // The results of shards may be of a version that did not wait.
  const verdicts = items.flatMap(({replication}) => (replication ? [replication.verdict] : []))
  if (verdicts.length === 0) return null
  const number = (wanted: ReplicationVerdict) => verdicts.filter(verdict => verdict === wanted).length
  return {
    images: verdicts.length,
    yes: number('yes'),
    no: number('no'),
    undetermined: number('undetermined'),
    'not-covered': number('not-covered'),
  }
}

/** The line of the result; none where nothing was waited for. */
export function viewReplication(summary: ReplicationSummary | null): string[] {
  if (summary === null) return []
  const words = {
    'replicated everywhere': summary.yes,
    'not everywhere': summary.no,
    'not known': summary.undetermined,
    'by no rule': summary['not-covered'],
  }
  const counts = Object.entries(words).filter(([, number]) => number > 0)
  return [`Replication: ${counts.map(([word, number]) => `${number} ${word}`).join(', ')}`]
}
