import {createHash, randomUUID} from 'node:crypto'
import {createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse} from 'node:http'
import type {AddressInfo, Socket} from 'node:net'
import type {Duplex} from 'node:stream'

/** A request as it came in. */
export interface Recorded {
  readonly method: string
  /** Path and query. */
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** What a script answers; the request's body has been read. */
export type Reply = (request: Recorded, response: ServerResponse) => void

export interface StoredManifest {
  readonly bytes: Uint8Array
  readonly mediaType: string
}

/**
 * A registry on loopback that behaves well (one set of blobs and manifests for all of its repositories) until a script
 * says otherwise. It records each request, also those that are cut.
 */
export interface HostileRegistry {
  /** `127.0.0.1:PORT` */
  readonly host: string
  readonly origin: string
  readonly requests: Recorded[]
  readonly blobs: Map<string, Buffer>
  /** By digest and by tag. */
  readonly manifests: Map<string, StoredManifest>
  addBlob(content: string | Buffer): {mediaType: string; digest: `sha256:${string}`; size: number}
  addManifest(document: unknown, mediaType: string, tag?: string): `sha256:${string}`
  /** The next requests whose method and path begin so get these replies, one each. */
  script(method: string, path: string, ...replies: Reply[]): void
  /** All further requests whose method and path begin so get this reply. */
  always(method: string, path: string, reply: Reply): void
  /** All further requests of which `matches` is true get this reply. */
  when(matches: (request: Recorded) => boolean, reply: Reply): void
  /** Requests whose method and path begin so get this reply before their body is read, which it never is. */
  early(method: string, path: string, reply: Reply): void
  /** `METHOD path` of each request so far, without queries. */
  log(): string[]
  /** Bytes that were sent so far. */
  bytesSent(): number
  /** Takes a connection that another server accepted, such as a proxy's tunnel. */
  accept(connection: Duplex): void
  close(): Promise<void>
}

/** @param otherwise what is answered where no script says so, instead of good behaviour. */
export async function startHostileRegistry(otherwise?: Reply): Promise<HostileRegistry> {
  const requests: Recorded[] = []
  const blobs = new Map<string, Buffer>()
  const manifests = new Map<string, StoredManifest>()
  const sessions = new Map<string, Buffer>()
  const scripts: {matches: (request: Recorded) => boolean; replies: Reply[]; isEndless: boolean}[] = []
  const earlyScripts: {method: string; path: string; reply: Reply}[] = []

  const server = createServer((incoming, response) => {
    const {method = '', url = '', headers} = incoming
    const early = earlyScripts.find(script => script.method === method && url.startsWith(script.path))
    if (early !== undefined) {
      const request = {method, url, headers, body: Buffer.alloc(0)}
      requests.push(request)
      early.reply(request, response)
      return
    }
    void readRequest(incoming, requests).then(request => {
      const script = scripts.find(({matches, replies}) => replies.length > 0 && matches(request))
      const reply = script?.isEndless ? script.replies[0] : script?.replies.shift()
      if (reply !== undefined) reply(request, response)
      else if (otherwise !== undefined) otherwise(request, response)
      else behave(request, response, {blobs, manifests, sessions})
    })
  })
  const connections: Socket[] = []
  server.on('connection', (connection: Socket) => connections.push(connection))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`

  return {
    host,
    origin: `http://${host}`,
    requests,
    blobs,
    manifests,
    addBlob(content) {
      const bytes = Buffer.from(content)
      const digest = sha256(bytes)
      blobs.set(digest, bytes)
      return {mediaType: 'application/octet-stream', digest, size: bytes.length}
    },
    addManifest(document, mediaType, tag) {
      const bytes = Buffer.from(typeof document === 'string' ? document : JSON.stringify(document))
      const digest = sha256(bytes)
      for (const reference of tag === undefined ? [digest] : [digest, tag])
        manifests.set(reference, {bytes, mediaType})
      return digest
    },
    script: (method, path, ...replies) =>
      void scripts.push({matches: beginsSo(method, path), replies, isEndless: false}),
    always: (method, path, reply) =>
      void scripts.push({matches: beginsSo(method, path), replies: [reply], isEndless: true}),
    when: (matches, reply) => void scripts.push({matches, replies: [reply], isEndless: true}),
    early: (method, path, reply) => void earlyScripts.push({method, path, reply}),
    log: () => requests.map(({method, url}) => `${method} ${url.replace(/\?.*$/, '')}`),
    bytesSent: () => connections.reduce((sum, {bytesWritten}) => sum + bytesWritten, 0),
    accept: connection => void server.emit('connection', connection),
    async close() {
      server.closeAllConnections()
      await new Promise<void>(resolve => server.close(() => resolve()))
    },
  }
}

const beginsSo = (method: string, path: string) => (request: Recorded) =>
  request.method === method && request.url.startsWith(path)

/** Those requests that carry the secret anywhere: path, query, headers or body. */
export function requestsWith(
  secret: string,
  servers: readonly Pick<HostileRegistry, 'requests'>[],
): Recorded[] {
  return servers
    .flatMap(({requests}) => requests)
    .filter(({url, headers, body}) =>
      `${url}\n${JSON.stringify(headers)}\n${body.toString('latin1')}`.includes(secret),
    )
}

export function sha256(bytes: Uint8Array): `sha256:${string}` {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

/** Replies to script with. */
export const replies = {
  status:
    (status: number, headers: Record<string, string> = {}, body: string | Buffer = ''): Reply =>
    (_, response) => {
      response.writeHead(status, headers).end(body)
    },
  error:
    (status: number, code: string, message = '', headers: Record<string, string> = {}): Reply =>
    (_, response) => {
      response.writeHead(status, headers).end(JSON.stringify({errors: [{code, message}]}))
    },
  redirect:
    (location: string, status = 307): Reply =>
    (_, response) => {
      response.writeHead(status, {Location: location}).end()
    },
  /** Closes the connection without an answer. */
  reset: (): Reply => (_, response) => {
    response.socket?.destroy()
  },
  /** Sends the first bytes of a body that it said was longer, then closes the connection. */
  cut:
    (body: Buffer, after: number, status = 200, headers: Record<string, string> = {}): Reply =>
    (_, response) => {
      response.writeHead(status, {'Content-Length': String(body.length), ...headers})
      response.write(body.subarray(0, after), () => response.socket?.destroy())
    },
  /** A body without end, which may begin well. */
  endless:
    (status = 200, headers: Record<string, string> = {}, start: string | Buffer = ''): Reply =>
    (_, response) => {
      response.writeHead(status, headers).write(start)
      const piece = Buffer.alloc(64 * 1024, ' ')
      const pour = (): void => {
        while (!response.destroyed && response.write(piece));
      }
      response.on('drain', pour)
      pour()
    },
  /** Headers and a first byte, then nothing. */
  stall:
    (headers: Record<string, string> = {}): Reply =>
    (_, response) => {
      response.writeHead(200, headers).write('x')
    },
  /** No answer at all. */
  hang: (): Reply => () => undefined,
}

async function readRequest(incoming: IncomingMessage, requests: Recorded[]): Promise<Recorded> {
  const {method = '', url = '', headers} = incoming
  const pieces: Buffer[] = []
  const request = {
    method,
    url,
    headers,
    get body() {
      return Buffer.concat(pieces)
    },
  }
  requests.push(request)
  try {
    for await (const piece of incoming as AsyncIterable<Buffer>) pieces.push(piece)
  } catch {
    // The client went away; what it sent is on record.
  }
  return request
}

interface Store {
  readonly blobs: Map<string, Buffer>
  readonly manifests: Map<string, StoredManifest>
  readonly sessions: Map<string, Buffer>
}

function behave(request: Recorded, response: ServerResponse, store: Store): void {
  const {pathname, searchParams} = new URL(request.url, 'http://registry')
  const [, repository = '', kind = '', rest = ''] =
    /^\/v2\/(.+)\/(manifests|blobs\/uploads|blobs|referrers|tags)\/(.*)$/.exec(pathname) ?? []
  if (kind === 'manifests') serveManifest(request, response, store, rest)
  else if (kind === 'blobs') serveBlob(request, response, store, rest)
  else if (kind === 'blobs/uploads') serveUpload(request, response, store, repository, rest, searchParams)
  else if (kind === 'tags') {
    const tags = [...store.manifests.keys()].filter(reference => !reference.includes(':'))
    response.end(JSON.stringify({name: repository, tags}))
  } else response.writeHead(404).end()
}

function serveManifest(
  request: Recorded,
  response: ServerResponse,
  {manifests}: Store,
  reference: string,
): void {
  if (request.method === 'PUT') {
    const digest = sha256(request.body)
    const stored = {bytes: request.body, mediaType: request.headers['content-type'] ?? ''}
    for (const key of [digest, reference]) manifests.set(key, stored)
    response.writeHead(201, {'Docker-Content-Digest': digest}).end()
    return
  }
  const found = manifests.get(reference)
  if (found === undefined) {
    response
      .writeHead(404)
      .end(JSON.stringify({errors: [{code: 'MANIFEST_UNKNOWN', message: 'no such manifest'}]}))
    return
  }
  response.writeHead(200, {
    'Content-Type': found.mediaType,
    'Content-Length': String(found.bytes.length),
    'Docker-Content-Digest': sha256(found.bytes),
  })
  response.end(request.method === 'HEAD' ? undefined : found.bytes)
}

function serveBlob(request: Recorded, response: ServerResponse, {blobs}: Store, digest: string): void {
  const blob = blobs.get(digest)
  if (blob === undefined) {
    response.writeHead(404).end()
    return
  }
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
  const range = start > 0 ? {'Content-Range': `bytes ${start}-${blob.length - 1}/${blob.length}`} : {}
  response.writeHead(start > 0 ? 206 : 200, {'Content-Length': String(blob.length - start), ...range})
  response.end(request.method === 'HEAD' ? undefined : blob.subarray(start))
}

function serveUpload(
  request: Recorded,
  response: ServerResponse,
  {blobs, sessions}: Store,
  repository: string,
  id: string,
  query: URLSearchParams,
): void {
  const location = (id: string): string => `/v2/${repository}/blobs/uploads/${id}?state=a%2Fb`
  const mounted = query.get('mount')
  if (request.method === 'POST' && mounted !== null && blobs.has(mounted)) {
    response.writeHead(201, {'Docker-Content-Digest': mounted}).end()
  } else if (request.method === 'POST') {
    const id = randomUUID()
    sessions.set(id, Buffer.alloc(0))
    response.writeHead(202, {Location: location(id)}).end()
  } else if (!sessions.has(id) || query.get('state') !== 'a/b') {
    response
      .writeHead(404)
      .end(JSON.stringify({errors: [{code: 'BLOB_UPLOAD_UNKNOWN', message: 'no such upload'}]}))
  } else {
    const content = Buffer.concat([sessions.get(id) ?? Buffer.alloc(0), request.body])
    sessions.set(id, content)
    if (request.method === 'PATCH') response.writeHead(202, {Location: location(id)}).end()
    else finishUpload(response, blobs, content, query.get('digest') ?? '')
  }
}

function finishUpload(
  response: ServerResponse,
  blobs: Map<string, Buffer>,
  content: Buffer,
  digest: string,
): void {
  if (sha256(content) !== digest) {
    response
      .writeHead(400)
      .end(JSON.stringify({errors: [{code: 'DIGEST_INVALID', message: 'not its digest'}]}))
    return
  }
  blobs.set(digest, content)
  response.writeHead(201, {'Docker-Content-Digest': digest}).end()
}
