import type {ServerResponse} from 'node:http'
import {Readable} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import type {Reply} from './exchange.ts'

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
  const body = Readable.from(reply.body instanceof Readable ? reply.body : [Buffer.from(reply.body ?? '')])
  const declared = reply.headers?.['content-length']
  const length = declared === undefined ? Buffer.byteLength(wholeBody(reply)) : Number(declared)
  response.writeHead(reply.status, {...reply.headers, 'content-length': String(length)})
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

function wholeBody({body}: Reply): string | Uint8Array {
  return body === undefined || body instanceof Readable ? '' : body
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
