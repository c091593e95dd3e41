import {randomUUID} from 'node:crypto'
import {EcrError} from '../ecr-error.ts'
import {day} from '../time/durations.ts'
import type {ContentStore, ContentWriter} from './content.ts'
import type {Holdings} from './holdings.ts'
import type {Repository} from './repository.ts'

/** A layer on its way into a repository. It is lost when the sandbox stops; the client starts again. */
export interface Upload {
  readonly id: string
  readonly repository: Repository
  readonly writer: ContentWriter
  readonly startedAt: number
  /** Bytes of each part. */
  readonly parts: number[]
  /** A request is writing to it. */
  busy: boolean
  /** It was completed or cancelled. */
  over: boolean
}

const lifetime = day

export class Uploads {
  readonly #content: ContentStore
  readonly #holdings: Holdings
  readonly #open = new Map<string, Upload>()

  constructor(content: ContentStore, holdings: Holdings) {
    this.#content = content
    this.#holdings = holdings
  }

  async start(repository: Repository, now: number): Promise<Upload> {
    await this.#dropOldest(now)
    const writer = await this.#content.begin()
    const upload = {id: randomUUID(), repository, writer, startedAt: now, parts: [], busy: false, over: false}
    this.#open.set(upload.id, upload)
    return upload
  }

  /** @throws {EcrError} UploadNotFoundException. */
  find(repository: Repository, id: string): Upload {
    const upload = this.#open.get(id)
    if (upload?.repository !== repository) throw uploadNotFound(repository, id)
    return upload
  }

  /**
   * Ends an upload: its bytes become a layer of the repository if they have one of `digests`.
   *
   * @returns the layer's digest.
   * @throws {EcrError} InvalidLayerException; the upload is over then too.
   */
  async complete(upload: Upload, digests: readonly string[]): Promise<string> {
    this.#end(upload)
    const {repository, writer} = upload
    const digest = writer.digest()
    if (!digests.includes(digest)) {
      await writer.discard()
      throw new EcrError(
        'InvalidLayerException',
        'None of the provided layer digests match the calculated layer digest',
      )
    }
    await this.#holdings.keep(writer, () => repository.addLayer(digest, writer.size))
    return digest
  }

  async cancel(upload: Upload): Promise<void> {
    this.#end(upload)
    await upload.writer.discard()
  }

  async clear(): Promise<void> {
    for (const upload of this.#open.values()) await this.cancel(upload)
  }

  #end(upload: Upload): void {
    this.#open.delete(upload.id)
    upload.over = true
  }

  // The map is in the order of starting, so that the oldest is always first.
  async #dropOldest(now: number): Promise<void> {
    const [oldest] = this.#open.values()
    if (oldest !== undefined && !oldest.busy && now - oldest.startedAt > lifetime) await this.cancel(oldest)
  }
}

export function uploadNotFound({id: {name, account}}: Repository, uploadId: string): EcrError {
  return new EcrError(
    'UploadNotFoundException',
    `Upload with id '${uploadId}' does not exist in the repository with name '${name}' in the registry with id '${account}'`,
  )
}
