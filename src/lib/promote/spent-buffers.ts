import {setFlagsFromString} from 'node:v8'
import {runInNewContext} from 'node:vm'

/** Bytes after which it pays to look for buffers that nobody needs any more: well within a processor's cache. */
const enough = 8 * 1024 * 1024

/**
 * Has the buffers of a copy freed as soon as they are spent. V8 goes by its own heap, on which a buffer of 64 KiB is a
 * few bytes, and lets a hundred MiB of them gather; as the next ones then come from memory that no cache holds, a copy
 * takes a third more CPU time too. There is no way to reuse them: http allocates one for each read.
 */
export class SpentBuffers {
  #bytes = 0
  #collect: NodeJS.GCFunction | undefined

  /** Tells of bytes that went through. */
  note(bytes: number): void {
    this.#bytes += bytes
    if (this.#bytes < enough) return
    this.#bytes = 0
    this.#collect ??= collector()
    this.#collect({type: 'minor'})
  }
}

/** V8 gives `gc` to contexts that are made while the flag is set. */
function collector(): NodeJS.GCFunction {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as NodeJS.GCFunction
  setFlagsFromString('--no-expose-gc')
  return collect
}
