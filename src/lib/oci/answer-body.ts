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
  /** Piece by piece, as fast as the reader takes it. @throws {NetworkError} when it is cut or stalls. */
  chunks(): AsyncGenerator<Uint8Array, void, undefined>
  /** All of it. @throws {NetworkError}, {RefusalError} ANSWER_TOO_LARGE when it is larger than `limit` bytes. */
  bytes(limit: number, what: string): Promise<Uint8Array>
  /** The first `limit` bytes of it, or all. @throws {NetworkError} */
  start(limit: number): Promise<Uint8Array>
  /** None of it: a small body is read off, so that the connection can be used again, any other is cut. */
  discard(): Promise<void>
  /** None of it, and no more of what is being read: the connection is closed. */
  cut(): void
}

export function receive(
  response: IncomingMessage,
  request: ClientRequest,
  stallMs: number,
  signal: AbortSignal,
  traffic: Traffic,
): AnswerBody {
  async function* chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    let isWaiting = true
    let gained = 0
    // A reader that is slow is not a server that stalls.
    const timer = setTimeout(() => {
      if (!isWaiting) {
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
    try {
      for await (const chunk of response as AsyncIterable<Uint8Array>) {
        traffic.bytesReceived += chunk.length
        gained += chunk.length
        if (gained >= leastBytes) goOn()
        isWaiting = false
        const given = performance.now()
        yield chunk
        isWaiting = true
        if (performance.now() - given > slowReaderMs) goOn()
      }
    } catch (error) {
      signal.throwIfAborted()
      if (error instanceof NetworkError) throw error
      throw new NetworkError('the answer was cut', {code: 'ECONNRESET', cause: error})
    } finally {
      clearTimeout(timer)
      // Of a request that was answered before it was all sent, nothing can be used again.
      if (!request.writableFinished) request.destroy()
    }
  }

  return {
    chunks,
    async bytes(limit, what) {
      const pieces: Uint8Array[] = []
      let size = 0
      for await (const chunk of chunks()) {
        size += chunk.length
        if (size > limit) {
          throw new RefusalError('ANSWER_TOO_LARGE', `${what} is larger than ${limit / 1024} KiB. Refused.`)
        }
        pieces.push(chunk)
      }
      return Buffer.concat(pieces)
    },
    async start(limit) {
      const pieces: Uint8Array[] = []
      let size = 0
      for await (const chunk of chunks()) {
        pieces.push(chunk)
        size += chunk.length
        if (size > limit) break
      }
      return Buffer.concat(pieces).subarray(0, limit)
    },
    cut: () => void response.destroy(),
    async discard() {
      let size = 0
      try {
        for await (const chunk of chunks()) {
          size += chunk.length
          if (size > maxSmallBody) return
        }
      } catch {
        signal.throwIfAborted()
      }
    },
  }
}
