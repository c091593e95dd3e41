import {join} from 'node:path'
import {assertAccepted} from '../lifecycle/accept.ts'
import {joinProtection, type NamedProtection, protectionOf, readProtection} from '../lifecycle/protection.ts'
import {noTraffic, type RegistryContext} from '../oci/registry.ts'
import {readPlanFile} from '../plan/files.ts'
import {exitCodeOf} from '../plan/items.ts'
import {openRunRecord, recordName} from '../plan/run-record.ts'
import {checkReposPlan, type ReposChecks} from './apply-checks.ts'
import {leftItems, type ReposApplyItem} from './apply-items.ts'
import type {ReposApplyOrder, ReposApplyRun, ReposApplyWorld} from './apply-model.ts'
import {untouchedItem} from './apply-one.ts'
import {openNewPlan, openSavedPlan, type ReposTask} from './apply-open.ts'
import {deletionOf, questionOf} from './apply-question.ts'
import {plannedRequests, writeChanges} from './apply-writes.ts'
import {fromReposPlanDocument, type SavedReposPlan} from './plan-file.ts'
import {reposContext} from './plan-run.ts'

/**
 * Brings registries and repositories to where repos.yaml wants them: as a saved plan says, or as it turns out to be now.
 * Looks at all images that would go, asks, and makes the changes one by one, each right after its resource was read once
 * more. ECR has no compare-and-swap: between these two requests somebody else's change is lost.
 *
 * @returns the items of all changes, also when some of them failed.
 * @throws {RefusalError} before anything was changed; what concerns all of it: words, identities, files.
 */
export async function runReposApply(order: ReposApplyOrder, world: ReposApplyWorld): Promise<ReposApplyRun> {
  const {aws, retryForMs} = world
  const began = aws.now()
  const context: RegistryContext = {
    ...reposContext(aws, order.concurrency),
    ...(retryForMs === undefined ? {} : {retryForMs}),
  }
  const opened = await openTask(order, world, context)
  if ('exitCode' in opened) return opened
  const {task, protection} = opened
  try {
    const checks = await checkReposPlan(task, {context, order, protection, estate: world.estate})
    const {items, record} = await doTask(task, checks, order, world)
    const all = [...items, ...leftItems(task.plan)]
    return {
      items: all,
      warnings: task.warnings,
      callers: task.open.callers,
      traffic: task.open.traffic(),
      durationMs: aws.now() - began,
      record,
      exitCode: exitCodeOf(all, aws.signal),
    }
  } finally {
    task.open.close()
  }
}

/** What a saved plan leaves alone: then nobody is asked for anything. */
function nothingToDo(plan: SavedReposPlan, {accept}: ReposApplyOrder, signal: AbortSignal): ReposApplyRun {
  assertAccepted([], accept)
  const items = leftItems(plan)
  return {
    items,
    warnings: [],
    callers: [],
    traffic: noTraffic(),
    durationMs: 0,
    record: null,
    exitCode: exitCodeOf(items, signal),
  }
}

/** The run as it is where a saved plan changes nothing. */
async function openTask(
  order: ReposApplyOrder,
  world: ReposApplyWorld,
  context: RegistryContext,
): Promise<{task: ReposTask; protection: NamedProtection} | ReposApplyRun> {
  const {plan: file, protect, allowEmptyProtect} = order
  const read = (files: readonly string[]) =>
    readProtection(files, {readStdin: world.readStdin, allowEmpty: allowEmptyProtect})
  if (file === undefined) {
    const protection = await read(protect)
    return {task: await openNewPlan(order, world, context, protection), protection}
  }
  const plan = fromReposPlanDocument(await readPlanFile(file), file, context.now())
  const {files, words} = plan.protection
  const protection = joinProtection([protectionOf(words), await read([...files, ...protect])])
  if (plan.changes.length === 0) return nothingToDo(plan, order, world.aws.signal)
  return {task: await openSavedPlan(plan, file, order, world, context), protection}
}

async function doTask(
  task: ReposTask,
  checks: ReposChecks,
  order: ReposApplyOrder,
  world: ReposApplyWorld,
): Promise<{items: readonly ReposApplyItem[]; record: string | null}> {
  const {estate, aws} = world
  const {now, signal} = aws
  const {deleteImages, dryRun} = order
  const {plan, open} = task
  const options = {
    estate,
    deleteImages,
    concurrency: order.concurrency * open.registries.length,
    now,
    signal,
  }
  if (dryRun) {
    const items = await writeChanges(task, checks, {...options, mutate: undefined, onItem: async () => {}})
    return {items, record: null}
  }
  const untouched = plan.changes.map(change => untouchedItem(change, checks))
  if (!(await isAgreed(task, checks, untouched, world))) return {items: untouched, record: null}
  const record = await openRunRecord(
    order.record ?? join(world.records, recordName('repos', now())),
    {type: 'repos', callers: open.callers, plan: plan.document.sha256},
    {now, planned: plannedRequests(task, checks, options)},
  )
  try {
    const items = await writeChanges(task, checks, {
      ...options,
      mutate: record.mutate,
      onItem: item => record.item({...item, error: item.error && {...item.error}}),
    })
    await record.end(exitCodeOf([...items, ...leftItems(plan)], signal), {...open.traffic()})
    return {items, record: record.file}
  } finally {
    await record.close()
  }
}

/** Whether something is to be done, and it may be. */
async function isAgreed(
  task: ReposTask,
  checks: ReposChecks,
  untouched: readonly ReposApplyItem[],
  world: ReposApplyWorld,
): Promise<boolean> {
  if (!untouched.some(({outcome}) => outcome === 'planned')) return false
  if (!(await world.confirm(questionOf(task, checks)))) return false
  const deletion = deletionOf(task, checks)
  return deletion === null || (await world.confirmDeletion(deletion))
}
