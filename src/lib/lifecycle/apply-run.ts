import {join} from 'node:path'
import type {Estate} from '../config/estate.ts'
import type {AwsEnvironment} from '../ecr/environment.ts'
import {liveInventory} from '../ecr/inventory/live.ts'
import {isUnreadable} from '../ecr/inventory/model.ts'
import {type OpenRegistries, openRegistries} from '../ecr/inventory/registries.ts'
import {BugError, type ExitCode, exitCodes, FailureError, GantryError, RefusalError} from '../errors.ts'
import {isIndexType} from '../oci/media-types.ts'
import {noTraffic, type RegistryContext, type Traffic} from '../oci/registry.ts'
import {assertSameAccount, type Caller} from '../plan/document.ts'
import {readPlanFile} from '../plan/files.ts'
import {assertAccepted} from './accept.ts'
import {type CheckedChange, type CheckOptions, checkChange, stale} from './apply.ts'
import {exitCodeOf, type LifecycleApplyItem, notWritten} from './apply-items.ts'
import {recordName, writePolicies} from './apply-writes.ts'
import {assertWithinLimits, type Limits} from './limits.ts'
import {fromPlanDocument} from './plan-file.ts'
import type {SavedLifecyclePlan} from './plan-file-checks.ts'
import {joinProtection, type ProtectionOptions, protectionOf, readProtection} from './protection.ts'

/** What `gantry lifecycle apply` was asked to do. */
export interface LifecycleApplyOrder {
  readonly plan: string
  /** More files that name images which are needed. */
  readonly protect: readonly string[]
  readonly allowEmptyProtect: boolean
  /** Images that may go although something needs them. */
  readonly accept: readonly string[]
  readonly limits: Limits
  /** File for the record; without it one in `records`. */
  readonly record: string | undefined
  readonly dryRun: boolean
  /** Requests in flight at each registry. */
  readonly concurrency: number
}

export interface LifecycleApplyWorld {
  readonly estate: Estate
  readonly aws: AwsEnvironment
  readonly readStdin: ProtectionOptions['readStdin']
  /** Folder for records. */
  readonly records: string
  /** Milliseconds that one request is retried; 10 minutes unless given. */
  readonly retryForMs?: number | undefined
  /** Asked once, before anything is written, when policies would be. */
  readonly confirm: (question: LifecycleApplyQuestion) => Promise<boolean>
}

/** What consent is asked for. */
export interface LifecycleApplyQuestion {
  readonly policies: number
  readonly expire: number
  readonly archive: number
  /** As ECR tells sizes of what expires. */
  readonly bytes: number
  /** Labels of the registries. */
  readonly registries: readonly string[]
  readonly callers: readonly Caller[]
}

export interface LifecycleApplyRun {
  readonly items: readonly LifecycleApplyItem[]
  readonly callers: readonly Caller[]
  readonly traffic: Traffic
  readonly durationMs: number
  /** Null when nothing was to be done, or consent was not given. */
  readonly record: string | null
  readonly exitCode: ExitCode
}

/**
 * Does a saved plan: looks at every repository of it again, refuses when any of them is not as the plan says, asks, and
 * writes the policies one by one, each right after it was read once more. ECR has no compare-and-swap for policies:
 * between these two requests somebody else's write is lost.
 *
 * @returns the items of all repositories, also when some of them failed.
 * @throws {RefusalError} before anything was written; whatever keeps a repository from being read.
 */
export async function runLifecycleApply(
  order: LifecycleApplyOrder,
  world: LifecycleApplyWorld,
): Promise<LifecycleApplyRun> {
  const {aws} = world
  const now = aws.now()
  const saved = fromPlanDocument(await readPlanFile(order.plan), order.plan, now)
  const protection = joinProtection([
    protectionOf(saved.protection.words),
    await readProtection([...saved.protection.files, ...order.protect], {
      readStdin: world.readStdin,
      allowEmpty: order.allowEmptyProtect,
    }),
  ])
  // No words would mean every repository.
  if (saved.changes.length === 0) return nothingToDo(order)
  const context = contextOf(order, world)
  const open = await openForPlan(saved, order, world, context)
  try {
    assertCallers(saved, open, order.plan)
    const options = {file: order.plan, now, expiresAt: saved.expiresAt, days: saved.days, protection}
    const checked = await checkAll(saved, open, context, options)
    const due = checked.filter(({state}) => state === 'due')
    assertAccepted(
      due.flatMap(({endangered}) => endangered),
      order.accept,
    )
    assertWithinLimits(due.map(tollOf), order.limits)
    const agreed = !order.dryRun && due.length > 0 && (await world.confirm(questionOf(due, open)))
    const done = agreed
      ? await writePolicies(checked, open, {
          file: order.plan,
          record: order.record ?? join(world.records, recordName(now)),
          planHash: saved.document.sha256,
          now: aws.now,
          signal: aws.signal,
        })
      : {items: checked.map(notWritten), record: null}
    return {
      ...done,
      callers: open.callers,
      traffic: open.traffic(),
      durationMs: aws.now() - now,
      exitCode: exitCodeOf(done.items, aws.signal),
    }
  } finally {
    open.close()
  }
}

function nothingToDo({accept}: LifecycleApplyOrder): LifecycleApplyRun {
  assertAccepted([], accept)
  return {
    items: [],
    callers: [],
    traffic: noTraffic(),
    durationMs: 0,
    record: null,
    exitCode: exitCodes.done,
  }
}

function contextOf(
  {concurrency}: LifecycleApplyOrder,
  {aws, retryForMs = 10 * 60_000}: LifecycleApplyWorld,
): RegistryContext {
  return {signal: aws.signal, now: aws.now, concurrency, retryForMs, onEvent: () => undefined, wait: aws.wait}
}

/** A repository that is gone, or an identity that is not the plan's, is the plan's end like any other change. */
async function openForPlan(
  {changes}: SavedLifecyclePlan,
  {plan: file, dryRun}: LifecycleApplyOrder,
  {estate, aws}: LifecycleApplyWorld,
  context: RegistryContext,
): Promise<OpenRegistries> {
  try {
    return await openRegistries(
      changes.map(({action}) => action.subject),
      estate,
      {environment: aws, context, access: dryRun ? 'look' : 'change'},
    )
  } catch (cause) {
    if (!(cause instanceof FailureError)) throw cause
    if (cause.code === 'WRONG_ACCOUNT')
      throw new RefusalError('PLAN_OF_ANOTHER_ACCOUNT', `${file}: ${cause.message} Nothing was done.`, {
        cause,
      })
    throw gone(file, cause) ?? cause
  }
}

function gone(file: string, cause: GantryError): RefusalError | undefined {
  if (cause.code !== 'REPOSITORY_NOT_FOUND') return undefined
  const message = `${file} is stale: ${cause.message} Nothing was done. Make a new plan.`
  return new RefusalError('PLAN_STALE', message, {cause})
}

function assertCallers(saved: SavedLifecyclePlan, {registries}: OpenRegistries, file: string): void {
  assertSameAccount(
    saved.document,
    registries.map(({caller}) => caller),
    file,
  )
  for (const {caller} of registries) {
    if (saved.callers.length > 0 && !saved.callers.some(({account}) => account === caller.account))
      throw new RefusalError(
        'PLAN_OF_ANOTHER_ACCOUNT',
        `${file} was not made by ${caller.account}, and ${caller.arn} would apply it. Nothing was done.`,
      )
  }
}

/** All checks of all repositories, before anything is written anywhere. */
async function checkAll(
  saved: SavedLifecyclePlan,
  open: OpenRegistries,
  context: RegistryContext,
  options: CheckOptions,
): Promise<CheckedChange[]> {
  const source = liveInventory(open, context)
  const bySubject = new Map(saved.changes.map(change => [change.action.subject, change]))
  const checked: CheckedChange[] = []
  for await (const inventory of source.repositories()) {
    if (isUnreadable(inventory)) throw gone(options.file, inventory.error) ?? inventory.error
    const subject = `${inventory.registry.host}/${inventory.name}`
    const change = bySubject.get(subject)
    if (change === undefined) throw new BugError(`${subject} was read and is not in the plan.`)
    const indexes = inventory.images.filter(({mediaType}) => isIndexType(mediaType))
    const contents = await source.contents(
      inventory,
      indexes.map(({digest}) => digest),
    )
    checked.push(checkChange(change, inventory, contents, options))
    bySubject.delete(subject)
  }
  const [missing] = bySubject.values()
  if (missing !== undefined) throw stale(options.file, missing, 'it is gone')
  return checked
}

function tollOf({saved, expire, archive, images}: CheckedChange) {
  return {repository: saved.action.subject, going: expire + archive, of: images}
}

function questionOf(due: readonly CheckedChange[], {callers}: OpenRegistries): LifecycleApplyQuestion {
  const sum = (key: 'expire' | 'archive' | 'bytes') => due.reduce((total, change) => total + change[key], 0)
  return {
    policies: due.length,
    expire: sum('expire'),
    archive: sum('archive'),
    bytes: sum('bytes'),
    registries: [...new Set(due.map(({saved}) => saved.registry.label))],
    callers,
  }
}
