import type {Estate} from '../config/estate.ts'
import {accountSpec} from '../ecr/account-spec.ts'
import {connectAccount} from '../ecr/accounts.ts'
import type {AwsEnvironment} from '../ecr/environment.ts'
import type {AccountSession} from '../ecr/session.ts'
import {getAuthorizationToken} from '../ecr/tokens.ts'
import type {Identities} from './tokens.ts'

/** The identities of an estate: an account of `repos.yaml` by its own profile or role, any other by the default chain. */
export function estateIdentities(estate: Estate, environment: AwsEnvironment): Identities<AccountSession> {
  return {
    async connect({alias, account, region}) {
      const known = alias === undefined ? undefined : estate.accounts.get(alias)
      const spec =
        known === undefined ? {registryAccount: account, region} : accountSpec(known, region, estate)
      return await connectAccount(spec, environment)
    },
    async issue(session, {awsHost}) {
      const {username, password, expiresAt} = await getAuthorizationToken(session, awsHost, environment)
      return {username, password, expiresAt: new Date(expiresAt)}
    },
  }
}
