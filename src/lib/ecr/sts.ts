import type {STSClient} from '@aws-sdk/client-sts'
import {noTraffic, type Traffic} from '../oci/registry.ts'
import {clientDefaults, required} from './client.ts'
import {type AwsEnvironment, endpointOptions, identityContext} from './environment.ts'
import {withRetries} from './retry.ts'
import type {AwsCredentials, CredentialSource} from './session.ts'

type Sdk = typeof import('@aws-sdk/client-sts')

export interface AssumedRole {
  readonly arn: string
  readonly externalId?: string | undefined
  readonly sessionName?: string | undefined
}

export interface CallerIdentity {
  readonly account: string
  readonly arn: string
}

/** The three operations of STS that Gantry uses; the only importer of its client. */
export interface Sts {
  readonly traffic: Traffic
  getCallerIdentity(credentials: CredentialSource): Promise<CallerIdentity>
  assumeRole(role: AssumedRole, base: CredentialSource): Promise<AwsCredentials>
  assumeRoleWithWebIdentity(role: AssumedRole, token: string): Promise<AwsCredentials>
}

const defaultSessionName = 'gantry'

/**
 * @param renewal how a user gets new credentials, for messages.
 * @throws {UsageError} as `endpointOptions` does, before anything is read or sent.
 */
export function openSts(region: string, renewal: string, environment: AwsEnvironment): Sts {
  const endpoint = endpointOptions(environment, 'STS', region)
  const traffic = noTraffic()
  const context = identityContext(environment)

  const call = async <T>(
    operation: string,
    credentials: CredentialSource,
    send: (client: STSClient, sdk: Sdk, options: {abortSignal: AbortSignal}) => Promise<T>,
  ): Promise<T> => {
    const [sdk, {AwsHttpHandler}] = await Promise.all([
      import('@aws-sdk/client-sts'),
      import('./aws-http.ts'),
    ])
    const requestHandler = new AwsHttpHandler({environment, traffic, maxSockets: 1})
    const client = new sdk.STSClient({...endpoint, ...clientDefaults(credentials), requestHandler})
    try {
      return await withRetries(() => send(client, sdk, {abortSignal: environment.signal}), {
        call: {service: 'STS', operation, host: `STS ${region}`, account: '', region, renewal},
        context,
        traffic,
        renewCredentials: () => credentials.renew(),
      })
    } finally {
      client.destroy()
      requestHandler.destroy()
    }
  }

  return {
    traffic,

    async getCallerIdentity(credentials) {
      const answer = await call('GetCallerIdentity', credentials, (client, sdk, options) =>
        client.send(new sdk.GetCallerIdentityCommand({}), options),
      )
      return {
        account: required(answer.Account, 'STS GetCallerIdentity', 'Account', answer),
        arn: required(answer.Arn, 'STS GetCallerIdentity', 'Arn', answer),
      }
    },

    async assumeRole(role, base) {
      const answer = await call('AssumeRole', base, (client, sdk, options) =>
        client.send(
          new sdk.AssumeRoleCommand({
            RoleArn: role.arn,
            RoleSessionName: role.sessionName ?? defaultSessionName,
            ...(role.externalId === undefined ? {} : {ExternalId: role.externalId}),
          }),
          options,
        ),
      )
      return sessionCredentials(answer.Credentials, 'STS AssumeRole', answer)
    },

    async assumeRoleWithWebIdentity(role, token) {
      const answer = await call('AssumeRoleWithWebIdentity', noCredentials, (client, sdk, options) =>
        client.send(
          new sdk.AssumeRoleWithWebIdentityCommand({
            RoleArn: role.arn,
            RoleSessionName: role.sessionName ?? defaultSessionName,
            WebIdentityToken: token,
          }),
          options,
        ),
      )
      return sessionCredentials(answer.Credentials, 'STS AssumeRoleWithWebIdentity', answer)
    },
  }
}

/**
 * Where STS is asked, as the client's own rules have it.
 *
 * @throws {UsageError} as `endpointOptions` does.
 */
export async function stsEndpoint(region: string, environment: AwsEnvironment): Promise<URL> {
  const {endpoint, useFipsEndpoint, useDualstackEndpoint} = endpointOptions(environment, 'STS', region)
  if (endpoint !== undefined) return new URL(endpoint)
  const {STSClient} = await import('@aws-sdk/client-sts')
  return new STSClient({region, ...clientDefaults(noCredentials)}).config.endpointProvider({
    Region: region,
    UseFIPS: useFipsEndpoint,
    UseDualStack: useDualstackEndpoint,
    UseGlobalEndpoint: false,
  }).url
}

/** The web identity token is the proof; the request is not signed. */
const noCredentials: CredentialSource = {
  get: async () => ({accessKeyId: '', secretAccessKey: ''}),
  renew() {},
}

type SdkCredentials = import('@aws-sdk/client-sts').Credentials

function sessionCredentials(
  given: SdkCredentials | undefined,
  operation: string,
  answer: {readonly $metadata: {readonly requestId?: string | undefined}},
): AwsCredentials {
  const credentials = required(given, operation, 'Credentials', answer)
  return {
    accessKeyId: required(credentials.AccessKeyId, operation, 'AccessKeyId', answer),
    secretAccessKey: required(credentials.SecretAccessKey, operation, 'SecretAccessKey', answer),
    sessionToken: required(credentials.SessionToken, operation, 'SessionToken', answer),
    expiration: required(credentials.Expiration, operation, 'Expiration', answer),
  }
}
