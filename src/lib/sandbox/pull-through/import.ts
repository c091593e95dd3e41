import type {Services} from '../services.ts'
import {digestOf} from '../state/digest.ts'
import {putImage} from '../state/images.ts'
import {readManifest} from '../state/manifest.ts'
import type {Image, Repository} from '../state/repository.ts'
import type {World} from '../state/world.ts'
import {unavailable} from './http-upstream.ts'
import {type Upstream, UpstreamError, type UpstreamManifest} from './upstream.ts'

/** Where an image comes from. */
export interface Source {
  readonly upstream: Upstream
  /** The repository's name there. */
  readonly name: string
}

/**
 * Takes in an image with all that it consists of: its blobs, and what an index lists. Each is what its digest says, or it is
 * not taken.
 *
 * @throws {UpstreamError} @throws {EcrError} what putting an image does.
 */
export async function importImage(
  services: Services,
  {upstream, name}: Source,
  repository: Repository,
  {bytes, mediaType}: UpstreamManifest,
  tag?: string,
): Promise<Image> {
  const {layers, children = []} = readManifest(bytes, mediaType)
  for (const {digest} of layers) {
    const there = await importBlob(services.world, {upstream, name}, repository, digest)
    if (!there) throw missing('blob', digest)
  }
  for (const digest of children) {
    if (!repository.images.has(digest)) await importByDigest(services, {upstream, name}, repository, digest)
  }
  const {image} = await putImage(services.world, repository, {bytes, mediaType, tag}, services.now())
  return image
}

/** @throws {UpstreamError} also when it is not there. @throws {EcrError} what putting an image does. */
export async function importByDigest(
  services: Services,
  source: Source,
  repository: Repository,
  digest: string,
): Promise<Image> {
  const manifest = await source.upstream.manifest(source.name, digest)
  if (manifest === undefined) throw missing('manifest', digest)
  requireDigest(manifest.bytes, digest)
  return importImage(services, source, repository, manifest)
}

/**
 * Takes in a blob as it comes, unless it is here.
 *
 * @returns whether it is anywhere.
 * @throws {UpstreamError}
 */
export async function importBlob(
  {content, holdings}: World,
  {upstream, name}: Source,
  repository: Repository,
  digest: string,
): Promise<boolean> {
  if (repository.layers.has(digest)) return true
  const stream = await upstream.blob(name, digest)
  if (stream === undefined) return false
  const writer = await content.begin()
  try {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) await writer.write(chunk)
  } catch (error) {
    await writer.discard()
    throw unavailable(error)
  }
  if (writer.digest() !== digest) {
    await writer.discard()
    throw wrong('blob', digest)
  }
  await holdings.keep(writer, () => repository.addLayer(digest, writer.size))
  return true
}

/** @throws {UpstreamError} unless the bytes have this digest. */
export function requireDigest(bytes: Uint8Array, digest: string): void {
  if (digestOf(bytes) !== digest) throw wrong('manifest', digest)
}

function missing(what: string, digest: string): UpstreamError {
  return new UpstreamError(
    'UpstreamUnavailable',
    `The upstream registry does not have the ${what} ${digest}.`,
  )
}

function wrong(what: string, digest: string): UpstreamError {
  return new UpstreamError('UpstreamUnavailable', `The upstream registry sent another ${what} for ${digest}.`)
}
