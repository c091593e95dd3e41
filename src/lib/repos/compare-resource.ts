import type {Estate} from '../config/estate.ts'
import {formatPath} from '../config/problems.ts'
import type {Resolved, Source} from '../config/resolve.ts'
import type {InventoryRegistry} from '../ecr/inventory/model.ts'
import type {Json} from '../plan/canonical.ts'
import type {ChangeKind, ForeignEntries, PlannedChange} from './model.ts'
import type {Resource, Wanted} from './resource.ts'

/** A registry or a repository, and what repos.yaml says of it. */
export interface Subject {
  readonly registry: InventoryRegistry
  /** Null for the registry as a whole. */
  readonly repository: string | null
  readonly estate: Estate
  readonly resolved: Resolved<object>
}

/** What one resource came to. */
export interface Compared {
  readonly changes: readonly PlannedChange[]
  readonly foreign: ForeignEntries | null
  /** What cannot be told of what is as it should be, as far as can be told. */
  readonly notes: readonly string[]
}

/** What repos.yaml says of a resource; undefined where it does not manage it. */
export function settingOf({resolved}: Subject, {key}: {readonly key: string}): unknown {
  return (resolved.settings as Readonly<Record<string, unknown>>)[key]
}

/**
 * Compares a resource that is managed with what there is. Pure.
 *
 * @param live by entry, as the resource's `read` tells it.
 */
export function compareResource<Place>(
  resource: Resource<unknown, unknown, Place>,
  subject: Subject,
  live: ReadonlyMap<string, unknown>,
): Compared {
  const setting = settingOf(subject, resource)
  const wanted = resource.isKeyed ? Object.entries(setting ?? {}) : [['', setting] as const]
  const changes: PlannedChange[] = []
  const foreign: string[] = []
  const notes: string[] = []
  for (const [entry, value] of wanted) {
    const before = live.get(entry) ?? null
    const desired = resource.desired(value ?? null, before, whereOf(subject))
    foreign.push(...desired.foreign.map(line => (entry === '' ? line : `${entry}: ${line}`)))
    const change = changeOf(resource, subject, {entry, before, desired})
    if (change === null) notes.push(...desired.notes)
    else changes.push(change)
  }
  const named = new Set(wanted.map(([entry]) => entry))
  if (resource.isKeyed) foreign.push(...[...live.keys()].filter(entry => !named.has(entry)).toSorted())
  const {registry, repository} = subject
  return {
    changes,
    foreign: foreign.length === 0 ? null : {registry, repository, resource: resource.key, entries: foreign},
    notes,
  }
}

function whereOf({registry, repository, estate}: Subject) {
  return {registry, estate, ...(repository === null ? {} : {repository})}
}

interface Found {
  readonly entry: string
  readonly before: unknown
  readonly desired: Wanted<unknown>
}

function changeOf<Place>(
  resource: Resource<unknown, unknown, Place>,
  subject: Subject,
  {entry, before, desired}: Found,
): PlannedChange | null {
  const {state, foreign, notes, blocked} = desired
  const lines = resource.diff(before, state)
  if (lines.length === 0 && blocked === undefined) return null
  const {registry, repository, resolved} = subject
  return {
    registry,
    repository,
    resource: resource.key,
    entry,
    kind: blocked === undefined ? kindOf(before, state) : 'blocked',
    before: before as Json,
    after: state as Json,
    lines,
    foreign,
    notes,
    risks: [],
    remedy: blocked ?? null,
    source: sourceOf(resolved, entry === '' ? [resource.key] : [resource.key, entry]),
    lifecycle: null,
  }
}

function kindOf(before: unknown, after: unknown): ChangeKind {
  if (after === null) return 'remove'
  return before === null ? 'create' : 'change'
}

/** Where a value is written: itself, or the first of its parts. */
export function sourceOf({sources}: Resolved<object>, path: readonly string[]): Source | null {
  const all = sources()
  const wanted = formatPath(path)
  const isPart = (name: string) => name.startsWith(`${wanted}.`) || name.startsWith(`${wanted}[`)
  const name = all.has(wanted) ? wanted : [...all.keys()].find(isPart)
  const source = name === undefined ? undefined : all.get(name)
  return source === undefined ? null : {...placeIn(source), hidden: source.hidden.map(placeIn)}
}

/** Without what it says there. */
function placeIn({path, origin}: Pick<Source, 'path' | 'origin'>): Pick<Source, 'path' | 'origin'> {
  return {path, origin}
}
