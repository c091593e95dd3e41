import type {EcrOperations} from '../../../../src/lib/sandbox/api/model/ecr.ts'
import type {Fields} from './model.ts'
import type {Setting} from './setting.ts'

/** Prepares a sandbox, and answers the input of the call that is then made. */
export type Prepare = (setting: Setting) => Fields | Promise<Fields>

/** What shows that an operation is there, whole. */
export interface Scenario {
  /** Ends in input that the operation takes. */
  readonly input: Prepare
  /** What brings about each of the model's errors, those aside that any operation can have. */
  readonly errors?: Readonly<Record<string, Prepare>>
  /** Account that makes the call; the first one by default. */
  readonly account?: string
}

export type Scenarios<Name extends keyof EcrOperations> = Readonly<Record<Name, Scenario>>

/** Errors of operations that name a repository. */
export const noRepository: Readonly<Record<string, Prepare>> = {
  RepositoryNotFoundException: () => ({repositoryName: 'no/such'}),
}

/** As `prepare`, in a repository that is not there. */
export function elsewhere(input: Fields): Readonly<Record<string, Prepare>> {
  return {RepositoryNotFoundException: () => ({...input, repositoryName: 'no/such'})}
}
