import {createHash, randomUUID} from 'node:crypto'
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import {pipeline} from 'node:stream/promises'
import {type GeneratedLayer, LayerGenerator} from './generated-layers.ts'

/** A registry on loopback that keeps no layer: it makes those that are read, and hashes and forgets those that come. */
export interface GeneratedRegistry {
  /** `127.0.0.1:PORT` */
  readonly host: string
  /** Digests by `REPOSITORY:TAG`, of its own images and of those that were pushed. */
  readonly tags: ReadonlyMap<string, string>
  close(): Promise<void>
}

/** An image of one layer that no other image has. */
export interface GeneratedImage {
  /** `REPOSITORY:TAG` */
  readonly name: string
  readonly layerBytes: number
}

const types = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar',
  config: 'application/vnd.oci.image.config.v1+json',
}

/** @param images what it has from the start. */
export async function startGeneratedRegistry(
  images: readonly GeneratedImage[] = [],
): Promise<GeneratedRegistry> {
  const tags = new Map<string, string>()
  const documents = new Map<string, Buffer>()
  const layers = new Map<string, GeneratedLayer>()
  const pushed = new Set<string>()

  const keep = (document: Buffer) => {
    const digest = `sha256:${createHash('sha256').update(document).digest('hex')}`
    documents.set(digest, document)
    return {digest, size: document.length}
  }
  const generator = new LayerGenerator()
  for (const {name, layerBytes} of images) {
    const layer = generator.layer(name, layerBytes)
    layers.set(layer.digest, layer)
    const config = keep(json({architecture: 'amd64', os: 'linux', name}))
    const manifest = {
      schemaVersion: 2,
      mediaType: types.manifest,
      config: {mediaType: types.config, ...config},
      layers: [{mediaType: types.layer, digest: layer.digest, size: layer.size}],
    }
    tags.set(name, keep(json(manifest)).digest)
  }

  async function upload({request, response, url}: Exchange): Promise<void> {
    if (request.method === 'POST') return end(response, 202, {location: `${url.pathname}${randomUUID()}`})
    const hash = createHash('sha256')
    await pipeline(request, hash)
    const digest = `sha256:${hash.digest('hex')}`
    if (url.searchParams.get('digest') !== digest) return end(response, 400)
    pushed.add(digest)
    end(response, 201, {'docker-content-digest': digest})
  }

  async function putManifest({request, response, repository, name}: Exchange): Promise<void> {
    const {digest} = keep(Buffer.concat(await request.toArray()))
    if (name !== digest) tags.set(`${repository}:${name}`, digest)
    end(response, 201, {'docker-content-digest': digest})
  }

  async function read({request, response, kind, repository, name}: Exchange): Promise<void> {
    const digest = kind === 'manifests' ? (tags.get(`${repository}:${name}`) ?? name) : name
    const layer = layers.get(digest)
    const document = documents.get(digest)
    const size = layer?.size ?? document?.length
    if (size === undefined) return end(response, pushed.has(digest) ? 200 : 404)
    const [, from = '0'] = /^bytes=(\d+)-$/.exec(request.headers.range ?? '') ?? []
    const offset = Number(from)
    response.writeHead(offset === 0 ? 200 : 206, {
      'content-length': size - offset,
      'content-type': kind === 'manifests' ? types.manifest : 'application/octet-stream',
      'docker-content-digest': digest,
      ...(offset === 0 ? {} : {'content-range': `bytes ${offset}-${size - 1}/${size}`}),
    })
    if (request.method === 'HEAD') response.end()
    else if (layer === undefined) response.end(document?.subarray(offset))
    else await pipeline(layer.read(offset), response)
  }

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://registry')
    const [, repository = '', kind = '', name = ''] =
      /^\/v2\/(.+)\/(manifests|blobs)\/(.+)$/.exec(url.pathname) ?? []
    const handle = name.startsWith('uploads/') ? upload : request.method === 'PUT' ? putManifest : read
    // Who is gone needs no answer.
    handle({request, response, url, repository, kind, name}).catch(() => response.destroy())
  })
  // A request may take as long as a layer takes.
  server.requestTimeout = 0
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    tags,
    async close() {
      server.closeAllConnections()
      await new Promise<void>(resolve => server.close(() => resolve()))
    },
  }
}

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly url: URL
  readonly repository: string
  readonly kind: string
  readonly name: string
}

function json(content: unknown): Buffer {
  return Buffer.from(JSON.stringify(content))
}

function end(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  response.writeHead(status, {'content-length': 0, ...headers}).end()
}
