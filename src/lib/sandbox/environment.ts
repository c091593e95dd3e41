import {UsageError} from '../errors.ts'
import {isAccount, isRegion} from './identity/partition.ts'

type Environment = Record<string, string>

/**
 * What a child process needs to speak to the sandbox at `url` as the account.
 *
 * @throws {UsageError} INVALID_REGISTRY.
 */
export function directEnvironment(url: string, account: string, region: string): Environment {
  return {GANTRY_SANDBOX: url, AWS_ENDPOINT_URL: url, ...identity(account, region)}
}

/**
 * What a child process needs to speak to AWS's own host names as the account, and reach the sandbox by its proxy. Its
 * certificate is the only one that is trusted: nothing else is to be reached that way.
 *
 * @throws {UsageError} INVALID_REGISTRY.
 */
export function proxyEnvironment(
  {url, caFile}: {readonly url: string; readonly caFile: string},
  account: string,
  region: string,
): Environment {
  // Go and curl have NO_PROXY in either case, Python and others prefer the lower one.
  const direct = '127.0.0.1,localhost'
  return {
    HTTPS_PROXY: url,
    https_proxy: url,
    NO_PROXY: direct,
    no_proxy: direct,
    AWS_CA_BUNDLE: caFile,
    SSL_CERT_FILE: caFile,
    CURL_CA_BUNDLE: caFile,
    REQUESTS_CA_BUNDLE: caFile,
    NODE_EXTRA_CA_CERTS: caFile,
    NODE_USE_ENV_PROXY: '1',
    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true',
    ...identity(account, region),
  }
}

function identity(account: string, region: string): Environment {
  requireRegistry({account, region})
  return {
    AWS_ACCESS_KEY_ID: account,
    AWS_SECRET_ACCESS_KEY: 'sandbox',
    // Whatever the parent process has must not go along.
    AWS_SESSION_TOKEN: '',
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EC2_METADATA_DISABLED: 'true',
  }
}

/** @throws {UsageError} INVALID_REGISTRY. */
export function requireRegistry(registry: {readonly account: string; readonly region: string}): void {
  const {account, region} = registry
  if (isAccount(account) && isRegion(region)) return
  throw new UsageError(
    'INVALID_REGISTRY',
    `"${account}/${region}" is not a registry. Expected twelve digits and a region, such as 111111111111/eu-west-1.`,
  )
}
