import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {parseEstate} from '../../src/lib/config/parse.ts'
import {ecrHost} from '../../src/lib/ecr/hosts.ts'
import {openRegistry} from '../../src/lib/ecr/open.ts'
import type {Registry, RegistryContext} from '../../src/lib/oci/registry.ts'
import type {PromotionEvent} from '../../src/lib/promote/events.ts'
import {
  type PromotionOrder,
  type PromotionResult,
  type PromotionWorld,
  runPromotion,
} from '../../src/lib/promote/run.ts'
import {type Sandbox, type SandboxOptions, startSandbox} from '../../src/lib/sandbox/index.ts'

export const dev = {account: '111111111111', region: 'eu-west-1'}
export const prod = {account: '222222222222', region: 'eu-west-1'}
export const dr = {account: '222222222222', region: 'us-east-1'}
export const devHost = ecrHost(dev)
export const prodHost = ecrHost(prod)
export const drHost = ecrHost(dr)

/** The `repos.yaml` of a world. */
export const repos = `
version: 1
accounts:
  dev: {id: "${dev.account}", region: ${dev.region}}
  prod: {id: "${prod.account}", region: ${prod.region}}
  dr: {id: "${dr.account}", region: ${dr.region}}
  shared: {id: "${prod.account}", region: ${prod.region}, via: dev}
`

/** A sandbox and everything that a promotion takes from the world around it. */
export interface World {
  readonly sandbox: Sandbox
  readonly events: PromotionEvent[]
  readonly folder: string
  /** Opens a registry as its own account's identity. */
  open(host: string): Promise<Registry>
  /** `gantry promote IMAGES --from dev --to prod`, with other words, and another world around it, where they are given. */
  promote(
    images: PromotionOrder['images'],
    words?: Partial<PromotionOrder>,
    around?: Partial<PromotionWorld>,
  ): Promise<PromotionResult>
  close(): Promise<void>
}

export async function startWorld(
  options: SandboxOptions = {},
  signal = AbortSignal.timeout(60_000),
): Promise<World> {
  const sandbox = await startSandbox(options)
  const folder = await mkdtemp(join(tmpdir(), 'gantry-world-'))
  const events: PromotionEvent[] = []
  const environment = {env: {}, sandboxUrl: sandbox.url, now: Date.now, signal}
  const context: RegistryContext = {
    signal,
    now: Date.now,
    concurrency: 8,
    retryForMs: 20_000,
    onEvent: () => {},
  }
  const registries: Registry[] = []
  return {
    sandbox,
    events,
    folder,
    async open(host) {
      const {registry} = await openRegistry({host}, {environment, context})
      registries.push(registry)
      return registry
    },
    promote: (images, words = {}, around = {}) =>
      runPromotion(
        {...defaultOrder, images, ...words},
        {
          estate: parseEstate(repos, 'repos.yaml'),
          aws: environment,
          credentialsFor: () => Promise.resolve(undefined),
          records: join(folder, 'records'),
          cwd: folder,
          random: () => 1,
          deadlineAfter: ms => AbortSignal.timeout(ms),
          onEvent: event => events.push(event),
          ...around,
        },
      ),
    async close() {
      for (const registry of registries) registry.close()
      await sandbox.close()
      await rm(folder, {recursive: true, force: true, maxRetries: 3})
    },
  }
}

const defaultOrder: PromotionOrder = {
  images: [],
  allTags: false,
  match: [],
  exclude: [],
  from: 'dev',
  to: ['prod'],
  tags: [],
  as: undefined,
  endpoints: {fips: false, dualStack: false},
  plan: undefined,
  out: undefined,
  shard: undefined,
  dryRun: false,
  createRepositories: false,
  allOrNothing: false,
  referrers: true,
  ignoreRefusedReferrers: false,
  platforms: [],
  concurrency: 8,
  gate: undefined,
  gateWaitMs: undefined,
  waitReplicationMs: undefined,
  record: undefined,
}
