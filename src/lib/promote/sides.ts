import type {Estate} from '../config/estate.ts'
import {accountSpec} from '../ecr/account-spec.ts'
import {connectAccount} from '../ecr/accounts.ts'
import {parseEcrHost} from '../ecr/hosts.ts'
import {type OpenOptions, openRegistry} from '../ecr/open.ts'
import type {AccountSession} from '../ecr/session.ts'
import {UsageError} from '../errors.ts'
import {noTraffic, type Traffic} from '../oci/registry.ts'
import type {Endpoint, PromotionRequest, Side} from './model.ts'
import type {Route} from './route.ts'

/** The registries of a promotion, open, each side with its own identity. */
export interface OpenSides {
  readonly requests: readonly PromotionRequest[]
  /** Identities in use, the destinations' first. */
  readonly sessions: readonly AccountSession[]
  /** Everything sent and received so far, to AWS and to all registries. */
  traffic(): Traffic
  close(): void
}

/**
 * Opens every registry that the routes name, once. The identities are proven first, all of them, before any registry
 * is asked for anything.
 *
 * @throws {DeniedError} WRONG_ACCOUNT, NO_CREDENTIALS and the like (exit 5); {UsageError} UNKNOWN_ACCOUNT.
 */
export async function openSides(
  routes: readonly Route[],
  estate: Estate,
  options: OpenOptions,
): Promise<OpenSides> {
  const sides = new Map<string, Side>()
  for (const side of routes.flatMap(({destinations}) => destinations.map(({side}) => side)))
    sides.set(keyOf(side), side)
  for (const {source} of routes) sides.set(keyOf(source), source)

  const sessions = await connect([...sides.values()], estate, options)
  const endpoints = new Map<string, Endpoint>()
  await Promise.all(
    [...sides].map(async ([key, side]) =>
      endpoints.set(key, await open(side, sessions.get(identityOf(side)), options)),
    ),
  )
  const endpointOf = (side: Side): Endpoint => {
    const endpoint = endpoints.get(keyOf(side))
    if (endpoint === undefined) throw new TypeError(`${side.label} was not opened`)
    return endpoint
  }

  const registries = [...endpoints.values()].map(({registry}) => registry)
  const identities = [...new Set([...sessions.values()].filter(session => session !== undefined))]
  return {
    requests: routes.map(({source, destinations, ...route}) => ({
      ...route,
      source: endpointOf(source),
      destinations: destinations.map(({side, repository}) => ({endpoint: endpointOf(side), repository})),
    })),
    sessions: identities,
    traffic: () => [...registries, ...identities].map(({traffic}) => traffic).reduce(add, noTraffic()),
    close: () => registries.forEach(registry => registry.close()),
  }
}

/** One session for each identity; registries that are not ECR's have none. */
async function connect(
  sides: readonly Side[],
  estate: Estate,
  {environment}: OpenOptions,
): Promise<Map<string, AccountSession | undefined>> {
  const byIdentity = new Map(sides.map(side => [identityOf(side), side]))
  const connected = await Promise.all(
    [...byIdentity].map(async ([identity, side]) => {
      const ecr = parseEcrHost(side.host)
      if (ecr?.kind !== 'private') return [identity, undefined] as const
      const account = side.alias === undefined ? undefined : estate.accounts.get(side.alias)
      if (side.alias !== undefined && account === undefined) {
        throw new UsageError(
          'UNKNOWN_ACCOUNT',
          `${estate.file ?? 'repos.yaml'} names no account "${side.alias}".`,
        )
      }
      const spec =
        account === undefined
          ? {registryAccount: ecr.account, region: ecr.region}
          : accountSpec(account, ecr.region, estate)
      return [identity, await connectAccount(spec, environment)] as const
    }),
  )
  return new Map(connected)
}

async function open(
  side: Side,
  session: AccountSession | undefined,
  options: OpenOptions,
): Promise<Endpoint> {
  const opened = await openRegistry({host: side.host, session}, options)
  const {registry} = opened
  if (opened.session === undefined) return {side, registry}
  const {account, arn} = opened.session
  return {side, registry, caller: {account, arn}}
}

/** Two regions of an account share an identity; a registry outside repos.yaml is asked with the default one. */
function identityOf({alias, host}: Side): string {
  return alias === undefined ? `host ${host}` : `alias ${alias}`
}

function keyOf({alias, host}: Side): string {
  return `${alias ?? ''} ${host}`
}

function add(sum: Traffic, one: Traffic): Traffic {
  return {
    requests: sum.requests + one.requests,
    mutatingRequests: sum.mutatingRequests + one.mutatingRequests,
    retries: sum.retries + one.retries,
    bytesReceived: sum.bytesReceived + one.bytesReceived,
    bytesSent: sum.bytesSent + one.bytesSent,
  }
}
