import {randomUUID} from 'node:crypto'
import {EcrError} from '../ecr-error.ts'
import {type Exchange, type Incoming, type Reply, readBody, type Trouble} from '../exchange.ts'
import type {Caller} from '../identity/caller.ts'
import {identify, type SignatureProblem, type SignedRequest} from '../identity/signature.ts'
import type {Services} from '../services.ts'
import {element, type Xml} from '../xml.ts'
import {actions} from './actions.ts'
import {StsError} from './sts-error.ts'

const largestBody = 256 * 1024
const namespace = ' xmlns="https://sts.amazonaws.com/doc/2011-06-15/"'

/** Reads a request of AWS's query protocol: a form with `Action` and its parameters. */
export async function openStsRequest(incoming: Incoming, services: Services): Promise<Exchange> {
  const body = await readBody(incoming.body, largestBody)
  const parameters = new URLSearchParams(body?.toString() ?? '')
  const name = parameters.get('Action') ?? ''
  const signed = identify(incoming.headers, services)
  return {
    plane: 'sts',
    operation: name,
    ...(typeof signed === 'string'
      ? {}
      : {account: signed.caller.account, region: signed.region, principal: signed.caller.arn}),
    mutating: false,
    answer: async () => {
      try {
        if (body === undefined) throw new StsError('RequestEntityTooLarge', 'Request entity too large', 413)
        const who = authenticate(signed)
        const action = actions.get(name)
        if (action === undefined) {
          throw new StsError(
            'InvalidAction',
            `Could not find operation ${name} for version ${parameters.get('Version')}`,
          )
        }
        return success(name, action({...services, ...who, sourceIp: incoming.sourceIp, parameters}))
      } catch (error) {
        if (error instanceof StsError) return refusal(error)
        throw error
      }
    },
    fail: trouble =>
      refusal(
        trouble instanceof EcrError ? new StsError(trouble.exception, trouble.message) : troubles[trouble](),
      ),
  }
}

const troubles: Readonly<Record<Trouble, () => StsError>> = {
  500: () => new StsError('InternalFailure', 'The request processing has failed.', 500),
  503: () => new StsError('ServiceUnavailable', 'Service is unavailable.', 503),
  429: () => new StsError('Throttling', 'Rate exceeded', 429),
  throttling: () => new StsError('Throttling', 'Rate exceeded'),
  'expired-token': () =>
    new StsError('ExpiredToken', 'The security token included in the request is expired', 403),
}

function authenticate(signed: SignedRequest | SignatureProblem): {readonly caller?: Caller} {
  switch (signed) {
    // AssumeRoleWithWebIdentity needs no signature; the other actions refuse.
    case 'missing':
      return {}
    case 'malformed':
      throw new StsError('IncompleteSignature', 'Authorization header requires a Credential.')
    case 'unknown-key':
      throw new StsError(
        'InvalidClientTokenId',
        'The security token included in the request is invalid.',
        403,
      )
    case 'expired':
      throw troubles['expired-token']()
    default:
      return {caller: signed.caller}
  }
}

function success(action: string, result: Xml): Reply {
  const response = {[`${action}Result`]: result, ResponseMetadata: {RequestId: randomUUID()}}
  return xml(200, element(`${action}Response`, response, namespace))
}

function refusal({code, message, status}: StsError): Reply {
  const content = {
    Error: {Type: status < 500 ? 'Sender' : 'Receiver', Code: code, Message: message},
    RequestId: randomUUID(),
  }
  return xml(status, element('ErrorResponse', content, namespace))
}

function xml(status: number, body: string): Reply {
  return {status, headers: {'content-type': 'text/xml'}, body}
}
