import type {OpenRegistries} from '../ecr/inventory/registries.ts'
import {FailureError, GantryError} from '../errors.ts'
import {exitCodeOf} from '../plan/items.ts'
import {openRunRecord} from '../plan/run-record.ts'
import {type CheckedChange, isDone} from './apply.ts'
import {type LifecycleApplyItem, notWritten, toItem} from './apply-items.ts'
import {type LifecycleMutations, lifecycleMutations} from './mutations.ts'

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
 * @throws as `openRunRecord`: nothing is written that cannot be recorded.
 */
export async function writePolicies(
  checked: readonly CheckedChange[],
  open: OpenRegistries,
  {file, record: recordFile, planHash, now, signal}: WriteOptions,
): Promise<{items: LifecycleApplyItem[]; record: string}> {
  const due = checked.filter(({state}) => state === 'due')
  const record = await openRunRecord(
    recordFile,
    {type: 'lifecycle', callers: open.callers, plan: planHash},
    {now, planned: due.map(({saved: {action}}) => `${action.verb} ${action.subject}`)},
  )
  try {
    const mutations = lifecycleMutations(record.mutate)
    const items: LifecycleApplyItem[] = []
    for (const change of checked) {
      const item = await writeOne(change, open, mutations, {file, signal})
      await record.item({...item, error: item.error && {...item.error}})
      items.push(item)
    }
    await record.end(exitCodeOf(items, signal), {...open.traffic()})
    return {items, record: record.file}
  } finally {
    await record.close()
  }
}

async function writeOne(
  change: CheckedChange,
  open: OpenRegistries,
  mutations: LifecycleMutations,
  {file, signal}: Pick<WriteOptions, 'file' | 'signal'>,
): Promise<LifecycleApplyItem> {
  if (change.state === 'done') return notWritten(change)
  const {saved} = change
  const {registry, repository, action} = saved
  const isWanted = (policy: string | null) => isDone(saved, policy)
  try {
    signal.throwIfAborted()
    const {isChanged, policy} = await mutations.writePolicy({
      api: open.registryOf(registry.host).api.lifecycle,
      repository,
      action,
      isDone: isWanted,
      file,
    })
    if (!isChanged) return toItem(change, 'unchanged')
    if (isWanted(policy)) return toItem(change, 'applied')
    const message = `${action.subject}: ECR stored another lifecycle policy than was sent. Look at it with gantry lifecycle plan.`
    return toItem(change, 'failed', new FailureError('POLICY_NOT_STORED', message))
  } catch (error) {
    if (error instanceof GantryError && error.code === 'JOURNAL_FAILED') throw error
    if (signal.aborted) return toItem(change, 'interrupted')
    if (!(error instanceof GantryError)) throw error
    return toItem(change, error.code === 'PLAN_STALE' ? 'refused' : 'failed', error)
  }
}
