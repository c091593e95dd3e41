import {FailureError, RefusalError} from '../errors.ts'
import {maxSmallBody} from './answer-body.ts'
import {type Digest, isDigest} from './digest.ts'
import {type Manifest, maxManifestRead, maxManifestWrite, parseManifest} from './manifest.ts'
import {manifestTypes} from './media-types.ts'
import {oneLine} from './one-line.ts'
import {RegistryError} from './registry-error.ts'
import {ask, type CompleteAnswer, pulling, pushing, repositoryUrl, type Session} from './session.ts'

const accept = manifestTypes.join(', ')

/**
 * A manifest by tag or digest; undefined when there is none. What was asked for by digest has that digest.
 *
 * @param size bytes that its descriptor claims: an index of a thousand children could make a reader hold 8 GiB of
 *   manifests that were said to be small.
 */
export async function getManifest(
  session: Session,
  repository: string,
  reference: string,
  size = maxManifestRead,
): Promise<Manifest | undefined> {
  const answer = await ask(
    session,
    {
      method: 'GET',
      url: repositoryUrl(session, repository, `manifests/${reference}`),
      scope: pulling(repository),
      headers: {Accept: accept},
      expected: [200, 404],
    },
    Math.min(Math.max(size, maxSmallBody), maxManifestRead),
  )
  if (answer.status === 404) return undefined
  const name = `${session.host}/${repository}${isDigest(reference) ? '@' : ':'}${reference}`
  const manifest = parseManifest(answer.bytes, answer.headers.get('content-type'), name)
  const asked = isDigest(reference) ? reference : answer.headers.get('docker-content-digest')
  checkDigest(session, asked, manifest.digest)
  return manifest
}

/** What a tag or digest points to; undefined when there is nothing. */
export async function headManifest(
  session: Session,
  repository: string,
  reference: string,
): Promise<Digest | undefined> {
  const answer = await ask(
    session,
    {
      method: 'HEAD',
      url: repositoryUrl(session, repository, `manifests/${reference}`),
      scope: pulling(repository),
      headers: {Accept: accept},
      expected: [200, 404, 405],
    },
    maxSmallBody,
  )
  if (answer.status === 404) return undefined
  // Routers that know no HEAD.
  if (answer.status === 405) return (await getManifest(session, repository, reference))?.digest
  const digest = answer.headers.get('docker-content-digest')
  if (isDigest(reference)) {
    checkDigest(session, reference, digest)
    return reference
  }
  if (digest !== undefined && isDigest(digest)) return digest
  // The header is optional (distribution-spec); the bytes are not.
  return (await getManifest(session, repository, reference))?.digest
}

/**
 * Stores a manifest as it is, under its digest or also a tag.
 *
 * @returns whether the registry itself lists the manifest as a referrer of its subject; true when it has none.
 */
export async function putManifest(
  session: Session,
  repository: string,
  manifest: Manifest,
  tag: string | undefined,
): Promise<{readonly isListed: boolean}> {
  const {bytes, digest, mediaType, subject} = manifest
  if (bytes.length > maxManifestWrite) {
    throw new RefusalError(
      'MANIFEST_TOO_LARGE',
      `Manifest ${digest} has ${bytes.length} bytes; registries take 4 MiB.`,
    )
  }
  let answer: CompleteAnswer
  try {
    answer = await ask(
      session,
      {
        method: 'PUT',
        url: repositoryUrl(session, repository, `manifests/${tag ?? digest}`),
        scope: pushing(repository),
        headers: {'Content-Type': mediaType, 'Content-Length': String(bytes.length)},
        body: bytes,
        expected: [200, 201, 202],
      },
      maxSmallBody,
    )
  } catch (error) {
    if (tag === undefined || !isImmutable(error)) throw error
    const current = await headManifest(session, repository, tag)
    if (current === digest) return {isListed: true}
    if (current === undefined) throw error
    throw new RefusalError(
      'TAG_IMMUTABLE',
      `${session.host}/${repository}:${tag} is immutable and holds ${current}; not moved to ${digest}.`,
      {cause: error},
    )
  }
  const stored =
    answer.headers.get('docker-content-digest') ?? (await readBack(session, repository, tag ?? digest))
  if (stored !== digest) {
    throw new RefusalError(
      'DIGEST_MISMATCH',
      `${digest}: ${session.host} says that it stored ${oneLine(stored, 80)}. Do not use what it stored.`,
    )
  }
  return {isListed: subject === undefined || answer.headers.get('oci-subject') !== undefined}
}

/** The header that says what was stored is optional (distribution-spec, pushing manifests); then the bytes say it. */
async function readBack(session: Session, repository: string, reference: string): Promise<Digest> {
  const manifest = await getManifest(session, repository, reference)
  if (manifest !== undefined) return manifest.digest
  throw new FailureError(
    'NOT_THERE_AFTER_COPY',
    `${session.host}/${repository}: ${reference} was confirmed by the registry and cannot be read back. Run again.`,
  )
}

/** A digest of another algorithm cannot be compared; the one that counts is computed from the bytes. */
function checkDigest(session: Session, asked: string | undefined, returned: string | undefined): void {
  if (asked === undefined || returned === undefined || asked === returned) return
  if (!asked.startsWith('sha256:') || !returned.startsWith('sha256:')) return
  throw new RefusalError(
    'DIGEST_MISMATCH',
    `${oneLine(asked, 80)}: ${session.host} returned content with digest ${oneLine(returned, 80)}. ` +
      'Do not promote from this registry until this is explained.',
  )
}

/** `TAG_INVALID` is the spec's code that ECR, Harbor and others answer with; some say it only in words. */
function isImmutable(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined
  if (!(cause instanceof RegistryError) || cause.status === 401 || cause.status >= 500) return false
  return cause.code === 'TAG_INVALID' || /immutab/i.test(cause.message)
}
