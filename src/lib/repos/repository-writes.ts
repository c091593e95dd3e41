/** Makes and deletes repositories, as a plan has it. */
import type {Estate} from '../config/estate.ts'
import type {NewRepositorySettings} from '../ecr/registry-api.ts'
import {FailureError, RefusalError} from '../errors.ts'
import {isSame} from './compare.ts'
import type {PlannedChange} from './model.ts'
import {type CreatedSettings, type Holdings, holdingsOf} from './repository.ts'
import type {RepositoryPlace} from './resource.ts'
import {repositoryResources} from './resources.ts'

/** The requests that repositories as a whole take. */
export interface RepositoryMutations {
  createRepository(place: RepositoryPlace, settings: NewRepositorySettings): Promise<void>
  /** @param force whether it goes with the images that it holds. */
  deleteRepository(place: RepositoryPlace, force: boolean): Promise<void>
}

/** What is to become of a repository as a whole. */
export type RepositoryChange = Pick<PlannedChange, 'registry' | 'repository' | 'kind' | 'before' | 'after'>

/** Verbs of those requests. */
export const repositoryVerbs: readonly string[] = ['create-repository', 'delete-repository']

/**
 * Looks right before the first request of such a change: true when nothing is left to be done.
 *
 * @param place whose `described` asks anew.
 * @throws {RefusalError} PLAN_STALE when there is another repository of that name by now, or it holds other images
 *   or tags.
 */
export async function lookAtRepository(
  place: RepositoryPlace,
  change: RepositoryChange,
  estate: Estate,
): Promise<boolean> {
  if (change.kind === 'create') {
    if ((await place.described()) === null) return false
    if (await isLike(place, change, estate)) return true
    throw stale(change, 'somebody else made it meanwhile, and not like that')
  }
  const held = await holdingsOf(place)
  if (held === null) return true
  if (isSame(held, change.before)) return false
  throw stale(
    change,
    'it was made anew, or the images that it holds, or their tags, are not those of the plan',
  )
}

/**
 * Sends what such a change takes. A repository goes with its images only if it had some in the plan and `deleteImages` is set.
 *
 * @throws {RefusalError} PLAN_STALE when somebody else makes it in the same moment: it is never taken over;
 *   IMAGES_WOULD_GO without `deleteImages`.
 */
export async function applyRepository(
  mutations: RepositoryMutations,
  place: RepositoryPlace,
  change: RepositoryChange,
  {deleteImages}: {readonly deleteImages: boolean},
): Promise<void> {
  if (change.kind === 'remove') {
    assertMayGo(change, deleteImages)
    await mutations.deleteRepository(place, imagesIn(change) > 0)
    return
  }
  try {
    await mutations.createRepository(place, toRequest(change.after as CreatedSettings))
  } catch (error) {
    if (!(error instanceof FailureError) || error.code !== 'REPOSITORY_ALREADY_EXISTS') throw error
    throw stale(change, 'somebody else made it in the same moment', error)
  }
}

/** Images that the repository of a removal held when the plan was made. */
export function imagesIn({before}: Pick<RepositoryChange, 'before'>): number {
  return (before as unknown as Holdings).images
}

/** @throws {RefusalError} IMAGES_WOULD_GO: images are given up twice, in repos.yaml and by who applies it. */
export function assertMayGo(change: RepositoryChange, deleteImages: boolean): void {
  const images = imagesIn(change)
  if (images === 0 || deleteImages) return
  throw new RefusalError(
    'IMAGES_WOULD_GO',
    `${nameOf(change)} holds ${images === 1 ? 'an image' : `${images} images`}, which would be deleted with it. Give --delete-images if they should be.`,
  )
}

/** Whether a repository is as a creation makes it. */
async function isLike(place: RepositoryPlace, change: RepositoryChange, estate: Estate): Promise<boolean> {
  const where = {registry: change.registry, repository: place.name, estate}
  const same = await Promise.all(
    Object.entries(change.after as CreatedSettings).map(async ([key, setting]) => {
      const resource = repositoryResources.find(each => each.key === key)
      if (resource === undefined) return false
      const live = (await resource.read(place)).get('') ?? null
      const {state, blocked} = resource.desired(setting, live, where)
      return blocked === undefined && resource.diff(live, state).length === 0
    }),
  )
  return same.every(Boolean)
}

function toRequest({encryption, tagMutability, scanOnPush, tags}: CreatedSettings): NewRepositorySettings {
  const {mode, except = []} = tagMutability ?? {}
  return {
    ...(encryption === undefined
      ? {}
      : {
          encryptionConfiguration: {
            encryptionType: encryption.type,
            ...(encryption.key === undefined ? {} : {kmsKey: encryption.key}),
          },
        }),
    ...(mode === undefined ? {} : {imageTagMutability: mode}),
    ...(except.length === 0
      ? {}
      : {imageTagMutabilityExclusionFilters: except.map(filter => ({filter, filterType: 'WILDCARD'}))}),
    ...(scanOnPush === undefined ? {} : {imageScanningConfiguration: {scanOnPush}}),
    ...(tags === undefined
      ? {}
      : {tags: Object.entries(tags).map(([Key, Value]) => ({Key, Value: Value ?? ''}))}),
  }
}

function stale(change: RepositoryChange, why: string, cause?: unknown): RefusalError {
  return new RefusalError(
    'PLAN_STALE',
    `The plan is stale for ${nameOf(change)}: ${why}; it was left. Make a new plan.`,
    cause === undefined ? {} : {cause},
  )
}

function nameOf({registry, repository}: RepositoryChange): string {
  return `${registry.label}/${repository}`
}
