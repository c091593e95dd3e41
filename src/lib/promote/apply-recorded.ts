import {join} from 'node:path'
import {wait as realWait} from '../oci/wait.ts'
import {recordName} from '../plan/run-record.ts'
import {applyPromotion} from './apply.ts'
import {promotionExitCode} from './exit-code.ts'
import type {PromotionItem} from './model.ts'
import type {PromotionPlan} from './promote.ts'
import {openRecord} from './record.ts'
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

/** Applies the plan with a record of it: who, from where to where, each write, and what became of each image. */
export async function applyRecorded(
  {plan, routes, sha256}: Decided,
  sides: OpenSides,
  order: PromotionOrder,
  {aws, records, replicationWaitMs = 2 * 60_000, onEvent}: PromotionWorld,
): Promise<{items: PromotionItem[]; record: string}> {
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
    const items = await applyPromotion(plan, {
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
    await record.end(promotionExitCode(items, signal), {...sides.traffic()})
    return {items, record: record.file}
  } finally {
    await record.close()
  }
}
