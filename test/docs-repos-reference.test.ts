import {expect, test} from 'vitest'
import {estateJsonSchema} from '../src/lib/config/schema.ts'
import {referencePage} from '../tools/reference-page.ts'
import type {Schema} from '../tools/reference-schema.ts'
import {read} from './support/pages.ts'

const page = 'docs/repos-yaml-reference.md'

/** Every key that is anywhere in a schema, with what is said of it. */
function keysIn(schema: unknown): (readonly [string, Schema])[] {
  if (Array.isArray(schema)) return schema.flatMap(keysIn)
  if (typeof schema !== 'object' || schema === null) return []
  const {properties} = schema as Schema
  return [...Object.entries(properties ?? {}), ...Object.values(schema).flatMap(keysIn)]
}

test('docs/repos-yaml-reference.md is of the schema that files are checked by', () => {
  expect(read(page)).toBe(referencePage(estateJsonSchema()))
})

test('docs/repos-yaml-reference.md has a row for each key, with its description', () => {
  const rows = read(page)
    .split('\n')
    .filter(line => line.startsWith('| '))
  const keys = keysIn(estateJsonSchema())
  expect(keys.length).toBeGreaterThan(100)
  const missing = keys.filter(([key, {description = ''}]) => {
    const row = new RegExp(`^\\| (\\*\\*)?\`${key}\`(\\*\\*)? \\|`)
    return !rows.some(line => row.test(line) && line.endsWith(` ${description} |`))
  })
  expect(missing.map(([key]) => key)).toEqual([])
})

const text = {type: 'string', pattern: '^a|b$'} as const

test('a shape that stands at several places is told once, and what has to hold between keys in words', () => {
  const shared = {
    type: 'object',
    properties: {a: text, b: {type: 'integer', minimum: 1, maximum: 5, default: 2}},
  }
  const written = referencePage({
    type: 'object',
    properties: {
      one: {...shared, description: 'First.'},
      two: {type: 'array', items: shared},
      three: {
        type: 'object',
        properties: {x: {const: 1}, y: {type: 'boolean'}, z: {type: 'null'}},
        required: ['x'],
        oneOf: [{required: ['x']}, {required: ['y']}],
        not: {anyOf: [{required: ['x', 'y']}, {required: ['z']}]},
      },
    },
  })
  expect(written.match(/^## /gm)).toHaveLength(3)
  expect(written).toContain('| `one` | [mapping](#one) |  | First. |')
  expect(written).toContain('| `two` | list of [mappings](#one) |  |  |')
  expect(written).toContain('At `one`, `two[]`.')
  expect(written).toContain('a: ^a|b$')
  expect(written).toContain('| `b` | whole number, 1 to 5 | `2` |  |')
  expect(written).toContain('Exactly one of `x` or `y`. No `x` beside `y`.')
  expect(written).toContain('| **`x`** | `1` |  |  |')
  expect(written).not.toContain('`z`')
})

test('what the page has no words for is an error', () => {
  expect(() => referencePage({type: 'object', properties: {one: {type: 'date'}}})).toThrow('date')
})
