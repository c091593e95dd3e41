import type {IncomingHttpHeaders} from 'node:http'
import type {Readable} from 'node:stream'
import type {EcrError} from './ecr-error.ts'
import type {Plane} from './hindrances.ts'

/** A request that passed the guard. */
export interface Incoming {
  readonly method: string
  /** Without the query, as it was sent. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly host: string
  /** Scheme and host, as the client has them; unknown where something before this port may have ended TLS. */
  readonly origin?: string
  /** Whence it seems to come: `X-Forwarded-For` stands in for addresses that are not of this machine. */
  readonly sourceIp: string
  readonly body: Readable
  /** The registry it is for, by its port or its host name. */
  readonly registry?: {readonly account: string; readonly region: string}
}

export interface Reply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** A stream needs a Content-Length header. Of a HEAD request, only the length is sent. */
  readonly body?: string | Uint8Array | Readable
}

/** What can be wrong with a service rather than with a request. */
export type Trouble = '500' | '503' | '429' | 'throttling' | 'expired-token'

/** What a plane makes of a request before it handles it, so that it can be recorded, and hindered. */
export interface Exchange {
  readonly plane: Plane
  readonly operation?: string
  readonly account?: string
  readonly region?: string
  readonly principal?: string
  readonly repository?: string
  readonly mutating: boolean
  /** Handles the request; refusals are replies too. */
  readonly answer: () => Promise<Reply>
  /** The reply of this plane to trouble, in its own format. */
  readonly fail: (trouble: Trouble | EcrError) => Reply
}

/** Reads a body of at most `cap` bytes; undefined when it is larger. */
export async function readBody(body: Readable, cap: number): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = []
  let size = 0
  // Leaving the loop early must leave the connection for the answer.
  for await (const chunk of body.iterator({destroyOnReturn: false}) as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size > cap) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

export function headerOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' ? value : undefined
}
