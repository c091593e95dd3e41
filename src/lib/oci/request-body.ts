import type {ClientRequest} from 'node:http'
import type {Readable} from 'node:stream'
import {RefusalError} from '../errors.ts'
import type {Traffic} from './registry.ts'
import {NetworkError} from './registry-error.ts'

/** Bytes that even a slow connection takes before it counts as stalled. */
const pieceSize = 64 * 1024

/** Sends a body that is at hand, or none. */
export async function sendBytes(
  request: ClientRequest,
  bytes: Uint8Array | undefined,
  stallMs: number,
  traffic: Traffic,
): Promise<void> {
  let rest = bytes
  while (rest !== undefined && rest.length > pieceSize && !request.destroyed) {
    traffic.bytesSent += pieceSize
    if (!request.write(rest.subarray(0, pieceSize))) await taken(request, 'drain', stallMs)
    rest = rest.subarray(pieceSize)
  }
  traffic.bytesSent += rest?.length ?? 0
  await finish(request, stallMs, rest)
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
      if (state.sent === size) await finish(request, stallMs, chunk)
      else if (!request.write(chunk)) await taken(request, 'drain', stallMs)
    }
    if (state.sent < size && !state.isOver) throw wrongSize(size, 'fewer')
    if (!request.writableEnded) await finish(request, stallMs)
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

async function finish(request: ClientRequest, stallMs: number, last?: Uint8Array): Promise<void> {
  if (request.destroyed) return
  request.end(last)
  await taken(request, 'finish', stallMs)
}

/** Resolves when there is room to write (`drain`) or all is written (`finish`), or nobody left to write to. */
function taken(request: ClientRequest, event: 'drain' | 'finish', stallMs: number): Promise<void> {
  return new Promise(resolve => {
    const events = [event, 'close', 'response'] as const
    const done = (): void => {
      clearTimeout(timer)
      for (const each of events) request.off(each, done)
      resolve()
    }
    const timer = setTimeout(() => {
      request.destroy(new NetworkError(`no bytes were taken for ${stallMs / 1000} s`, {code: 'ETIMEDOUT'}))
    }, stallMs)
    for (const each of events) request.once(each, done)
  })
}
