import {invalidParameter} from '../ecr-error.ts'
import {aliasOf} from '../state/public-registry.ts'
import type {Repository} from '../state/repository.ts'
import {withTags} from '../state/resource-tags.ts'
import type {Repository as ApiRepository} from './model/ecr-public.ts'
import {type Call, type EcrPublicHandlers, seconds, where} from './operation.ts'
import {page, refusePaging} from './pages.ts'
import {readPolicy} from './policy-text.ts'
import {keepCatalogData} from './public-catalog.ts'
import {inPublic, publicRegistryOf, publicRepositoryId, publicRepositoryOf} from './public-registry.ts'
import {repositoryOperations} from './repositories.ts'
import {repositoryPolicyOperations} from './repository-policies.ts'
import {tagOperations} from './resource-tags.ts'

export const publicRepositoryOperations = {
  CreateRepository: (call, {repositoryName, catalogData, tags}) => {
    const id = publicRepositoryId(call.caller.account, repositoryName)
    const repository = call.world.createRepository(id, {
      createdAt: call.now(),
      tagMutability: {mode: 'MUTABLE', exclusions: []},
      scanOnPush: false,
      encryption: {encryptionType: 'AES256'},
      ...(tags === undefined ? {} : {tags: withTags({}, tags)}),
    })
    const answer = {repository: describe(call, repository)}
    return catalogData === undefined
      ? answer
      : {...answer, catalogData: keepCatalogData(repository, catalogData)}
  },

  DeleteRepository: (call, input) => {
    const repository = describe(call, publicRepositoryOf(call, input))
    repositoryOperations.DeleteRepository(...inPublic(call, input))
    return {repository}
  },

  DescribeRepositories: (call, input) => {
    const {registryId, repositoryNames} = input
    if (repositoryNames !== undefined) {
      refusePaging(input, 'repositoryNames')
      const named = repositoryNames.map(repositoryName => ({...input, repositoryName}))
      return {repositories: named.map(one => describe(call, publicRepositoryOf(call, one)))}
    }
    const registry = publicRegistryOf(call, registryId)
    const {items, ...next} = page(call, registry.account, input, from =>
      inOrder(call, registry.account, from),
    )
    return {repositories: items, ...next}
  },

  SetRepositoryPolicy: (call, input) => {
    const repository = publicRepositoryOf(call, input)
    const policy = readPolicy(call.world, input.policyText, 'public repository')
    repository.settings = {...repository.settings, policy}
    return repositoryPolicyOperations.GetRepositoryPolicy(...inPublic(call, input))
  },

  GetRepositoryPolicy: (call, input) =>
    repositoryPolicyOperations.GetRepositoryPolicy(...inPublic(call, input)),
  DeleteRepositoryPolicy: (call, input) =>
    repositoryPolicyOperations.DeleteRepositoryPolicy(...inPublic(call, input)),

  ...tagOperations(named),
} satisfies Partial<EcrPublicHandlers>

function* inOrder(
  call: Call,
  account: string,
  from: string,
): Generator<readonly [name: string, repository: ApiRepository]> {
  for (const [name] of publicRegistryOf(call, account).repositories.from(from)) {
    yield [name, describe(call, publicRepositoryOf(call, {registryId: account, repositoryName: name}))]
  }
}

function describe({world}: Call, repository: Repository): ApiRepository {
  const {account, name} = repository.id
  return {
    repositoryArn: `arn:aws:ecr-public::${account}:repository/${name}`,
    ...where(repository),
    repositoryUri: `public.ecr.aws/${aliasOf(world, account)}/${name}`,
    createdAt: seconds(repository.settings.createdAt),
  }
}

/** The repository of the caller's own that an ARN names. */
function named(call: Call, arn: string): Repository {
  const [, account, name] = /^arn:aws:ecr-public::(\d{12}):repository\/(.+)$/.exec(arn) ?? []
  if (account !== call.caller.account || name === undefined)
    throw invalidParameter('resourceArn', 'Invalid ARN')
  return publicRepositoryOf(call, {repositoryName: name})
}
