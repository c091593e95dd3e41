import type {LifecycleApi} from '../ecr/lifecycle-api.ts'
import {RefusalError} from '../errors.ts'
import type {PlanAction} from '../plan/document.ts'
import type {Door} from '../plan/door.ts'

/** What an action of a plan does to a repository's policy. */
export interface PolicyWrite {
  readonly api: LifecycleApi
  readonly repository: string
  readonly action: Pick<PlanAction, 'verb' | 'subject' | 'before' | 'after'>
  /** Whether a policy is what the action makes it; null for none. */
  readonly isDone: (policy: string | null) => boolean
  /** The plan's name, for messages. */
  readonly file: string
}

export interface WrittenPolicy {
  /** False when it was there already. */
  readonly isChanged: boolean
  /** The policy that ECR says is stored now; null for none. */
  readonly policy: string | null
}

/** Everything that this room may change. */
export interface LifecycleMutations {
  /** @throws {RefusalError} PLAN_STALE when the policy is not the one that the plan saw: it is left. */
  writePolicy(write: PolicyWrite): Promise<WrittenPolicy>
}

/** The writes of lifecycle policies through a door; nothing else in this room calls a mutating operation. */
export function lifecycleMutations(mutate: Door): LifecycleMutations {
  return {
    writePolicy({api, repository, action: {verb, subject, before, after}, isDone, file}) {
      return mutate<WrittenPolicy & {removed?: string | null}>({
        intent: {verb, subject, before, after},
        async look() {
          const policy = (await api.getPolicy(repository))?.text ?? null
          if (isDone(policy)) return {isChanged: false, policy}
          if (policy === before) return undefined
          throw new RefusalError(
            'PLAN_STALE',
            `${file} is stale: the lifecycle policy of ${subject} was changed while the plan was applied; it was left. Make a new plan.`,
          )
        },
        async act() {
          if (after !== null) return {isChanged: true, policy: await api.putPolicy(repository, after)}
          return {isChanged: true, policy: null, removed: await api.deletePolicy(repository)}
        },
        // So that a policy which somebody put there in the last moment is not lost.
        tell: ({removed}) => ({removed}),
      })
    },
  }
}
