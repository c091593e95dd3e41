import type {Incoming} from '../server/exchange.ts'
import {headBlob, redirectToBlob} from './blobs.ts'
import {listCatalog, listReferrers, listTags} from './listings.ts'
import {deleteManifest, getManifest, putManifest} from './manifests.ts'
import {RegistryError} from './registry-error.ts'
import type {Handler} from './request.ts'
import {parseRoute, type Route} from './route.ts'
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

/** Who answers this request; a handler that refuses when the protocol or ECR has no such thing. */
export function routeHandler({method, path, query}: Incoming): Named {
  const route = parseRoute(path)
  const found = route === undefined ? undefined : methodsOf(route, query)[method]
  return found ?? {operation: 'unknown', handler: route === undefined ? noSuchPath : unsupported}
}

type Methods = Readonly<Partial<Record<string, Named>>>

function methodsOf(route: Route, query: URLSearchParams): Methods {
  switch (route.kind) {
    case 'base':
      return {
        GET: named('base.get', () => ({status: 200, headers: {'content-type': 'text/plain; charset=utf-8'}})),
      }
    case 'catalog':
      return {GET: named('catalog.list', listCatalog)}
    case 'manifest': {
      const {name, reference} = route
      return {
        GET: named('manifest.get', request => getManifest(request, name, reference)),
        HEAD: named('manifest.head', request => getManifest(request, name, reference)),
        PUT: named('manifest.put', request => putManifest(request, name, reference)),
        DELETE: named('manifest.delete', request => deleteManifest(request, name, reference)),
      }
    }
    case 'blob': {
      const {name, digest} = route
      return {
        HEAD: named('blob.head', request => headBlob(request, name, digest)),
        GET: named('blob.get', request => redirectToBlob(request, name, digest)),
      }
    }
    case 'uploads':
      return {POST: startOf(route.name, query)}
    case 'upload': {
      const {name, id} = route
      return {
        GET: named('upload.status', request => uploadStatus(request, name, id)),
        PATCH: named('upload.patch', request => patchUpload(request, name, id)),
        PUT: named('upload.put', request => finishUpload(request, name, id)),
        DELETE: named('upload.cancel', request => cancelUpload(request, name, id)),
      }
    }
    case 'tags':
      return {GET: named('tags.list', request => listTags(request, route.name))}
    case 'referrers':
      return {GET: named('referrers.list', request => listReferrers(request, route.name, route.digest))}
  }
}

function startOf(name: string, query: URLSearchParams): Named {
  const mount = query.get('mount')
  if (mount !== null)
    return named('upload.mount', request => mountBlob(request, name, mount, query.get('from')))
  const digest = query.get('digest')
  if (digest !== null) return named('upload.monolithic', request => uploadAtOnce(request, name, digest))
  return named('upload.start', request => startUpload(request, name))
}

function named(operation: string, handler: Handler): Named {
  return {operation, handler}
}

function noSuchPath(): never {
  throw new RegistryError(404, 'NOT_FOUND', '404 page not found')
}

function unsupported(): never {
  throw new RegistryError(405, 'UNSUPPORTED', 'The operation is unsupported.')
}
