import * as z from 'zod/mini'
import {checked, flaw} from '../checked.ts'
import {isLoopback} from '../identity/hosts.ts'

/** Where upstream registries are in place of the network, by their host names: origins on this machine. */
export type UpstreamAddresses = ReadonlyMap<string, string>

const schema = z.record(
  z.string(),
  z.string().check(z.refine(isOrigin, 'must be an origin on this machine such as http://127.0.0.1:5000')),
)

/** @throws {UsageError} INVALID_UPSTREAMS, naming the place. */
export function parseUpstreams(value: unknown): UpstreamAddresses {
  const given = checked(schema, value, (place, problem) =>
    flaw('INVALID_UPSTREAMS', 'Sandbox upstreams', place, problem),
  )
  return new Map(Object.entries(given))
}

/** Whether a URL leads no further than this machine. */
export function isLocal({protocol, hostname}: URL): boolean {
  return (protocol === 'http:' || protocol === 'https:') && isLoopback(hostname)
}

function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false
  const url = new URL(text)
  return isLocal(url) && url.href === `${url.origin}/`
}
