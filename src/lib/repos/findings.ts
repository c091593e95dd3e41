import {BugError, GantryError, UsageError} from '../errors.ts'
import {itemError} from '../plan/items.ts'
import {compareResource, type Subject, settingOf} from './compare-resource.ts'
import type {ForeignEntries, PlannedChange, UnreadResource} from './model.ts'
import type {Resource} from './resource.ts'

/** What a look at a registry or a repository came to. */
export interface Findings {
  readonly changes: readonly PlannedChange[]
  readonly foreign: readonly ForeignEntries[]
  readonly unread: readonly UnreadResource[]
  /** What cannot be told of what does not change. */
  readonly notes: readonly string[]
  /** Resources that were compared. */
  readonly compared: number
}

export const noFindings: Findings = {changes: [], foreign: [], unread: [], notes: [], compared: 0}

/** Everything that several looks came to, in their order. */
export function joinFindings(parts: readonly Findings[]): Findings {
  const telling = parts.filter(part => part !== noFindings)
  if (telling.length === 0) return noFindings
  return {
    changes: telling.flatMap(({changes}) => changes),
    foreign: telling.flatMap(({foreign}) => foreign),
    unread: telling.flatMap(({unread}) => unread),
    notes: telling.flatMap(({notes}) => notes),
    compared: telling.reduce((sum, {compared}) => sum + compared, 0),
  }
}

/** Reads a resource and compares it, if repos.yaml manages it: else nothing is asked. */
export async function lookAtResource<Place>(
  resource: Resource<unknown, unknown, Place>,
  subject: Subject,
  place: Place,
  signal: AbortSignal,
): Promise<Findings> {
  const setting = settingOf(subject, resource)
  if (setting === undefined) return noFindings
  return orUnread(subject, resource.key, signal, async () => {
    const keys = resource.isKeyed ? Object.keys(setting ?? {}) : undefined
    return comparedWith(resource, subject, await resource.read(place, keys))
  })
}

/** Compares a resource with what is there, if repos.yaml manages it. Pure. */
export function comparedWith<Place>(
  resource: Resource<unknown, unknown, Place>,
  subject: Subject,
  live: ReadonlyMap<string, unknown>,
): Findings {
  if (settingOf(subject, resource) === undefined) return noFindings
  const {changes, foreign, notes} = compareResource(resource, subject, live)
  return {changes, foreign: foreign === null ? [] : [foreign], unread: [], notes, compared: 1}
}

/** What a look came to, or why there is nothing to be said. @throws what is wrong in repos.yaml. */
export async function orUnread(
  {registry, repository}: Pick<Subject, 'registry' | 'repository'>,
  resource: string,
  signal: AbortSignal,
  look: () => Promise<Findings>,
): Promise<Findings> {
  try {
    return await look()
  } catch (error) {
    signal.throwIfAborted()
    const isOwn = error instanceof GantryError && !(error instanceof BugError || error instanceof UsageError)
    const told = isOwn ? itemError(error) : null
    if (told === null) throw error
    return {...noFindings, unread: [{registry, repository, resource, error: told}]}
  }
}
