import {randomBytes} from 'node:crypto'
import type {OpenRegistries} from '../ecr/inventory/registries.ts'
import {FailureError, GantryError, RefusalError} from '../errors.ts'
import {openJournal} from '../plan/journal.ts'
import {type CheckedChange, isDone} from './apply.ts'
import {exitCodeOf, type LifecycleApplyItem, notWritten, toItem} from './apply-items.ts'
import {journaledMutations, type LifecycleMutations} from './mutations.ts'

export interface WriteOptions {
  /** The plan's name, for messages. */
  readonly file: string
  /** File of the record. */
  readonly record: string
  /** SHA-256 of the plan. */
  readonly planHash: string
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly signal: AbortSignal
}

/**
 * Writes the policies that are due, one after the other, so that whoever interrupts it knows where it was. One that fails
 * does not stop the others: repositories do not depend on each other.
 *
 * @throws as `openJournal` and its `write`: nothing is written that cannot be recorded.
 */
export async function writePolicies(
  checked: readonly CheckedChange[],
  open: OpenRegistries,
  {file, record, planHash, now, signal}: WriteOptions,
): Promise<{items: LifecycleApplyItem[]; record: string}> {
  const at = () => new Date(now()).toISOString()
  const journal = await openJournal(record)
  try {
    const callers = open.callers.map(caller => ({...caller}))
    await journal.write({type: 'lifecycle', schemaVersion: 1, at: at(), callers, plan: planHash})
    const mutations = journaledMutations(journal, now)
    const items: LifecycleApplyItem[] = []
    for (const change of checked) {
      const item = signal.aborted ? notWritten(change) : await writeOne(change, open, mutations, file)
      await journal.write({type: 'item', at: at(), ...item, error: item.error && {...item.error}})
      items.push(item)
    }
    const exitCode = exitCodeOf(items, signal)
    await journal.write({type: 'end', at: at(), exitCode, traffic: {...open.traffic()}})
    return {items, record: journal.file}
  } finally {
    await journal.close()
  }
}

async function writeOne(
  change: CheckedChange,
  open: OpenRegistries,
  mutations: LifecycleMutations,
  file: string,
): Promise<LifecycleApplyItem> {
  if (change.state === 'done') return notWritten(change)
  const {registry, repository, action} = change.saved
  const {subject, before, after} = action
  const {lifecycle} = open.registryOf(registry.host).api
  try {
    const today = (await lifecycle.getPolicy(repository))?.text ?? null
    if (isDone(change.saved, today)) return toItem(change, 'unchanged')
    if (today !== before) {
      const message = `${file} is stale: the lifecycle policy of ${subject} was changed while the plan was applied; it was left. Make a new plan.`
      return toItem(change, 'refused', new RefusalError('PLAN_STALE', message))
    }
    const stored = await mutations.writePolicy({api: lifecycle, repository, subject, before, after})
    if (isDone(change.saved, stored)) return toItem(change, 'applied')
    const message = `${subject}: ECR stored another lifecycle policy than was sent. Look at it with gantry lifecycle plan.`
    return toItem(change, 'failed', new FailureError('POLICY_NOT_STORED', message))
  } catch (error) {
    if (!(error instanceof GantryError) || error.code === 'JOURNAL_FAILED') throw error
    return toItem(change, 'failed', error)
  }
}

/** Name of a record's file: sorts by time, and two runs of one millisecond get different ones. */
export function recordName(now: number): string {
  const time = new Date(now).toISOString().replaceAll(/[:.]/g, '-')
  return `lifecycle-${time}-${randomBytes(3).toString('hex')}.jsonl`
}
