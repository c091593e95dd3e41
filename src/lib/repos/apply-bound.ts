/** A change of a plan, where it is to be made: how it is looked at, and what is sent. */
import type {Estate} from '../config/estate.ts'
import type {OpenRegistries, OpenRegistry} from '../ecr/inventory/registries.ts'
import {BugError, FailureError, RefusalError} from '../errors.ts'
import {canonicalJson} from '../plan/canonical.ts'
import type {ReposMutations} from './mutations.ts'
import {placeOf} from './places.ts'
import type {SavedReposChange} from './plan-file.ts'
import {repositoryKey} from './repository.ts'
import {applyRepository, lookAtRepository, repositoryVerbs} from './repository-writes.ts'
import type {RepositoryPlace, Resource} from './resource.ts'
import {earlyResources, lateResources, repositoryResources} from './resources.ts'
import {subjectOf} from './subjects.ts'

export interface BoundChange {
  /** Verbs of all requests that it may send. */
  readonly verbs: readonly string[]
  /**
   * Reads the resource now.
   *
   * @returns true when nothing is left to be done.
   * @throws {RefusalError} PLAN_STALE when it is neither what it was nor what the plan makes it.
   */
  look(): Promise<boolean>
  send(mutations: ReposMutations): Promise<void>
}

export interface BindOptions {
  readonly open: Pick<OpenRegistries, 'registryOf'>
  readonly estate: Estate
  /** The plan's name, for messages. */
  readonly file: string
  /** Whether repositories go with their images. */
  readonly deleteImages: boolean
}

/** @throws {BugError} for a resource that there is not. */
export function bindChange(change: SavedReposChange, options: BindOptions): BoundChange {
  const {resource: key, registry, repository} = change
  const at = options.open.registryOf(registry.host)
  if (repository === null) {
    const resource = [...earlyResources, ...lateResources].find(each => each.key === key)
    return bind(resource, () => ({at}), change, options)
  }
  const place = () => placeOf(at, repository)
  if (key === repositoryKey) return bindRepository(place, change, options)
  const resource = repositoryResources.find(each => each.key === key)
  const bound = bind(resource, place, change, options)
  // Nothing goes because a policy does.
  if (key !== 'lifecycle' || change.after === null) return bound
  // Also where the plan makes the repository: somebody else may have made it, just like that, and pushed.
  return {
    ...bound,
    async look() {
      if (await bound.look()) return true
      if (await holdsImages(at, repository))
        throw stale(change, options, 'the repository holds images, which the plan has not looked at')
      return false
    },
  }
}

function bindRepository(
  place: () => RepositoryPlace,
  change: SavedReposChange,
  {estate, deleteImages}: BindOptions,
): BoundChange {
  return {
    verbs: repositoryVerbs,
    look: () => lookAtRepository(place(), change, estate),
    send: mutations => applyRepository(mutations, place(), change, {deleteImages}),
  }
}

/** @param place a new one at each call, of which nothing has been told yet. */
function bind<Place>(
  resource: Resource<unknown, unknown, Place> | undefined,
  place: () => Place,
  change: SavedReposChange,
  options: BindOptions,
): BoundChange {
  if (resource === undefined) throw new BugError(`${subjectOf(change)} is no resource that there is.`)
  const {entry, before, after} = change
  return {
    verbs: resource.verbs,
    async look() {
      const live = await readUnlessGone(resource, place(), change, options)
      if (resource.diff(live, after).length === 0) return true
      if (isOnTheWay(resource, live, change)) return false
      throw stale(change, options, 'it is not what it was')
    },
    send: mutations => resource.apply(mutations, {place: place(), entry, live: before, wanted: after}),
  }
}

async function readUnlessGone<Place>(
  resource: Resource<unknown, unknown, Place>,
  place: Place,
  change: SavedReposChange,
  options: BindOptions,
): Promise<unknown> {
  const {entry} = change
  try {
    return (await resource.read(place, resource.isKeyed ? [entry] : undefined)).get(entry) ?? null
  } catch (error) {
    if (error instanceof FailureError && error.code === 'REPOSITORY_NOT_FOUND')
      throw stale(change, options, 'the repository is gone')
    throw error
  }
}

/**
 * Whether a resource is what it was, or between that and what the plan makes it: a change may take several requests, and a
 * run may have ended after one of them. Nothing else may differ.
 */
function isOnTheWay<Place>(
  resource: Resource<unknown, unknown, Place>,
  live: unknown,
  {before, after}: SavedReposChange,
): boolean {
  const linesOf = (from: unknown, to: unknown) =>
    resource.diff(from, to).map(line => canonicalJson({...line}))
  const planned = new Set(linesOf(before, after))
  return [...linesOf(before, live), ...linesOf(live, after)].every(line => planned.has(line))
}

async function holdsImages({api}: OpenRegistry, name: string): Promise<boolean> {
  for await (const page of api.facts.listImageDetails(name)) if (page.length > 0) return true
  return false
}

function stale(change: SavedReposChange, {file}: BindOptions, what: string): RefusalError {
  const {registry, repository, resource, entry} = change
  const place = repository === null ? registry.label : `${registry.label}/${repository}`
  const key = entry === '' ? resource : `${resource}.${entry}`
  return new RefusalError(
    'PLAN_STALE',
    `${file} is stale: ${key} of ${place}: ${what}; it was left. Make a new plan.`,
  )
}
