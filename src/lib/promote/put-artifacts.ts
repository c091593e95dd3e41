import type {Digest} from '../oci/digest.ts'
import type {Manifest} from '../oci/manifest.ts'
import {all} from './all.ts'
import {artifactOf, isRefusal} from './artifacts.ts'
import type {ArtifactItem, ImageGraph, ImagePlan, TagChange} from './model.ts'

/** How an artifact gets to the destination. */
export interface ArtifactWriter {
  /** @returns {Listing} how the registry lists it. */
  manifest(artifact: Manifest): Promise<unknown>
  tag(change: TagChange, artifact: Manifest): Promise<unknown>
}

/**
 * Puts what belongs to an image, before the tags of the image itself: who verifies a signature finds it as soon as the
 * image. What the registry refuses does not keep the image back.
 */
export async function putArtifacts(
  {referrers, attachedTags, refusedArtifacts}: ImagePlan,
  graph: ImageGraph,
  write: ArtifactWriter,
): Promise<ArtifactItem[]> {
  const artifacts: ArtifactItem[] = []
  const refused = new Map<Digest, string>()
  const put = async (artifact: Manifest): Promise<void> => {
    const part = artifact.children.find(({digest}) => refused.has(digest))
    const known = part && refused.get(part.digest)
    const {reason = known, result} = known === undefined ? await attempt(() => write.manifest(artifact)) : {}
    if (reason !== undefined) {
      refused.set(artifact.digest, reason)
      artifacts.push(artifactOf(artifact, 'refused', {reason}))
    } else if (artifact.subject !== undefined) {
      artifacts.push(artifactOf(artifact, result === 'fallback' ? 'fallback' : 'native'))
    }
  }
  const tagged = new Set(attachedTags.map(({after}) => after))
  const untagged = referrers.filter(({digest}) => !tagged.has(digest))
  await all(untagged.filter(({kind}) => kind === 'image').map(put))
  for (const index of untagged.filter(({kind}) => kind === 'index')) await put(index)

  const contents = new Map([...graph.manifests, ...graph.referrers].map(content => [content.digest, content]))
  await all(
    attachedTags.map(async change => {
      const {tag, after} = change
      const artifact = contents.get(after)
      if (artifact === undefined) throw new TypeError(`${tag} is planned, and its manifest was not read`)
      const {reason} = await attempt(() => write.tag(change, artifact))
      artifacts.push(
        reason === undefined
          ? artifactOf(artifact, 'tag', {tag})
          : artifactOf(artifact, 'refused', {tag, reason}),
      )
    }),
  )
  return [...artifacts, ...refusedArtifacts]
}

/** What came of it, or why the registry refuses the artifact. */
async function attempt(put: () => Promise<unknown>): Promise<{result?: unknown; reason?: string}> {
  try {
    return {result: await put()}
  } catch (error) {
    if (isRefusal(error)) return {reason: error.message}
    throw error
  }
}
