import {randomUUID} from 'node:crypto'
import {EcrError} from '../ecr-error.ts'
import type {Services} from '../services.ts'
import type {Repository, RepositoryId} from '../state/repository.ts'
import type {Table} from '../state/table.ts'
import {day} from '../time/durations.ts'
import {checkPolicy, printPolicyText} from './policy-check.ts'

/** The lifecycle policy of a repository. Times are milliseconds since the epoch. */
export interface StoredPolicy {
  /** As ECR gives it back. */
  readonly text: string
  readonly id: string
  /** Counts from 1. */
  readonly version: number
  /** 0 before the first time, as ECR has it. */
  readonly lastEvaluatedAt: number
  readonly nextRunAt: number
}

/** The daily run of a repository's policy. */
export interface PolicyTask extends RepositoryId {
  readonly kind: 'lifecycle-policy'
  readonly [member: string]: unknown
}

/**
 * Gives a repository a lifecycle policy. ECR acts within 24 hours: the sandbox takes them whole by default, so that what
 * passes a test relies on no more than that. A policy that takes another's place keeps its hour.
 *
 * @throws {EcrError} InvalidParameterException.
 */
export function putPolicy(services: Services, repository: Repository, text: string): StoredPolicy {
  checkPolicy(text)
  const before = tableOf(repository).get(only)
  const policy: StoredPolicy = {
    id: before?.id ?? randomUUID(),
    version: (before?.version ?? 0) + 1,
    text: printPolicyText(text),
    // That a policy which takes another's place counts as never evaluated is unconfirmed.
    lastEvaluatedAt: 0,
    nextRunAt: before?.nextRunAt ?? scheduleRun(services, repository, services.durations.lifecycle),
  }
  tableOf(repository).set(only, policy)
  return policy
}

/** @throws {EcrError} LifecyclePolicyNotFoundException. */
export function policyOf(repository: Repository): StoredPolicy {
  const policy = tableOf(repository).get(only)
  if (policy !== undefined) return policy
  const {name, account} = repository.id
  throw new EcrError(
    'LifecyclePolicyNotFoundException',
    `Lifecycle policy does not exist for the repository with name '${name}' in the registry with id '${account}'`,
  )
}

/** @throws {EcrError} LifecyclePolicyNotFoundException. */
export function deletePolicy(repository: Repository): StoredPolicy {
  const policy = policyOf(repository)
  tableOf(repository).delete(only)
  return policy
}

/** The policy that is due now; undefined when it was replaced, deleted or went with its repository since. */
export function duePolicy(repository: Repository, now: number): StoredPolicy | undefined {
  const policy = tableOf(repository).get(only)
  return policy?.nextRunAt === now ? policy : undefined
}

export function policyEvaluated(services: Services, repository: Repository, policy: StoredPolicy): void {
  tableOf(repository).set(only, {
    ...policy,
    lastEvaluatedAt: services.now(),
    nextRunAt: scheduleRun(services, repository, day),
  })
}

function scheduleRun({timeline, now}: Services, {id}: Repository, delay: number): number {
  const at = now() + delay
  const task: PolicyTask = {kind: 'lifecycle-policy', ...id}
  timeline.schedule(at, task)
  return at
}

const only = 'policy'

function tableOf(repository: Repository): Table<StoredPolicy> {
  return repository.table('lifecycle-policy')
}
