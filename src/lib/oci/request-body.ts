import type {ClientRequest} from 'node:http'
import type {Readable} from 'node:stream'
import {RefusalError} from '../errors.ts'
import type {Traffic} from './registry.ts'
import {NetworkError} from './registry-error.ts'

/** A body of exactly `size` bytes that comes bit by bit. */
export interface StreamBody {
  /** Destroyed by whoever sends it when it is not needed any more. */
  readonly stream: Readable
  readonly size: number
  /** Told of the bytes of each piece that is sent. */
  readonly onBytes?: ((bytes: number) => void) | undefined
}

/** Bytes that even a slow connection takes before it counts as stalled. */
const pieceSize = 64 * 1024

/** Sends a body that is at hand, or none. */
export async function sendBytes(
  request: ClientRequest,
  bytes: Uint8Array | undefined,
  stallMs: number,
  traffic: Traffic,
): Promise<void> {
  if (bytes === undefined) {
    // Nothing that could stall: the headers fit into what the system keeps for a connection.
    request.end()
    return
  }
  let rest = bytes
  while (rest.length > pieceSize && !request.destroyed) {
    traffic.bytesSent += pieceSize
    if (!request.write(rest.subarray(0, pieceSize))) await taken(request, 'drain', stallMs)
    rest = rest.subarray(pieceSize)
  }
  traffic.bytesSent += rest.length
  await finish(request, stallMs, rest)
}

/**
 * Sends a stream as fast as the other side takes it. Ends early, without error, when the answer is there before the
 * body is: there is nobody left to send to.
 *
 * @throws the stream's own error, which is not the network's, and {RefusalError} BLOB_SIZE when the stream is not
 *   `size` bytes long.
 */
export function sendStream(
  request: ClientRequest,
  {stream, size, onBytes}: StreamBody,
  stallMs: number,
  traffic: Traffic,
): Promise<void> {
  const {promise, resolve, reject} = Promise.withResolvers<void>()
  let sent = 0
  let isBlocked = false
  let isOver = false
  const timer = setTimeout(() => {
    // A source that is slow is not a server that stalls.
    if (isBlocked) request.destroy(stalled(stallMs))
    else timer.refresh()
  }, stallMs)

  function block(): void {
    isBlocked = true
    timer.refresh()
  }
  function finish(last?: Uint8Array): void {
    block()
    request.end(last)
  }
  function over(): void {
    if (isOver) return
    isOver = true
    clearTimeout(timer)
    // A stream that has given all of its bytes may end by itself, so that its own connection can be used again.
    if (sent < size) stream.destroy()
    resolve()
  }
  function fail(error: Error): void {
    if (isOver) return
    isOver = true
    clearTimeout(timer)
    request.destroy()
    reject(error)
  }

  request.once('close', over)
  request.once('response', over)
  request.once('finish', () => {
    isBlocked = false
    if (stream.readableEnded) over()
  })
  request.on('drain', () => {
    isBlocked = false
    stream.resume()
  })
  stream.once('error', fail)
  stream.once('close', () => {
    if (!stream.readableEnded) fail(new Error('the source of the blob was closed'))
  })
  stream.once('end', () => {
    if (sent < size) fail(wrongSize(size, 'fewer'))
    else if (request.writableFinished) over()
    else if (!request.writableEnded) finish()
  })
  stream.on('data', (piece: Uint8Array) => {
    if (isOver || request.destroyed) return
    sent += piece.length
    if (sent > size) return fail(wrongSize(size, 'more'))
    traffic.bytesSent += piece.length
    onBytes?.(piece.length)
    if (sent === size) finish(piece)
    else if (!request.write(piece)) {
      block()
      stream.pause()
    }
  })
  // What failed while nobody listened says so no more.
  if (stream.errored) fail(stream.errored)
  return promise
}

function wrongSize(size: number, kind: 'more' | 'fewer'): RefusalError {
  return new RefusalError(
    'BLOB_SIZE',
    `The source of a blob of ${size} bytes gave ${kind}. Nothing was stored.`,
  )
}

async function finish(request: ClientRequest, stallMs: number, last: Uint8Array): Promise<void> {
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
      request.destroy(stalled(stallMs))
    }, stallMs)
    for (const each of events) request.once(each, done)
  })
}

function stalled(stallMs: number): NetworkError {
  return new NetworkError(`no bytes were taken for ${stallMs / 1000} s`, {code: 'ETIMEDOUT'})
}
