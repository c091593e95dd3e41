import type {LifecycleApi} from '../ecr/lifecycle-api.ts'
import {GantryError} from '../errors.ts'
import type {Journal} from '../plan/journal.ts'

/** What an action of a plan does to a repository's policy. */
export interface PolicyWrite {
  readonly api: LifecycleApi
  readonly repository: string
  /** Host and repository, for the record. */
  readonly subject: string
  readonly before: string | null
  /** Null to delete the policy. */
  readonly after: string | null
}

/** Everything that this room may change: each with its intent on the disk before, and its outcome after. */
export interface LifecycleMutations {
  /** @returns the policy that ECR says is stored now; null for none. */
  writePolicy(write: PolicyWrite): Promise<string | null>
}

/**
 * The one door through which lifecycle policies are written; nothing else in this room calls a mutating operation.
 *
 * @param now milliseconds since the epoch.
 */
export function journaledMutations(journal: Journal, now: () => number): LifecycleMutations {
  const at = () => new Date(now()).toISOString()
  let count = 0
  return {
    async writePolicy({api, repository, subject, before, after}) {
      const id = ++count
      const verb = after === null ? 'delete-lifecycle-policy' : 'put-lifecycle-policy'
      await journal.write({type: 'intent', id, at: at(), verb, subject, before, after})
      try {
        const stored = after === null ? null : await api.putPolicy(repository, after)
        if (after === null) await api.deletePolicy(repository)
        await journal.write({type: 'outcome', id, at: at(), result: 'done'})
        return stored
      } catch (error) {
        const [code, message] =
          error instanceof GantryError ? [error.code, error.message] : ['INTERRUPTED', String(error)]
        journal.note({type: 'outcome', id, at: at(), result: 'failed', code, message})
        throw error
      }
    },
  }
}
