import {randomUUID} from 'node:crypto'
import {Access} from '../access/access.ts'
import {EcrError} from '../ecr-error.ts'
import {type Exchange, headerOf, type Incoming, type Reply, readBody, type Trouble} from '../exchange.ts'
import {isAccount} from '../identity/partition.ts'
import {identify, type SignatureProblem, type SignedRequest} from '../identity/signature.ts'
import type {Services} from '../services.ts'
import {authorize} from './authorize.ts'
import {check} from './check.ts'
import {isMutating} from './operation.ts'
import {type Api, apis} from './operations.ts'

// A layer part of 20 MiB in base64, and its frame.
const largestBody = 32 * 1024 * 1024

/** Reads a request of AWS's JSON 1.1 protocol: `POST /` with the operation in `X-Amz-Target`. */
export async function openApiRequest(incoming: Incoming, services: Services): Promise<Exchange> {
  const {headers} = incoming
  const [prefix = '', name = ''] = (headerOf(headers, 'x-amz-target') ?? '').split('.')
  const api = apis.get(prefix)
  const handler = api?.handlers.get(name)
  const body = await readBody(incoming.body, largestBody)
  const input = body === undefined ? tooLarge() : parse(body)
  const signed = identify(headers, services)
  return {
    plane: 'api',
    operation: name,
    ...(typeof signed === 'string' ? {} : who(signed, input)),
    mutating: handler !== undefined && isMutating(name),
    answer: async () => {
      try {
        const {caller, region} = authenticate(signed, api)
        const shape = api?.model.operations[name]?.input
        if (api === undefined || handler === undefined || shape === undefined) {
          throw new EcrError('UnknownOperationException', '', {status: 404})
        }
        if (input instanceof EcrError) throw input
        const written = check(api.model, shape, input, 'input') as object
        const checked = (api.withAccount?.(services.world, written) ?? written) as never
        const access = new Access(services.world, caller, {
          service: api.service,
          now: services.now(),
          sourceIp: incoming.sourceIp,
        })
        authorize(access, region, name, checked)
        return json(200, await handler({...services, operation: name, caller, access, region}, checked))
      } catch (error) {
        if (error instanceof EcrError) return refusal(error)
        throw error
      }
    },
    fail: trouble => refusal(trouble instanceof EcrError ? trouble : troubles[trouble]()),
  }
}

// The API gives the status of the last three as 403 on its common errors page; JSON services send 400 (unconfirmed).
const troubles: Readonly<Record<Trouble, () => EcrError>> = {
  500: () =>
    new EcrError('ServerException', 'These errors are usually caused by a server-side issue.', {status: 500}),
  503: () =>
    new EcrError('ServiceUnavailable', 'The request has failed due to a temporary failure of the server.', {
      status: 503,
    }),
  429: () => new EcrError('TooManyRequestsException', 'Rate exceeded', {status: 429}),
  throttling: () => new EcrError('ThrottlingException', 'Rate exceeded'),
  'expired-token': () =>
    new EcrError('ExpiredTokenException', 'The security token included in the request is expired'),
}

const signatureErrors: Readonly<Record<SignatureProblem, () => EcrError>> = {
  missing: () => new EcrError('MissingAuthenticationTokenException', 'Missing Authentication Token'),
  malformed: () =>
    new EcrError(
      'IncompleteSignatureException',
      'Authorization header requires a Credential of the form KEY/DATE/REGION/SERVICE/aws4_request.',
    ),
  'unknown-key': () =>
    new EcrError('UnrecognizedClientException', 'The security token included in the request is invalid.'),
  expired: troubles['expired-token'],
}

function authenticate(signed: SignedRequest | SignatureProblem, api: Api | undefined): SignedRequest {
  if (typeof signed === 'string') throw signatureErrors[signed]()
  if (api !== undefined && signed.service !== api.service) {
    throw new EcrError(
      'InvalidSignatureException',
      `Credential should be scoped to correct service: '${api.service}'.`,
    )
  }
  if (api?.regions?.includes(signed.region) === false) {
    throw new EcrError('InvalidSignatureException', 'Credential should be scoped to a valid region.')
  }
  return signed
}

function who(
  {caller, region}: SignedRequest,
  input: unknown,
): Pick<Exchange, 'account' | 'region' | 'principal' | 'repository'> {
  const {registryId, repositoryName} = (input ?? {}) as {registryId?: unknown; repositoryName?: unknown}
  const named = typeof registryId === 'string' && isAccount(registryId) ? registryId : undefined
  return {
    account: named ?? caller.account,
    region,
    principal: caller.arn,
    ...(typeof repositoryName === 'string' ? {repository: repositoryName} : {}),
  }
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString() || '{}')
  } catch {
    return new EcrError('SerializationException', 'The request body is not valid JSON')
  }
}

function tooLarge(): EcrError {
  return new EcrError('RequestEntityTooLargeException', 'Request entity too large', {status: 413})
}

function refusal(error: EcrError): Reply {
  const {exception, message, members, status} = error
  return json(status, {__type: exception, message, ...members})
}

function json(status: number, value: object): Reply {
  return {
    status,
    headers: {'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': randomUUID()},
    body: JSON.stringify(value),
  }
}
