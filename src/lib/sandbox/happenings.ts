import type {Events} from './events/event.ts'
import {runPolicy} from './lifecycle/run.ts'
import {activateImage} from './lifecycle/storage-class.ts'
import {stepBackfill} from './replication/backfill-steps.ts'
import {replicateDeletion} from './replication/deletion.ts'
import {replicate} from './replication/replicate.ts'
import {endScan} from './scanning/run.ts'
import type {Services} from './services.ts'
import {endSigning} from './signing/sign.ts'
import type {Task} from './time/timeline.ts'

/** What a task of one kind does; `services.now()` is the time at which it was due. */
export type Happening = (services: Services, task: never) => void | Promise<void>

/** What happens by itself, by the kind of the task. */
const happenings: ReadonlyMap<string, Happening> = new Map<string, Happening>([
  ['lifecycle-policy', runPolicy],
  ['image-activation', activateImage],
  ['replication', replicate],
  ['replication-deletion', replicateDeletion],
  ['replication-backfill', stepBackfill],
  ['scan', endScan],
  ['signing', endSigning],
])

/** Does one task. A task of a kind that is not known any more does nothing. */
export async function happen(services: Services, task: Task, at: number): Promise<void> {
  const events: Events = {emit: event => services.events.emit({at, ...event})}
  await happenings.get(task.kind)?.({...services, events, now: () => at}, task as never)
}
