/** What an export writes down: all that was read, in the words of repos.yaml. */
import type {Account} from '../../config/estate.ts'
import type {Json} from '../../plan/canonical.ts'

/** By key of repos.yaml (`encryption`), and of a mapping whose entries stand for themselves by key and entry: `tags.team`. */
export type Said = ReadonlyMap<string, Json>

/** A registry of an account of the file. */
export interface ExportedPlace {
  readonly alias: string
  readonly region: string
  /** What is said of the registry as a whole; null where that is not exported. */
  readonly registry: Said | null
  /** By name. */
  readonly repositories: ReadonlyMap<string, Said>
}

export interface ExportedWorld {
  /** In the order of the file. */
  readonly accounts: readonly Account[]
  /** In the order of the accounts and their regions. */
  readonly places: readonly ExportedPlace[]
  /**
   * Whether these are all repositories of all registries of the accounts. Only then is anything said of more than one
   * repository or registry at once: what was not looked at must not be told how to be.
   */
  readonly isWhole: boolean
}
