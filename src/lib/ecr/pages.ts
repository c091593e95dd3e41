import {FailureError} from '../errors.ts'

/** A listing that is longer than this never ends: 100,000 images are the quota, in pages of 50 or more. */
const maxPages = 20_000

interface Page<T> {
  readonly items: readonly T[]
  readonly nextToken: string | undefined
}

/**
 * The pages of a listing, one after the other, each fetched when it is asked for.
 *
 * @param operation name for messages.
 * @throws {FailureError} ENDLESS_LISTING when a page names one that was there before, or there is no end of them.
 */
export async function* pages<T>(
  operation: string,
  fetchPage: (nextToken: {nextToken?: string}) => Promise<Page<T>>,
): AsyncIterable<readonly T[]> {
  const seen = new Set<string>()
  let token: string | undefined
  do {
    const page = await fetchPage(token === undefined ? {} : {nextToken: token})
    yield page.items
    token = page.nextToken === '' ? undefined : page.nextToken
    if (token !== undefined && (seen.has(token) || seen.size >= maxPages)) {
      throw new FailureError(
        'ENDLESS_LISTING',
        `ECR ${operation} repeats its pages after ${seen.size} of them. Treated as an error.`,
      )
    }
    if (token !== undefined) seen.add(token)
  } while (token !== undefined)
}
