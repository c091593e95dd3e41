import type {Readable} from 'node:stream'
import {afterEach} from 'vitest'
import {basicAuthorizer} from '../../../src/lib/oci/auth.ts'
import {type DistributionOptions, openDistributionRegistry} from '../../../src/lib/oci/distribution.ts'
import {
  noTraffic,
  type Registry,
  type RegistryContext,
  type RegistryEvent,
} from '../../../src/lib/oci/registry.ts'
import type {Wait} from '../../../src/lib/oci/wait.ts'
import {type HostileRegistry, startHostileRegistry} from '../../support/hostile-registry.ts'

export const secret = 'Basic QVdTOnBsYW50ZWQtc2VjcmV0'

const closers: (() => void | Promise<void>)[] = []

afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

/** A hostile registry that is closed when the test ends. */
export async function hostile(): Promise<HostileRegistry> {
  const server = await startHostileRegistry()
  closers.push(() => server.close())
  return server
}

export interface Opened {
  readonly registry: Registry
  readonly events: RegistryEvent[]
  /** Milliseconds that were waited for by a clock that only waiting moves. */
  readonly waits: number[]
}

/** The client under test, with credentials, retries for a minute of a clock of its own, and no real waiting. */
export function open(
  host: string,
  {
    wait,
    context,
    ...options
  }: Partial<Omit<DistributionOptions, 'context'>> & {
    readonly context?: Partial<RegistryContext>
    readonly wait?: Wait
  } = {},
): Opened {
  const events: RegistryEvent[] = []
  const waits: number[] = []
  let now = 1_000_000
  const registry = openDistributionRegistry({
    host,
    traffic: noTraffic(),
    authorizer: basicAuthorizer(
      async () => secret,
      () => undefined,
    ),
    ...options,
    context: {
      signal: new AbortController().signal,
      now: () => now,
      concurrency: 4,
      retryForMs: 60_000,
      onEvent: event => events.push(event),
      wait:
        wait ??
        (async ms => {
          waits.push(ms)
          now += ms
        }),
      ...context,
    },
  })
  closers.push(() => registry.close())
  return {registry, events, waits}
}

export async function read(stream: Readable): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of stream as AsyncIterable<Buffer>) pieces.push(piece)
  return Buffer.concat(pieces)
}

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}
