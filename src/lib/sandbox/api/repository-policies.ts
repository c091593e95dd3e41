import {EcrError, invalidParameter} from '../ecr-error.ts'
import type {Repository} from '../state/repository.ts'
import {type EcrHandlers, repositoryOf, where} from './operation.ts'
import {printPolicy, readPolicy} from './policy-text.ts'

export const repositoryPolicyOperations = {
  SetRepositoryPolicy: (call, input) => {
    const repository = repositoryOf(call, input)
    const policy = readPolicy(call.world, input.policyText, 'repository')
    if (input.force !== true && !call.access.allowedUnder(policy, 'SetRepositoryPolicy', repository.id)) {
      // The API reference tells of this refusal; its exception and words are unconfirmed.
      throw invalidParameter(
        'PolicyText',
        'The policy would prevent you from setting another policy. Use force to set it anyway',
      )
    }
    repository.settings = {...repository.settings, policy}
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

function answer(repository: Repository) {
  const {policy} = repository.settings
  if (policy !== undefined) return {...where(repository), policyText: printPolicy(policy)}
  const {name, account} = repository.id
  throw new EcrError(
    'RepositoryPolicyNotFoundException',
    `Repository policy does not exist for the repository with name '${name}' in the registry with id '${account}'`,
  )
}
