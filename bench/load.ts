import {createHash, randomBytes} from 'node:crypto'
import {Agent, request} from 'node:http'
import type {Server} from './servers.ts'

const connections = 16
const manifestType = 'application/vnd.oci.image.manifest.v1+json'

export interface TestImage {
  readonly config: Buffer
  readonly layer: Buffer
}

/** A small image; `name` makes it another. */
export function imageOf(name: string): TestImage {
  return {
    config: Buffer.from(JSON.stringify({architecture: 'amd64', os: 'linux', name})),
    layer: Buffer.from(`layer of ${name}`),
  }
}

const blobs = new Map<number, Buffer>()

/** Noise of this size; the same each time. */
export function blobOf(mib: number): Buffer {
  const blob = blobs.get(mib) ?? randomBytes(mib * 1024 * 1024)
  blobs.set(mib, blob)
  return blob
}

interface Answer {
  readonly status: number
  readonly location: string | undefined
  readonly bytes: number
}

/** Speaks the registry protocol to one repository of a server, as fast as it answers. Times are in milliseconds. */
export class RegistryLoad {
  readonly #server: Server
  readonly #agent = new Agent({keepAlive: true, maxSockets: connections})

  constructor(server: Server) {
    this.#server = server
  }

  /** Does something `count` times, some of it at once. */
  async many(count: number, work: (index: number) => Promise<unknown>): Promise<number> {
    const began = performance.now()
    let next = 0
    const worker = async () => {
      while (next < count) await work(next++)
    }
    await Promise.all(Array.from({length: connections}, worker))
    return performance.now() - began
  }

  async push(image: TestImage, tag: string): Promise<TestImage> {
    for (const blob of [image.config, image.layer]) await this.upload(blob)
    await this.put(image, tag, -1)
    return image
  }

  /** Puts a manifest of its own, by `index`, of an image whose blobs are there. */
  async put({config, layer}: TestImage, tag: string, index: number): Promise<void> {
    const manifest = JSON.stringify({
      schemaVersion: 2,
      mediaType: manifestType,
      config: descriptor('application/vnd.oci.image.config.v1+json', config),
      layers: [descriptor('application/vnd.oci.image.layer.v1.tar', layer)],
      annotations: {index: String(index)},
    })
    await this.#send('PUT', `manifests/${tag}`, 201, {'content-type': manifestType}, Buffer.from(manifest))
  }

  async head(tag: string): Promise<void> {
    await this.#send('HEAD', `manifests/${tag}`, 200, {accept: manifestType})
  }

  async get(tag: string): Promise<void> {
    await this.#send('GET', `manifests/${tag}`, 200, {accept: manifestType})
  }

  async upload(blob: Buffer): Promise<number> {
    const began = performance.now()
    const {location = ''} = await this.#send('POST', 'blobs/uploads/', 202)
    const url = new URL(location, this.#server.url)
    url.searchParams.set('digest', digestOf(blob))
    const type = {'content-type': 'application/octet-stream'}
    await this.#request('PUT', url, 201, type, blob)
    return performance.now() - began
  }

  async download(blob: Buffer): Promise<number> {
    const began = performance.now()
    const {status, location, bytes} = await this.#send('GET', `blobs/${digestOf(blob)}`, 0)
    const size = status === 307 ? (await this.#request('GET', new URL(location ?? ''), 200)).bytes : bytes
    if (size !== blob.length) throw new Error(`${size} of ${blob.length} bytes came`)
    return performance.now() - began
  }

  /** A page of a thousand tags. */
  async page(): Promise<number> {
    const began = performance.now()
    await this.#send('GET', 'tags/list?n=1000', 200)
    return performance.now() - began
  }

  #send(method: string, path: string, expected: number, headers = {}, body?: Buffer): Promise<Answer> {
    const url = new URL(`/v2/${this.#server.repository}/${path}`, this.#server.url)
    return this.#request(method, url, expected, headers, body)
  }

  #request(method: string, url: URL, expected: number, headers = {}, body?: Buffer): Promise<Answer> {
    const own = url.origin === this.#server.url
    return new Promise((resolve, reject) => {
      const sent = request(url, {
        method,
        agent: this.#agent,
        headers: {...headers, ...(own ? this.#server.headers : {}), 'content-length': body?.length ?? 0},
      })
      sent.on('error', reject)
      sent.on('response', response => {
        let bytes = 0
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length
        })
        response.on('error', reject)
        response.on('end', () => {
          const status = response.statusCode ?? 0
          if (expected === 0 || status === expected) {
            resolve({status, location: response.headers.location, bytes})
          } else {
            reject(new Error(`${method} ${url.pathname}: ${status}`))
          }
        })
      })
      sent.end(body)
    })
  }
}

function descriptor(mediaType: string, content: Buffer) {
  return {mediaType, digest: digestOf(content), size: content.length}
}

const digests = new WeakMap<Buffer, string>()

function digestOf(content: Buffer): string {
  const digest = digests.get(content) ?? `sha256:${createHash('sha256').update(content).digest('hex')}`
  digests.set(content, digest)
  return digest
}
