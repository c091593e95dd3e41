import type {Incoming} from '../exchange.ts'
import {deleteBlob, getBlob, headBlob} from './blobs.ts'
import {listCatalog, listReferrers, listTags} from './listings.ts'
import {deleteManifest, getManifest, putManifest} from './manifests.ts'
import {RegistryError, unsupported} from './registry-error.ts'
import type {Handler} from './request.ts'
import {
  cancelUpload,
  finishUpload,
  mountBlob,
  patchUpload,
  startUpload,
  uploadAtOnce,
  uploadStatus,
} from './uploads.ts'

interface Named {
  /** As it is recorded, and as faults name it. */
  readonly operation: string
  readonly handler: Handler
}

type Methods = Readonly<Partial<Record<string, Named>>>

/** What can be done with each path under `/v2/`; `name` is the repository's, `last` the last segment. */
const routes: readonly (readonly [
  RegExp,
  (name: string, last: string, query: URLSearchParams) => Methods,
])[] = [
  [
    /^$/,
    () => ({
      GET: named('base.get', () => ({status: 200, headers: {'content-type': 'text/plain; charset=utf-8'}})),
    }),
  ],
  [/^_catalog$/, () => ({GET: named('catalog.list', listCatalog)})],
  [/^(.+)\/blobs\/uploads\/$/, (name, _, query) => ({POST: start(name, query)})],
  [
    /^(.+)\/blobs\/uploads\/([^/]+)$/,
    (name, id) => ({
      GET: named('upload.status', request => uploadStatus(request, name, id)),
      PATCH: named('upload.patch', request => patchUpload(request, name, id)),
      PUT: named('upload.put', request => finishUpload(request, name, id)),
      DELETE: named('upload.cancel', request => cancelUpload(request, name, id)),
    }),
  ],
  [
    /^(.+)\/blobs\/([^/]+)$/,
    (name, digest) => ({
      HEAD: named('blob.head', request => headBlob(request, name, digest)),
      GET: named('blob.get', request => getBlob(request, name, digest)),
      DELETE: named('blob.delete', request => deleteBlob(request, name, digest)),
    }),
  ],
  [
    /^(.+)\/manifests\/([^/]+)$/,
    (name, reference) => ({
      GET: named('manifest.get', request => getManifest(request, name, reference)),
      HEAD: named('manifest.head', request => getManifest(request, name, reference)),
      PUT: named('manifest.put', request => putManifest(request, name, reference)),
      DELETE: named('manifest.delete', request => deleteManifest(request, name, reference)),
    }),
  ],
  [/^(.+)\/tags\/list$/, name => ({GET: named('tags.list', request => listTags(request, name))})],
  [
    /^(.+)\/referrers\/([^/]+)$/,
    (name, digest) => ({GET: named('referrers.list', request => listReferrers(request, name, digest))}),
  ],
]

/** Who answers this request; a handler that refuses when the protocol or ECR has no such thing. */
export function routeOf({method, path, query}: Incoming): Named & {readonly repository?: string} {
  const rest = decode(path.slice('/v2/'.length))
  for (const [pattern, methods] of routes) {
    const match = pattern.exec(rest)
    if (match === null) continue
    const [, name = '', last = ''] = match
    const found = methods(name, last, query)[method] ?? {operation: 'unknown', handler: noSuchMethod}
    return name === '' ? found : {...found, repository: name}
  }
  return {operation: 'unknown', handler: noSuchPath}
}

function start(name: string, query: URLSearchParams): Named {
  const mount = query.get('mount')
  if (mount !== null) {
    return named('upload.mount', request => mountBlob(request, name, mount, query.get('from')))
  }
  const digest = query.get('digest')
  if (digest !== null) return named('upload.monolithic', request => uploadAtOnce(request, name, digest))
  return named('upload.start', request => startUpload(request, name))
}

function named(operation: string, handler: Handler): Named {
  return {operation, handler}
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

function noSuchPath(): never {
  throw new RegistryError(404, 'NOT_FOUND', '404 page not found')
}

function noSuchMethod(): never {
  throw unsupported()
}
