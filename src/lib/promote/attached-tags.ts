import {fieldsOf, type Manifest} from '../oci/manifest.ts'
import type {RepositoryState} from './look.ts'
import type {ImageGraph, TagChange} from './model.ts'

export interface AttachedTagPlan {
  /** To be created or moved. */
  readonly moves: readonly TagChange[]
  /** Left alone, for what the destination has there would be lost. */
  readonly kept: readonly TagChange[]
}

/**
 * What to do with the tags of signatures and attestations. Whoever signs adds to what the tag holds: one that holds
 * more at the destination has everything, one that holds less is moved, and one that holds something else is left
 * alone, as moving it would take signatures away. Pure.
 */
export function planAttachedTags(
  {attachedTags, referrers, manifests}: ImageGraph,
  state: RepositoryState,
  mayNotMove: (tag: string) => boolean,
): AttachedTagPlan {
  const contents = new Map([...manifests, ...referrers].map(manifest => [manifest.digest, manifest]))
  const moves: TagChange[] = []
  const kept: TagChange[] = []
  for (const {tag, digest: after} of attachedTags) {
    const before = state.tags.get(tag) ?? null
    const change = {tag, before, after}
    if (before === after) continue
    const [theirs, ours] = [state.attached.get(tag), contents.get(after)]
    if (before === null || theirs === undefined || ours === undefined) moves.push(change)
    else if (holds(theirs, ours)) continue
    else if (holds(ours, theirs) && !mayNotMove(tag)) moves.push(change)
    else kept.push(change)
  }
  return {moves, kept}
}

/** Two signatures of one image have the same bytes: what tells them apart are the annotations of their layers. */
function holds(all: Manifest, some: Manifest): boolean {
  const layers = new Set(layersOf(all))
  return layersOf(some).every(layer => layers.has(layer))
}

function layersOf(manifest: Manifest): string[] {
  const {layers} = fieldsOf(manifest)
  return Array.isArray(layers) ? layers.map(layer => JSON.stringify(layer)) : [manifest.digest]
}
