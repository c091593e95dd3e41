import type {ScanEvent} from '../scan/await-evidence.ts'
import type {Scanned} from '../scan/read-evidence.ts'
import type {Context} from './context.ts'
import type {Progress} from './progress/progress.ts'

/** Shows what is waited for; the display starts when there is something to wait for. */
export function scanProgress({progress}: Pick<Context, 'progress'>): (event: ScanEvent) => void {
  let display: Progress | undefined
  const waitedFor = new Set<string>()
  return event => {
    const id = idOf(event.of)
    if (event.type === 'scan-known') {
      if (!waitedFor.delete(id)) return
      const isThere = event.evidence.kind === 'scanned'
      display?.done(id, isThere ? 'done' : 'failed', isThere ? undefined : event.evidence.reason)
      return
    }
    display ??= progress.start('Waiting for scans', {noun: 'scan'})
    if (!waitedFor.has(id)) display.task(id, titleOf(event.of))
    waitedFor.add(id)
    if (event.type === 'scan-started') display.log(`A scan of ${titleOf(event.of)} was begun.`)
    else if (event.type === 'scan-not-started') display.log(`${titleOf(event.of)}: ${event.reason}`)
    else display.update(id, {detail: event.why.status ?? 'no scan yet'})
  }
}

function idOf({registry, repository, digest}: Scanned): string {
  return `${registry}/${repository}@${digest}`
}

function titleOf({text, platform}: Scanned): string {
  return platform === null ? text : `${text} ${platform}`
}
