import {FailureError, RefusalError} from '../errors.ts'
import type {Digest} from '../oci/digest.ts'
import type {Manifest} from '../oci/manifest.ts'
import type {Repository} from '../oci/registry.ts'
import type {TagChange} from './model.ts'
import type {Mutations} from './mutations.ts'
import {type SettleOptions, settle} from './settle.ts'

/**
 * Points tags at a manifest that the repository has, and reads them back. A tag is looked at right before it is
 * written: one that is there already is left as it is, one that somebody else moved is left alone.
 *
 * @throws {RefusalError} TAG_MOVED (exit 7), TAG_IMMUTABLE; {FailureError} NOT_THERE_AFTER_COPY; what the registry throws.
 */
export async function moveTags(
  to: Repository,
  manifest: Manifest,
  changes: readonly TagChange[],
  {mutations, ...options}: SettleOptions & {readonly mutations: Pick<Mutations, 'putTag'>},
): Promise<void> {
  if (changes.length === 0) return
  const now = await to.resolve(changes.map(({tag}) => tag))
  for (const {tag, before, after} of changes) {
    const current = now.get(tag) ?? null
    if (current === after) continue
    if (current !== before) throw tagMoved(nameOf(to, tag), before, current)
    await mutations.putTag(to, tag, manifest, before)
  }
  await confirmTags(to, changes, options)
}

/** A tag may show its old digest for a moment; a third one is somebody else's. */
async function confirmTags(
  to: Repository,
  changes: readonly TagChange[],
  options: SettleOptions,
): Promise<void> {
  let late: TagChange | undefined
  await settle(async () => {
    const found = await to.resolve(changes.map(({tag}) => tag))
    const valueOf = ({tag}: TagChange) => found.get(tag) ?? null
    const moved = changes.find(
      change => valueOf(change) !== change.after && valueOf(change) !== change.before,
    )
    if (moved !== undefined) throw tagMoved(nameOf(to, moved.tag), moved.after, valueOf(moved))
    late = changes.find(change => valueOf(change) !== change.after)
    return late === undefined
  }, options)
  if (late !== undefined) throw notThere(`${nameOf(to, late.tag)} as ${late.after}`)
}

/** What was written and confirmed is not there when it is asked for. */
export function notThere(what: string): FailureError {
  return new FailureError(
    'NOT_THERE_AFTER_COPY',
    `${what} was confirmed by the registry and cannot be read back. Run again.`,
  )
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
