import {join} from 'node:path'
import type {ReplicationRule} from '@aws-sdk/client-ecr'
import type {Backfill} from '../ecr/backfill-api.ts'
import type {InventoryRegistry} from '../ecr/inventory/model.ts'
import type {OtherRegistry} from '../ecr/inventory/other-registry.ts'
import {transferCost, transferPrice} from '../ecr/transfer-cost.ts'
import {type ExitCode, exitCodes, GantryError, RefusalError, UsageError} from '../errors.ts'
import {recordName} from '../plan/run-record.ts'
import type {BackfillRun, BackfillWorld, ChangeWorld, WatchWorld} from './backfill-model.ts'
import {openSource, resolveRegistry} from './backfill-open.ts'
import {changeBackfill} from './backfill-record.ts'
import {sizeOf} from './backfill-size.ts'
import {assertStartable, listBackfills} from './backfill-state.ts'
import {awaitBackfill, deadlineOf, exitCodeOf} from './backfill-watch.ts'
import {expectedDestinations} from './expected.ts'

/** What `gantry backfill start` was asked for. */
export interface BackfillStartOrder {
  /** `ALIAS[@REGION]` or a host; undefined where there is only one. */
  readonly source: string | undefined
  readonly destination: string
  readonly dryRun: boolean
  /** Milliseconds to wait for its end; undefined starts it only. */
  readonly waitMs: number | undefined
  /** File for the record; without it one in the folder of records. */
  readonly record: string | undefined
}

type StartWorld = BackfillWorld & ChangeWorld & WatchWorld

/**
 * Starts a backfill: counts first what it moves at most, asks, and looks right before whether ECR's limits allow it.
 *
 * @throws {UsageError} SAME_REGISTRY, and what `openSource` throws; {RefusalError} NOT_IN_RULES, BACKFILL_IN_PROGRESS,
 *   TOO_MANY_BACKFILLS (exit 7); what keeps the size from being known.
 */
export async function runBackfillStart(order: BackfillStartOrder, world: StartWorld): Promise<BackfillRun> {
  const {aws, estate} = world
  const began = aws.now()
  const destination = await resolveRegistry(order.destination, world)
  const source = await openSource(order.source, order.dryRun ? 'look' : 'change', world)
  try {
    const {registry, caller} = source
    const rules = await source.api.registry.replicationRules()
    assertRoute(rules, registry, destination)
    assertStartable(await listBackfills(source), destination, registry)
    const size = await sizeOf(source, rules, destination)
    const price = transferPrice(registry.host, destination.host, estate.prices.transfer)
    const transfer = transferCost(size.bytes, price)
    const run = {
      registry,
      destination,
      size,
      transfer,
      backfill: null,
      callers: [caller],
      warnings: [],
      record: null,
      exitCode: exitCodes.done,
    }
    const question = {...run, verb: 'start', source: registry, caller} as const
    const isNothing = size.replications === 0
    const agreed = !isNothing && !order.dryRun && (await world.confirm(question))
    const done = agreed
      ? await start(source, destination, run, order, world)
      : ({...run, outcome: isNothing ? 'nothing' : 'planned'} as const)
    return {...done, traffic: source.traffic(), durationMs: aws.now() - began}
  } finally {
    source.api.close()
  }
}

/** @throws {UsageError} SAME_REGISTRY; {RefusalError} NOT_IN_RULES, with the rules that would lead there. */
function assertRoute(
  rules: readonly ReplicationRule[],
  registry: InventoryRegistry,
  {account, region, host, label}: InventoryRegistry,
): void {
  if (host === registry.host)
    throw new UsageError(
      'SAME_REGISTRY',
      `${registry.label} cannot be replicated to itself. Name another registry with --to.`,
    )
  // Rules that are not understood are an error, whatever they are for.
  expectedDestinations(rules, '')
  const places = rules.flatMap(({destinations = []}) => destinations)
  if (places.some(place => place.registryId === account && place.region === region)) return
  const wanted = {rules: [...rules, {destinations: [{region, registryId: account}]}]}
  const replaces = rules.length > 0 ? ' It replaces all rules: those that there are stand in it, too.' : ''
  throw new RefusalError(
    'NOT_IN_RULES',
    `No replication rule of ${registry.label} leads to ${label}, and ECR backfills only where a rule leads. Nothing was started.`,
    {
      hints: [
        `Add the rule in account ${registry.account}: aws ecr put-replication-configuration --region ${registry.region} --replication-configuration '${JSON.stringify(wanted)}'${replaces}`,
      ],
    },
  )
}

type Started = Omit<BackfillRun, 'traffic' | 'durationMs'>

async function start(
  source: OtherRegistry,
  destination: InventoryRegistry,
  run: Omit<Started, 'outcome'>,
  order: BackfillStartOrder,
  world: StartWorld,
): Promise<Started> {
  const {now} = world.aws
  const file = order.record ?? join(world.records, recordName('backfill', now()))
  const {account, region} = destination
  const startedAt = now()
  const id = await changeBackfill(source, {verb: 'start', to: destination, file, now}, mutations =>
    mutations.startBackfill(source, {account, region}),
  )
  const backfill: Backfill = {
    id,
    destination: {account, region},
    status: 'preparing',
    progress: null,
    failureCode: null,
    startedAt,
    endedAt: null,
  }
  const started: Started = {...run, outcome: 'started', backfill, record: file}
  return order.waitMs === undefined ? started : watch(source, started, order.waitMs, world)
}

/** What was started is told, whatever keeps it from being watched. */
async function watch(
  source: OtherRegistry,
  started: Started & {readonly backfill: Backfill | null},
  waitMs: number,
  world: StartWorld,
): Promise<Started> {
  const {backfill} = started
  if (backfill === null) return started
  let known: Backfill = backfill
  const told = (exitCode: ExitCode, warnings: readonly string[] = []) => ({
    ...started,
    backfill: known,
    exitCode,
    warnings,
  })
  const onLook = (seen: Backfill) => {
    known = seen
    world.onLook?.(seen)
  }
  try {
    await awaitBackfill(
      source,
      backfill.id,
      {waitMs, deadline: deadlineOf(waitMs, world)},
      {...world, onLook},
    )
    return told(exitCodeOf(known))
  } catch (error) {
    // Whoever ended the run says so.
    if (world.aws.signal.aborted) return told(exitCodes.undetermined)
    if (!(error instanceof GantryError)) throw error
    if (error.code === 'NOT_IN_TIME') return told(exitCodes.undetermined)
    return told(error.exitCode, [`The backfill was started, and cannot be watched: ${error.message}`])
  }
}
