/** What a request of the registry protocol is about. */
export type Route =
  | {readonly kind: 'base'}
  | {readonly kind: 'catalog'}
  | {readonly kind: 'manifest'; readonly name: string; readonly reference: string}
  | {readonly kind: 'blob'; readonly name: string; readonly digest: string}
  | {readonly kind: 'uploads'; readonly name: string}
  | {readonly kind: 'upload'; readonly name: string; readonly id: string}
  | {readonly kind: 'tags'; readonly name: string}
  | {readonly kind: 'referrers'; readonly name: string; readonly digest: string}

const named: readonly (readonly [RegExp, (name: string, rest: string) => Route])[] = [
  [/^(.+)\/blobs\/uploads\/()$/, name => ({kind: 'uploads', name})],
  [/^(.+)\/blobs\/uploads\/([^/]+)$/, (name, id) => ({kind: 'upload', name, id})],
  [/^(.+)\/blobs\/([^/]+)$/, (name, digest) => ({kind: 'blob', name, digest})],
  [/^(.+)\/manifests\/([^/]+)$/, (name, reference) => ({kind: 'manifest', name, reference})],
  [/^(.+)\/tags\/(list)$/, name => ({kind: 'tags', name})],
  [/^(.+)\/referrers\/([^/]+)$/, (name, digest) => ({kind: 'referrers', name, digest})],
]

/** Reads a path under `/v2/`; undefined when the protocol has no such path. */
export function parseRoute(path: string): Route | undefined {
  if (path === '/v2/' || path === '/v2') return {kind: 'base'}
  if (path === '/v2/_catalog') return {kind: 'catalog'}
  const rest = decode(path.slice('/v2/'.length))
  for (const [pattern, route] of named) {
    const [, name, last] = pattern.exec(rest) ?? []
    if (name !== undefined && last !== undefined) return route(name, last)
  }
  return undefined
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
