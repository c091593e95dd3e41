import {EcrError} from '../ecr-error.ts'
import {registryHost} from '../identity/partition.ts'
import {encryptionFor} from '../state/encryption.ts'
import type {Repository, RepositorySettings} from '../state/repository.ts'
import {withTags} from '../state/resource-tags.ts'
import {type TagMutability, tagMutabilityOf} from '../state/tag-mutability.ts'
import type {Registry} from '../state/world.ts'
import type {Repository as ApiRepository} from './model/ecr.ts'
import {type Call, type EcrHandlers, repositoryOf, seconds, where} from './operation.ts'
import {page, refusePaging} from './pages.ts'

export const repositoryOperations = {
  CreateRepository: (call, input) => {
    const account = input.registryId ?? call.caller.account
    const repository = call.world.createRepository(
      {account, region: call.region, name: input.repositoryName},
      {
        createdAt: call.now(),
        tagMutability: requestedMutability(input),
        scanOnPush: input.imageScanningConfiguration?.scanOnPush ?? false,
        encryption: encryptionFor({account, region: call.region}, input.encryptionConfiguration),
        ...(input.tags === undefined ? {} : {tags: withTags({}, input.tags)}),
      },
    )
    return {repository: describe(repository)}
  },

  DeleteRepository: (call, input) => {
    const repository = repositoryOf(call, input)
    if (repository.size > 0 && input.force !== true) {
      const {name, account} = repository.id
      throw new EcrError(
        'RepositoryNotEmptyException',
        `The repository with name '${name}' in registry with id '${account}' cannot be deleted because it still contains images`,
      )
    }
    const deleted = describe(repository)
    call.world.deleteRepository(repository)
    return {repository: deleted}
  },

  DescribeRepositories: (call, input) => {
    const account = input.registryId ?? call.caller.account
    if (input.repositoryNames !== undefined) {
      refusePaging(input, 'repositoryNames')
      return {repositories: input.repositoryNames.map(name => describe(named(call, account, name)))}
    }
    const registry = call.world.registry(account, call.region)
    const {items, ...next} = page(call, account, input, from => inOrder(call, registry, from))
    return {repositories: items, ...next}
  },

  PutImageTagMutability: (call, input) => {
    const repository = repositoryOf(call, input)
    const tagMutability = requestedMutability(input)
    repository.settings = {...repository.settings, tagMutability}
    return {...where(repository), ...describeMutability(repository.settings)}
  },
} satisfies Partial<EcrHandlers>

function* inOrder(
  {world}: Call,
  {account, region, repositories}: Registry,
  from: string,
): Generator<readonly [name: string, repository: ApiRepository]> {
  for (const [name] of repositories.from(from)) {
    const repository = world.repository({account, region, name})
    if (repository !== undefined) yield [name, describe(repository)]
  }
}

function named(call: Call, account: string, name: string): Repository {
  return repositoryOf(call, {registryId: account, repositoryName: name})
}

function requestedMutability(input: {
  readonly imageTagMutability?: TagMutability['mode']
  readonly imageTagMutabilityExclusionFilters?: readonly {readonly filter: string}[]
}): TagMutability {
  const {imageTagMutability: mode = 'MUTABLE', imageTagMutabilityExclusionFilters: filters} = input
  return tagMutabilityOf(
    mode,
    filters?.map(({filter}) => filter),
  )
}

function describe(repository: Repository): ApiRepository {
  const {id, settings} = repository
  return {
    repositoryArn: repository.arn,
    ...where(repository),
    repositoryUri: `${registryHost(id.account, id.region)}/${id.name}`,
    createdAt: seconds(settings.createdAt),
    ...describeMutability(settings),
    imageScanningConfiguration: {scanOnPush: settings.scanOnPush},
    encryptionConfiguration: settings.encryption,
  }
}

function describeMutability({
  tagMutability,
}: RepositorySettings): Pick<ApiRepository, 'imageTagMutability' | 'imageTagMutabilityExclusionFilters'> {
  const {mode, exclusions} = tagMutability
  return {
    imageTagMutability: mode,
    ...(exclusions.length === 0
      ? {}
      : {
          imageTagMutabilityExclusionFilters: exclusions.map(filter => ({filterType: 'WILDCARD', filter})),
        }),
  }
}
