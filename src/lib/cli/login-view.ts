import type {LoginItem} from '../login/login.ts'
import type {RegistrationItem} from '../login/register-helper.ts'
import type {Style} from './style.ts'
import {type Column, table} from './table.ts'

/** What the registration of the credential helper did: a line a registry. */
export function viewRegistration(file: string, items: readonly RegistrationItem[]): string {
  const lines = items.map(({registry, outcome}) => `${outcome.padEnd('registered'.length)}  ${registry}`)
  return [`docker-credential-gantry in ${file}:`, ...lines].join('\n')
}

/** A row a login, how long they hold, then each failure in full, once. */
export function viewLogins(items: readonly LoginItem[], style: Style): string {
  const columns: Column<LoginItem>[] = [
    {header: 'REGISTRY', value: item => item.registry},
    {header: 'ACCOUNT', value: item => item.alias ?? item.account ?? ''},
    {header: 'TOOL', value: item => item.tool},
    {
      header: 'OUTCOME',
      value: item => item.outcome,
      paint: (text, item) => (item.error === null ? style.good(text) : style.bad(text)),
    },
  ]
  const troubles = items.flatMap(({registry, error}) =>
    error === null ? [] : [`${registry}: ${error.message}`, ...error.hints.map(hint => `  ${hint}`)],
  )
  return [table(items, columns, style), ...validity(items), ...new Set(troubles)].join('\n')
}

/** When the first of the passwords ends, to the minute. */
function validity(items: readonly LoginItem[]): readonly string[] {
  const [first] = items
    .flatMap(({expiresAt, error}) => (error === null && expiresAt ? [expiresAt] : []))
    .toSorted()
  return first === undefined ? [] : [`Valid until ${first.slice(0, 16).replace('T', ' ')}Z.`]
}
