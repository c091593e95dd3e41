import {EcrError} from '../ecr-error.ts'
import type {Exchange, Incoming, Reply} from '../exchange.ts'
import {type Caller, rootOf} from '../identity/caller.ts'
import {readBasic, readCredentials} from '../identity/password.ts'
import type {Services} from '../services.ts'
import {accountOfAlias, publicly} from '../state/public-registry.ts'
import {replyOf} from './protocol.ts'
import {errorReply, RegistryError, translate, troubleError} from './registry-error.ts'
import {routeOf} from './routes.ts'

const anonymousLifetime = 12 * 60 * 60 * 1000

/** Who holds a token; `caller` is absent where nobody in particular does. */
interface Bearer {
  readonly caller?: Caller
  readonly region: string
  readonly expiresAt: number
}

/**
 * Reads a request to public.ecr.aws: the registry protocol with a registry's alias before each name, for whoever has a
 * bearer token, which anybody gets. Undefined when there is no such path.
 */
export function openPublicRequest(incoming: Incoming, services: Services): Exchange | undefined {
  const {path, method} = incoming
  if (path === '/token' || path === '/token/') return issuing(incoming, services)
  const [, alias, rest = ''] = /^\/v2\/([^/]+)\/(.+)$/.exec(path) ?? []
  if (alias === undefined && path !== '/v2' && path !== '/v2/') return undefined
  const account = alias === undefined ? undefined : accountOfAlias(services.world, alias)
  const inner = {...incoming, path: `/v2/${rest}`}
  const {operation, repository, handler} = routeOf(inner)
  const mutating = !['GET', 'HEAD'].includes(method)
  const bearer = bearerOf(incoming, services)
  const silent = {emit: () => undefined}
  // Blobs come from one place for all regions.
  const downloads = () => services.downloads('us-east-1')
  return {
    plane: 'registry',
    operation,
    ...(account && {account}),
    region: publicly,
    ...(bearer?.caller && {principal: bearer.caller.arn}),
    ...(repository && {repository}),
    mutating,
    answer: () =>
      replyOf(services, async () => {
        // aws/containers-roadmap#2671: no token is good for HEAD of a blob.
        if (bearer === undefined || operation === 'blob.head') return challenge()
        requireGood(bearer, services.now())
        if (alias !== undefined && account === undefined) throw nameUnknown(repository ?? rest, alias)
        const reader = rootOf(account ?? '', 'aws')
        const caller = mutating ? bearer.caller : reader
        if (caller === undefined) return challenge()
        const where = {account: account ?? '', region: publicly, service: 'ecr-public'}
        const reply = await handler({
          ...services,
          events: silent,
          downloads,
          incoming: inner,
          caller,
          ...where,
        })
        return alias === undefined ? reply : withAlias(reply, alias)
      }),
    fail: trouble =>
      errorReply(trouble instanceof EcrError ? translate(trouble, services.dialect) : troubleError(trouble)),
  }
}

/** Gives whoever asks a token: with a password one for its caller, else one for nobody in particular. */
function issuing(incoming: Incoming, services: Services): Exchange {
  const {authorization = ''} = incoming.headers
  const login = readBasic(authorization, services.seal)
  return {
    plane: 'registry',
    operation: 'token',
    region: publicly,
    ...(login && {principal: login.caller.arn}),
    mutating: false,
    answer: () => {
      if (authorization !== '' && login === undefined) return Promise.resolve(challenge())
      const expiresAt = services.now() + anonymousLifetime
      const token =
        login === undefined
          ? services.seal.close('public-token', {region: 'us-east-1', expiresAt})
          : authorization.split(' ')[1]
      return Promise.resolve({
        status: 200,
        headers: {'content-type': 'application/json'},
        body: JSON.stringify({token}),
      })
    },
    fail: trouble =>
      errorReply(trouble instanceof EcrError ? translate(trouble, services.dialect) : troubleError(trouble)),
  }
}

/** The answer of GetAuthorizationToken is a bearer token as it is (ECR Public user guide, registry-auth). */
function bearerOf({headers}: Incoming, {seal}: Services): Bearer | undefined {
  const [scheme = '', token = ''] = (headers.authorization ?? '').split(' ')
  if (scheme.toLowerCase() !== 'bearer') return readBasic(headers.authorization, seal)
  return readCredentials(token, seal) ?? (seal.open('public-token', token) as Bearer | undefined)
}

function requireGood({region, expiresAt}: Bearer, now: number): void {
  if (expiresAt <= now) throw troubleError('expired-token')
  // aws/aws-cdk#24244
  if (region !== 'us-east-1') throw new RegistryError(400, 'DENIED', 'Your Authorization Token is invalid.')
}

// The parameters are those that clients are seen to ask with; the header as a whole is unconfirmed.
function challenge(): Reply {
  return {
    status: 401,
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'www-authenticate': 'Bearer realm="https://public.ecr.aws/token/",service="public.ecr.aws",scope="aws"',
    },
    body: 'Not Authorized\n',
  }
}

function nameUnknown(name: string, alias: string): RegistryError {
  return new RegistryError(
    404,
    'NAME_UNKNOWN',
    `The repository with name '${name}' does not exist in the registry with id '${alias}'`,
  )
}

/** Paths of this registry, as clients know it. */
function withAlias(reply: Reply, alias: string): Reply {
  const headers = {...reply.headers}
  for (const name of ['location', 'link']) {
    const value = headers[name]
    if (value !== undefined) headers[name] = value.replace('/v2/', `/v2/${alias}/`)
  }
  return {...reply, headers}
}
