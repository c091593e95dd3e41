import type {Estate} from '../config/estate.ts'
import type {Gate} from '../config/gates.ts'
import {nearest} from '../config/nearest.ts'
import {UsageError} from '../errors.ts'
import {oneLine} from '../oci/one-line.ts'

/** The gate of repos.yaml that `--gate` names. @throws {UsageError} UNKNOWN_GATE. */
export function namedGate(name: string, {gates, file = 'repos.yaml'}: Estate): Gate {
  const gate = gates.get(name)
  if (gate !== undefined) return gate
  const near = nearest(name, [...gates.keys()])
  const hint = near === undefined ? 'Write it under gates.' : `Did you mean "${near}"?`
  throw new UsageError('UNKNOWN_GATE', `--gate ${oneLine(name)}: ${file} names no such gate. ${hint}`)
}
