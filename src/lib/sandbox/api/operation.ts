import type {Access} from '../access/access.ts'
import {repositoryNotFound} from '../ecr-error.ts'
import type {Caller} from '../identity/caller.ts'
import type {Services} from '../services.ts'
import type {Repository} from '../state/repository.ts'
import type {Registry} from '../state/world.ts'
import type {EcrOperations} from './model/ecr.ts'
import type {EcrPublicOperations} from './model/ecr-public.ts'

/** One call of the API: who asks, in which region. */
export interface Call extends Services {
  readonly operation: string
  readonly caller: Caller
  readonly access: Access
  readonly region: string
}

/**
 * What each operation does with input that satisfies the API's model, and answers as the model has it. It throws
 * EcrError to refuse.
 */
export type Handlers<
  Operations extends Record<keyof Operations, {readonly input: unknown; readonly output: object}>,
> = {
  readonly [Name in keyof Operations]: (
    call: Call,
    input: Operations[Name]['input'],
  ) => Operations[Name]['output'] | Promise<Operations[Name]['output']>
}

export type EcrHandlers = Handlers<EcrOperations>
export type EcrPublicHandlers = Handlers<EcrPublicOperations>

/** Whether an operation of this name could change a registry. */
export function isMutating(operation: string): boolean {
  return !/^(?:BatchCheck|BatchGet|Describe|Get|List|Validate)/.test(operation)
}

interface InRepository {
  readonly registryId?: string
  readonly repositoryName: string
}

/**
 * The repository that a call is about. That the caller has the permission was asked before the operation began.
 *
 * @throws {EcrError} RepositoryNotFoundException.
 */
export function repositoryOf({world, caller, region}: Call, input: InRepository): Repository {
  const {registryId: account = caller.account, repositoryName: name} = input
  const repository = world.repository({account, region, name})
  if (repository === undefined) throw repositoryNotFound(name, account)
  return repository
}

/** The registry that a call is about: the caller's own, unless it names another. */
export function registryOf(
  {world, caller, region}: Call,
  input: {readonly registryId?: string} = {},
): Registry {
  return world.registry(input.registryId ?? caller.account, region)
}

/** The two members that most answers about a repository begin with. */
export function where(repository: Repository): {
  readonly registryId: string
  readonly repositoryName: string
} {
  return {registryId: repository.id.account, repositoryName: repository.id.name}
}

/** AWS's JSON protocol has times as seconds since the epoch, a number. */
export function seconds(epochMs: number): number {
  return epochMs / 1000
}
