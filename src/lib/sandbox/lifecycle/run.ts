import type {LifecycleImage} from '../../lifecycle/clocks.ts'
import type {Decision} from '../../lifecycle/evaluate.ts'
import type {Services} from '../services.ts'
import type {Repository} from '../state/repository.ts'
import {expireImage} from './expire.ts'
import {decide} from './images.ts'
import {tellRun} from './lifecycle-events.ts'
import {readPolicy} from './policy-shape.ts'
import {followSubjects} from './referrers.ts'
import {archiveImage} from './storage-class.ts'
import {duePolicy, type PolicyTask, policyEvaluated} from './stored-policy.ts'

/** Does what the policy of a repository says, if it still has the one that was due. */
export function runPolicy(services: Services, task: PolicyTask): void {
  const repository = services.world.repository(task)
  const stored = repository === undefined ? undefined : duePolicy(repository, services.now())
  if (repository === undefined || stored === undefined) return
  followSubjects(services, repository)
  const policy = readPolicy(stored.text)
  const {carriedOut, blocked} = decide(repository, policy, services.now())
  for (const decision of carriedOut) carryOut(services, repository, decision)
  policyEvaluated(services, repository, stored)
  tellRun(services, repository, {name: 'PolicyExecutionEvent', ...stored, ...policy, carriedOut, blocked})
}

function carryOut(services: Services, repository: Repository, decision: Decision<LifecycleImage>): void {
  const act = decision.action.type === 'expire' ? expireImage : archiveImage
  act(services, repository, decision.image.digest)
}
