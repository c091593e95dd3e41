import {
  type ClientRequest,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http'
import {request as httpsRequest} from 'node:https'
import {createAgents} from './agents.ts'
import {type AnswerBody, receive} from './answer-body.ts'
import {type Network, plainNetwork} from './network.ts'
import type {Traffic} from './registry.ts'
import {NetworkError} from './registry-error.ts'
import {type StreamBody, sendBytes, sendStream} from './request-body.ts'
import {isLoopback, type UrlPolicy} from './url-policy.ts'

/** Milliseconds after which a connection that does nothing is given up. */
export interface Timeouts {
  /** Name look-up, TCP and TLS. */
  readonly connectMs: number
  /** From the end of the request to the headers of the answer. */
  readonly headersMs: number
  /** The same for the request that ends an upload, on which registries hash and store the blob. */
  readonly commitMs: number
  /** Between two pieces of a body, in either direction, while nobody waits but us. */
  readonly stallMs: number
}

export const defaultTimeouts: Timeouts = {
  connectMs: 10_000,
  headersMs: 30_000,
  commitMs: 300_000,
  stallMs: 30_000,
}

export type RequestBody = Uint8Array | StreamBody

/** One HTTP request, no more: no redirect, no retry, no credentials but those in `headers`. */
export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: RequestBody
  /** Whether the answer may take as long as `commitMs`. */
  readonly isCommit?: boolean
  /** Whether it only asks, whatever its method. */
  readonly changesNothing?: boolean
}

export interface HttpAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: AnswerBody
}

export interface Transport {
  /** @throws {NetworkError}, the error of the body's stream, or the reason of the abort signal. */
  send(request: HttpRequest): Promise<HttpAnswer>
  close(): void
}

export interface TransportOptions {
  readonly policy: UrlPolicy
  readonly signal: AbortSignal
  readonly traffic: Traffic
  /** Idle connections kept for each origin; the callers' limiters bound those in use. */
  readonly keepIdle: number
  /** Default: {@link plainNetwork}. */
  readonly network?: Network | undefined
  readonly timeouts?: Timeouts | undefined
}

export function createTransport(options: TransportOptions): Transport {
  const {policy, signal, traffic, network = plainNetwork, timeouts = defaultTimeouts} = options
  const pool = {keepAlive: true, maxFreeSockets: options.keepIdle}
  const agents = createAgents(pool, network, timeouts.connectMs)
  // A proxy cannot reach this machine's loopback, and need not know of it.
  const direct = createAgents(pool, {...network, proxyFor: () => undefined}, timeouts.connectMs)

  function start({method, url, headers}: HttpRequest): ClientRequest {
    const address = policy.address(url)
    const {http, https} = isLoopback(address.hostname) ? direct : agents
    const settings = {
      method,
      headers: {'User-Agent': 'gantry', 'Accept-Encoding': 'identity', ...headers, Host: url.host},
      signal,
    }
    return address.protocol === 'https:'
      ? httpsRequest(address, {...settings, agent: https})
      : httpRequest(address, {...settings, agent: http})
  }

  async function send(outgoing: HttpRequest): Promise<HttpAnswer> {
    signal.throwIfAborted()
    traffic.requests++
    const {method, changesNothing = method === 'GET' || method === 'HEAD'} = outgoing
    if (!changesNothing) traffic.mutatingRequests++
    const request = start(outgoing)
    const {body} = outgoing
    watchConnecting(request, timeouts.connectMs)
    const sent =
      body === undefined || body instanceof Uint8Array
        ? sendBytes(request, body, timeouts.stallMs, traffic)
        : sendStream(request, body, timeouts.stallMs, traffic)
    const answered = answerTo(request, outgoing.isCommit ? timeouts.commitMs : timeouts.headersMs, signal)
    // An answer may come before the body is sent; a body that fails fails the request.
    const response = await Promise.race([answered, sent.then(() => answered)])
    if (isSuccess(response.statusCode) && !request.writableEnded) {
      request.destroy()
      throw new NetworkError('it was answered before it was sent')
    }
    return {
      status: response.statusCode ?? 0,
      headers: response.headers,
      body: receive(response, request, timeouts.stallMs, signal, traffic),
    }
  }

  return {
    send,
    close() {
      for (const agent of [agents.http, agents.https, direct.http, direct.https]) agent.destroy()
    },
  }
}

function isSuccess(status = 0): boolean {
  return status >= 200 && status < 300
}

function watchConnecting(request: ClientRequest, connectMs: number): void {
  const timer = setTimeout(() => {
    request.destroy(new NetworkError(`no connection after ${connectMs / 1000} s`, {code: 'ETIMEDOUT'}))
  }, connectMs)
  const connected = (): void => clearTimeout(timer)
  request.once('close', connected)
  request.once('socket', socket => {
    if (!socket.connecting) connected()
    else socket.once('encrypted' in socket ? 'secureConnect' : 'connect', connected)
  })
}

function answerTo(request: ClientRequest, headersMs: number, signal: AbortSignal) {
  return new Promise<IncomingMessage>((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined
    request.once('finish', () => {
      timer = setTimeout(() => {
        request.destroy(new NetworkError(`no answer for ${headersMs / 1000} s`, {code: 'ETIMEDOUT'}))
      }, headersMs)
    })
    request.once('response', response => {
      clearTimeout(timer)
      // Until somebody reads the body its errors have no other listener, and would end the process.
      response.on('error', () => undefined)
      resolve(response)
    })
    // While there is no connection yet, a request that is destroyed says nothing of it.
    const abort = (): void => reject(signal.reason)
    signal.addEventListener('abort', abort, {once: true})
    request.once('close', () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
    })
    request.on('error', (error: NodeJS.ErrnoException) => {
      reject(signal.aborted ? signal.reason : toNetworkError(error, request.reusedSocket))
    })
  })
}

/** The system's error as a {@link NetworkError}: its code, in words where the code alone says little. */
function toNetworkError(error: unknown, wasReused = false): NetworkError {
  if (error instanceof NetworkError) return error
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
  const text = error instanceof Error ? error.message : String(error)
  return new NetworkError(text, {
    code,
    wasIdle: wasReused && (code === 'ECONNRESET' || code === 'EPIPE'),
    cause: error,
  })
}
