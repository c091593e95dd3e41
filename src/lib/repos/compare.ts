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

/** What goes from a list that is a set, and what comes to it: a line each. */
export function diffSet(path: string, before: readonly Json[], after: readonly Json[]): DiffLine[] {
  const old = new Set(before.map(canonicalJson))
  const made = new Set(after.map(canonicalJson))
  return [
    ...before
      .filter(value => !made.has(canonicalJson(value)))
      .map(value => ({sign: '-', path, before: value}) as const),
    ...after
      .filter(value => !old.has(canonicalJson(value)))
      .map(value => ({sign: '+', path, after: value}) as const),
  ]
}

/** The texts of a list that is a set, in its one order. */
export function sortedSet(values: Iterable<string>): readonly string[] {
  return [...new Set(values)].toSorted()
}
