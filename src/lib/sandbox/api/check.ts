import {EcrError, invalidParameter} from '../ecr-error.ts'
import type {ApiModel, ModelShape} from './api-model.ts'
import ecrModel from './model/ecr.json' with {type: 'json'}

/**
 * Holds what a request sent to the constraints of the API's model. Members that the model does not know are ignored, and
 * null is the same as absent, as in AWS's JSON protocol; blobs come back decoded.
 *
 * @param shape name of the model's shape.
 * @param member what the value is called in a refusal.
 * @throws {EcrError} InvalidParameterException, in ECR's words; SerializationException for a value of another type.
 */
export function check(model: ApiModel, shape: string, value: unknown, member: string): unknown {
  const constraints = model.shapes[shape]
  if (constraints === undefined) throw new Error(`the API model has no shape ${shape}`)
  switch (constraints.type) {
    case 'structure':
      return checkStructure(model, constraints, value, member)
    case 'list':
      return checkList(model, constraints, value, member)
    case 'map':
      return checkMap(model, constraints, value, member)
    case 'string':
      return checkText(constraints, value, member)
    case 'blob':
      return checkBlob(constraints, value, member)
    case 'boolean':
      if (typeof value !== 'boolean') throw wrongType(member, 'boolean')
      return value
    case 'integer':
    case 'long':
      if (!Number.isSafeInteger(value)) throw wrongType(member, 'integer')
      return checkNumber(constraints, value, member)
    case 'double':
    case 'timestamp':
      return checkNumber(constraints, value, member)
  }
}

/** Holds a repository's name to ECR's model. @throws {EcrError} InvalidParameterException. */
export function checkRepositoryName(name: unknown): string {
  return check(ecrModel as ApiModel, 'RepositoryName', name, 'repositoryName') as string
}

type Fields = Readonly<Record<string, unknown>>

function checkStructure(model: ApiModel, shape: ModelShape, value: unknown, member: string): Fields {
  const fields = fieldsOf(value, member, 'structure')
  const checked: Record<string, unknown> = {}
  for (const [name, of] of Object.entries(shape.members ?? {})) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined
    if (field !== undefined && field !== null) checked[name] = check(model, of, field, name)
    else if (shape.required?.includes(name)) throw invalidParameter(name, 'Member must not be null')
  }
  return checked
}

function checkList(model: ApiModel, shape: ModelShape, value: unknown, member: string): readonly unknown[] {
  if (!Array.isArray(value)) throw wrongType(member, 'list')
  checkLimits(value.length, 'length', member, shape)
  return value.map(item => check(model, shape.member ?? '', item, member))
}

function checkMap(model: ApiModel, shape: ModelShape, value: unknown, member: string): Fields {
  const entries = Object.entries(fieldsOf(value, member, 'map'))
  checkLimits(entries.length, 'length', member, shape)
  return Object.fromEntries(
    entries.map(([key, item]) => [
      check(model, shape.key ?? '', key, member),
      check(model, shape.value ?? '', item, member),
    ]),
  ) as Fields
}

function checkText(shape: ModelShape, value: unknown, member: string): string {
  if (typeof value !== 'string') throw wrongType(member, 'string')
  if (shape.enum !== undefined && !shape.enum.includes(value)) {
    throw invalidParameter(member, `Member must satisfy enum value set: [${shape.enum.join(', ')}]`)
  }
  checkLimits(value.length, 'length', member, shape)
  if (shape.pattern !== undefined && !expressionOf(shape.pattern).test(value)) {
    throw invalidParameter(member, `must satisfy regular expression '${shape.pattern}'`)
  }
  return value
}

function checkBlob(shape: ModelShape, value: unknown, member: string): Buffer {
  if (typeof value !== 'string') throw wrongType(member, 'blob')
  const bytes = Buffer.from(value, 'base64')
  checkLimits(bytes.length, 'length', member, shape)
  return bytes
}

function checkNumber(shape: ModelShape, value: unknown, member: string): number {
  if (typeof value !== 'number') throw wrongType(member, 'number')
  checkLimits(value, 'value', member, shape)
  return value
}

function checkLimits(actual: number, what: 'length' | 'value', member: string, {min, max}: ModelShape): void {
  if (max !== undefined && actual > max) {
    throw invalidParameter(member, `Member must have ${what} less than or equal to ${max}`)
  }
  if (min !== undefined && actual < min) {
    throw invalidParameter(member, `Member must have ${what} greater than or equal to ${min}`)
  }
}

// The model's own expression of scanning filters takes exponential time; this one matches the same texts.
const expressions = new Map([
  [String.raw`^[a-z0-9*](?:[._\-/a-z0-9*]?[a-z0-9*]+)*$`, /^[a-z0-9*](?:[a-z0-9*]|[._\-/][a-z0-9*])*$/],
])

/** An expression of the model, which has to match the whole text. */
function expressionOf(pattern: string): RegExp {
  const known = expressions.get(pattern)
  if (known !== undefined) return known
  const expression = new RegExp(`^(?:${pattern})$`)
  expressions.set(pattern, expression)
  return expression
}

function fieldsOf(value: unknown, member: string, expected: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields
  throw wrongType(member, expected)
}

function wrongType(member: string, expected: string): EcrError {
  return new EcrError('SerializationException', `Member '${member}' must be of type ${expected}`)
}
