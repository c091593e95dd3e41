import type {LoginItem} from '../login/login.ts'
import type {RegistrationItem} from '../login/register-helper.ts'
import type {Style} from './style.ts'
import {type Column, table} from './table.ts'

/** What the registration of the credential helper did: a line a registry. */
export function viewRegistration(file: string, items: readonly RegistrationItem[]): string {
  const lines = items.map(({registry, outcome}) => `${outcome.padEnd('registered'.length)}  ${registry}`)
  return [`docker-credential-gantry in ${file}:`, ...lines].join('\n')
}

/** A row a login, then each failure in full, once. */
export function viewLogins(items: readonly LoginItem[], style: Style): string {
  const columns: Column<LoginItem>[] = [
    {header: 'REGISTRY', value: item => item.registry},
    {header: 'TOOL', value: item => item.tool},
    {
      header: 'OUTCOME',
      value: item => item.outcome,
      paint: (text, item) => (item.error === null ? style.good(text) : style.bad(text)),
    },
    {header: 'UNTIL', value: item => item.expiresAt ?? ''},
  ]
  const troubles = items.flatMap(({registry, error}) =>
    error === null ? [] : [`${registry}: ${error.message}`, ...error.hints.map(hint => `  ${hint}`)],
  )
  return [table(items, columns, style), ...new Set(troubles)].join('\n')
}
