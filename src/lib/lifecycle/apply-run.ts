import {join} from 'node:path'
import type {OpenRegistries} from '../ecr/inventory/registries.ts'
import {exitCodes} from '../errors.ts'
import {noTraffic, type RegistryContext} from '../oci/registry.ts'
import {readPlanFile} from '../plan/files.ts'
import {exitCodeOf} from '../plan/items.ts'
import {assertWithinLimits} from '../plan/limits.ts'
import {recordName} from '../plan/run-record.ts'
import {assertAccepted} from './accept.ts'
import type {CheckedChange} from './apply.ts'
import {checkAll} from './apply-checks.ts'
import {notWritten} from './apply-items.ts'
import type {
  LifecycleApplyOrder,
  LifecycleApplyQuestion,
  LifecycleApplyRun,
  LifecycleApplyWorld,
} from './apply-model.ts'
import {openForPlan} from './apply-open.ts'
import {writePolicies} from './apply-writes.ts'
import {fromPlanDocument} from './plan-file.ts'
import {joinProtection, protectionOf, readProtection} from './protection.ts'

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
  const subjects = saved.changes.map(({action}) => action.subject)
  const open = await openForPlan(saved, subjects, order.plan, world.estate, {
    environment: aws,
    context,
    access: order.dryRun ? 'look' : 'change',
  })
  try {
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
          record: order.record ?? join(world.records, recordName('lifecycle', now)),
          planHash: saved.document.sha256,
          expiresAt: saved.expiresAt,
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
