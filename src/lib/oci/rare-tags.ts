import {FailureError, RefusalError, TransientError} from '../errors.ts'
import {mapLimited} from './limiter.ts'
import {tagPages} from './listings.ts'
import type {Manifest} from './manifest.ts'
import {getManifest} from './manifests.ts'
import type {Session} from './session.ts'

/** Bytes of all manifests of one answer: nothing says beforehand how large each of them is. */
const maxBytes = 64 * 1024 * 1024

/**
 * Manifests under those of `tags` that exist, where hardly any is expected to: each is asked for only when the
 * registry's list of tags has it.
 *
 * @throws {RefusalError} MANIFESTS_TOO_LARGE.
 */
export async function readRareTags(
  session: Session,
  repository: string,
  tags: readonly string[],
): Promise<ReadonlyMap<string, Manifest>> {
  const found = new Map<string, Manifest>()
  let bytes = 0
  await mapLimited(await thatMayExist(session, repository, tags), session.context.concurrency, async tag => {
    const manifest = await getManifest(session, repository, tag)
    if (manifest === undefined) return
    found.set(tag, manifest)
    bytes += manifest.bytes.length
    if (bytes > maxBytes) throw tooLarge(session, repository)
  })
  return found
}

/** All of them, where the list takes half as many requests as they do and is not at its end, or may not be read. */
async function thatMayExist(
  session: Session,
  repository: string,
  tags: readonly string[],
): Promise<readonly string[]> {
  if (tags.length <= 1) return tags
  const listed = new Set<string>()
  let pages = 0
  try {
    for await (const page of tagPages(session, repository)) {
      for (const tag of page.tags) listed.add(tag)
      pages += 1
      if (!page.isLast && pages >= tags.length / 2) return tags
    }
  } catch (error) {
    if (isNoListing(error)) return tags
    throw error
  }
  return tags.filter(tag => listed.has(tag))
}

/** Who may pull may not always list (robot accounts of Harbor), and some routers know no list. */
function isNoListing(error: unknown): boolean {
  return error instanceof FailureError && !(error instanceof TransientError)
}

function tooLarge({host}: Session, repository: string): RefusalError {
  return new RefusalError(
    'MANIFESTS_TOO_LARGE',
    `${host}/${repository}: the signatures and attestations under cosign's tags are over ${maxBytes} bytes. Nothing was written. Leave them out: --no-referrers.`,
  )
}
