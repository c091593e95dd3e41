import type {Repository} from '@aws-sdk/client-ecr'
import type {Estate} from '../config/estate.ts'
import type {InventoryRegistry} from '../ecr/inventory/model.ts'
import type {OpenRegistry} from '../ecr/inventory/registries.ts'
import type {Json} from '../plan/canonical.ts'
import type {ReposMutations} from './mutations.ts'

/** What a comparison takes from around it. */
export interface Where {
  readonly registry: InventoryRegistry
  readonly estate: Estate
  /** The repository; absent where a registry as a whole is meant. */
  readonly repository?: string
}

/** Where a resource is. */
export interface RegistryPlace {
  readonly at: OpenRegistry
}

export interface RepositoryPlace extends RegistryPlace {
  readonly name: string
  /** What DescribeRepositories tells of it, from a listing or asked for now; null when there is no such repository. */
  readonly described: () => Promise<Repository | null>
}

/** What a resource is to be. */
export interface Wanted<Live> {
  /** All of it, with what others made and what this version does not know; null when there is to be none. */
  readonly state: Live | null
  /** A line for each entry that others made and that stays. */
  readonly foreign: readonly string[]
  /** What cannot be told, or is to be thought of. */
  readonly notes: readonly string[]
  /** Why ECR cannot change it, and what to do instead: a whole sentence each. */
  readonly blocked?: string
}

/** One thing that changes, by its path within the resource. */
export interface DiffLine {
  readonly sign: '+' | '-' | '~'
  readonly path: string
  /** Absent with `+`. */
  readonly before?: Json
  /** Absent with `-`. */
  readonly after?: Json
}

/** A member of ECR's API and what says it in `repos.yaml`: `CreateRepository.imageTagMutability`, `tagMutability.mode`. */
export type FieldTable = Readonly<Record<string, string>>

/**
 * One subject of what a registry or a repository is configured with. `Setting` is what repos.yaml says of it; `Live` is
 * what ECR has: a plain JSON value in one form whatever the order in which ECR tells it. What this version does not know
 * of it is kept in it. Whether two mean the same is for `diff` to say: policies are kept as the text that others wrote.
 */
export interface Resource<Setting, Live, Place> {
  /** Key of repos.yaml. */
  readonly key: string
  /** What people call it: `lifecycle policy`. */
  readonly title: string
  /** Whether the key holds a mapping of entries, each of which is read, compared and changed alone. */
  readonly isKeyed: boolean
  /** Verbs of all requests that `apply` may send, as `mutations.ts` names them. */
  readonly verbs: readonly string[]
  readonly fields: FieldTable
  /**
   * By the key of each entry that there is; of a resource without entries its one value, by `''`, absent when there is none.
   *
   * @param keys the entries that are wanted, where those alone can be asked for; absent for all.
   */
  read(place: Place, keys?: readonly string[]): Promise<ReadonlyMap<string, Live>>
  /** Pure. `setting` null: it is to be removed. */
  desired(setting: Setting | null, live: Live | null, where: Where): Wanted<Live>
  /** Pure: what changes; nothing when both mean the same. */
  diff(live: Live | null, wanted: Live | null): readonly DiffLine[]
  /** Sends what leads from `live` to `wanted`. */
  apply(mutations: ReposMutations, change: ResourceChange<Live, Place>): Promise<void>
  /** Pure: what repos.yaml says of it; undefined when that is nothing. `desired(export(live), live)` changes nothing. */
  export(live: Live, where: Where): Setting | undefined
}

export interface ResourceChange<Live, Place> {
  readonly place: Place
  /** Of a keyed resource; else `''`. */
  readonly entry: string
  readonly live: Live | null
  readonly wanted: Live | null
}

export type RegistryResource<Setting = unknown, Live = unknown> = Resource<Setting, Live, RegistryPlace>
export type RepositoryResource<Setting = unknown, Live = unknown> = Resource<Setting, Live, RepositoryPlace>
