import type {Account, Estate} from '../config/estate.ts'
import {UsageError} from '../errors.ts'
import type {AccountSpec} from './accounts.ts'

/** A private registry, and the account of repos.yaml that it was named by. */
interface NamedRegistry {
  readonly alias?: string
  readonly account: string
  readonly region: string
}

/** Whose credentials an account of repos.yaml is reached with: its own, or those of the account that it goes `via`. */
export function accountSpec(account: Account, region: string, estate: Estate): AccountSpec {
  const {alias, id, profile, role} = account
  const via = account.via === undefined ? undefined : estate.accounts.get(account.via)
  return {alias, id, region, profile, role, via: via && accountSpec(via, region, estate)}
}

/**
 * Whose credentials a private registry is asked with: those of its account in repos.yaml, else the default ones.
 *
 * @throws {UsageError} UNKNOWN_ACCOUNT.
 */
export function registrySpec({alias, account: id, region}: NamedRegistry, estate: Estate): AccountSpec {
  if (alias === undefined) return {registryAccount: id, region}
  const account = estate.accounts.get(alias)
  if (account !== undefined) return accountSpec(account, region, estate)
  throw new UsageError('UNKNOWN_ACCOUNT', `${estate.file ?? 'repos.yaml'} names no account "${alias}".`)
}

/**
 * Names the identity that a registry is asked with. Two regions of an account share an identity, and an account shares
 * that of the one it goes `via`; a registry outside repos.yaml is asked with the default one.
 */
export function identityOf(
  {alias, host}: {readonly alias?: string; readonly host: string},
  estate: Estate,
): string {
  if (alias === undefined) return `host ${host}`
  return `alias ${estate.accounts.get(alias)?.via ?? alias}`
}
