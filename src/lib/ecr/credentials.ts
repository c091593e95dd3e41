import {readFile} from 'node:fs/promises'
import {DeniedError, GantryError, UsageError} from '../errors.ts'
import {oneLine} from '../oci/one-line.ts'
import {noTraffic} from '../oci/registry.ts'
import type {AwsHttpHandler} from './aws-http.ts'
import type {AwsEnvironment} from './environment.ts'
import {kindOf, readFault} from './faults.ts'
import {isAccountId} from './hosts.ts'
import type {AwsCredentials, CredentialSource} from './session.ts'

const refreshBeforeMs = 5 * 60_000

/**
 * Wraps `load` so that it runs once for all who ask at the same time, and again five minutes before the credentials
 * expire (for those that live shorter, after half of their life).
 */
export function cachedCredentials(load: () => Promise<AwsCredentials>, now: () => number): CredentialSource {
  let current: {readonly credentials: AwsCredentials; readonly staleAt: number} | undefined
  let loading: Promise<AwsCredentials> | undefined

  const reload = async (): Promise<AwsCredentials> => {
    const loadedAt = now()
    const credentials = await load()
    const expiresAt = credentials.expiration?.getTime() ?? Number.POSITIVE_INFINITY
    current = {
      credentials,
      staleAt: Math.max(expiresAt - refreshBeforeMs, loadedAt + (expiresAt - loadedAt) / 2),
    }
    return credentials
  }

  return {
    async get() {
      if (current !== undefined && now() < current.staleAt) return current.credentials
      loading ??= reload().finally(() => {
        loading = undefined
      })
      return loading
    },
    renew() {
      current = undefined
    },
  }
}

/** Where the credentials of an account that assumes no role come from. */
export interface BaseIdentity {
  readonly load: () => Promise<AwsCredentials>
  /** How a user gets new ones. */
  readonly renewal: string
}

/**
 * The identity before any role is assumed. An explicit profile wins, then the key in the environment, `AWS_PROFILE` and
 * the rest of the SDK's chain, in the order of the AWS CLI.
 *
 * In a sandbox it is a dummy key whose id is the account: nothing real is read.
 */
export function baseIdentity(
  account: {
    readonly profile?: string | undefined
    readonly sandboxKey?: string | undefined
    readonly region: string
  },
  environment: AwsEnvironment,
): BaseIdentity {
  const {env} = environment
  if (environment.sandboxUrl !== undefined) return sandboxIdentity(account.sandboxKey)

  const profile = account.profile ?? environment.defaultProfile
  if (profile !== undefined) return profileIdentity(profile, account.region, environment)

  const accessKeyId = env['AWS_ACCESS_KEY_ID']
  const secretAccessKey = env['AWS_SECRET_ACCESS_KEY']
  if (accessKeyId && secretAccessKey) {
    const sessionToken = env['AWS_SESSION_TOKEN']
    return {
      load: async () => ({accessKeyId, secretAccessKey, ...(sessionToken ? {sessionToken} : {})}),
      renewal: 'set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN anew',
    }
  }
  const named = env['AWS_PROFILE']
  return named
    ? profileIdentity(named, account.region, environment)
    : defaultIdentity(account.region, environment)
}

/** The sandbox takes the account from a key id of 12 digits. */
function sandboxIdentity(key: string | undefined): BaseIdentity {
  return {
    async load() {
      if (key === undefined || !isAccountId(key)) {
        throw new UsageError(
          'NO_SANDBOX_ACCOUNT',
          'GANTRY_SANDBOX is set, and there is no account to act as. Set AWS_ACCESS_KEY_ID to its 12 digits.',
        )
      }
      return {accessKeyId: key, secretAccessKey: 'sandbox'}
    },
    renewal: 'start the sandbox again',
  }
}

function profileIdentity(profile: string, region: string, environment: AwsEnvironment): BaseIdentity {
  const renewal = `aws sso login --profile ${profile}, or however this profile gets its credentials`
  return {
    renewal,
    load: () =>
      fromSdk(renewal, region, environment, async options => {
        const {fromIni} = await import('@aws-sdk/credential-providers')
        return fromIni({profile, ...options})()
      }),
  }
}

function defaultIdentity(region: string, environment: AwsEnvironment): BaseIdentity {
  const renewal = 'aws sso login, or name a profile (--profile) or a key (AWS_ACCESS_KEY_ID)'
  return {
    renewal,
    load: () =>
      fromSdk(renewal, region, environment, async options => {
        const {defaultProvider} = await import('@aws-sdk/credential-provider-node')
        return defaultProvider(options)()
      }),
  }
}

/** Runs a provider of the SDK with the files of the environment, and our way to the network for those that ask STS or SSO. */
async function fromSdk(
  renewal: string,
  region: string,
  environment: AwsEnvironment,
  load: (options: ProviderOptions) => Promise<AwsCredentials>,
): Promise<AwsCredentials> {
  const {AwsHttpHandler} = await import('./aws-http.ts')
  const requestHandler = new AwsHttpHandler({environment, traffic: noTraffic(), maxSockets: 1})
  const {AWS_SHARED_CREDENTIALS_FILE: filepath, AWS_CONFIG_FILE: configFilepath} = environment.env
  try {
    return await load({
      ignoreCache: true,
      clientConfig: {requestHandler},
      // A profile with a web identity takes its way from here alone.
      parentClientConfig: {region, requestHandler},
      ...(filepath ? {filepath} : {}),
      ...(configFilepath ? {configFilepath} : {}),
    })
  } catch (error) {
    const fault = readFault(error)
    if (error instanceof GantryError || kindOf(fault) !== 'credentials') throw error
    const said = oneLine(fault.message, 300).replace(/\.$/, '')
    throw new DeniedError('NO_CREDENTIALS', `No AWS credentials: ${said}. Get them: ${renewal}.`, {
      cause: error,
    })
  } finally {
    requestHandler.destroy()
  }
}

interface ProviderOptions {
  readonly ignoreCache: true
  readonly clientConfig: {readonly requestHandler: AwsHttpHandler}
  readonly parentClientConfig: {readonly region: string; readonly requestHandler: AwsHttpHandler}
  readonly filepath?: string
  readonly configFilepath?: string
}

/**
 * The web identity token in `file`, read anew for each use because its owner rotates it.
 *
 * @throws {DeniedError} NO_CREDENTIALS when it cannot be read.
 */
export async function readTokenFile(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim()
  } catch (error) {
    const code = readFault(error).networkCode ?? 'cannot be read'
    throw new DeniedError('NO_CREDENTIALS', `The web identity token file ${oneLine(file)}: ${code}.`, {
      cause: error,
    })
  }
}
