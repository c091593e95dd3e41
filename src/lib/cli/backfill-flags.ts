/** Arguments and flags of the commands on backfills: one name and one meaning in all of them. */
import {string as stringArg} from '@oclif/core/args'
import {boolean, string} from '@oclif/core/flags'
import type {Backfill} from '../ecr/backfill-api.ts'
import {isRunning} from '../replication/backfill-state.ts'
import {progressWords} from './backfill-result.ts'
import type {Context} from './context.ts'

export const registryArgs = {
  registry: stringArg({
    name: 'REGISTRY',
    ignoreStdin: true,
    description: 'ALIAS, ALIAS@REGION or host of the registry whose images go; the only one without.',
  }),
}

/** `--id`: which backfill. */
export const backfillId = (otherwise: string) =>
  string({helpValue: 'ID', summary: `The backfill; without it ${otherwise}.`})

export const changeFlags = {
  record: string({helpValue: 'FILE', summary: 'File for the record of the run.'}),
  'dry-run': boolean({summary: 'Look at everything and change nothing.'}),
}

/** Shows how a backfill gets on, from the first look on. */
export function backfillProgress({progress}: Context): (backfill: Backfill) => void {
  let display: ReturnType<Context['progress']['start']> | undefined
  let told = ''
  return backfill => {
    if (display === undefined) {
      display = progress.start('Waiting for the backfill', {noun: 'backfill', total: 1})
      display.task(backfill.id, `backfill ${backfill.id}`)
    }
    const words = progressWords(backfill)
    if (words === told) return
    told = words
    if (isRunning(backfill)) {
      display.update(backfill.id, {detail: words})
      display.log(`Backfill: ${words}.`)
    } else display.done(backfill.id, backfill.status === 'complete' ? 'done' : 'failed', words)
  }
}
