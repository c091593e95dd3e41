import {FailureError, RefusalError} from '../errors.ts'
import {isFields} from './descriptor.ts'
import {maxManifestRead} from './manifest.ts'
import {isValidTag} from './reference.ts'
import {ask, type CompleteAnswer, labelOf, pulling, repositoryUrl, type Session} from './session.ts'

// ECR answers n > 1000 with an error.
const pageSize = 1000
const maxPages = 1000

/** Every tag, in the registry's order. */
export async function* listTags(session: Session, repository: string): AsyncGenerator<string> {
  for await (const {tags} of tagPages(session, repository)) yield* tags
}

/** The same a page at a time. */
export async function* tagPages(
  session: Session,
  repository: string,
): AsyncGenerator<{readonly tags: readonly string[]; readonly isLast: boolean}> {
  const url = repositoryUrl(session, repository, 'tags/list')
  url.searchParams.set('n', String(pageSize))
  for await (const answer of pages(session, repository, url, 'application/json', [200])) {
    const isLast = nextLink(answer.headers.get('link')) === undefined
    yield {tags: parseTags(answer, session.host, repository), isLast}
  }
}

/** The pages of a listing, by their Link headers (RFC 8288), which must stay on the registry and come to an end. */
export async function* pages(
  session: Session,
  repository: string,
  first: URL,
  accept: string,
  expected: readonly number[],
): AsyncGenerator<CompleteAnswer> {
  const seen = new Set<string>()
  for (let url: URL | undefined = first; url !== undefined; ) {
    if (seen.has(url.href) || seen.size === maxPages) {
      throw new RefusalError(
        'ENDLESS_LISTING',
        `${session.host}: the pages of ${labelOf({method: 'GET', url})} do not end.`,
      )
    }
    seen.add(url.href)
    const answer: CompleteAnswer = await ask(
      session,
      {method: 'GET', url, scope: pulling(repository), headers: {Accept: accept}, expected},
      maxManifestRead,
    )
    yield answer
    const next = nextLink(answer.headers.get('link'))
    url = next === undefined ? undefined : session.policy.stay(answer.url, next, 'a next page')
  }
}

function nextLink(header: string | undefined): string | undefined {
  const target = /^\s*<([^>]*)>([^,]*)/.exec(header ?? '')
  return target !== null && /;\s*rel="?next"?/i.test(target[2] ?? '') ? target[1] : undefined
}

function parseTags(answer: CompleteAnswer, host: string, repository: string): readonly string[] {
  return parseNames(answer, host, {
    member: 'tags',
    what: `the tag list of ${repository}`,
    isName: isValidTag,
    kind: 'tag',
  })
}

/** A member of an answer that lists names, and what messages call them. */
interface NameList {
  readonly member: 'tags' | 'repositories'
  readonly what: string
  readonly isName: (text: string) => boolean
  readonly kind: string
}

/** @throws {FailureError} BAD_ANSWER when the answer has no such list, or something in it is no name. */
export function parseNames(
  answer: CompleteAnswer,
  host: string,
  {member, what, isName, kind}: NameList,
): readonly string[] {
  const wrong = (problem: string): FailureError =>
    new FailureError('BAD_ANSWER', `${host}: ${what} ${problem}. Treated as an error.`)
  let document: unknown
  try {
    document = JSON.parse(new TextDecoder().decode(answer.bytes))
  } catch {
    throw wrong('is not JSON')
  }
  const names = isFields(document) ? document[member] : undefined
  // Registries in Go write a list without entries as null.
  if (names === null) return []
  if (!Array.isArray(names)) throw wrong(`has no "${member}"`)
  return names.map(name => {
    if (typeof name === 'string' && isName(name)) return name
    throw wrong(`has an entry that is no ${kind}`)
  })
}
