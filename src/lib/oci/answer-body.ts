import type {ClientRequest, IncomingMessage} from 'node:http'
import {RefusalError} from '../errors.ts'
import type {Traffic} from './registry.ts'
import {NetworkError} from './registry-error.ts'

/** Bodies that carry no content of their own: errors, tokens, acknowledgements. */
export const maxSmallBody = 64 * 1024

/** Bytes that have to come within the time for a stall: a trickle would go on for ever. */
const leastBytes = 1024
/** A reader that takes longer than this over a piece has used up the server's time. */
const slowReaderMs = 100

/** The body of an answer, to be read once, in one of these ways, or the connection stays occupied. */
export interface AnswerBody {
  /**
   * Piece by piece, as they come. `take` says with `false` that it has no room for more; then nothing comes before
   * {@link Flow.resume}. What it throws ends the flow, and the connection.
   */
  flow(take: (piece: Uint8Array) => boolean): Flow
  /** All of it. @throws {NetworkError}, {RefusalError} ANSWER_TOO_LARGE when it is larger than `limit` bytes. */
  bytes(limit: number, what: string): Promise<Uint8Array>
  /** The first `limit` bytes of it, or all. @throws {NetworkError} */
  start(limit: number): Promise<Uint8Array>
  /** None of it: a small body is read off, so that the connection can be used again, any other is cut. */
  discard(): Promise<void>
  /** None of it, and no more of what is being read: the connection is closed. */
  cut(): void
}

export interface Flow {
  /** There is room again. */
  resume(): void
  /** Resolves at the end of the body. @throws {NetworkError} when it is cut or stalls; what `take` threw. */
  readonly done: Promise<void>
}

/** What ends a flow of which enough has come. */
const enough = new Error('enough')

export function receive(
  response: IncomingMessage,
  request: ClientRequest,
  stallMs: number,
  signal: AbortSignal,
  traffic: Traffic,
): AnswerBody {
  // Streams of Node.js cost much for each piece; here a piece is one call.
  function flow(take: (piece: Uint8Array) => boolean): Flow {
    let gained = 0
    let pausedAt: number | undefined
    const timer = setTimeout(() => {
      // A reader that is slow is not a server that stalls.
      if (pausedAt !== undefined) {
        timer.refresh()
        return
      }
      const few = gained === 0 ? 'no bytes' : 'hardly any bytes'
      response.destroy(new NetworkError(`${few} came for ${stallMs / 1000} s`, {code: 'ETIMEDOUT'}))
    }, stallMs)
    const goOn = (): void => {
      gained = 0
      timer.refresh()
    }
    const {promise, resolve, reject} = Promise.withResolvers<void>()
    const end = (settle: () => void): void => {
      clearTimeout(timer)
      settle()
      // Of a request that was answered before it was all sent, nothing can be used again.
      if (!request.writableFinished) request.destroy()
    }
    const fail = (error: unknown): void => end(() => reject(signal.aborted ? signal.reason : cutBy(error)))
    response.on('end', () => end(resolve))
    response.on('error', fail)
    response.on('close', () => fail(undefined))
    response.on('data', (piece: Uint8Array) => {
      traffic.bytesReceived += piece.length
      gained += piece.length
      if (gained >= leastBytes) goOn()
      try {
        if (take(piece) || response.destroyed) return
      } catch (error) {
        end(() => reject(error))
        response.destroy()
        return
      }
      pausedAt = performance.now()
      response.pause()
    })
    // What ended before anybody listened says so no more.
    if (response.destroyed) fail(response.errored)
    return {
      resume() {
        if (pausedAt === undefined) return
        if (performance.now() - pausedAt > slowReaderMs) goOn()
        pausedAt = undefined
        response.resume()
      },
      done: promise,
    }
  }

  /** All of it, or a little more than `limit` bytes. */
  async function gather(limit: number): Promise<Uint8Array> {
    const pieces: Uint8Array[] = []
    let size = 0
    const {done} = flow(piece => {
      size += piece.length
      pieces.push(piece)
      if (size > limit) throw enough
      return true
    })
    try {
      await done
    } catch (error) {
      if (error !== enough) throw error
    }
    return Buffer.concat(pieces)
  }

  return {
    flow,
    async bytes(limit, what) {
      const bytes = await gather(limit)
      if (bytes.length <= limit) return bytes
      throw new RefusalError('ANSWER_TOO_LARGE', `${what} is larger than ${limit / 1024} KiB. Refused.`)
    },
    start: async limit => (await gather(limit)).subarray(0, limit),
    cut: () => void response.destroy(),
    async discard() {
      try {
        await gather(maxSmallBody)
      } catch {
        signal.throwIfAborted()
      }
    },
  }
}

function cutBy(error: unknown): NetworkError {
  return error instanceof NetworkError
    ? error
    : new NetworkError('the answer was cut', {code: 'ECONNRESET', cause: error})
}
