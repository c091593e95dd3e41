import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import type {Estate} from '../config/estate.ts'
import type {OpenOptions} from '../ecr/open.ts'
import {type ExitCode, exitCodes, UsageError} from '../errors.ts'
import type {Traffic} from '../oci/registry.ts'
import {assertSameAccount, assertWithinPlan, type Caller, type PlanDocument} from '../plan/document.ts'
import {readPlanFile, writePlanFile} from '../plan/files.ts'
import {exitCodeOf} from '../plan/items.ts'
import {recordName} from '../plan/run-record.ts'
import type {Side} from './model.ts'
import {sideOfHost} from './places.ts'
import {openRecord} from './record.ts'
import {type OpenMove, planRollback, type RollbackStep} from './rollback.ts'
import {applyRollback} from './rollback-apply.ts'
import {plannedRollback, type RollbackItem} from './rollback-items.ts'
import {fromRollbackDocument, rollbackActions, toRollbackDocument} from './rollback-plan.ts'
import {type RecordedMove, type RecordedRun, readRecord} from './rollback-record.ts'
import type {Route} from './route.ts'
import type {TransferWorld} from './run.ts'
import {type OpenSides, openSides} from './sides.ts'

/** What `gantry rollback` was asked to do. */
export interface RollbackOrder {
  /** The record of the run whose tags are put back; or `plan`, a saved rollback. */
  readonly of: string | undefined
  readonly plan: string | undefined
  /** File to save the plan to. */
  readonly out: string | undefined
  /** Plan only. */
  readonly dryRun: boolean
  /** Tags, and requests at each registry, in flight. */
  readonly concurrency: number
  /** File for the record of the rollback; without it one in `records`. */
  readonly record: string | undefined
}

export interface RollbackWorld extends TransferWorld {
  /** Asked once, before anything is written, when tags would be moved. */
  readonly confirm: (question: RollbackQuestion) => Promise<boolean>
}

/** What consent is asked for. */
export interface RollbackQuestion {
  readonly tags: number
  readonly repositories: number
  /** Labels of the registries. */
  readonly destinations: readonly string[]
  readonly callers: readonly Caller[]
}

export interface RollbackResult {
  readonly callers: readonly Caller[]
  readonly items: readonly RollbackItem[]
  readonly traffic: Traffic
  readonly durationMs: number
  /** The record of the rollback; null when nothing was to be done, or consent was not given. */
  readonly record: string | null
  readonly planFile: string | null
  readonly exitCode: ExitCode
}

/**
 * Puts the tags that a recorded run moved back to the digests that they had: looks, plans, and, unless it is a dry run,
 * asks, moves each tag that is still where the run left it, and records.
 *
 * @returns the items of all tags, also when some of them failed.
 * @throws {UsageError} NOT_A_RECORD, RECORD_UNREADABLE; what concerns all of them: identities, permission, a stale plan.
 */
export async function runRollback(order: RollbackOrder, world: RollbackWorld): Promise<RollbackResult> {
  const stop = new AbortController()
  const signal = AbortSignal.any([world.aws.signal, stop.signal])
  try {
    return await rollBack(order, {...world, aws: {...world.aws, signal}})
  } finally {
    // What was asked beside the question that failed is not asked again.
    stop.abort()
  }
}

async function rollBack(order: RollbackOrder, world: RollbackWorld): Promise<RollbackResult> {
  const {aws, estate} = world
  const startedAt = aws.now()
  const {document: saved, of, ...recorded} = await readOrder(order, startedAt)
  const routes = routesOf(recorded, estate)
  const isDry = order.dryRun || order.out !== undefined
  const sides = await openSides(routes, estate, openOptions(order, world, isDry))
  try {
    const steps = await planRollback(openMoves(recorded.moves, routes, sides))
    const document = saved ?? toRollbackDocument(steps, of, startedAt)
    if (saved !== undefined) {
      assertSameAccount(saved, sides.callers, order.plan ?? '')
      assertWithinPlan(saved, rollbackActions(steps), order.plan ?? '')
    }
    if (order.out !== undefined) await writePlanFile(order.out, document)
    const agreed = !isDry && (await consent(steps, sides, world))
    const done = agreed
      ? await apply(steps, {document, of, sides}, order, world)
      : {items: steps.map(plannedRollback), record: null}
    return {
      callers: sides.callers,
      ...done,
      traffic: sides.traffic(),
      durationMs: aws.now() - startedAt,
      planFile: order.out ?? null,
      exitCode: exitCodeOf(done.items, aws.signal),
    }
  } finally {
    sides.close()
  }
}

/** The exit code of a plan that has or has not changes, for `--detailed-exitcode`. */
export function detailedRollbackExitCode({exitCode, items}: RollbackResult): ExitCode {
  const pending = exitCode === exitCodes.done && items.some(({outcome}) => outcome === 'planned')
  return pending ? exitCodes.changesPending : exitCode
}

interface Ordered extends RecordedRun {
  readonly document?: PlanDocument
  readonly of: string
}

async function readOrder({of, plan}: RollbackOrder, now: number): Promise<Ordered> {
  if (plan !== undefined) return fromRollbackDocument(await readPlanFile(plan), plan, now)
  const file = of ?? ''
  try {
    return {...readRecord(await readFile(file, 'utf8'), file), of: file}
  } catch (cause) {
    const {code, syscall} = cause as NodeJS.ErrnoException
    if (syscall === undefined) throw cause
    throw new UsageError('RECORD_UNREADABLE', `${file} cannot be read: ${code}.`, {cause})
  }
}

/** A route for each repository that has tags to put back, to the registry as the run named it where that is still known. */
function routesOf({sides, moves}: RecordedRun, estate: Estate): Route[] {
  const byHost = new Map(sides.filter(side => isKnown(side, estate)).map(side => [side.host, side]))
  const groups = Map.groupBy(moves, ({host, repository}) => `${host}/${repository}`)
  return [...groups.values()].flatMap(([first]) => {
    if (first === undefined) return []
    const {host, repository, tag} = first
    const side = byHost.get(host) ?? sideOfHost(host, estate)
    const destinations = [{side, repository}]
    return [{source: side, repository, reference: tag, tags: [tag], destinations, immutable: false}]
  })
}

function isKnown({alias}: Side, estate: Estate): boolean {
  return alias === undefined || estate.accounts.has(alias)
}

function openMoves(moves: readonly RecordedMove[], routes: readonly Route[], sides: OpenSides): OpenMove[] {
  const endpoints = new Map(
    sides.requests.map(({source}, index) => [routes[index]?.source.host ?? '', source] as const),
  )
  return moves.map(({host, ...move}) => {
    const endpoint = endpoints.get(host)
    if (endpoint === undefined) throw new TypeError(`${host} was not opened`)
    return {...move, endpoint}
  })
}

/** Nobody is asked about nothing. */
async function consent(
  steps: readonly RollbackStep[],
  {callers}: OpenSides,
  {confirm}: RollbackWorld,
): Promise<boolean> {
  const moves = steps.flatMap(({verdict, move}) => (verdict === 'move' ? [move] : []))
  if (moves.length === 0) return false
  const labels = moves.map(({endpoint}) => endpoint.side.label)
  return confirm({
    tags: moves.length,
    repositories: new Set(moves.map(({endpoint, repository}) => `${endpoint.registry.host}/${repository}`))
      .size,
    destinations: [...new Set(labels)],
    callers,
  })
}

async function apply(
  steps: readonly RollbackStep[],
  {document, of, sides}: {document: PlanDocument; of: string; sides: OpenSides},
  order: RollbackOrder,
  {aws: {now, signal}, records}: RollbackWorld,
): Promise<{items: RollbackItem[]; record: string}> {
  const record = await openRecord(
    order.record ?? join(records, recordName('rollback', now())),
    {
      type: 'rollback',
      callers: sides.callers,
      destinations: [...new Set(steps.map(({move}) => move.endpoint.side))],
      plan: document.sha256,
      of,
    },
    now,
  )
  try {
    const items = await applyRollback(steps, {
      record,
      signal,
      concurrency: order.concurrency,
    })
    await record.end(exitCodeOf(items, signal), {...sides.traffic()})
    return {items, record: record.file}
  } finally {
    await record.close()
  }
}

function openOptions(
  {concurrency}: RollbackOrder,
  {aws, credentialsFor, retryForMs = 10 * 60_000, onEvent}: RollbackWorld,
  readOnly: boolean,
): OpenOptions {
  const context = {signal: aws.signal, now: aws.now, concurrency, retryForMs, onEvent}
  return {environment: {...aws, onEvent}, context, readOnly, credentialsFor}
}
