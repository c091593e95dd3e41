import type {Reply} from '../exchange.ts'
import type {ContentStore} from '../state/content.ts'
import {parseRange} from './range.ts'

/** A blob that is there, or the part of it that a Range header asks for. `size` is in bytes. */
export function blobReply(
  content: ContentStore,
  {digest, size}: {readonly digest: string; readonly size: number},
  rangeHeader: string | undefined,
): Reply | 'unsatisfiable' {
  const headers = {'accept-ranges': 'bytes', 'content-type': 'application/octet-stream', etag: `"${digest}"`}
  const range = parseRange(rangeHeader, size)
  if (range === 'unsatisfiable') return range
  if (range === undefined) {
    return {status: 200, headers: {...headers, 'content-length': String(size)}, body: content.read(digest)}
  }
  return {
    status: 206,
    headers: {
      ...headers,
      'content-length': String(range.last - range.first + 1),
      'content-range': `bytes ${range.first}-${range.last}/${size}`,
    },
    body: content.read(digest, range),
  }
}
