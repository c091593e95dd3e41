import {FailureError, RefusalError} from '../errors.ts'
import {type Descriptor, isFields} from './descriptor.ts'
import type {Digest} from './digest.ts'
import {maxManifestRead, parseManifest} from './manifest.ts'
import {getManifest} from './manifests.ts'
import {mediaTypes} from './media-types.ts'
import {isValidTag} from './reference.ts'
import {referrersTag} from './referrers-tag.ts'
import {ask, type CompleteAnswer, labelOf, pulling, repositoryUrl, type Session} from './session.ts'

// ECR answers n > 1000 with an error.
const pageSize = 1000
const maxPages = 1000
const maxReferrers = 10_000

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

/** Manifests whose subject is `subject`. */
export type ReferrersList = (subject: Digest) => Promise<readonly Descriptor[]>

/**
 * Lists referrers by the registry's endpoint, or where there is none by the tag that clients keep in its stead
 * (distribution-spec, "Unavailable Referrers API"). The first subject finds out which; the others do not ask again.
 */
export function createReferrersList(session: Session, repository: string): ReferrersList {
  const fallback = (subject: Digest) => fallbackReferrers(session, repository, subject)
  let hasEndpoint: Promise<boolean> | undefined
  return async subject => {
    if (hasEndpoint !== undefined && !(await hasEndpoint)) return fallback(subject)
    const listing = nativeReferrers(session, repository, subject)
    hasEndpoint ??= listing.then(
      found => found !== undefined,
      // Whoever asked learns of the trouble; the others find out for themselves.
      () => true,
    )
    return (await listing) ?? fallback(subject)
  }
}

/** Undefined when the registry has no such endpoint. */
async function nativeReferrers(
  session: Session,
  repository: string,
  subject: Digest,
): Promise<readonly Descriptor[] | undefined> {
  const url = repositoryUrl(session, repository, `referrers/${subject}`)
  const found = new Map<Digest, Descriptor>()
  // 404 is the spec's sign of a registry without the endpoint; 400, 405 and web pages come of routers that do not know it.
  for await (const answer of pages(session, repository, url, mediaTypes.ociIndex, [200, 400, 404, 405])) {
    const isPage = answer.headers.get('content-type')?.startsWith('text/html')
    if (answer.status !== 200 || isPage) return undefined
    for (const child of parseManifest(answer.bytes, answer.headers.get('content-type')).children) {
      found.set(child.digest, child)
    }
    if (found.size > maxReferrers) {
      throw new RefusalError(
        'TOO_MANY_REFERRERS',
        `${session.host}/${repository}@${subject} has over 10,000 referrers.`,
      )
    }
  }
  return [...found.values()]
}

async function fallbackReferrers(
  session: Session,
  repository: string,
  subject: Digest,
): Promise<readonly Descriptor[]> {
  const index = await getManifest(session, repository, referrersTag(subject))
  return index === undefined || index.digest === subject ? [] : index.children
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
