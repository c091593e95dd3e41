import type {ServerResponse} from 'node:http'
import {Readable} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import {setTimeout as sleep} from 'node:timers/promises'
import type {Reply} from '../exchange.ts'

/** Sends a reply. A client that goes away meanwhile is no error. */
export async function send(response: ServerResponse, reply: Reply): Promise<void> {
  const body = reply.body ?? ''
  const length = body instanceof Readable ? {} : lengthOf(response, reply, body)
  response.writeHead(reply.status, {...length, ...reply.headers})
  if (!(body instanceof Readable)) {
    response.end(body)
  } else if (response.req.method === 'HEAD') {
    body.destroy()
    response.end()
  } else {
    await pipeline(body, response).catch(() => undefined)
  }
}

/** Sends a reply's head and half of its body, and breaks the connection. */
export async function sendHalf(response: ServerResponse, reply: Reply): Promise<void> {
  const {status, headers, body, length} = streamed(reply)
  response.writeHead(status, headers)
  let left = Math.floor(length / 2)
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    await new Promise<void>(resolve => {
      response.write(chunk.subarray(0, left), () => resolve())
    })
    left -= chunk.length
    if (left <= 0 || response.destroyed) break
  }
  response.destroy()
}

/** Sends a reply some milliseconds later, its body at so many bytes per second. */
export async function sendSlowly(
  response: ServerResponse,
  reply: Reply,
  {delayMs = 0, bytesPerSecond = Infinity}: {readonly delayMs?: number; readonly bytesPerSecond?: number},
): Promise<void> {
  const {status, headers, body} = streamed(reply)
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  try {
    await sleep(delayMs, undefined, {signal: gone.signal})
    await send(response, {status, headers, body: Readable.from(paced(body, bytesPerSecond, gone.signal))})
  } catch (error) {
    if (!gone.signal.aborted) throw error
  } finally {
    body.destroy()
  }
}

async function* paced(body: Readable, bytesPerSecond: number, signal: AbortSignal) {
  const step = Math.ceil(bytesPerSecond / 10)
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    for (let from = 0; from < chunk.length; from += step) {
      const part = chunk.subarray(from, from + step)
      await sleep((1000 * part.length) / bytesPerSecond, undefined, {signal})
      yield part
    }
  }
}

/** The reply with its body as a stream, and with its length. */
function streamed({status, headers, body = ''}: Reply) {
  const declared = headers?.['content-length']
  const own = body instanceof Readable ? 0 : Buffer.byteLength(body)
  const length = declared === undefined ? own : Number(declared)
  return {
    status,
    length,
    headers: {...headers, ...(status === 204 ? {} : {'content-length': String(length)})},
    body: body instanceof Readable ? body : Readable.from([Buffer.from(body)]),
  }
}

// 204 and 304 have no length; the one of a HEAD reply is its own.
function lengthOf(
  response: ServerResponse,
  {status, headers}: Reply,
  body: string | Uint8Array,
): Record<string, string> {
  const own = response.req.method === 'HEAD' && headers?.['content-length'] !== undefined
  return status === 204 || own ? {} : {'content-length': String(Buffer.byteLength(body))}
}
