import {exitCodes, type GantryError} from '../errors.ts'
import {type ItemError, itemError} from '../plan/items.ts'
import type {SavedReposChange, SavedReposPlan} from './plan-file.ts'

/** What became of one resource, or of one entry of it. */
export interface ReposApplyItem {
  readonly registry: string
  /** Null where it is of the registry as a whole. */
  readonly repository: string | null
  /** Key of repos.yaml; `repository` for the repository itself. */
  readonly resource: string
  /** Of a resource with entries; else `''`. */
  readonly entry: string
  /** As the plan has it: `change-tag-mutability`; `compare` where it could not be read. */
  readonly verb: string
  /**
   * `unchanged`: it was what it is to be already; `blocked`: ECR cannot do it, or it was not told twice; `refused`: it is
   * not what it was when the plan was made; `skipped`: its repository could not be made; `interrupted`: the run was
   * stopped before it was done, or meanwhile.
   */
  readonly outcome:
    | 'applied'
    | 'unchanged'
    | 'planned'
    | 'blocked'
    | 'failed'
    | 'refused'
    | 'skipped'
    | 'interrupted'
  /** Images that go because of it: deleted with their repository, or expired or archived until the plan expires. */
  readonly images: number
  readonly error: ItemError | null
}

export type Outcome = ReposApplyItem['outcome']

export function toItem(
  {registry, repository, resource, entry, action}: SavedReposChange,
  outcome: Outcome,
  {images = 0, error}: {readonly images?: number; readonly error?: GantryError | undefined} = {},
): ReposApplyItem {
  return {
    registry: registry.label,
    repository,
    resource,
    entry,
    verb: action.verb,
    outcome,
    images,
    error: itemError(error),
  }
}

/** A change of a repository that was not made; why that is stands with the repository. */
export function skipped(change: SavedReposChange, repository: ReposApplyItem): ReposApplyItem {
  const {registry, action} = change
  const place = `${registry.label}/${change.repository}`
  return {
    ...toItem(change, 'skipped'),
    error: {
      code: 'SKIPPED',
      message: `${place}: ${action.verb} was not done, for the repository was not made.`,
      hints: [],
      exitCode: repository.error?.exitCode ?? exitCodes.partial,
    },
  }
}

/** What a plan leaves as it is. */
export function leftItems({left}: Pick<SavedReposPlan, 'left'>): ReposApplyItem[] {
  return left.map(each => ({...each, images: 0}))
}
