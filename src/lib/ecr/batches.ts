import {FailureError} from '../errors.ts'
import {oneLine} from '../oci/one-line.ts'
import {batchSize} from './api.ts'

/** Asks about `items`, each once, in as many calls as ECR needs for them; the answers in the order of the items. */
export async function inBatches<T, Result>(
  items: readonly T[],
  ask: (batch: readonly T[]) => Promise<Result>,
): Promise<readonly Result[]> {
  const unique = [...new Set(items)]
  const count = Math.ceil(unique.length / batchSize)
  const batches = Array.from({length: count}, (_, i) => unique.slice(i * batchSize, (i + 1) * batchSize))
  return Promise.all(batches.map(ask))
}

interface ItemFailure {
  readonly failureCode?: string | undefined
  readonly failureReason?: string | undefined
}

/**
 * Lets failures pass that mean "does not exist"; batch calls report every other trouble of an item with HTTP 200, too.
 *
 * @throws {FailureError} ITEM_FAILED for the first other failure.
 */
export function throwUnlessMissing<F extends ItemFailure>(
  failures: readonly F[],
  missing: readonly string[],
  nameOf: (failure: F) => string | undefined,
): void {
  const other = failures.find(failure => !missing.includes(failure.failureCode ?? ''))
  if (other === undefined) return
  const name = oneLine(nameOf(other) ?? 'an item', 300)
  throw new FailureError(
    'ITEM_FAILED',
    `ECR cannot answer for ${name}: ${oneLine(other.failureCode ?? 'no reason given')}: ${oneLine(other.failureReason ?? '', 400)}`,
  )
}
