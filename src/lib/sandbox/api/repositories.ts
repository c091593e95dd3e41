import {EcrError} from '../ecr-error.ts'
import {registryHost} from '../identity/partition.ts'
import {openRepository, requireOwnRegistry} from '../state/access.ts'
import type {Repository, RepositorySettings} from '../state/repository.ts'
import {type TagMutability, tagMutabilities, tagMutabilityOf} from '../state/tag-mutability.ts'
import {inRepository, paging, registryId, repositoryName} from './members.ts'
import {type Call, operation, repositoryOf, seconds, where} from './operation.ts'
import {page, refusePaging} from './pages.ts'
import {boolean, list, oneOf, required, structure, text} from './shapes.ts'

const imageTagMutability = oneOf(tagMutabilities)
const imageTagMutabilityExclusionFilters = list(
  structure({
    filterType: required(oneOf(['WILDCARD'])),
    filter: required(text({min: 1, max: 128, pattern: /^[0-9a-zA-Z._*-]{1,128}$/})),
  }),
  {min: 1, max: 5},
)

export const repositoryOperations = {
  CreateRepository: operation({
    mutating: true,
    input: structure({
      ...inRepository,
      imageTagMutability,
      imageTagMutabilityExclusionFilters,
      imageScanningConfiguration: structure({scanOnPush: boolean}),
      encryptionConfiguration: structure({
        encryptionType: required(oneOf(['AES256', 'KMS', 'KMS_DSSE'])),
        kmsKey: text({min: 1, max: 2048}),
      }),
    }),
    run: (call, input) => {
      const account = input.registryId ?? call.caller.account
      requireOwnRegistry(call.caller, account, 'CreateRepository')
      const repository = call.world.createRepository(
        {account, region: call.region, name: input.repositoryName},
        {
          createdAt: call.now(),
          tagMutability: requestedMutability(input),
          scanOnPush: input.imageScanningConfiguration?.scanOnPush ?? false,
          encryption: input.encryptionConfiguration ?? {encryptionType: 'AES256'},
        },
      )
      return {repository: describe(repository)}
    },
  }),

  DeleteRepository: operation({
    mutating: true,
    input: structure({...inRepository, force: boolean}),
    run: (call, input) => {
      const repository = repositoryOf(call, input)
      if (repository.images.size > 0 && input.force !== true) {
        const {name, account} = repository.id
        throw new EcrError(
          'RepositoryNotEmptyException',
          `The repository with name '${name}' in registry with id '${account}' cannot be deleted because it still contains images`,
        )
      }
      call.world.deleteRepository(repository)
      return {repository: describe(repository)}
    },
  }),

  DescribeRepositories: operation({
    mutating: false,
    input: structure({
      registryId,
      ...paging(),
      repositoryNames: list(repositoryName, {min: 1, max: 100}),
    }),
    run: (call, input) => {
      const account = input.registryId ?? call.caller.account
      if (input.repositoryNames !== undefined) {
        refusePaging(input, 'repositoryNames')
        return {repositories: input.repositoryNames.map(name => describe(named(call, account, name)))}
      }
      requireOwnRegistry(call.caller, account, 'DescribeRepositories')
      const {repositories} = call.world.registry(account, call.region)
      const {items, ...next} = page(call, account, input, from => repositories.from(from))
      return {repositories: items.map(describe), ...next}
    },
  }),

  PutImageTagMutability: operation({
    mutating: true,
    input: structure({
      ...inRepository,
      imageTagMutability: required(imageTagMutability),
      imageTagMutabilityExclusionFilters,
    }),
    run: (call, input) => {
      const repository = repositoryOf(call, input)
      const tagMutability = requestedMutability(input)
      repository.settings = {...repository.settings, tagMutability}
      return {...where(repository), ...describeMutability(repository.settings)}
    },
  }),
}

function named(call: Call, account: string, name: string): Repository {
  return openRepository(call.world, call.caller, {account, region: call.region, name}, 'DescribeRepositories')
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

function describe(repository: Repository): object {
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

function describeMutability({tagMutability}: RepositorySettings): object {
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
