import {deletePolicy, policyOf, putPolicy, type StoredPolicy} from '../lifecycle/stored-policy.ts'
import type {Repository} from '../state/repository.ts'
import {type EcrHandlers, repositoryOf, seconds, where} from './operation.ts'

export const lifecycleOperations = {
  PutLifecyclePolicy: (call, input) => {
    const repository = repositoryOf(call, input)
    const {text} = putPolicy(call, repository, input.lifecyclePolicyText)
    return {...where(repository), lifecyclePolicyText: text}
  },

  GetLifecyclePolicy: (call, input) => {
    const repository = repositoryOf(call, input)
    return answer(repository, policyOf(repository))
  },

  DeleteLifecyclePolicy: (call, input) => {
    const repository = repositoryOf(call, input)
    return answer(repository, deletePolicy(repository))
  },
} satisfies Partial<EcrHandlers>

function answer(repository: Repository, {text, lastEvaluatedAt}: StoredPolicy) {
  return {...where(repository), lifecyclePolicyText: text, lastEvaluatedAt: seconds(lastEvaluatedAt)}
}
