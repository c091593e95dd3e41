import {randomUUID} from 'node:crypto'
import type {ServerResponse} from 'node:http'
import {basicValue, type Login} from '../../../src/lib/oci/auth.ts'
import {parseManifest} from '../../../src/lib/oci/manifest.ts'
import {mediaTypes} from '../../../src/lib/oci/media-types.ts'
import {type StoredManifest, sha256} from '../hostile-registry.ts'
import type {Site, Visit} from './internet.ts'
import type {TokenService} from './token-service.ts'

export interface StoredRepository {
  readonly blobs: Map<string, Buffer>
  /** By digest and by tag. */
  readonly manifests: Map<string, StoredManifest>
}

export type Store = Map<string, StoredRepository>

/** In which a registry differs from others. */
export interface RegistryWords {
  /** Where an upload goes on; default as distribution has it. */
  readonly location?: (repository: string, id: string) => string
  /** Where blobs are read, as a Location. */
  readonly blobsAt?: (digest: string) => string
  /** The registry lists what refers to a manifest; a Location leads away instead; default 404. */
  readonly referrers?: 'listed' | {readonly location: string}
  /** Actions beyond `pull` that a list of tags takes. */
  readonly listAction?: string
  /** The answer to a request before all else but the rights; false to go on. */
  readonly first?: (call: Call, response: ServerResponse, store: Store) => boolean
}

/** A request to a registry, understood. */
export interface Call {
  readonly visit: Visit
  readonly repository: string
  readonly kind: 'manifests' | 'blobs' | 'uploads' | 'referrers' | 'tags'
  /** Digest, tag or id of an upload. */
  readonly what: string
}

export interface RegistryRights {
  readonly login: Login
  /** Without one the registry wants Basic. */
  readonly tokens?: {readonly service: TokenService; readonly realm: string; readonly name: string}
}

export function fail(response: ServerResponse, status: number, code: string, message = ''): true {
  response.writeHead(status).end(JSON.stringify({errors: [{code, message}]}))
  return true
}

export function repositoryOf(store: Store, name: string): StoredRepository {
  const known = store.get(name) ?? {blobs: new Map(), manifests: new Map()}
  store.set(name, known)
  return known
}

/** A registry over the distribution protocol, with the words of its dialect. */
export function createRegistry(words: RegistryWords, rights: RegistryRights, store: Store): Site {
  const uploads = new Map<string, {readonly repository: string; content: Buffer}>()
  const location =
    words.location ?? ((name: string, id: string) => `/v2/${name}/blobs/uploads/${id}?_state=${id}`)

  function understand(visit: Visit): Call | undefined {
    const {pathname} = new URL(visit.url, 'https://registry')
    const [, id = ''] = /\/uploads\/([^/]+)$/.exec(pathname) ?? []
    const upload = uploads.get(id)
    if (upload !== undefined) return {visit, repository: upload.repository, kind: 'uploads', what: id}
    const [, repository = '', kind = '', what = ''] =
      /^\/v2\/(.+)\/(manifests|blobs\/uploads|blobs|referrers|tags)\/(.*)$/.exec(pathname) ?? []
    if (kind === '') return undefined
    return {visit, repository, kind: (kind === 'blobs/uploads' ? 'uploads' : kind) as Call['kind'], what}
  }

  function isAllowed({visit, repository, kind}: Call, response: ServerResponse): boolean {
    const {authorization} = visit.headers
    const isRead = visit.method === 'GET' || visit.method === 'HEAD'
    const action = !isRead ? 'push' : kind === 'tags' ? (words.listAction ?? 'pull') : 'pull'
    const {tokens, login} = rights
    if (tokens === undefined) {
      if (authorization === basicValue(login)) return true
      response.writeHead(401, {'WWW-Authenticate': 'Basic realm="Registry"'}).end()
      return false
    }
    if (tokens.service.allows(authorization, repository, action)) return true
    const scope = `repository:${repository}:${action === 'push' ? 'pull,push' : action}`
    const challenge = `Bearer realm="${tokens.realm}",service="${tokens.name}",scope="${scope}"`
    response.writeHead(401, {'WWW-Authenticate': challenge})
    response.end('{"errors": [{"code": "UNAUTHORIZED", "message": "authentication required"}]}')
    return false
  }

  function serveUpload({visit, repository, what}: Call, response: ServerResponse): void {
    const query = new URL(visit.url, 'https://registry').searchParams
    const [mount, from] = [query.get('mount'), query.get('from') ?? '']
    const {blobs} = repositoryOf(store, repository)
    if (visit.method === 'POST') {
      const mounted = mount === null ? undefined : store.get(from)?.blobs.get(mount)
      const isAllowed = rights.tokens?.service.allows(visit.headers.authorization, from, 'pull') ?? true
      if (mount !== null && mounted !== undefined && isAllowed) {
        blobs.set(mount, mounted)
        return void response.writeHead(201, {'Docker-Content-Digest': mount}).end()
      }
      const id = randomUUID()
      uploads.set(id, {repository, content: Buffer.alloc(0)})
      return void response.writeHead(202, {Location: location(repository, id)}).end()
    }
    const upload = uploads.get(what)
    if (upload === undefined) return void fail(response, 404, 'BLOB_UPLOAD_UNKNOWN')
    upload.content = Buffer.concat([upload.content, visit.body])
    if (visit.method === 'PATCH')
      return void response.writeHead(202, {Location: location(repository, what)}).end()
    const digest = query.get('digest') ?? ''
    if (sha256(upload.content) !== digest) return void fail(response, 400, 'DIGEST_INVALID')
    blobs.set(digest, upload.content)
    uploads.delete(what)
    response.writeHead(201, {'Docker-Content-Digest': digest}).end()
  }

  return (visit, response) => {
    const call = understand(visit)
    if (call === undefined) return void response.writeHead(404).end()
    if (!isAllowed(call, response) || words.first?.(call, response, store) === true) return
    if (call.kind === 'manifests') serveManifest(call, response, store, words.referrers === 'listed')
    else if (call.kind === 'uploads') serveUpload(call, response)
    else if (call.kind === 'blobs') serveBlob(call, response, store, words)
    else if (call.kind === 'tags') serveTags(call, response, store)
    else serveReferrers(call, response, store, words)
  }
}

function serveManifest(
  {visit, repository, what}: Call,
  response: ServerResponse,
  store: Store,
  lists: boolean,
) {
  if (visit.method === 'PUT') {
    const digest = sha256(visit.body)
    const mediaType = visit.headers['content-type'] ?? ''
    const {subject} = parseManifest(visit.body, mediaType)
    const {manifests} = repositoryOf(store, repository)
    for (const key of [digest, what]) manifests.set(key, {bytes: visit.body, mediaType})
    const listed = lists && subject !== undefined ? {'OCI-Subject': subject.digest} : {}
    return void response.writeHead(201, {'Docker-Content-Digest': digest, ...listed}).end()
  }
  const found = store.get(repository)?.manifests.get(what)
  if (found === undefined) return void fail(response, 404, 'MANIFEST_UNKNOWN')
  response.writeHead(200, {'Content-Type': found.mediaType, 'Docker-Content-Digest': sha256(found.bytes)})
  response.end(visit.method === 'HEAD' ? undefined : found.bytes)
}

function serveBlob(
  {visit, repository, what}: Call,
  response: ServerResponse,
  store: Store,
  {blobsAt}: RegistryWords,
) {
  const blob = store.get(repository)?.blobs.get(what)
  if (blob === undefined) return void fail(response, 404, 'BLOB_UNKNOWN')
  if (blobsAt !== undefined && visit.method === 'GET')
    return void response.writeHead(307, {Location: blobsAt(what)}).end()
  response.writeHead(200, {'Content-Length': String(blob.length)})
  response.end(visit.method === 'HEAD' ? undefined : blob)
}

/** Two at a time, however many are asked for. */
function serveTags({visit, repository}: Call, response: ServerResponse, store: Store): void {
  const found = store.get(repository)
  if (found === undefined) return void fail(response, 404, 'NAME_UNKNOWN')
  const last = new URL(visit.url, 'https://registry').searchParams.get('last') ?? ''
  const tags = [...found.manifests.keys()].filter(key => !key.includes(':') && key > last).toSorted()
  const link = `</v2/${repository}/tags/list?last=${tags[1]}&n=2>; rel="next"`
  response.writeHead(200, tags.length > 2 ? {Link: link} : {})
  response.end(JSON.stringify({name: repository, tags: tags.slice(0, 2)}))
}

function serveReferrers(
  {repository, what}: Call,
  response: ServerResponse,
  store: Store,
  {referrers}: RegistryWords,
) {
  if (referrers === undefined) return void response.writeHead(404).end('404 page not found')
  if (referrers !== 'listed') return void response.writeHead(303, {Location: referrers.location}).end()
  const all = new Map(
    [...(store.get(repository)?.manifests.values() ?? [])].map(each => [sha256(each.bytes), each]),
  )
  const manifests = [...all].flatMap(([digest, {bytes, mediaType}]) => {
    const isOne = parseManifest(bytes, mediaType).subject?.digest === what
    return isOne ? [{mediaType, digest, size: bytes.length}] : []
  })
  response.writeHead(200, {'Content-Type': mediaTypes.ociIndex})
  response.end(JSON.stringify({schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests}))
}
