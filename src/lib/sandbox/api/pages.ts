import {EcrError} from '../ecr-error.ts'
import type {Call} from './operation.ts'

/**
 * One page of a sorted list. A token holds the key at which the next page begins, so that it stays good when the list
 * changes and the sandbox restarts.
 *
 * @param list entries from a key on, in the order of their keys; what a filter leaves out is absent.
 * @param scope what the list is of: a token of another list is refused.
 * @throws {EcrError} InvalidParameterException for a token that was not made here.
 */
export function page<T>(
  call: Call,
  scope: string,
  request: {readonly nextToken?: string; readonly maxResults?: number},
  list: (from: string) => Iterable<readonly [key: string, value: T]>,
  defaultSize = 100,
): {readonly items: readonly T[]; readonly nextToken?: string} {
  const purpose = `page ${call.operation} ${call.region} ${scope}`
  const size = request.maxResults ?? defaultSize
  const items: T[] = []
  for (const [key, value] of list(startOf(call, purpose, request.nextToken))) {
    if (items.length === size) return {items, nextToken: call.seal.close(purpose, {from: key})}
    items.push(value)
  }
  return {items}
}

function startOf(call: Call, purpose: string, token: string | undefined): string {
  if (token === undefined) return ''
  const from = call.seal.open(purpose, token)?.['from']
  if (typeof from === 'string') return from
  throw new EcrError(
    'InvalidParameterException',
    "Invalid parameter at 'nextToken' failed to satisfy constraint: 'Invalid nextToken'",
  )
}

/** @throws {EcrError} InvalidParameterException when paging is asked for together with explicit names or ids. */
export function refusePaging(
  request: {readonly nextToken?: string; readonly maxResults?: number},
  member: string,
): void {
  const paging = request.nextToken === undefined ? request.maxResults : request.nextToken
  if (paging === undefined) return
  throw new EcrError(
    'InvalidParameterException',
    `Invalid parameter at '${member}' failed to satisfy constraint: 'cannot be combined with nextToken or maxResults'`,
  )
}
