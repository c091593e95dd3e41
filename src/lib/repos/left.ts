/** What is not as repos.yaml says, and is no change to be made. */
import {exitCodes} from '../errors.ts'
import type {ItemError} from '../plan/items.ts'
import type {PlannedChange, Reconciliation} from './model.ts'
import {verbOf} from './subjects.ts'

/** What a plan leaves as it is: `blocked`, since ECR cannot change it, or `failed`, since it could not be read. */
export interface LeftAsItIs {
  /** Label of the registry. */
  readonly registry: string
  readonly repository: string | null
  readonly resource: string
  readonly entry: string
  /** What would be done; `compare` of what could not be read. */
  readonly verb: string
  readonly outcome: 'blocked' | 'failed'
  readonly error: ItemError
}

export function leftAsItIs({changes, unread}: Pick<Reconciliation, 'changes' | 'unread'>): LeftAsItIs[] {
  return [
    ...changes.filter(({kind}) => kind === 'blocked').map(blocked),
    ...unread.map(
      ({registry, repository, resource, error}): LeftAsItIs => ({
        registry: registry.label,
        repository,
        resource,
        entry: '',
        verb: 'compare',
        outcome: 'failed',
        error,
      }),
    ),
  ]
}

function blocked(change: PlannedChange): LeftAsItIs {
  const {registry, repository, resource, entry, before, after, remedy} = change
  const made = before === null ? 'create' : 'change'
  return {
    registry: registry.label,
    repository,
    resource,
    entry,
    verb: verbOf({resource, kind: after === null ? 'remove' : made}),
    outcome: 'blocked',
    error: {code: 'BLOCKED', message: remedy ?? '', hints: [], exitCode: exitCodes.partial},
  }
}
