import type {Caller} from '../identity/caller.ts'
import type {Repository} from './repository.ts'
import type {Table} from './table.ts'
import type {Registry, World} from './world.ts'

/** A user or role whose pulls don't change the time of the last pull. */
export interface PullTimeExclusion {
  readonly createdAt: number
}

/** By the ARN of the user or role. */
export function pullTimeExclusionsOf(registry: Registry): Table<PullTimeExclusion> {
  return registry.table('pull-time-exclusion')
}

/** Keeps the time of a pull, unless its registry leaves out pulls of this caller. */
export function recordPull(
  world: World,
  caller: Caller,
  repository: Repository,
  digest: string,
  now: number,
): void {
  const {account, region} = repository.id
  if (pullTimeExclusionsOf(world.registry(account, region)).has(caller.principalArn)) return
  repository.recordPull(digest, now)
}
