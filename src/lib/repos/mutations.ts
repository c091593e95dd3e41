import type {TagMutabilitySetting} from '../config/settings.ts'
import type {OpenRegistry} from '../ecr/inventory/registries.ts'
import type {Json} from '../plan/canonical.ts'
import type {Door} from '../plan/door.ts'
import type {RepositoryPlace} from './resource.ts'

/** The change that requests belong to. */
export interface ChangeAtDoor {
  /** As the plan names it: the registry's host, the repository, the resource and its entry. */
  readonly subject: string
  readonly before: Json
  readonly after: Json
  /** Looks right before the first request: true when there is nothing left to be done. @throws {RefusalError} PLAN_STALE. */
  readonly look: () => Promise<boolean>
}

/** Everything that this room may change, one method for each operation of ECR; the verb of each is its name in kebab case. */
export interface ReposMutations {
  putTagMutability(place: RepositoryPlace, setting: TagMutabilitySetting): Promise<void>
  putAccountSetting(at: OpenRegistry, name: string, value: string): Promise<void>
}

/** The requests of one change through a door; nothing else in this room calls a mutating operation. */
export function reposMutations(mutate: Door, change: ChangeAtDoor): ReposMutations {
  const {subject, before, after} = change
  let looked: Promise<boolean> | undefined
  const send = async (verb: string, act: () => Promise<unknown>): Promise<void> => {
    await mutate<true>({
      intent: {verb, subject, before, after},
      async look() {
        looked ??= change.look()
        return (await looked) || undefined
      },
      async act() {
        await act()
        return true
      },
    })
  }
  return {
    putTagMutability: ({at, name}, {mode, except}) =>
      send('put-tag-mutability', () => at.api.repositories.putTagMutability(name, mode, except)),
    putAccountSetting: (at, name, value) =>
      send('put-account-setting', () => at.api.settings.putAccountSetting(name, value)),
  }
}
