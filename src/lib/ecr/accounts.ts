import type {Role} from '../config/estate.ts'
import {DeniedError, UsageError} from '../errors.ts'
import {baseIdentity, cachedCredentials, readTokenFile} from './credentials.ts'
import type {AwsEnvironment} from './environment.ts'
import {isAccountId, partitionOf} from './hosts.ts'
import type {AccountSession, CredentialSource} from './session.ts'
import {openSts, type Sts} from './sts.ts'

/** Whose credentials to use, and what must be true of them. */
export interface AccountSpec {
  /** Name in messages. */
  readonly alias?: string | undefined
  /** The account that the credentials must belong to, 12 digits. */
  readonly id?: string | undefined
  /** Account of the registry that will be asked, where `id` is not known; a sandbox takes its identity from it. */
  readonly registryAccount?: string | undefined
  readonly profile?: string | undefined
  readonly role?: Role | undefined
  /** Use the credentials of this account instead, by the other account's repository policies. */
  readonly via?: AccountSpec | undefined
  readonly region: string
}

/**
 * Gets credentials for an account and proves with GetCallerIdentity whose they are, before anything else is asked.
 *
 * @throws {DeniedError} WRONG_ACCOUNT, NO_CREDENTIALS, CREDENTIALS_EXPIRED, ACCESS_DENIED (of AssumeRole).
 * @throws {UsageError} INVALID_REGION, INVALID_SANDBOX, ENDPOINT_NOT_HTTPS: nothing was read or sent.
 */
export async function connectAccount(
  account: AccountSpec,
  environment: AwsEnvironment,
): Promise<AccountSession> {
  if (account.via !== undefined) return connectAccount({...account.via, region: account.region}, environment)

  const {region} = account
  const base = baseIdentity(
    {profile: account.profile, sandboxKey: sandboxKey(account, environment), region},
    environment,
  )
  const sts = openSts(region, base.renewal, environment)
  const credentials = assumed(account.role, cachedCredentials(base.load, environment.now), sts, environment)
  const {account: owner, arn} = await sts.getCallerIdentity(credentials)
  if (account.id !== undefined && owner !== account.id) throw wrongAccount(account, account.id, owner, arn)

  const {expiration} = await credentials.get()
  return {
    account: owner,
    arn,
    partition: partitionOf(region),
    region,
    credentials,
    ...(expiration === undefined ? {} : {expiresAt: expiration.getTime()}),
    renewal: base.renewal,
    traffic: sts.traffic,
    tokens: new Map(),
  }
}

/**
 * Proves whose the default credentials are, for the registry of somebody who has no repos.yaml.
 *
 * @param asked the region; without it that of the environment.
 * @throws {UsageError} NO_REGION, and what {@link connectAccount} throws.
 */
export async function defaultSession(
  asked: string | undefined,
  environment: AwsEnvironment,
): Promise<AccountSession> {
  const {env} = environment
  const region = asked ?? env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION']
  if (region !== undefined) return connectAccount({region}, environment)
  throw new UsageError(
    'NO_REGION',
    'There is no repos.yaml and no region. Name one with --region or AWS_REGION, or name the registry.',
  )
}

/** A key id of 12 digits is that account to the sandbox; a profile would have been the account's own identity. */
function sandboxKey(account: AccountSpec, {env}: AwsEnvironment): string | undefined {
  const key = env['AWS_ACCESS_KEY_ID']
  const own = account.id ?? account.registryAccount
  if (account.profile !== undefined && own !== undefined) return own
  return key !== undefined && isAccountId(key) ? key : own
}

function assumed(
  role: Role | undefined,
  base: CredentialSource,
  sts: Sts,
  environment: AwsEnvironment,
): CredentialSource {
  if (role === undefined) return base
  const {webIdentityTokenFile} = role
  const load =
    webIdentityTokenFile === undefined
      ? () => sts.assumeRole(role, base)
      : async () => sts.assumeRoleWithWebIdentity(role, await readTokenFile(webIdentityTokenFile))
  return cachedCredentials(load, environment.now)
}

function wrongAccount(account: AccountSpec, expected: string, actual: string, arn: string): DeniedError {
  const source =
    account.role?.arn ??
    (account.profile === undefined ? 'the default credentials' : `profile ${account.profile}`)
  return new DeniedError(
    'WRONG_ACCOUNT',
    `${account.alias ?? expected}: these credentials belong to account ${actual}, repos.yaml says ${expected}. Nothing was sent to ${expected}.`,
    {hints: [`They came from ${source} and are ${arn}. Name the right profile or role in repos.yaml.`]},
  )
}
