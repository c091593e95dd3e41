import {EcrError} from '../ecr-error.ts'
import type {Exchange, Incoming, Reply} from '../exchange.ts'
import {registryHost} from '../identity/partition.ts'
import {type Login, readBasic} from '../identity/password.ts'
import type {Services} from '../services.ts'
import {errorReply, RegistryError, translate, troubleError} from './registry-error.ts'
import type {Handler} from './request.ts'
import {routeOf} from './routes.ts'

interface RegistryAddress {
  readonly account: string
  readonly region: string
}

const version = {'docker-distribution-api-version': 'registry/2.0'}

/**
 * Reads a request of the registry protocol: anything under `/v2/`. ECR tells the registry by the host name; a client
 * that was sent to this machine by number is in the registry that its password was made for.
 */
export function openRegistryRequest(incoming: Incoming, services: Services): Exchange {
  const {method, headers} = incoming
  const login = readBasic(headers.authorization, services.seal)
  const registry = incoming.registry ?? (login && {account: login.caller.account, region: login.region})
  const {operation, repository, handler} = routeOf(incoming)
  return {
    plane: 'registry',
    operation,
    ...registry,
    ...(login && {principal: login.caller.arn}),
    ...(repository && {repository}),
    mutating: !['GET', 'HEAD'].includes(method),
    answer: async () => {
      if (login !== undefined && registry !== undefined) {
        return answer(services, incoming, handler, login, registry)
      }
      if (registry !== undefined)
        return challenge(`https://${registryHost(registry.account, registry.region)}/`)
      // Clients send a password only where they were asked for one.
      return headers.authorization === undefined
        ? challenge(`http://${incoming.host}/`)
        : unresolved(incoming.host)
    },
    fail: trouble =>
      errorReply(trouble instanceof EcrError ? translate(trouble, services.dialect) : troubleError(trouble)),
  }
}

async function answer(
  services: Services,
  incoming: Incoming,
  handler: Handler,
  {caller, region, expiresAt}: Login,
  registry: RegistryAddress,
): Promise<Reply> {
  return replyOf(services, () => {
    if (expiresAt <= services.now()) throw troubleError('expired-token')
    // The wording is unconfirmed.
    if (region !== registry.region) {
      throw new RegistryError(403, 'DENIED', 'Your authorization token is invalid.')
    }
    return handler({...services, incoming, caller, ...registry})
  })
}

/** What a handler replies, or what is replied to its refusal. */
export async function replyOf({dialect}: Services, handle: () => Reply | Promise<Reply>): Promise<Reply> {
  try {
    const reply = await handle()
    return {...reply, headers: {...version, ...reply.headers}}
  } catch (error) {
    if (error instanceof RegistryError) return errorReply(error)
    if (error instanceof EcrError) return errorReply(translate(error, dialect))
    throw error
  }
}

function challenge(realm: string): Reply {
  return {
    status: 401,
    headers: {
      ...version,
      'content-type': 'text/plain; charset=utf-8',
      'www-authenticate': `Basic realm="${realm}",service="ecr.amazonaws.com"`,
    },
    body: 'Not Authorized\n',
  }
}

function unresolved(host: string): Reply {
  return {
    status: 400,
    headers: {'content-type': 'text/plain; charset=utf-8'},
    body: `Could not resolve registry id from host ${host.replace(/:\d+$/, '')}\n`,
  }
}
