import type {Looked} from '../replication/await-status.ts'
import type {Subject} from '../replication/look.ts'
import type {Context} from './context.ts'
import type {Progress} from './progress/progress.ts'
import {classWords} from './replication-matrix.ts'
import {count} from './text.ts'

/** Shows what is waited for; the display starts when there is something to wait for. */
export function replicationProgress({progress}: Pick<Context, 'progress'>): (looked: Looked) => void {
  let display: Progress | undefined
  let waitedFor: readonly Subject[] = []
  let told = ''
  return ({statuses, pending, pauseMs}) => {
    if (display === undefined && pauseMs === null) return
    display ??= progress.start('Waiting for replication', {noun: 'destination', total: pending.length})
    const wordOf = (subject: Subject) => classWords[statuses.get(subject)?.status.class ?? 'unreadable'].word
    const left = new Set(pending)
    for (const subject of waitedFor) {
      const isThere = statuses.get(subject)?.status.class === 'in-sync'
      if (left.has(subject)) display.update(idOf(subject), {detail: wordOf(subject)})
      else display.done(idOf(subject), isThere ? 'done' : 'failed', isThere ? undefined : wordOf(subject))
    }
    if (waitedFor.length === 0) for (const subject of pending) display.task(idOf(subject), titleOf(subject))
    waitedFor = pending
    const line = `Waiting for ${count(pending.length, 'destination')}: ${[...new Set(pending.map(wordOf))].join(', ')}.`
    if (line !== told && pauseMs !== null) display.log(line)
    told = line
  }
}

function idOf({source, repository, image, destination}: Subject): string {
  return `${source.registry.host}/${repository}@${image.digest} ${destination.registry.host}`
}

function titleOf({repository, image, destination}: Subject): string {
  const [tag] = image.tags
  const name = tag === undefined ? `@${image.digest.slice(0, 19)}` : `:${tag}`
  return `${repository}${name} → ${destination.registry.label}`
}
