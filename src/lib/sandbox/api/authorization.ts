import {registryHost} from '../identity/partition.ts'
import {issuePassword} from '../identity/password.ts'
import {registryId} from './members.ts'
import {type Call, operation, seconds} from './operation.ts'
import {list, structure} from './shapes.ts'

export const authorizationOperations = {
  GetAuthorizationToken: operation({
    mutating: false,
    // Deprecated: the token is good for every registry that the caller can reach, whatever is asked for.
    input: structure({registryIds: list(registryId, {min: 1, max: 10})}),
    run: (call, {registryIds = [call.caller.account]}) => ({
      authorizationData: registryIds.map(account => ({
        ...authorizationOf(call),
        proxyEndpoint: `https://${registryHost(account, call.region)}`,
      })),
    }),
  }),
}

export const publicOperations = {
  GetAuthorizationToken: operation({
    mutating: false,
    input: structure({}),
    run: call => ({authorizationData: authorizationOf(call)}),
  }),
}

function authorizationOf(call: Call): {readonly authorizationToken: string; readonly expiresAt: number} {
  const {password, expiresAt} = issuePassword(call.seal, call.caller, call.region, call.now())
  return {
    authorizationToken: Buffer.from(`AWS:${password}`).toString('base64'),
    expiresAt: seconds(expiresAt),
  }
}
