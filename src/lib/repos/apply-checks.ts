/** What is looked at once more before anything is changed: everything that images go by. */
import type {Estate} from '../config/estate.ts'
import {isMeantAt, resolveRepository} from '../config/resolve.ts'
import {readImages} from '../ecr/inventory/read-images.ts'
import {BugError, GantryError, RefusalError} from '../errors.ts'
import {assertAccepted} from '../lifecycle/accept.ts'
import type {CheckedChange, Endangered} from '../lifecycle/apply.ts'
import {checkEach, isRefused} from '../lifecycle/apply-checks.ts'
import type {NamedProtection} from '../lifecycle/protection.ts'
import type {RegistryContext} from '../oci/registry.ts'
import {assertWithinLimits, type Toll} from '../plan/limits.ts'
import type {Hindrance, ReposApplyOrder, ReposLimits} from './apply-model.ts'
import type {ReposTask} from './apply-open.ts'
import type {SavedReposChange} from './plan-file.ts'
import {repositoryKey} from './repository.ts'
import {assertMayGo, imagesIn} from './repository-writes.ts'
import {subjectOf} from './subjects.ts'

/** What the checks say of changes; of those that are in neither map they say nothing. */
export interface ReposChecks {
  /** Lifecycle policies of repositories with images. */
  readonly policies: ReadonlyMap<SavedReposChange, CheckedChange>
  /** What is not done, and why; all else is. */
  readonly hindrances: ReadonlyMap<SavedReposChange, Hindrance>
}

export interface ReposCheckOptions {
  readonly context: RegistryContext
  readonly order: Pick<ReposApplyOrder, 'accept' | 'limits' | 'deleteImages'>
  readonly protection: NamedProtection
  /** What repos.yaml says now, whatever it said when the plan was made. */
  readonly estate: Estate
}

/**
 * Looks at the images that lifecycle policies and deletions of repositories act on. What is stale hinders its own change
 * alone; an image that is needed, and a limit, all of them.
 *
 * @throws {UsageError} NOT_ENDANGERED; {RefusalError} PROTECTED, TOO_MANY_DELETIONS, TOO_MANY_IMAGES, TOO_LARGE_A_SHARE.
 */
export async function checkReposPlan(task: ReposTask, options: ReposCheckOptions): Promise<ReposChecks> {
  const {context, order, protection} = options
  const policies = await checkPolicies(task, context, protection)
  const deletions = await checkDeletions(task, options)
  const due = [...policies.checked.values()].filter(({state}) => state === 'due')
  assertAccepted([...due.flatMap(({endangered}) => endangered), ...deletions.endangered], order.accept)
  assertFewDeletions(deletions.due, order.limits)
  assertWithinLimits([...due.map(tollOfPolicy), ...deletions.due.map(tollOfDeletion)], order.limits)
  return {
    policies: policies.checked,
    hindrances: new Map([...policies.hindrances, ...deletions.hindrances]),
  }
}

export function isDeletion({resource, kind}: Pick<SavedReposChange, 'resource' | 'kind'>): boolean {
  return resource === repositoryKey && kind === 'remove'
}

async function checkPolicies(
  {file, plan, open}: ReposTask,
  context: RegistryContext,
  protection: NamedProtection,
) {
  const checked = new Map<SavedReposChange, CheckedChange>()
  const hindrances = new Map<SavedReposChange, Hindrance>()
  const {lifecycle} = plan
  if (lifecycle === null) return {checked, hindrances}
  const changes = plan.changes.filter(({resource, repository}) => resource === 'lifecycle' && repository)
  const bySubject = new Map<string, SavedReposChange>(
    changes.map(change => [`${change.registry.host}/${change.repository}`, change]),
  )
  const repositories = lifecycle.changes.map(({registry, repository}) => ({
    at: open.registryOf(registry.host),
    name: repository,
  }))
  const {expiresAt, days} = lifecycle
  const options = {
    file,
    consequence: 'The policy was left.',
    now: context.now(),
    expiresAt,
    days,
    protection,
  }
  for await (const result of checkEach(lifecycle, {...open, repositories}, context, options)) {
    const change = bySubject.get(result.saved.action.subject)
    if (change === undefined)
      throw new BugError(`${result.saved.action.subject} changes in no other part of the plan.`)
    if (isRefused(result)) hindrances.set(change, hindranceOf(result.error))
    else checked.set(change, result)
  }
  return {checked, hindrances}
}

async function checkDeletions(
  {file, plan, open}: ReposTask,
  {context: {signal}, order: {deleteImages}, protection, estate}: ReposCheckOptions,
) {
  const due: SavedReposChange[] = []
  const hindrances = new Map<SavedReposChange, Hindrance>()
  const endangered: Endangered[] = []
  for (const change of plan.changes.filter(isDeletion)) {
    const {registry} = change
    const repository = change.repository ?? ''
    try {
      assertStillToGo(change, estate, file)
      assertMayGo(change, deleteImages)
      const isEmpty = imagesIn(change) === 0
      const images = isEmpty ? [] : await readImages(open.registryOf(registry.host), repository)
      for (const {digest, tags} of images) {
        const evidence = protection.evidenceOf({registry, repository, digest, tags})
        if (evidence.length > 0) endangered.push({host: registry.host, repository, digest, tags, evidence})
      }
      due.push(change)
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof GantryError) || error instanceof BugError) throw error
      // What is gone is what it is to be; the look at the door says so.
      if (error.code === 'REPOSITORY_NOT_FOUND') continue
      hindrances.set(
        change,
        error.code === 'IMAGES_WOULD_GO' ? {outcome: 'blocked', error} : hindranceOf(error),
      )
    }
  }
  return {due, hindrances, endangered}
}

/** A plan may be older than the file: a tombstone that was taken back deletes nothing. @throws {RefusalError} PLAN_STALE. */
function assertStillToGo(change: SavedReposChange, estate: Estate, file: string): void {
  const {registry} = change
  const repository = change.repository ?? ''
  const {settings} = resolveRepository(estate, registry, repository)
  const isToGo = settings.state === 'absent' && isMeantAt(settings, registry)
  if (isToGo && (imagesIn(change) === 0 || settings.images === 'delete')) return
  throw new RefusalError(
    'PLAN_STALE',
    `${file} deletes ${registry.label}/${repository}, and ${estate.file ?? 'repos.yaml'} does not say so any more; it was left. Make a new plan.`,
  )
}

function hindranceOf(error: GantryError): Hindrance {
  return {outcome: error instanceof RefusalError ? 'refused' : 'failed', error}
}

function assertFewDeletions(deletions: readonly SavedReposChange[], {maxDeletes}: ReposLimits): void {
  if (deletions.length <= maxDeletes) return
  throw new RefusalError(
    'TOO_MANY_DELETIONS',
    `${deletions.length} repositories would be deleted at once, and at most ${maxDeletes} may. Nothing was done. Look at the plan; if that is right give --max-deletes ${deletions.length}.`,
  )
}

function tollOfPolicy({saved, expire, archive, images}: CheckedChange): Toll {
  return {repository: saved.action.subject, going: expire + archive, of: images}
}

/** All of its images go; what share that is needs no saying, and the number counts. */
function tollOfDeletion(change: SavedReposChange): Toll {
  return {repository: subjectOf(change), going: imagesIn(change), of: Infinity}
}
