import {createHash, type Hash, randomBytes} from 'node:crypto'
import {Readable} from 'node:stream'

/** A layer whose bytes are made while they are read, and kept nowhere. */
export interface GeneratedLayer {
  readonly digest: `sha256:${string}`
  readonly size: number
  /** The bytes from `offset` on. */
  read(offset: number): Readable
}

const pieceBytes = 2 ** 20
const nameBytes = 64

/**
 * Makes layers of noise that have no piece in common with themselves. Layers of one size differ in their last bytes
 * alone, so that the digests of many take hardly longer than that of one.
 */
export class LayerGenerator {
  readonly #noise = randomBytes(pieceBytes)
  /** By how many bytes of noise they have seen. */
  readonly #hashes = new Map<number, Hash>()

  layer(name: string, size: number): GeneratedLayer {
    const last = Buffer.alloc(nameBytes, name)
    const noise = size - nameBytes
    const bytes = (offset: number) => this.#bytes(offset, noise, last)
    return {
      digest: `sha256:${this.#hashOf(noise).update(last).digest('hex')}`,
      size,
      read: offset => Readable.from(bytes(offset), {objectMode: false, highWaterMark: pieceBytes}),
    }
  }

  #hashOf(noise: number): Hash {
    const known = this.#hashes.get(noise)
    if (known !== undefined) return known.copy()
    const hash = createHash('sha256')
    for (const piece of this.#pieces(0, noise)) hash.update(piece)
    this.#hashes.set(noise, hash)
    return hash.copy()
  }

  *#bytes(offset: number, noise: number, last: Buffer): Generator<Buffer> {
    yield* this.#pieces(offset, noise)
    yield last.subarray(Math.max(0, offset - noise))
  }

  /** Each begins with its number. */
  *#pieces(offset: number, end: number): Generator<Buffer> {
    for (let at = offset; at < end; at += pieceBytes - (at % pieceBytes)) {
      const piece = Buffer.from(this.#noise)
      piece.writeUInt32BE(Math.floor(at / pieceBytes))
      yield piece.subarray(at % pieceBytes, end - at + (at % pieceBytes))
    }
  }
}
