import type {OpenRegistries} from '../ecr/inventory/registries.ts'
import {FailureError, GantryError, RefusalError} from '../errors.ts'
import {exitCodeOf} from '../plan/items.ts'
import {openRunRecord} from '../plan/run-record.ts'
import {type CheckedChange, isDone} from './apply.ts'
import {type LifecycleApplyItem, notWritten, toItem} from './apply-items.ts'
import {type LifecycleMutations, lifecycleMutations} from './mutations.ts'

export interface WriteOptions extends PolicyWriteOptions {
  /** File of the record. */
  readonly record: string
  /** SHA-256 of the plan. */
  readonly planHash: string
}

/** What the writing of one policy depends on. */
export interface PolicyWriteOptions {
  /** The plan's name, for messages. */
  readonly file: string
  /** When the plan expires: who was asked may have been slow to answer. Milliseconds since the epoch. */
  readonly expiresAt: number
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
  options: WriteOptions,
): Promise<{items: LifecycleApplyItem[]; record: string}> {
  const {now, signal} = options
  const due = checked.filter(({state}) => state === 'due')
  const record = await openRunRecord(
    options.record,
    {type: 'lifecycle', callers: open.callers, plan: options.planHash},
    {now, planned: due.map(({saved: {action}}) => `${action.verb} ${action.subject}`)},
  )
  try {
    const mutations = lifecycleMutations(record.mutate)
    const items: LifecycleApplyItem[] = []
    for (const change of checked) {
      const item = await writeOnePolicy(change, open, mutations, options)
      await record.item({...item, error: item.error && {...item.error}})
      items.push(item)
    }
    await record.end(exitCodeOf(items, signal), {...open.traffic()})
    return {items, record: record.file}
  } finally {
    await record.close()
  }
}

const leavesPolicy: ReadonlySet<string> = new Set(['PLAN_EXPIRED', 'PLAN_STALE'])

/**
 * Writes the policy of a change that was checked, right after it was read once more.
 *
 * @returns also when it failed, was refused or was interrupted.
 * @throws {FailureError} JOURNAL_FAILED.
 */
export async function writeOnePolicy(
  change: CheckedChange,
  open: Pick<OpenRegistries, 'registryOf'>,
  mutations: LifecycleMutations,
  {file, expiresAt, now, signal}: PolicyWriteOptions,
): Promise<LifecycleApplyItem> {
  if (change.state === 'done') return notWritten(change)
  const {saved} = change
  const {registry, repository, action} = saved
  const isWanted = (policy: string | null) => isDone(saved, policy)
  try {
    signal.throwIfAborted()
    if (now() >= expiresAt) throw expired(file, action.subject)
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
    return toItem(change, leavesPolicy.has(error.code) ? 'refused' : 'failed', error)
  }
}

function expired(file: string, subject: string): RefusalError {
  return new RefusalError(
    'PLAN_EXPIRED',
    `${file} expired before it was applied; the lifecycle policy of ${subject} was left. Make a new plan.`,
  )
}
