/** Looks at what is there, and compares it with what repos.yaml says. */
import type {Estate} from '../config/estate.ts'
import {ownerOf} from '../config/shared-registries.ts'
import {warningsOf} from '../ecr/inventory/find.ts'
import type {MeantRepository, OpenRegistries, OpenRegistry} from '../ecr/inventory/registries.ts'
import {concerns, isSelected} from '../ecr/inventory/selection.ts'
import {UsageError} from '../errors.ts'
import type {NamedProtection} from '../lifecycle/protection.ts'
import {mapLimited} from '../oci/limiter.ts'
import type {RegistryContext} from '../oci/registry.ts'
import {type ItemError, itemError} from '../plan/items.ts'
import {namesInFile} from './file-names.ts'
import {type Findings, joinFindings} from './findings.ts'
import {lookAtRegistry} from './look-registry.ts'
import {type Candidate, lookAtRepositories, type RepositoryFindings} from './look-repositories.ts'
import {goneWarnings, noteWarnings, unlistedWarnings, unmanagedWarnings} from './look-warnings.ts'
import type {Reconciliation, UnreadResource} from './model.ts'
import {inOrderOfApplying} from './order.ts'
import {risksOf} from './risks/risks.ts'

export interface ReconcileOptions {
  /** Of the registries; `concurrency` of the repositories of each are looked at at a time. */
  readonly context: RegistryContext
  /** Whether images are looked at where a change may act on them. */
  readonly images: boolean
  /** Images that something needs. */
  readonly protection: NamedProtection
  /** Told of each registry and each repository when it is done. */
  readonly onPlace?: ((place: string, error: ItemError | null) => void) | undefined
}

/** What one registry came to, with its repositories. */
export interface RegistryLook {
  readonly at: OpenRegistry
  readonly findings: Findings
  readonly repositories: RepositoryFindings
  readonly warnings: readonly string[]
  /** Whether everything that it has was meant. */
  readonly isWhole: boolean
}

/** Registries at a time; each has requests of its own. */
const registriesAtOnce = 16

/**
 * Compares what repos.yaml manages with what there is, and reads nothing else. Changes nothing. A registry as a whole is
 * looked at where all its repositories are meant. What cannot be read is `unread`, and the others go on.
 *
 * @param open opened with `mayMiss`, for repositories that are to be made are not there yet; with `mayNotList`, a registry
 *   that does not tell its repositories is asked for those that repos.yaml names.
 * @throws {FailureError} REPOSITORY_NOT_FOUND for a name that is neither there nor in repos.yaml; {UsageError} SECOND_NAME.
 */
export async function reconcile(
  open: OpenRegistries,
  estate: Estate,
  options: ReconcileOptions,
): Promise<Reconciliation> {
  const {context} = options
  context.signal.throwIfAborted()
  for (const at of open.registries) assertFirstName(at, estate)
  const takenAt = context.now()
  const unmet = unmetWarnings(open, estate)
  const looks = await mapLimited(open.registries, registriesAtOnce, at => lookAt(at, open, estate, options))
  const found = joinFindings(looks.flatMap(({findings, repositories}) => [findings, repositories]))
  const ordered = inOrderOfApplying(found.changes)
  const judged = await risksOf(ordered, open, {estate, ...options})
  return {
    takenAt,
    changes: judged.changes,
    foreign: found.foreign,
    unread: [...unlistedOf(open), ...found.unread, ...judged.unread],
    unlisted: looks.flatMap(({at, repositories: {unlisted}}) =>
      unlisted.length === 0 ? [] : [{registry: at.registry, names: unlisted}],
    ),
    warnings: [
      ...unmet,
      ...looks.flatMap(({warnings}) => warnings),
      ...unmanagedWarnings(looks.filter(({at}) => !open.unlisted.has(at))),
      ...goneWarnings(open, estate),
      ...unlistedWarnings(looks),
      ...noteWarnings(found),
    ],
    compared: {
      registries: looks.length,
      repositories: looks.reduce((sum, {repositories}) => sum + repositories.repositories, 0),
      resources: found.compared,
    },
  }
}

/** What is said of a registry of several accounts of the file is said of the first: by another name it would be missed. */
function assertFirstName({registry}: OpenRegistry, estate: Estate): void {
  const {alias, label} = registry
  const owner = ownerOf(estate, registry)
  if (owner === undefined || owner.alias === alias) return
  const {file = 'repos.yaml'} = estate
  throw new UsageError(
    'SECOND_NAME',
    `${label} is in ${file} as ${owner.alias} before, by whose name it is looked up. Say ${owner.alias}, or put ${alias} first under accounts.`,
  )
}

async function lookAt(
  at: OpenRegistry,
  open: OpenRegistries,
  estate: Estate,
  {context, onPlace}: ReconcileOptions,
): Promise<RegistryLook> {
  const {registry} = at
  const {signal, concurrency} = context
  const selections = open.selections.filter(selection => concerns(selection, registry))
  const isWhole = selections.some(({pattern}) => pattern === '**')
  const there = open.repositories.filter(each => each.at === at)
  const names = there.map(({name}) => name)
  const [whole, repositories] = await Promise.all([
    isWhole ? lookAtRegistry(at, estate, names, signal) : null,
    lookAtRepositories(candidatesAt(at, there, open, estate), {
      at,
      estate,
      concurrency,
      signal,
      onRepository: (name, {unread}) => onPlace?.(`${registry.label}/${name}`, unread[0]?.error ?? null),
    }),
  ])
  onPlace?.(registry.label, whole?.unread[0]?.error ?? null)
  return {at, findings: whole ?? joinFindings([]), repositories, warnings: whole?.warnings ?? [], isWhole}
}

/** Repositories that are there, and those of repos.yaml that are not, by name. */
function candidatesAt(
  at: OpenRegistry,
  there: readonly MeantRepository[],
  open: OpenRegistries,
  estate: Estate,
): readonly Candidate[] {
  const {registry} = at
  const named = namesInFile(estate, registry)
  const found = new Set(there.map(({name}) => name))
  const missing = [...named].filter(
    name => !found.has(name) && open.selections.some(selection => isSelected(selection, registry, name)),
  )
  const isTold = !open.unlisted.has(at)
  return [
    ...there.map(({name, described}) => ({name, listed: described ?? undefined, isNamed: named.has(name)})),
    ...missing.map(name => ({name, listed: isTold ? null : undefined, isNamed: true})),
  ].toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

/** Repositories that repos.yaml does not name are not known there. */
function unlistedOf({unlisted}: OpenRegistries): readonly UnreadResource[] {
  return [...unlisted].flatMap(([{registry}, reason]) => {
    const error = itemError(reason)
    return error === null ? [] : [{registry, repository: null, resource: 'repositories', error}]
  })
}

/**
 * Words that neither a repository that is there nor one of repos.yaml fits, as far as registries tell theirs.
 *
 * @throws {FailureError} as {@link reconcile}.
 */
function unmetWarnings(open: OpenRegistries, estate: Estate): string[] {
  const {selections, repositories, registries, unlisted} = open
  const isMet = (selection: (typeof selections)[number]): boolean =>
    selection.text === '**' ||
    [...unlisted.keys()].some(({registry}) => concerns(selection, registry)) ||
    repositories.some(({at, name}) => isSelected(selection, at.registry, name)) ||
    registries.some(({registry}) =>
      [...namesInFile(estate, registry)].some(name => isSelected(selection, registry, name)),
    )
  return warningsOf(selections.filter(selection => !isMet(selection)))
}
