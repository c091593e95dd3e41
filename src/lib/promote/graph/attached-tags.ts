import {GantryError} from '../../errors.ts'
import type {Digest} from '../../oci/digest.ts'
import type {Manifest} from '../../oci/manifest.ts'
import {referrersTag} from '../../oci/referrers-tag.ts'
import type {Repository} from '../../oci/registry.ts'
import {orError} from './ask.ts'
import {type Level, type Library, readChildren} from './read.ts'
import type {Reading} from './reading.ts'

/** Where cosign keeps what belongs to a digest, unless it is told to use referrers (sigstore/cosign, specs/SIGNATURE_SPEC.md). */
const suffixes = ['sig', 'att', 'sbom']

/** Reads what stands under the tags that belong to the manifests, with its children. */
export async function readAttachedTags(repository: Repository, tops: Level, library: Library): Promise<void> {
  const names = new Set([...tops.values()].flat().flatMap(({digest}) => namesOf(digest)))
  if (names.size === 0) return
  const found = await orError(() => repository.rareTags([...names]))
  if (found instanceof GantryError) {
    for (const reading of tops.keys()) reading.error ??= found
    return
  }
  for (const [tag, manifest] of found) {
    library.attached.set(tag, manifest)
    library.manifests.set(manifest.digest, manifest)
  }
  const level = new Map<Reading, readonly Manifest[]>()
  for (const [reading, manifests] of tops) {
    const attached = manifests.flatMap(({digest}) => tagsOf(digest, library).map(({manifest}) => manifest))
    reading.admit(attached.map(({digest, mediaType, bytes}) => ({digest, mediaType, size: bytes.length})))
    if (attached.length > 0) level.set(reading, attached)
  }
  await readChildren(repository, level, library)
}

/** What stands under the tags that belong to `subject`. */
export function tagsOf(subject: Digest, {attached}: Library): {tag: string; manifest: Manifest}[] {
  return namesOf(subject).flatMap(tag => {
    const manifest = attached.get(tag)
    return manifest === undefined ? [] : [{tag, manifest}]
  })
}

function namesOf(subject: Digest): string[] {
  return suffixes.map(suffix => `${referrersTag(subject)}.${suffix}`)
}
