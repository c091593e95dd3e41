import type {Readable} from 'node:stream'

/** The bytes of a blob, from their start for each try of its upload. */
export class BlobSource {
  readonly #read: () => Promise<Readable>
  #begun: Promise<Readable> | undefined

  constructor(read: () => Promise<Readable>) {
    this.#read = read
  }

  /** Reads what fits into a buffer before it is opened: while the destination opens the upload. */
  begin(): void {
    this.#begun ??= this.#read()
    this.#begun.then(
      stream => {
        // Whoever opens it learns of its error; until then nobody listens, which would end the process.
        stream.on('error', () => undefined)
        stream.read(0)
      },
      () => undefined,
    )
  }

  open(): Promise<Readable> {
    const begun = this.#begun ?? this.#read()
    this.#begun = undefined
    return begun
  }

  /** Lets go of what was begun and never opened. */
  close(): void {
    this.#begun?.then(
      stream => stream.destroy(),
      () => undefined,
    )
  }
}
