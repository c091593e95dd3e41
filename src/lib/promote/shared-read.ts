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
  const branches = Array.from({length: count}, () => new Branch())
  void pour(source, branches)
  return branches
}

async function pour(source: Readable, branches: readonly Branch[]): Promise<void> {
  try {
    for await (const chunk of source as AsyncIterable<Uint8Array>) {
      await Promise.all(branches.map(branch => branch.give(chunk)))
      // Leaving the loop lets go of the source.
      if (branches.every(({destroyed}) => destroyed)) return
    }
    for (const branch of branches) branch.push(null)
  } catch (error) {
    for (const branch of branches) branch.destroy(error as Error)
  }
}

class Branch extends Readable {
  #proceed: (() => void) | undefined

  constructor() {
    super({highWaterMark: maxBehind})
  }

  /** Done when there is room for more, or nobody is left to read. */
  async give(chunk: Uint8Array): Promise<void> {
    if (this.destroyed || this.push(chunk)) return
    await new Promise<void>(resolve => {
      this.#proceed = resolve
    })
  }

  override _read(): void {
    this.#proceed?.()
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#proceed?.()
    callback(error)
  }
}
