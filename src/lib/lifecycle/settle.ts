import type {Decision} from './evaluate.ts'
import type {StorageClass} from './policy.ts'

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
  const carriedOut = new Map<string, Decision<I>>()
  const blocked = new Map<string, Blocked<I>>()

  const visit = (decision: Decision<I>): void => {
    const {digest} = decision.image
    if (carriedOut.has(digest) || blocked.has(digest)) return
    const indexes = indexesOf(digest)
    for (const index of indexes) {
      const above = decided.get(index.digest)
      if (above !== undefined) visit(above)
    }
    const inTheWay = indexes.filter(index => !letsGo(index, carriedOut.get(index.digest), decision))
    if (inTheWay.length === 0) carriedOut.set(digest, decision)
    else blocked.set(digest, {decision, indexes: inTheWay.map(index => index.digest)})
  }

  for (const decision of decisions) visit(decision)
  return {carriedOut: [...carriedOut.values()], blocked: [...blocked.values()]}
}

/** @param fate what happens to the index in the same run. */
function letsGo<I extends ListedImage>(
  index: I,
  fate: Decision<I> | undefined,
  {action}: Decision<I>,
): boolean {
  if (fate?.action.type === 'expire') return true
  // That an archived index keeps what it lists from being expired is unconfirmed.
  return action.type === 'transition' && (index.storageClass === 'archive' || fate !== undefined)
}
