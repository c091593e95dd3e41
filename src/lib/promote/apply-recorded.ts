import {join} from 'node:path'
import {addTraffic, noTraffic} from '../oci/registry.ts'
import {wait as realWait} from '../oci/wait.ts'
import {recordName} from '../plan/run-record.ts'
import type {Looked} from '../replication/await-status.ts'
import {applyPromotion} from './apply.ts'
import {type Replicated, withReplicas} from './await-replicas.ts'
import {promotionExitCode} from './exit-code.ts'
import type {PromotionItem} from './model.ts'
import type {PromotionPlan} from './promote.ts'
import {openRecord, recordReplication} from './record.ts'
import type {Route} from './route.ts'
import type {PromotionOrder, PromotionWorld} from './run.ts'
import type {OpenSides} from './sides.ts'

/** What is applied. */
export interface Decided {
  readonly plan: PromotionPlan
  readonly routes: readonly Route[]
  /** Of the plan. */
  readonly sha256: string
}

/** What came of it, and what took part besides the sides. */
export interface Done extends Replicated {
  /** The file of the record; null when there is none. */
  readonly record: string | null
}

/**
 * Applies the plan with a record of it: who, from where to where, each write, what became of each image, and, where that is
 * waited for, how far it was replicated.
 */
export async function applyRecorded(
  {plan, routes, sha256}: Decided,
  sides: OpenSides,
  order: PromotionOrder,
  world: PromotionWorld,
): Promise<Done> {
  const {aws, records, replicationWaitMs = 2 * 60_000, onEvent} = world
  const {now, signal, wait = realWait} = aws
  const endpoints = sides.requests.flatMap(({destinations}) => destinations.map(({endpoint}) => endpoint))
  const record = await openRecord(
    order.record ?? join(records, recordName('promote', now())),
    {
      type: 'promotion',
      callers: sides.callers,
      destinations: [...new Set(endpoints)].map(({side}) => side),
      plan: sha256,
      images: routes.map(({source, repository, reference}) => `${source.host}/${repository} ${reference}`),
    },
    now,
  )
  try {
    const promoted = await applyPromotion(plan, {
      record,
      callers: new Map(endpoints.flatMap(({side, caller}) => (caller ? [[side.label, caller]] : []))),
      signal,
      now,
      wait,
      replicationWaitMs,
      concurrency: order.concurrency,
      ignoreRefusedReferrers: order.ignoreRefusedReferrers,
      onEvent,
    })
    const done = await furtherOn(promoted, order, world)
    await recordReplication(record, done.items)
    const traffic = addTraffic(sides.traffic(), done.traffic)
    await record.end(promotionExitCode(done.items, signal), {...traffic})
    return {...done, record: record.file}
  } finally {
    await record.close()
  }
}

function furtherOn(
  items: readonly PromotionItem[],
  {waitReplicationMs: waitMs, concurrency}: PromotionOrder,
  {estate, aws, random, deadlineAfter, onEvent}: PromotionWorld,
): Promise<Replicated> | Replicated {
  if (waitMs === undefined) return {items, callers: [], traffic: noTraffic()}
  const onLook = (looked: Looked) => onEvent({type: 'replication', looked})
  return withReplicas(items, {estate, aws, waitMs, concurrency, random, deadlineAfter, onLook})
}
