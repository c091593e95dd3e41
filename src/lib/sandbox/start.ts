import type {Server} from 'node:http'
import {UsageError} from '../errors.ts'
import {isAccount, isRegion} from './identity/partition.ts'
import {Seal} from './identity/seal.ts'
import {applySeed} from './seed.ts'
import {control} from './server/control.ts'
import {Faults} from './server/faults.ts'
import {RequestLog} from './server/request-log.ts'
import {listen, type Machinery, urlOf} from './server/server.ts'
import {openStorage} from './storage/open.ts'
import type {RegistryPort, Sandbox, SandboxOptions} from './types.ts'

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
  const {world, secret, release} = await openStorage(options.data)
  const log = new RequestLog()
  const faults = new Faults()
  const servers: Server[] = []
  let stoppedClock: number | undefined
  let downloads = ''

  const close = async () => {
    await Promise.all(servers.map(closeServer))
    await world.close()
    await release()
  }

  const machinery: Machinery = {
    world,
    seal: new Seal(secret),
    now: () => stoppedClock ?? now(),
    downloads: () => downloads,
    log,
    faults,
    onRequest,
    control: incoming => control(sandbox, incoming),
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
  } catch (error) {
    await close()
    throw error
  }

  const sandbox: Sandbox = {
    url,
    registryUrls,
    get requests() {
      return log.requests
    },
    clearRequests: () => log.clear(),
    setFaults: next => faults.set(next),
    setClock: epochMs => {
      stoppedClock = epochMs
    },
    seed: seed => applySeed(world, seed, machinery.now()),
    reset: async () => {
      await world.reset()
      log.clear()
      faults.set([])
      stoppedClock = undefined
    },
    close,
  }
  return sandbox
}

function requireRegistry({account, region}: RegistryPort): void {
  if (isAccount(account) && isRegion(region)) return
  throw new UsageError(
    'INVALID_REGISTRY',
    `"${account}/${region}" is not a registry. Expected twelve digits and a region, such as 111111111111/eu-west-1.`,
  )
}

async function closeServer(server: Server): Promise<void> {
  await new Promise<void>(resolve => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
