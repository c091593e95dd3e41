import {FailureError, GantryError, RefusalError} from '../errors.ts'
import type {Digest} from '../oci/digest.ts'
import type {Manifest} from '../oci/manifest.ts'
import type {RepositorySettings} from '../oci/registry.ts'
import {isTagImmutable} from '../oci/tag-mutability.ts'
import type {Endpoint, TagChange} from './model.ts'
import type {RecordedMove} from './rollback-record.ts'

/** A recorded move of a tag in a registry that is open. */
export interface OpenMove extends Omit<RecordedMove, 'host'> {
  readonly endpoint: Endpoint
}

/** What is to be done about one move. */
export type RollbackStep = {readonly move: OpenMove; readonly current: Digest | null} & (
  | {readonly verdict: 'unchanged' | 'not-removed'}
  | {readonly verdict: 'move'; readonly change: TagChange; readonly manifest: Manifest}
  | {readonly verdict: 'refused'; readonly error: GantryError}
)

/** What one repository holds of what is about to be put back. */
export interface TagState {
  /** Undefined when the repository does not exist. */
  readonly settings: RepositorySettings | undefined
  readonly tags: ReadonlyMap<string, Digest>
  readonly manifests: ReadonlyMap<string, Manifest>
}

/**
 * Reads what the tags hold now and plans what puts them back; changes nothing.
 *
 * @throws what concerns all of them: no permission, no network.
 */
export async function planRollback(moves: readonly OpenMove[]): Promise<RollbackStep[]> {
  const steps = new Map<OpenMove, RollbackStep>()
  const registries = Map.groupBy(moves, ({endpoint}) => endpoint)
  await Promise.all(
    [...registries].map(async ([{registry}, here]) => {
      const repositories = Map.groupBy(here, ({repository}) => repository)
      const settings = await registry.describe([...repositories.keys()])
      await Promise.all(
        [...repositories].map(async ([name, group]) => {
          const state = await lookAtTags(group, settings.get(name))
          for (const move of group)
            steps.set(move, state instanceof GantryError ? refused(move, null, state) : stepOf(move, state))
        }),
      )
    }),
  )
  return moves.flatMap(move => steps.get(move) ?? [])
}

/** What the tags of one repository hold and the manifests that they held, or why this repository cannot be read. */
async function lookAtTags(
  moves: readonly OpenMove[],
  settings: RepositorySettings | undefined,
): Promise<TagState | GantryError> {
  const [first] = moves
  if (first === undefined || settings === undefined) return nothing
  const repository = first.endpoint.registry.repository(first.repository)
  try {
    const [tags, manifests] = await Promise.all([
      repository.resolve(moves.map(({tag}) => tag)),
      repository.manifests([...new Set(moves.flatMap(({before}) => before ?? []))]),
    ])
    return {settings, tags, manifests}
  } catch (error) {
    if (!(error instanceof GantryError) || error.exitCode === 5 || error.exitCode === 6) throw error
    return error.code === 'REPOSITORY_NOT_FOUND' ? nothing : error
  }
}

const nothing: TagState = {settings: undefined, tags: new Map(), manifests: new Map()}

/** What puts one tag back, or why nothing does. Pure. */
export function stepOf(move: OpenMove, {settings, tags, manifests}: TagState): RollbackStep {
  const {tag, before, after, outcome} = move
  const current = tags.get(tag) ?? null
  if (settings === undefined) return refused(move, null, noRepository(move))
  // Asked of the registry, an intent that never happened looks like one that was put back: nothing is left to do.
  if (current === before) return {move, current, verdict: 'unchanged'}
  if (current !== after) {
    // What the registry refused to the run, the run has not left behind.
    return outcome === 'failed'
      ? {move, current, verdict: 'unchanged'}
      : refused(move, current, movedSince(move, current))
  }
  if (before === null) return {move, current, verdict: 'not-removed'}
  const manifest = manifests.get(before)
  if (manifest === undefined) return refused(move, current, previousGone(move, before))
  if (isTagImmutable(settings, tag)) return refused(move, current, immutable(move, before))
  return {move, current, verdict: 'move', change: {tag, before: current, after: before}, manifest}
}

/** Host and repository of a move. */
export function targetOfMove({endpoint, repository}: OpenMove): string {
  return `${endpoint.registry.host}/${repository}`
}

function refused(move: OpenMove, current: Digest | null, error: GantryError): RollbackStep {
  return {move, current, verdict: 'refused', error}
}

function noRepository(move: OpenMove): FailureError {
  return new FailureError(
    'REPOSITORY_NOT_FOUND',
    `${targetOfMove(move)} does not exist any more; ${move.tag} cannot be put back.`,
  )
}

function movedSince(move: OpenMove, current: Digest | null): RefusalError {
  return new RefusalError(
    'TAG_MOVED',
    `${targetOfMove(move)}:${move.tag} is ${current ?? 'gone'}, and the run left it at ${move.after}: somebody else moved it since. The tag was left alone.`,
  )
}

function previousGone(move: OpenMove, before: Digest): FailureError {
  return new FailureError(
    'PREVIOUS_IMAGE_GONE',
    `${targetOfMove(move)}:${move.tag} was ${before}, which the registry does not have any more. The tag was left at ${move.after}. Promote that image again.`,
  )
}

function immutable(move: OpenMove, before: Digest): RefusalError {
  return new RefusalError(
    'TAG_IMMUTABLE',
    `${targetOfMove(move)}:${move.tag} is ${move.after} and cannot become ${before} again: the tag is immutable there. Promote ${before} under a new tag.`,
  )
}
