import {EcrError} from '../ecr-error.ts'
import {registryHost} from '../identity/partition.ts'
import {issuePassword} from '../identity/password.ts'
import {type Call, type EcrHandlers, type EcrPublicHandlers, seconds} from './operation.ts'

export const authorizationOperations = {
  // Deprecated: the token is good for every registry that the caller can reach, whatever is asked for.
  GetAuthorizationToken: (call, {registryIds = [call.caller.account]}) => ({
    authorizationData: registryIds.map(account => ({
      ...authorizationOf(call),
      proxyEndpoint: `https://${registryHost(account, call.region)}`,
    })),
  }),
} satisfies Partial<EcrHandlers>

export const publicAuthorizationOperations = {
  GetAuthorizationToken: call => {
    if (call.region === 'us-east-1') return {authorizationData: authorizationOf(call)}
    // codeship-library/aws-utilities#117
    throw new EcrError(
      'UnsupportedCommandException',
      'GetAuthorizationToken command is only supported in us-east-1.',
    )
  },
} satisfies Partial<EcrPublicHandlers>

function authorizationOf(call: Call): {readonly authorizationToken: string; readonly expiresAt: number} {
  const {password, expiresAt} = issuePassword(call.seal, call.caller, call.region, call.now())
  return {
    authorizationToken: Buffer.from(`AWS:${password}`).toString('base64'),
    expiresAt: seconds(expiresAt),
  }
}
