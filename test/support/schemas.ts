import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {Ajv, type ValidateFunction} from 'ajv'
import {expect} from 'vitest'

const validators = new Map<string, ValidateFunction>()

/**
 * Holds a document to a schema of `schemas/`, which must know each of its members: a reader may pass over what it does
 * not know, but nothing may be printed that no schema tells of.
 */
export function expectDocument(schema: string, document: unknown): void {
  const validate = validators.get(schema) ?? strictValidator(schema)
  validators.set(schema, validate)
  expect(validate(document), `${schema}: ${JSON.stringify(validate.errors, undefined, 2)}`).toBe(true)
}

function strictValidator(schema: string): ValidateFunction {
  const file = join(import.meta.dirname, '..', '..', 'schemas', schema)
  const strict: unknown = JSON.parse(readFileSync(file, 'utf8'), (_key, value: unknown) =>
    isObjectSchema(value) ? {additionalProperties: false, ...value} : value,
  )
  return new Ajv({allowUnionTypes: true, strictTuples: false}).compile(strict as object)
}

function isObjectSchema(value: unknown): value is object {
  return typeof value === 'object' && value !== null && 'type' in value && value.type === 'object'
}
