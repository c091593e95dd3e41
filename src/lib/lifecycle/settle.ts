import type {Decision} from './evaluate.ts'
import type {Action, StorageClass} from './policy.ts'
import type {Fate} from './verdict.ts'

/** What `settle` needs to know of an image. */
export interface ListedImage {
  readonly digest: string
  readonly storageClass: StorageClass
}

/** A decision that cannot be carried out while these indexes list the image. */
export interface Blocked<I> {
  readonly decision: Decision<I>
  readonly indexes: readonly string[]
}

/** A decision that is being settled. */
interface Case<I> {
  readonly decision: Decision<I>
  readonly indexes: readonly I[]
  /** What becomes of it: null while nothing does, undefined until it is looked at. */
  fate: Fate | null | undefined
}

/**
 * Which decisions can be carried out: an image that an index lists cannot go before the index, nor into the archive
 * before the index is there (ECR user guide, LifecyclePolicies). An index and what it lists can go in one run.
 *
 * @param indexesOf the indexes in the repository that list an image.
 * @returns what is carried out, each index before what it lists, and what is not.
 */
export function settle<I extends ListedImage>(
  decisions: readonly Decision<I>[],
  indexesOf: (digest: string) => readonly I[],
): {readonly carriedOut: readonly Decision<I>[]; readonly blocked: readonly Blocked<I>[]} {
  const cases = decisions.map(
    (decision): Case<I> => ({decision, indexes: indexesOf(decision.image.digest), fate: undefined}),
  )
  if (cases.every(({indexes}) => indexes.length === 0)) return {carriedOut: decisions, blocked: []}
  const byDigest = new Map<string, Case<I>>()
  for (const one of cases) byDigest.set(one.decision.image.digest, one)
  const carriedOut: Decision<I>[] = []
  const blocked: Blocked<I>[] = []

  const settleOne = (one: Case<I>): void => {
    if (one.fate !== undefined) return
    one.fate = null
    const {decision, indexes} = one
    const fate = fateOf(decision.action)
    const inTheWay = indexes.filter(index => {
      const above = byDigest.get(index.digest)
      if (above !== undefined) settleOne(above)
      return !letsGo(index, above?.fate ?? undefined, fate)
    })
    if (inTheWay.length > 0) blocked.push({decision, indexes: inTheWay.map(({digest}) => digest)})
    else {
      one.fate = fate
      carriedOut.push(decision)
    }
  }
  for (const one of cases) settleOne(one)
  return {carriedOut, blocked}
}

/**
 * Whether an index lets go of an image that it lists.
 *
 * @param fate what is to happen to the image.
 * @param above what happens to the index in the same run.
 */
export function letsGo(index: ListedImage, above: Fate | undefined, fate: Fate): boolean {
  if (above === 'expire') return true
  // That an archived index keeps what it lists from being expired is unconfirmed.
  return fate === 'archive' && (index.storageClass === 'archive' || above === 'archive')
}

export function fateOf({type}: Action): Fate {
  return type === 'expire' ? 'expire' : 'archive'
}
