import {RefusalError} from '../errors.ts'
import type {Descriptor} from './descriptor.ts'
import type {Digest} from './digest.ts'
import {getTagged} from './forbidden.ts'
import {pages} from './listings.ts'
import {parseManifest} from './manifest.ts'
import {mediaTypes} from './media-types.ts'
import {referrersTag} from './referrers-tag.ts'
import {repositoryUrl, type Session} from './session.ts'

const maxReferrers = 10_000

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
  const name = `${session.host}/${repository}@${subject}, list of referrers`
  const found = new Map<Digest, Descriptor>()
  // 404 is the spec's sign of a registry without the endpoint; 400, 405 and web pages come of routers that do not know it,
  // and GHCR answers with 303 to pages of its web site, which limit how often they are asked (artifacthub#4785).
  const expected = [200, 303, 400, 404, 405]
  for await (const answer of pages(session, repository, url, mediaTypes.ociIndex, expected)) {
    const isPage = answer.headers.get('content-type')?.startsWith('text/html')
    if (answer.status !== 200 || isPage) return undefined
    const list = parseManifest(answer.bytes, answer.headers.get('content-type'), name)
    for (const child of list.children) {
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
  const index = await getTagged(session, repository, referrersTag(subject))
  return index === undefined || index.digest === subject ? [] : index.children
}
