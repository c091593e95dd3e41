import {EcrError, invalidParameter} from '../ecr-error.ts'

/**
 * The constraints of ECR's API model, one value per shape: checks what a request sent and gives it its type. The texts
 * are ECR's.
 */
export interface Shape<T> {
  /** @throws {EcrError} InvalidParameterException, SerializationException. */
  readonly check: (value: unknown, member: string) => T
  readonly required?: boolean
}

export interface RequiredShape<T> extends Shape<T> {
  readonly required: true
}

export interface Limits {
  readonly min?: number
  readonly max?: number
}

export function text(limits: Limits & {readonly pattern?: RegExp} = {}): Shape<string> {
  return {
    check: (value, member) => {
      if (typeof value !== 'string') throw wrongType(member, 'string')
      checkLimits(value.length, 'length', member, limits)
      const {pattern} = limits
      if (pattern !== undefined && !pattern.test(value)) {
        const source = pattern.source.replace(/^\^(?:\(\?:)?/, '').replace(/\)?\$$/, '')
        throw invalidParameter(member, `must satisfy regular expression '${source}'`)
      }
      return value
    },
  }
}

export function oneOf<const T extends string>(values: readonly T[]): Shape<T> {
  return {
    check: (value, member) => {
      const found = values.find(known => known === value)
      if (found !== undefined) return found
      throw invalidParameter(member, `Member must satisfy enum value set: [${values.join(', ')}]`)
    },
  }
}

export function integer(limits: Limits = {}): Shape<number> {
  return {
    check: (value, member) => {
      if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw wrongType(member, 'integer')
      checkLimits(value, 'value', member, limits)
      return value
    },
  }
}

export const boolean: Shape<boolean> = {
  check: (value, member) => {
    if (typeof value !== 'boolean') throw wrongType(member, 'boolean')
    return value
  },
}

export function list<T>(item: Shape<T>, limits: Limits = {}): Shape<readonly T[]> {
  return {
    check: (value, member) => {
      if (!Array.isArray(value)) throw wrongType(member, 'list')
      checkLimits(value.length, 'length', member, limits)
      return value.map(one => item.check(one, member))
    },
  }
}

export function required<T>(shape: Shape<T>): RequiredShape<T> {
  return {...shape, required: true}
}

type Members = Readonly<Record<string, Shape<unknown>>>
type Checked<S> = S extends Shape<infer T> ? T : never
type RequiredNames<M> = {[K in keyof M]: M[K] extends RequiredShape<unknown> ? K : never}[keyof M]
type Structure<M> = {readonly [K in RequiredNames<M>]: Checked<M[K]>} & {
  readonly [K in Exclude<keyof M, RequiredNames<M>>]?: Checked<M[K]>
}

/** Members that are not listed are ignored, and null is the same as absent, as in AWS's JSON protocol. */
export function structure<M extends Members>(members: M): Shape<Structure<M>> {
  const shapes = Object.entries(members)
  return {
    check: (value, member) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value))
        throw wrongType(member, 'structure')
      const fields = value as Readonly<Record<string, unknown>>
      const checked: Record<string, unknown> = {}
      for (const [name, shape] of shapes) {
        const field = Object.hasOwn(fields, name) ? fields[name] : undefined
        if (field !== undefined && field !== null) checked[name] = shape.check(field, name)
        else if (shape.required === true) throw invalidParameter(name, 'Member must not be null')
      }
      return checked as Structure<M>
    },
  }
}

function checkLimits(actual: number, what: 'length' | 'value', member: string, {min, max}: Limits): void {
  if (max !== undefined && actual > max) {
    throw invalidParameter(member, `Member must have ${what} less than or equal to ${max}`)
  }
  if (min !== undefined && actual < min) {
    throw invalidParameter(member, `Member must have ${what} greater than or equal to ${min}`)
  }
}

function wrongType(member: string, expected: string): EcrError {
  return new EcrError('SerializationException', `Member '${member}' must be of type ${expected}`)
}
