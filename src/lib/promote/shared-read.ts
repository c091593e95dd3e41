import {Readable} from 'node:stream'

/** Bytes that one reader may be behind the source before the source waits for it. */
const maxBehind = 1024 * 1024

export interface SharedReadOptions {
  /** Milliseconds that those who are there wait for those who are to come. */
  readonly patienceMs: number
  readonly signal: AbortSignal
}

/**
 * Reads of the source that several destinations share: who is expected and comes in time gets the bytes of one read, at
 * the pace of the slowest. Whoever comes late or a second time, after a failure, reads alone and holds up nobody.
 */
export class SharedReads {
  readonly #options: SharedReadOptions
  readonly #gatherings = new Map<string, Gathering>()

  constructor(options: SharedReadOptions) {
    this.#options = options
  }

  /** Tells that `reader` will want what `key` names, before anybody opens that. */
  expect(key: string, reader: string): void {
    const gathering = this.#gatherings.get(key) ?? {expected: new Set(), readers: 0}
    gathering.expected.add(reader)
    this.#gatherings.set(key, gathering)
  }

  /** Tells that `reader` does not come, or not any more. */
  leave(key: string, reader: string): void {
    const gathering = this.#gatherings.get(key)
    if (gathering === undefined) return
    gathering.expected.delete(reader)
    if (gathering.expected.size > 0) return
    this.#gatherings.delete(key)
    gathering.close?.()
  }

  /** Whether more than one reader is expected. */
  isShared(key: string): boolean {
    return (this.#gatherings.get(key)?.expected.size ?? 0) > 1
  }

  /** What `key` names, from its start; `read` reads it from the source. */
  async open(key: string, reader: string, read: () => Promise<Readable>): Promise<Readable> {
    const gathering = this.#gatherings.get(key)
    if (!gathering?.expected.has(reader)) return await read()
    const place = gathering.readers++
    gathering.complete ??= this.#gather(key, gathering)
    this.leave(key, reader)
    await gathering.complete
    if (gathering.readers === 1) return await read()
    gathering.branches ??= read().then(source => tee(source, gathering.readers))
    return (await gathering.branches)[place] as Readable
  }

  #gather(key: string, gathering: Gathering): Promise<void> {
    const {patienceMs, signal} = this.#options
    return new Promise(resolve => {
      const close = (): void => {
        clearTimeout(timer)
        this.#gatherings.delete(key)
        signal.removeEventListener('abort', close)
        resolve()
      }
      const timer = setTimeout(close, patienceMs)
      signal.addEventListener('abort', close)
      gathering.close = close
    })
  }
}

/** Those who want one thing, until it is read. */
interface Gathering {
  readonly expected: Set<string>
  /** How many are there. */
  readers: number
  /** Ends the wait. */
  close?: () => void
  complete?: Promise<void>
  branches?: Promise<readonly Readable[]>
}

/** As many streams of the bytes of one. A stream that is destroyed is left out; the error of the source is everybody's. */
export function tee(source: Readable, count: number): readonly Readable[] {
  const goOn = (): void => {
    if (branches.every(({destroyed}) => destroyed)) source.destroy()
    else if (branches.every(branch => branch.destroyed || branch.hasRoom)) source.resume()
  }
  const branches = Array.from({length: count}, () => new Branch(goOn))
  source.on('data', (piece: Uint8Array) => {
    for (const branch of branches) branch.give(piece)
    if (!branches.every(({hasRoom}) => hasRoom)) source.pause()
  })
  source.once('end', () => branches.forEach(branch => branch.push(null)))
  source.once('error', error => branches.forEach(branch => branch.destroy(error)))
  return branches
}

class Branch extends Readable {
  /** Whether it is less than `maxBehind` behind the source. */
  hasRoom = true
  readonly #goOn: () => void

  /** @param goOn told when there is room again, or nobody reads any more. */
  constructor(goOn: () => void) {
    super({highWaterMark: maxBehind})
    this.#goOn = goOn
    // Until somebody reads it, its errors have no other listener, and would end the process.
    this.on('error', () => undefined)
  }

  give(piece: Uint8Array): void {
    if (!this.destroyed) this.hasRoom = this.push(piece)
  }

  override _read(): void {
    if (this.hasRoom) return
    this.hasRoom = true
    this.#goOn()
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.hasRoom = true
    this.#goOn()
    callback(error)
  }
}
