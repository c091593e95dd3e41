import {DeniedError, FailureError, TransientError} from '../errors.ts'
import type {Digest} from './digest.ts'
import {listTags} from './listings.ts'
import type {Manifest} from './manifest.ts'
import {getManifest, headManifest} from './manifests.ts'
import type {Presence} from './presence.ts'
import {RegistryError} from './registry-error.ts'
import type {Session} from './session.ts'

/*
 * Artifactory answers with 403 for what is not there (cosign#2973, go-containerregistry#1691). So that may mean that there
 * is no such tag, or that we may not see it, and who cannot see a tag does not write over it: the list of tags decides,
 * and where that is not shown either, the denial stands. A 401 is about who asks, and says nothing about the tag.
 */

/** The digests of those of `tags` that are there. */
export async function resolveTags(
  session: Session,
  repository: string,
  tags: readonly string[],
  presence: Presence,
): Promise<Map<string, Digest>> {
  const denied = new Map<string, Error>()
  const found = await presence.ask(tags, async tag => {
    try {
      return await headManifest(session, repository, tag)
    } catch (error) {
      if (!isForbidden(error)) throw error
      denied.set(tag, error)
      return undefined
    }
  })
  for (const error of denied.values()) {
    if (await mayHave(session, repository, new Set(denied.keys()))) throw error
    break
  }
  return found
}

/** The manifest under a tag, undefined when there is none. */
export async function getTagged(
  session: Session,
  repository: string,
  tag: string,
): Promise<Manifest | undefined> {
  try {
    return await getManifest(session, repository, tag)
  } catch (error) {
    if (isForbidden(error) && !(await mayHave(session, repository, new Set([tag])))) return undefined
    throw error
  }
}

function isForbidden(error: unknown): error is Error {
  return error instanceof DeniedError && error.cause instanceof RegistryError && error.cause.status === 403
}

/** The digest, undefined where it is not there or not shown: what may be missing is sent, and a real denial met then. */
export async function headUnlessForbidden(
  session: Session,
  repository: string,
  digest: Digest,
): Promise<Digest | undefined> {
  try {
    return await headManifest(session, repository, digest)
  } catch (error) {
    if (isForbidden(error)) return undefined
    throw error
  }
}

async function mayHave(session: Session, repository: string, tags: ReadonlySet<string>): Promise<boolean> {
  try {
    for await (const tag of listTags(session, repository)) if (tags.has(tag)) return true
    return false
  } catch (error) {
    if (!(error instanceof FailureError) || error instanceof TransientError) throw error
    const {cause} = error
    return !(cause instanceof RegistryError && cause.status === 404 && cause.code === 'NAME_UNKNOWN')
  }
}
