import type {PromotionEvent, PromotionListener} from '../promote/events.ts'
import type {PromotionItem} from '../promote/model.ts'
import type {Context} from './context.ts'
import type {Outcome, Progress} from './progress/progress.ts'
import {replicationProgress} from './replication-progress.ts'
import {scanProgress} from './scan-gate-progress.ts'
import {count} from './text.ts'

/**
 * Shows the events of a promotion: what gates wait for while there is something to wait for, then what is copied, from
 * the first image on, and then what replication is waited for.
 */
export function promotionProgress({progress, note}: Context): PromotionListener {
  let waiting: Progress | undefined
  const tellScan = scanProgress({
    progress: {start: (...words) => (waiting = progress.start(...words))},
  })
  const tellReplication = replicationProgress({
    progress: {start: (...words) => (waiting = progress.start(...words))},
  })
  const bytes = new Map<string, number>()
  let display: Progress | undefined
  let images = 0

  return event => {
    switch (event.type) {
      case 'phase':
        images = event.images
        break
      case 'refused':
        tellRefused(event, note)
        break
      case 'start':
        display ??= progress.start('Promoting', {noun: 'image', total: images, verb: 'copied'})
        display.task(event.id, event.title)
        display.update(event.id, {totalBytes: event.bytes})
        break
      case 'bytes': {
        const sum = (bytes.get(event.id) ?? 0) + event.bytes
        bytes.set(event.id, sum)
        display?.update(event.id, {bytes: sum})
        break
      }
      case 'end':
        bytes.delete(event.id)
        // What was interrupted has not ended: it stays among the unfinished.
        if (event.item.outcome !== 'interrupted')
          display?.done(event.id, outcomeOf(event.item), event.item.error?.message)
        break
      case 'retry':
        tellRetry(event, (display ?? waiting)?.log ?? note)
        break
      case 'judged':
        waiting?.stop()
        waiting = undefined
        break
      case 'replication':
        display?.stop()
        display = undefined
        tellReplication(event.looked)
        break
      case 'scan-pending':
      case 'scan-started':
      case 'scan-not-started':
      case 'scan-known':
        tellScan(event)
        break
    }
  }
}

/** The whole report, before the first byte: what is shown at the end is what became of the others as well. */
function tellRefused(
  {items, others}: Extract<PromotionEvent, {type: 'refused'}>,
  log: (line: string) => void,
): void {
  const rest = others === 0 ? 'nothing is left to promote' : `${count(others, 'image')} can be`
  log(`${count(items.length, 'image')} cannot be promoted; ${rest}:`)
  for (const {target, error} of items) {
    if (error === null) continue
    log(`  ${error.message.includes(target) ? '' : `${target}: `}${error.message}`)
    for (const hint of error.hints) log(`    ${hint}`)
  }
}

function tellRetry(
  {host, request, reason, delayMs}: Extract<PromotionEvent, {type: 'retry'}>,
  log: (line: string) => void,
): void {
  log(`${host}: ${reason} at ${request}; trying again in ${(delayMs / 1000).toFixed(1)} s`)
}

function outcomeOf({outcome}: PromotionItem): Outcome {
  if (outcome === 'promoted') return 'done'
  return outcome === 'failed' ? 'failed' : 'skipped'
}
