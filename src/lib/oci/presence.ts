import type {RegistryRequest} from './exchange.ts'
import {mapLimited} from './limiter.ts'
import {RegistryError, retriedStatuses} from './registry-error.ts'
import {labelOf, pulling, repositoryUrl, type Session} from './session.ts'

/** From how many questions on it pays to ask first whether there is a repository at all. */
const many = 4

/** The answers to one question for each key, a few at a time, without those that are undefined. */
export async function askEach<Key extends string, Value>(
  session: Session,
  keys: readonly Key[],
  question: (key: Key) => Promise<Value | undefined>,
): Promise<Map<Key, Value>> {
  const unique = [...new Set(keys)]
  const answers = await mapLimited(unique, session.context.concurrency, question)
  const found = new Map<Key, Value>()
  for (const [index, key] of unique.entries()) {
    const answer = answers[index]
    if (answer !== undefined) found.set(key, answer)
  }
  return found
}

/** Asks what a repository has. */
export interface Presence {
  /**
   * {@link askEach}, except that a repository that is not there has nothing, which is one question instead of many;
   * since one that has content and no tags may count as not there, the first key is asked for as well.
   */
  ask<Key extends string, Value>(
    keys: readonly Key[],
    question: (key: Key) => Promise<Value | undefined>,
  ): Promise<Map<Key, Value>>
  /** Something was put there, or is about to be. */
  changed(): void
}

export function createPresence(session: Session, repository: string): Presence {
  let unknown: Promise<boolean> | undefined
  return {
    async ask(keys, question) {
      if (keys.length < many) return askEach(session, keys, question)
      const first = await askEach(session, keys.slice(0, 1), question)
      if (first.size === 0 && (await (unknown ??= isUnknown(session, repository)))) return first
      return new Map([...first, ...(await askEach(session, keys.slice(1), question))])
    },
    changed() {
      unknown = undefined
    },
  }
}

/** Whether the registry says that there is no such repository; whatever else it says is no answer to that. */
async function isUnknown(session: Session, repository: string): Promise<boolean> {
  const url = repositoryUrl(session, repository, 'tags/list')
  url.search = 'n=1'
  // An error that is worth a retry elsewhere is not worth one here.
  const expected = [200, ...retriedStatuses].filter(status => status !== 429)
  const request: RegistryRequest = {method: 'GET', url, scope: pulling(repository), expected}
  try {
    await session.retries.run(labelOf(request), () =>
      session.requests.run(async () => (await session.exchange(request)).body.discard()),
    )
    return false
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined
    if (!(cause instanceof RegistryError)) throw error
    return cause.status === 404 && cause.code === 'NAME_UNKNOWN'
  }
}
