import type {ClientRequest} from 'node:http'
import type {Readable} from 'node:stream'
import {RefusalError} from '../errors.ts'
import type {Traffic} from './registry.ts'
import {NetworkError} from './registry-error.ts'

/** Sends a body that is at hand, or none. */
export async function sendBytes(
  request: ClientRequest,
  bytes: Uint8Array | undefined,
  traffic: Traffic,
): Promise<void> {
  if (bytes !== undefined) traffic.bytesSent += bytes.length
  request.end(bytes)
}

/**
 * Sends a stream as fast as the other side takes it. Ends early, without error, when the answer is there before the
 * body is: there is nobody left to send to.
 *
 * @throws the stream's own error, which is not the network's, and {RefusalError} BLOB_SIZE when the stream is not
 *   `size` bytes long.
 */
export async function sendStream(
  request: ClientRequest,
  {stream, size}: {stream: Readable; size: number},
  stallMs: number,
  traffic: Traffic,
): Promise<void> {
  const state = {sent: 0, isOver: false}
  const stop = (): void => {
    state.isOver = true
    // A stream that has given all of its bytes may end by itself, so that its own connection can be used again.
    if (state.sent < size) stream.destroy()
  }
  request.once('close', stop)
  request.once('response', stop)
  try {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      state.sent += chunk.length
      if (state.sent > size) throw wrongSize(size, 'more')
      traffic.bytesSent += chunk.length
      const hasRoom = request.write(chunk)
      if (state.sent === size) request.end()
      else if (!hasRoom) await drained(request, stallMs)
    }
    if (state.sent < size && !state.isOver) throw wrongSize(size, 'fewer')
    if (!request.writableEnded) request.end()
  } catch (error) {
    if (state.isOver) return
    request.destroy()
    throw error
  }
}

function wrongSize(size: number, kind: 'more' | 'fewer'): RefusalError {
  return new RefusalError(
    'BLOB_SIZE',
    `The source of a blob of ${size} bytes gave ${kind}. Nothing was stored.`,
  )
}

/** Resolves when there is room to write, or nobody left to write to. */
function drained(request: ClientRequest, stallMs: number): Promise<void> {
  return new Promise(resolve => {
    const events = ['drain', 'close', 'response'] as const
    const done = (): void => {
      clearTimeout(timer)
      for (const event of events) request.off(event, done)
      resolve()
    }
    const timer = setTimeout(() => {
      request.destroy(new NetworkError(`no bytes were taken for ${stallMs / 1000} s`, {code: 'ETIMEDOUT'}))
    }, stallMs)
    for (const event of events) request.once(event, done)
  })
}
