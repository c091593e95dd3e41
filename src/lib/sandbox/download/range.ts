import type {Range} from '../state/content.ts'

/**
 * Reads a Range header of one byte range (RFC 9110, section 14.1.2). Anything else that is not unsatisfiable is
 * ignored, as the RFC allows: the answer is then the whole.
 */
export function parseRange(header: string | undefined, size: number): Range | 'unsatisfiable' | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? []
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined
  if (first === '') {
    const length = Math.min(Number(last), size)
    return length === 0 ? 'unsatisfiable' : {first: size - length, last: size - 1}
  }
  if (Number(first) >= size) return 'unsatisfiable'
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1)
  return Number(first) > end ? undefined : {first: Number(first), last: end}
}
