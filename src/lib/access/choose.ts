import type {Estate} from '../config/estate.ts'
import {repositoryPattern} from '../config/match.ts'
import {UsageError} from '../errors.ts'
import {oneLine} from '../oci/one-line.ts'
import type {GeneratedPolicies} from './generate.ts'

/** A pattern of repositories from the command line. @throws {UsageError} INVALID_PATTERN. */
export function checkedPattern(text: string): string {
  if (repositoryPattern.test(text)) return text
  throw new UsageError(
    'INVALID_PATTERN',
    `--repository "${oneLine(text)}" is no pattern of repositories, such as payments/** or payments/api.`,
  )
}

/**
 * The policy of one account's identity alone.
 *
 * @throws {UsageError} UNKNOWN_ACCOUNT, NO_POLICY.
 */
export function policyOfAccount(
  {policies, warnings}: GeneratedPolicies,
  alias: string,
  {accounts, file = 'repos.yaml'}: Estate,
): GeneratedPolicies {
  const account = accounts.get(alias)
  if (account === undefined) {
    const names = [...accounts.keys()].join(', ')
    throw new UsageError(
      'UNKNOWN_ACCOUNT',
      `${file} names no account "${oneLine(alias)}". It names ${names}.`,
    )
  }
  const {via} = account
  if (via !== undefined)
    throw new UsageError(
      'NO_POLICY',
      `${alias} is asked with the credentials of ${via}. Use --account ${via}.`,
    )
  const own = policies.filter(({kind, name}) => kind === 'identity' && name === alias)
  if (own.length === 0)
    throw new UsageError(
      'NO_POLICY',
      `${alias} needs no permissions for that: no route of ${file} leads there.`,
    )
  const rest = policies.length - own.length
  const more = `${rest} other ${rest === 1 ? 'policy is' : 'policies are'} needed, too; they are shown without --account.`
  return {policies: own, warnings: rest === 0 ? warnings : [...warnings, more]}
}
