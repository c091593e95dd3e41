import {canonicalJson, type Json} from '../plan/canonical.ts'
import type {DiffLine} from './resource.ts'

/** Whether two values in a resource's own form mean the same. */
export function isSame(one: unknown, other: unknown): boolean {
  return canonicalJson(one as Json) === canonicalJson(other as Json)
}

/** What changes from one value to another as a whole: one line, or none. */
export function diffValue(path: string, before: unknown, after: unknown): DiffLine[] {
  const [old, made] = [before ?? null, after ?? null] as [Json, Json]
  if (isSame(old, made)) return []
  if (old === null) return [{sign: '+', path, after: made}]
  if (made === null) return [{sign: '-', path, before: old}]
  return [{sign: '~', path, before: old, after: made}]
}
