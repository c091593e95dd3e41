import {clientDefaults, required} from './client.ts'
import {type AwsEnvironment, endpointOptions, identityContext} from './environment.ts'
import {publicRegion} from './hosts.ts'
import {withRetries} from './retry.ts'
import type {AccountSession} from './session.ts'
import {type AuthorizationToken, readToken} from './token.ts'

/** A token for ECR Public; the only importer of its client. */
export async function getPublicToken(
  session: AccountSession,
  environment: AwsEnvironment,
): Promise<AuthorizationToken> {
  const operation = 'ECR Public GetAuthorizationToken'
  const {traffic} = session
  // ECR Public has neither FIPS nor dual-stack endpoints (SDK endpoint rules).
  const plain = {...environment, useFips: false, useDualstack: false}
  const endpoint = endpointOptions(plain, 'ECR_PUBLIC', publicRegion)
  const [sdk, {AwsHttpHandler}] = await Promise.all([
    import('@aws-sdk/client-ecr-public'),
    import('./aws-http.ts'),
  ])
  const requestHandler = new AwsHttpHandler({environment, traffic, maxSockets: 1})
  const client = new sdk.ECRPUBLICClient({
    ...endpoint,
    ...clientDefaults(session.credentials),
    requestHandler,
  })
  try {
    const answer = await withRetries(
      () => client.send(new sdk.GetAuthorizationTokenCommand({}), {abortSignal: environment.signal}),
      {
        call: {
          service: 'ECR Public',
          operation: 'GetAuthorizationToken',
          host: 'public.ecr.aws',
          account: session.account,
          region: publicRegion,
          principal: session.arn,
          renewal: session.renewal,
        },
        context: identityContext(environment),
        traffic,
        renewCredentials: () => session.credentials.renew(),
      },
    )
    const data = required(answer.authorizationData, operation, 'authorizationData', answer)
    const token = required(data.authorizationToken, operation, 'authorizationToken', answer)
    return readToken(token, required(data.expiresAt, operation, 'expiresAt', answer))
  } finally {
    client.destroy()
    requestHandler.destroy()
  }
}
