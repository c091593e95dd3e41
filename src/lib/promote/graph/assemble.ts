import {GantryError} from '../../errors.ts'
import type {Descriptor} from '../../oci/descriptor.ts'
import type {Digest} from '../../oci/digest.ts'
import type {Manifest} from '../../oci/manifest.ts'
import type {Repository} from '../../oci/registry.ts'
import type {ImageGraph} from '../model.ts'
import {manifestsOf} from './ask.ts'
import {tagsOf} from './attached-tags.ts'
import {incomplete, tooDeep, wrongReferrer} from './errors.ts'
import {type Library, maxDepth, maxReferrerDepth} from './read.ts'

/**
 * Puts an image together of what was read.
 *
 * @throws {GantryError} what made a part of it unreadable; INCOMPLETE_SOURCE, INDEX_TOO_DEEP, WRONG_REFERRER.
 */
export function assemble(root: Manifest, library: Library, repository: Repository): ImageGraph {
  const manifests = new Map<Digest, Manifest>()
  const attached = new Map<Digest, Manifest>()
  const visit = (manifest: Manifest, into: Map<Digest, Manifest>, depth = 0) => {
    if (manifests.has(manifest.digest) || into.has(manifest.digest)) return
    for (const named of manifest.children) {
      const child = library.manifests.get(named.digest)
      if (child instanceof GantryError) throw child
      if (child === undefined)
        throw depth < maxDepth
          ? incomplete(repository, manifest.digest, named)
          : tooDeep(root.digest, maxDepth)
      visit(child, into, depth + 1)
    }
    into.set(manifest.digest, manifest)
  }
  visit(root, manifests)

  let subjects: Iterable<Manifest> = manifests.values()
  for (let depth = 0; depth < maxReferrerDepth; depth++) {
    const listed = [...subjects].flatMap(({digest}) =>
      pick(library, digest, library.referrers.get(digest) ?? []),
    )
    const next = listed.filter(({digest}) => !manifests.has(digest) && !attached.has(digest))
    for (const manifest of next) visit(manifest, attached)
    subjects = next
  }
  const attachedTags = [...manifests.keys()].flatMap(subject => tagsOf(subject, library))
  for (const {manifest} of attachedTags) visit(manifest, attached)
  return {
    root,
    manifests: [...manifests.values()],
    referrers: [...attached.values()],
    attachedTags: attachedTags.map(({tag, manifest}) => ({tag, digest: manifest.digest})),
  }
}

/**
 * A referrer that was listed and is gone by now was deleted at the source: not ours to bring back. One that refers to
 * something else would be an image that nobody asked for.
 */
function pick(library: Library, subject: Digest, listed: readonly Descriptor[] | GantryError): Manifest[] {
  if (listed instanceof GantryError) throw listed
  const found = listed.map(({digest}) => library.manifests.get(digest))
  const unreadable = found.find(entry => entry instanceof GantryError)
  if (unreadable !== undefined) throw unreadable
  const manifests = manifestsOf(found)
  const stranger = manifests.find(manifest => manifest.subject?.digest !== subject)
  if (stranger !== undefined) throw wrongReferrer(subject, stranger.digest)
  return manifests
}
