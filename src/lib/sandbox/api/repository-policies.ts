import {EcrError, invalidParameter} from '../ecr-error.ts'
import {isPolicy} from '../state/policy.ts'
import type {Repository} from '../state/repository.ts'
import {inRepository} from './members.ts'
import {operation, repositoryOf, where} from './operation.ts'
import {printPolicy} from './policy-text.ts'
import {boolean, required, structure, text} from './shapes.ts'

export const repositoryPolicyOperations = {
  SetRepositoryPolicy: operation({
    mutating: true,
    input: structure({
      ...inRepository,
      policyText: required(text({max: 10_240})),
      // Lets a policy lock its author out; here nobody of the own account is kept from setting policies.
      force: boolean,
    }),
    run: (call, input) => {
      const repository = repositoryOf(call, input)
      repository.settings = {...repository.settings, policy: parsePolicy(input.policyText)}
      return answer(repository)
    },
  }),

  GetRepositoryPolicy: operation({
    mutating: false,
    input: structure(inRepository),
    run: (call, input) => answer(repositoryOf(call, input)),
  }),

  DeleteRepositoryPolicy: operation({
    mutating: true,
    input: structure(inRepository),
    run: (call, input) => {
      const repository = repositoryOf(call, input)
      const deleted = answer(repository)
      const {policy: _, ...settings} = repository.settings
      repository.settings = settings
      return deleted
    },
  }),
}

function parsePolicy(policyText: string): object {
  try {
    const policy: unknown = JSON.parse(policyText)
    if (isPolicy(policy)) return policy
  } catch {
    // Not JSON: the same answer.
  }
  throw invalidParameter('PolicyText', 'Invalid repository policy provided')
}

function answer(repository: Repository): object {
  const {policy} = repository.settings
  if (policy !== undefined) return {...where(repository), policyText: printPolicy(policy)}
  const {name, account} = repository.id
  throw new EcrError(
    'RepositoryPolicyNotFoundException',
    `Repository policy does not exist for the repository with name '${name}' in the registry with id '${account}'`,
  )
}
