import type {Events} from '../events/event.ts'
import type {Caller} from '../identity/caller.ts'
import type {Seal} from '../identity/seal.ts'
import {openRepository} from '../state/access.ts'
import type {Repository} from '../state/repository.ts'
import type {World} from '../state/world.ts'
import type {Timeline} from '../time/timeline.ts'
import type {EcrOperations} from './model/ecr.ts'
import type {EcrPublicOperations} from './model/ecr-public.ts'

/** What every plane of the sandbox works with. */
export interface Services {
  readonly world: World
  readonly seal: Seal
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly timeline: Timeline
  readonly events: Events
  /** Origin of download links, `http://127.0.0.1:PORT`. */
  readonly downloads: () => string
}

/** One call of the API: who asks, in which region. */
export interface Call extends Services {
  readonly operation: string
  readonly caller: Caller
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
 * The repository that a call is about; the caller needs the permission that has the operation's name, or `action`.
 *
 * @throws {EcrError} AccessDeniedException, RepositoryNotFoundException.
 */
export function repositoryOf(call: Call, input: InRepository, action = call.operation): Repository {
  const account = input.registryId ?? call.caller.account
  return openRepository(
    call.world,
    call.caller,
    {account, region: call.region, name: input.repositoryName},
    action,
  )
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
