import type {Estate} from '../config/estate.ts'
import {identityOf, registrySpec} from '../ecr/account-spec.ts'
import {type AccountSpec, connectAccount} from '../ecr/accounts.ts'
import {parseEcrHost, publicRegion} from '../ecr/hosts.ts'
import {type OpenRegistry, open as openForQuestions} from '../ecr/inventory/registries.ts'
import {type OpenOptions, openRegistry, type RegistryTarget} from '../ecr/open.ts'
import type {AccountSession} from '../ecr/session.ts'
import {addTraffic, noTraffic, type Registry, type Traffic} from '../oci/registry.ts'
import type {Caller} from '../plan/document.ts'
import type {Endpoint, PromotionRequest, Side} from './model.ts'
import type {Route} from './route.ts'

/** The registries of a promotion, open, each side with its own identity. */
export interface OpenSides {
  readonly requests: readonly PromotionRequest[]
  /** Who is acting, the destinations' identities first. */
  readonly callers: readonly Caller[]
  /** The open registry of a side of one of the routes. */
  registryOf(side: Side): Registry
  /** The same registry as the same identity, for questions about scans alone; undefined for what is no private one of ECR. */
  scansOf(endpoint: Endpoint): OpenRegistry | undefined
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
  const written = new Set(routes.flatMap(({destinations}) => destinations.map(({side}) => keyOf(side))))
  for (const {destinations} of routes) for (const {side} of destinations) sides.set(keyOf(side), side)
  for (const {source} of routes) sides.set(keyOf(source), source)

  const specOf = (side: Side) => credentialsOf(side, written.has(keyOf(side)), estate)
  const sessions = await connect([...sides.values()], specOf, options, estate)
  const endpoints = new Map<string, Endpoint>()
  for (const [key, side] of sides) {
    const target = {
      host: side.host,
      session: sessions.get(identityOf(side, estate)),
      purpose: written.has(key) ? 'push' : 'pull',
      pushed: repositoriesOf(key, routes),
    } as const
    try {
      endpoints.set(key, await open(side, target, options))
    } catch (error) {
      for (const {registry} of endpoints.values()) registry.close()
      throw error
    }
  }
  const endpointOf = (side: Side): Endpoint => {
    const endpoint = endpoints.get(keyOf(side))
    if (endpoint === undefined) throw new TypeError(`${side.label} was not opened`)
    return endpoint
  }

  const registries: Pick<Registry, 'traffic' | 'close'>[] = [...endpoints.values()].map(
    ({registry}) => registry,
  )
  const identities = [...sessions.values()].filter(session => session !== undefined)
  const scans = new Map<string, OpenRegistry>()
  return {
    requests: routes.map(({source, destinations, ...route}) => ({
      ...route,
      source: endpointOf(source),
      destinations: destinations.map(({side, ...end}) => ({endpoint: endpointOf(side), ...end})),
    })),
    callers: uniqueCallers(identities),
    registryOf: side => endpointOf(side).registry,
    scansOf({side}) {
      const known = scans.get(keyOf(side))
      if (known !== undefined) return known
      const traffic = noTraffic()
      const opened = openScans(side, sessions.get(identityOf(side, estate)), traffic, options)
      if (opened === undefined) return undefined
      scans.set(keyOf(side), opened)
      registries.push({traffic, close: () => opened.api.close()})
      return opened
    },
    traffic: () => [...registries, ...identities].map(({traffic}) => traffic).reduce(addTraffic, noTraffic()),
    close: () => registries.forEach(registry => registry.close()),
  }
}

/** One session for each identity; registries that are asked without one have none. */
async function connect(
  sides: readonly Side[],
  specOf: (side: Side) => AccountSpec | undefined,
  {environment}: OpenOptions,
  estate: Estate,
): Promise<Map<string, AccountSession | undefined>> {
  const byIdentity = new Map(sides.map(side => [identityOf(side, estate), side]))
  const connected = await Promise.all(
    [...byIdentity].map(async ([identity, side]) => {
      const spec = specOf(side)
      return [identity, spec && (await connectAccount(spec, environment))] as const
    }),
  )
  return new Map(connected)
}

/** Whose credentials a registry is asked with. ECR Public lets everybody pull, and who pushes is one of its account. */
function credentialsOf({host, alias}: Side, isWritten: boolean, estate: Estate): AccountSpec | undefined {
  const ecr = parseEcrHost(host)
  if (ecr === undefined) return undefined
  if (ecr.kind === 'public') return isWritten ? {region: publicRegion} : undefined
  const {account, region} = ecr
  return registrySpec({account, region, ...(alias !== undefined && {alias})}, estate)
}

/** The repositories of a side that images go to. */
function repositoriesOf(key: string, routes: readonly Route[]): ReadonlySet<string> {
  const destinations = routes.flatMap(route => route.destinations)
  return new Set(destinations.filter(({side}) => keyOf(side) === key).map(({repository}) => repository))
}

async function open(side: Side, target: RegistryTarget, options: OpenOptions): Promise<Endpoint> {
  const {registry, session} = await openRegistry(target, options)
  return session === undefined
    ? {side, registry}
    : {side, registry, caller: {account: session.account, arn: session.arn}}
}

function openScans(
  {label, host, alias}: Side,
  session: AccountSession | undefined,
  traffic: Traffic,
  {environment, context}: OpenOptions,
): OpenRegistry | undefined {
  const ecr = parseEcrHost(host)
  if (ecr?.kind !== 'private' || session === undefined) return undefined
  const {account, region} = ecr
  const registry = {label, host, account, region, ...(alias !== undefined && {alias})}
  return openForQuestions(registry, session, traffic, {environment, context, access: 'look', purpose: 'scan'})
}

function uniqueCallers(sessions: readonly AccountSession[]): Caller[] {
  const callers = sessions.map(({account, arn}) => ({account, arn}))
  return callers.filter(({arn}, index) => callers.findIndex(caller => caller.arn === arn) === index)
}

function keyOf({alias, host}: Side): string {
  return `${alias ?? ''} ${host}`
}
