import type {Caller} from '../identity/caller.ts'
import type {Seal} from '../identity/seal.ts'
import {openRepository} from '../state/access.ts'
import type {Repository} from '../state/repository.ts'
import type {World} from '../state/world.ts'
import type {Shape} from './shapes.ts'

/** What every plane of the sandbox works with. */
export interface Services {
  readonly world: World
  readonly seal: Seal
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Origin of download links, `http://127.0.0.1:PORT`. */
  readonly downloads: () => string
}

/** One call of the API: who asks, in which region. */
export interface Call extends Services {
  readonly operation: string
  readonly caller: Caller
  readonly region: string
}

export interface Operation {
  readonly mutating: boolean
  /** @throws {EcrError} what the operation answers instead. */
  readonly run: (call: Call, input: unknown) => Promise<object>
}

/** Makes an operation of its input's shape and what it does with input that satisfies it. */
export function operation<T>(definition: {
  readonly mutating: boolean
  readonly input: Shape<T>
  readonly run: (call: Call, input: T) => object | Promise<object>
}): Operation {
  return {
    mutating: definition.mutating,
    run: async (call, input) => definition.run(call, definition.input.check(input, 'input')),
  }
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
