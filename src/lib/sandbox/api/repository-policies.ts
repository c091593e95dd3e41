import {EcrError, invalidParameter} from '../ecr-error.ts'
import {isPolicy} from '../state/policy.ts'
import type {Repository} from '../state/repository.ts'
import {type EcrHandlers, repositoryOf, where} from './operation.ts'
import {printPolicy} from './policy-text.ts'

export const repositoryPolicyOperations = {
  SetRepositoryPolicy: (call, input) => {
    const repository = repositoryOf(call, input)
    repository.settings = {...repository.settings, policy: parsePolicy(input.policyText)}
    return answer(repository)
  },

  GetRepositoryPolicy: (call, input) => answer(repositoryOf(call, input)),

  DeleteRepositoryPolicy: (call, input) => {
    const repository = repositoryOf(call, input)
    const deleted = answer(repository)
    const {policy: _, ...settings} = repository.settings
    repository.settings = settings
    return deleted
  },
} satisfies Partial<EcrHandlers>

function parsePolicy(policyText: string): object {
  try {
    const policy: unknown = JSON.parse(policyText)
    if (isPolicy(policy)) return policy
  } catch {
    // Not JSON: the same answer.
  }
  throw invalidParameter('PolicyText', 'Invalid repository policy provided')
}

function answer(repository: Repository) {
  const {policy} = repository.settings
  if (policy !== undefined) return {...where(repository), policyText: printPolicy(policy)}
  const {name, account} = repository.id
  throw new EcrError(
    'RepositoryPolicyNotFoundException',
    `Repository policy does not exist for the repository with name '${name}' in the registry with id '${account}'`,
  )
}
