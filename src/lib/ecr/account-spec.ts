import type {Account, Estate} from '../config/estate.ts'
import type {AccountSpec} from './accounts.ts'

/** Whose credentials an account of repos.yaml is reached with: its own, or those of the account that it goes `via`. */
export function accountSpec(account: Account, region: string, estate: Estate): AccountSpec {
  const {alias, id, profile, role} = account
  const via = account.via === undefined ? undefined : estate.accounts.get(account.via)
  return {alias, id, region, profile, role, via: via && accountSpec(via, region, estate)}
}
