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
  const decided = new Map(decisions.map(decision => [decision.image.digest, decision]))
  const visited = new Set<string>()
  const carriedOut = new Map<string, Decision<I>>()
  const blocked: Blocked<I>[] = []

  const visit = (decision: Decision<I>): void => {
    const {digest} = decision.image
    if (visited.has(digest)) return
    visited.add(digest)
    const indexes = indexesOf(digest)
    for (const index of indexes) {
      const above = decided.get(index.digest)
      if (above !== undefined) visit(above)
    }
    const inTheWay = indexes.filter(index => {
      const above = carriedOut.get(index.digest)
      return !letsGo(index, above && fateOf(above.action), fateOf(decision.action))
    })
    if (inTheWay.length === 0) carriedOut.set(digest, decision)
    else blocked.push({decision, indexes: inTheWay.map(index => index.digest)})
  }

  for (const decision of decisions) visit(decision)
  return {carriedOut: [...carriedOut.values()], blocked}
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
