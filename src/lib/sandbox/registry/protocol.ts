import type {Services} from '../api/operation.ts'
import {EcrError} from '../ecr-error.ts'
import {registryHost} from '../identity/partition.ts'
import {readBasic} from '../identity/password.ts'
import type {Exchange, Incoming, Reply} from '../server/exchange.ts'
import {errorReply, RegistryError, translate, troubleError} from './registry-error.ts'
import {routeOf} from './routes.ts'

const version = {'docker-distribution-api-version': 'registry/2.0'}

/** Reads a request of the registry protocol: anything under `/v2/`. */
export function openRegistryRequest(incoming: Incoming, services: Services): Exchange {
  const {registry, method, headers} = incoming
  const {operation, handler} = routeOf(incoming)
  const common = {
    plane: 'registry' as const,
    operation,
    mutating: !['GET', 'HEAD'].includes(method),
    fail: (trouble: Parameters<Exchange['fail']>[0]) => errorReply(troubleError(trouble)),
  }
  if (registry === undefined) return {...common, answer: () => Promise.resolve(unresolved(incoming.host))}
  const caller = readBasic(headers.authorization, registry.region, services.seal, services.now())
  return {
    ...common,
    ...registry,
    ...(typeof caller === 'string' ? {} : {principal: caller.arn}),
    answer: async () => {
      try {
        if (caller === 'missing') return challenge(registry)
        if (caller === 'expired') throw troubleError('expired-token')
        // The wording is unconfirmed.
        if (caller === 'other-region')
          throw new RegistryError(403, 'DENIED', 'Your authorization token is invalid.')
        const reply = await handler({...services, incoming, caller, ...registry})
        return {...reply, headers: {...version, ...reply.headers}}
      } catch (error) {
        if (error instanceof RegistryError) return errorReply(error)
        if (error instanceof EcrError) return errorReply(translate(error))
        throw error
      }
    },
  }
}

function challenge({account, region}: {readonly account: string; readonly region: string}): Reply {
  return {
    status: 401,
    headers: {
      ...version,
      'content-type': 'text/plain; charset=utf-8',
      'www-authenticate': `Basic realm="https://${registryHost(account, region)}/",service="ecr.amazonaws.com"`,
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
