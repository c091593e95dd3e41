import {RefusalError} from '../errors.ts'
import type {Digest} from '../oci/digest.ts'
import type {Manifest} from '../oci/manifest.ts'
import type {Repository} from '../oci/registry.ts'
import type {TagChange} from './model.ts'
import type {Mutations} from './mutations.ts'

export interface TagMoveOptions {
  readonly mutations: Pick<Mutations, 'putTag'>
}

/**
 * Points tags at a manifest; what the registry says that it stored is the proof. A tag is looked at right before it is
 * written: one that is there already is left as it is, one that somebody else moved or made is left alone.
 *
 * @throws {RefusalError} TAG_MOVED (exit 7), TAG_IMMUTABLE; what the registry throws.
 */
export async function moveTags(
  to: Repository,
  manifest: Manifest,
  changes: readonly TagChange[],
  {mutations}: TagMoveOptions,
): Promise<void> {
  const due = changes.length === 0 ? changes : await unmoved(to, changes)
  for (const {tag, before} of due) await mutations.putTag(to, tag, manifest, before)
}

/** Those of the changes that are still to be made. */
async function unmoved(to: Repository, changes: readonly TagChange[]): Promise<TagChange[]> {
  const now = await to.resolve(changes.map(({tag}) => tag))
  const due = changes.filter(({tag, after}) => now.get(tag) !== after)
  const moved = due.find(({tag, before}) => (now.get(tag) ?? null) !== before)
  if (moved === undefined) return due
  throw tagMoved(nameOf(to, moved.tag), moved.before, now.get(moved.tag) ?? null)
}

function tagMoved(target: string, before: Digest | null, current: Digest | null): RefusalError {
  return new RefusalError(
    'TAG_MOVED',
    `${target} moved from ${before ?? 'nothing'} to ${current ?? 'nothing'} meanwhile. The tag was left alone. Look who moved it, then run again.`,
  )
}

function nameOf({registry, name}: Repository, tag: string): string {
  return `${registry.host}/${name}:${tag}`
}
