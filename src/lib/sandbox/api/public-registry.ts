import {EcrError, repositoryNotFound} from '../ecr-error.ts'
import type {Events} from '../events/event.ts'
import {isAccount} from '../identity/partition.ts'
import {accountOfAlias, aliasOf, publicly} from '../state/public-registry.ts'
import type {Repository} from '../state/repository.ts'
import type {Registry, World} from '../state/world.ts'
import type {Registry as ApiRegistry} from './model/ecr-public.ts'
import type {Call, EcrPublicHandlers} from './operation.ts'

export const publicRegistryOperations = {
  DescribeRegistries: call => ({registries: [describe(call.world, call.caller.account)]}),

  GetRegistryCatalogData: call => ({registryCatalogData: {displayName: displayNameOf(call)}}),

  PutRegistryCatalogData: (call, {displayName = ''}) => {
    catalogOf(call).set('displayName', displayName)
    return {registryCatalogData: {displayName}}
  },
} satisfies Partial<EcrPublicHandlers>

/**
 * What a request names with its registry's account in the place of its alias.
 *
 * @throws {EcrError} RegistryNotFoundException (the wording is unconfirmed).
 */
export function withAccount<Input extends {readonly registryId?: string}>(world: World, input: Input): Input {
  const {registryId} = input
  if (registryId === undefined || isAccount(registryId)) return input
  const account = accountOfAlias(world, registryId)
  if (account !== undefined) return {...input, registryId: account}
  throw new EcrError('RegistryNotFoundException', `The registry with id '${registryId}' does not exist`)
}

/** A call as those of private registries are. What happens in public ones is told to nobody. */
export function inPublic<Input>(call: Call, input: Input): readonly [call: Call, input: Input] {
  const events: Events = {emit: () => undefined}
  return [{...call, region: publicly, events}, input]
}

export function publicRegistryOf({world, caller}: Call, account = caller.account): Registry {
  return world.registry(account, publicly)
}

/** @throws {EcrError} RepositoryNotFoundException. */
export function publicRepositoryOf(
  {world, caller}: Call,
  {
    registryId: account = caller.account,
    repositoryName: name,
  }: {readonly registryId?: string; readonly repositoryName: string},
): Repository {
  const repository = world.repository({account, region: publicly, name})
  if (repository === undefined) throw repositoryNotFound(name, account)
  return repository
}

export function publicRepositoryId(account: string, name: string) {
  return {account, region: publicly, name}
}

function describe(world: World, account: string): ApiRegistry {
  const name = aliasOf(world, account)
  return {
    registryId: account,
    registryArn: `arn:aws:ecr-public::${account}:registry/${account}`,
    registryUri: `public.ecr.aws/${name}`,
    verified: false,
    aliases: [{name, status: 'ACTIVE', primaryRegistryAlias: true, defaultRegistryAlias: true}],
  }
}

function displayNameOf(call: Call): string {
  return catalogOf(call).get('displayName') ?? ''
}

function catalogOf(call: Call) {
  return publicRegistryOf(call).table<string>('public-catalog')
}
