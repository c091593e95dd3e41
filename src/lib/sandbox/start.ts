import type {Server} from 'node:http'
import {directEnvironment, requireRegistry} from './environment.ts'
import {EventLog} from './events/event-log.ts'
import {openEventSink} from './events/sink.ts'
import {happen} from './happenings.ts'
import {Seal} from './identity/seal.ts'
import type {OpenProxy} from './proxy/open.ts'
import {parseUpstreams} from './pull-through/addresses.ts'
import {ecr, specification} from './registry/dialect.ts'
import {putFindings} from './scanning/given-findings.ts'
import {applySeed} from './seed.ts'
import {control} from './server/control.ts'
import {Faults, parseFaults} from './server/faults.ts'
import {parseRates, RateLimits} from './server/rates.ts'
import {RequestLog} from './server/request-log.ts'
import {listen, type Machinery, urlOf} from './server/server.ts'
import type {Services} from './services.ts'
import {parseQuotas} from './state/quotas.ts'
import {openStorage} from './storage/open.ts'
import {Clock} from './time/clock.ts'
import {parseDurations} from './time/durations.ts'
import {Timeline} from './time/timeline.ts'
import type {Sandbox, SandboxOptions} from './types.ts'

/**
 * Starts an embedded ECR on this machine: ECR's API, STS and the registry protocol, for any number of accounts and
 * regions, on loopback alone. It prints nothing.
 *
 * An access key id of twelve digits is that account; the secret key may be anything, as signatures are not verified.
 *
 * @throws {UsageError} PORT_UNAVAILABLE, INVALID_REGISTRY, and what opening the data directory says.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const {port = 0, registries = [], now = Date.now, onRequest = () => {}} = options
  for (const registry of registries) requireRegistry(registry)
  const rated = parseRates(options.rates ?? {})
  const quotas = parseQuotas(options.quotas ?? {})
  const upstreams = parseUpstreams(options.upstreams ?? {})
  const durations = parseDurations(options.durations ?? {})
  const sink = options.events === undefined ? undefined : openEventSink(options.events)
  const {world, secret, close: closeStorage} = await openStorage(options.data)
  const clock = new Clock(now)
  const events = new EventLog(clock.now, sink)
  const log = new RequestLog()
  const faults = new Faults()
  const rates = new RateLimits(clock.now)
  rates.set(rated)
  world.quotas = quotas
  const servers: Server[] = []
  let proxy: OpenProxy | undefined
  let downloads = ''

  const closeAll = async () => {
    clock.disarm()
    await Promise.all(servers.map(closeServer))
    await proxy?.release()
    await closeStorage()
    await events.close()
  }
  let closing: Promise<void> | undefined
  const close = () => {
    closing ??= closeAll()
    return closing
  }

  const services: Services = {
    world,
    seal: new Seal(secret),
    now: clock.now,
    downloads: () => downloads,
    dialect: options.strictSpec ? specification : ecr,
    timeline: new Timeline(world.table('task'), (task, at) => happen(services, task, at)),
    events,
    durations,
    upstreams,
  }

  /** Does what is due by now, and sees to it that what comes next happens in time. */
  const catchUp = async () => {
    await services.timeline.runUntil(clock.now())
    await world.flush()
    arm()
  }

  // What goes wrong while nobody asks is told to the next who does, and until then nothing more happens by itself.
  let untold: Error | undefined
  const wake = () => {
    catchUp().catch((error: Error) => {
      untold = error
    })
  }
  const arm = () => {
    if (closing === undefined) clock.arm(services.timeline, wake)
  }

  const setClock = async (epochMs: number | undefined) => {
    clock.set(epochMs)
    await catchUp()
  }

  const machinery: Machinery = {
    ...services,
    catchUp: async () => {
      await catchUp()
      const error = untold
      untold = undefined
      if (error !== undefined) throw error
    },
    log,
    faults,
    rates,
    onRequest,
    control: incoming => control({sandbox, log, events}, incoming),
  }

  const serve = async (...where: [Parameters<typeof listen>[1], number]) => {
    const server = await listen(machinery, ...where)
    servers.push(server)
    return urlOf(server)
  }

  const registryUrls = new Map<string, string>()
  let url: string
  try {
    downloads = await serve({kind: 'downloads'}, 0)
    url = await serve({kind: 'main'}, port)
    for (const {account, region, port} of registries) {
      registryUrls.set(`${account}/${region}`, await serve({kind: 'registry', account, region}, port))
    }
    if (options.proxy !== undefined) {
      const {openProxy} = await import('./proxy/open.ts')
      // Not the sandbox's clock, which tests set: clients hold certificates to their own.
      proxy = await openProxy(machinery, {port: options.proxy, data: options.data, now: Date.now})
      servers.push(proxy.server)
    }
  } catch (error) {
    await close()
    throw error
  }

  arm()
  const sandbox: Sandbox = {
    url,
    registryUrls,
    get requests() {
      return log.requests
    },
    env: (account, region) => directEnvironment(url, account, region),
    ...(proxy === undefined ? {} : {proxy: proxy.proxy}),
    clearRequests: () => log.clear(),
    get faults() {
      return faults.all
    },
    setFaults: next => faults.set(parseFaults(next)),
    get rates() {
      return rates.rates
    },
    setRates: next => rates.set(parseRates(next)),
    get quotas() {
      return world.quotas
    },
    setQuotas: next => {
      world.quotas = parseQuotas(next)
    },
    get events() {
      return events.events
    },
    clearEvents: () => events.clear(),
    now: clock.now,
    setClock,
    advanceClock: ms => setClock(clock.now() + ms),
    putFindings: async findings => {
      putFindings(services, findings)
      await catchUp()
    },
    seed: seed => applySeed(services, seed),
    reset: async () => {
      await world.reset()
      log.clear()
      faults.set([])
      rates.set(rated)
      world.quotas = quotas
      events.clear()
      clock.set(undefined)
    },
    close,
    [Symbol.asyncDispose]: close,
  }
  return sandbox
}

async function closeServer(server: Server): Promise<void> {
  await new Promise<void>(resolve => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
