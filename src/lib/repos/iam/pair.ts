import {meaningOf, sidOf} from './canonical.ts'
import type {Statement} from './document.ts'

/**
 * Which statement of one list is which of another: those that mean the same first, then the next one of the same Sid, since
 * ECR lets several statements have it. Without a Sid there is nothing but the meaning to tell statements by.
 *
 * @returns for each of `made` the index of its twin in `present`; undefined for one that is new.
 */
export function pairStatements(
  made: readonly Statement[],
  present: readonly Statement[],
): readonly (number | undefined)[] {
  const free = new Set(present.keys())
  const twins: (number | undefined)[] = made.map(() => undefined)
  const match = (keyOf: (statement: Statement) => string | undefined) => {
    const byKey = Map.groupBy(free, index => keyOf(present[index] ?? {}))
    for (const [index, statement] of made.entries()) {
      const key = keyOf(statement)
      if (twins[index] !== undefined || key === undefined) continue
      const twin = byKey.get(key)?.shift()
      if (twin === undefined) continue
      free.delete(twin)
      twins[index] = twin
    }
  }
  match(meaningOf)
  match(sidOf)
  return twins
}
