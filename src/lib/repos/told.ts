import {FailureError} from '../errors.ts'
import {oneLine} from '../oci/one-line.ts'
import type {RepositoryPlace} from './resource.ts'

type Named = Pick<RepositoryPlace, 'at' | 'name'>

/** What every repository has: not to be told of it is not to be without it. @throws {FailureError} MISSING_FIELD. */
export function told<Value>(value: Value | undefined, field: string, {at, name}: Named): Value {
  if (value !== undefined) return value
  const message = `ECR DescribeRepositories of ${at.registry.label}/${name} told no "${field}". Treated as an error.`
  throw new FailureError('MISSING_FIELD', message)
}

/** What this version does not know is not guessed, and so never overwritten. @throws {FailureError} UNKNOWN_VALUE. */
export function knownAs<Value>(
  value: unknown,
  known: readonly Value[],
  field: string,
  {at, name}: Named,
): Value {
  const found = known.find(each => each === value)
  if (found !== undefined) return found
  const shown = oneLine(JSON.stringify(value ?? null), 80)
  const message = `ECR DescribeRepositories of ${at.registry.label}/${name} has ${shown} as "${field}", which is not known. Treated as an error.`
  throw new FailureError('UNKNOWN_VALUE', message)
}
