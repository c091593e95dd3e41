import {existsSync, readFileSync} from 'node:fs'
import {expect, test} from 'vitest'
import {model, shapeOf} from './model.ts'

// A table of the published model that was made apart from this project, by another way.
const file = new URL('../../../../../shared/data/ecr-operations.json', import.meta.url)

interface Field {
  readonly name: string
  readonly required: boolean
  readonly constraints?: Constraints
}

interface Constraints {
  readonly min?: number
  readonly max?: number
  readonly pattern?: string
}

interface Operation {
  readonly operation: string
  readonly requestFields: readonly Field[]
  readonly responseFields: readonly Field[]
  readonly errors: readonly string[]
}

test.skipIf(!existsSync(file))('the generated model is the published one, operation by operation', () => {
  const published = JSON.parse(readFileSync(file, 'utf8')) as readonly Operation[]
  expect(Object.keys(model.operations)).toEqual(published.map(({operation}) => operation).toSorted())
  for (const {operation, requestFields, responseFields, errors} of published) {
    const ours = model.operations[operation]
    expect(ours?.errors.toSorted(), operation).toEqual(errors.toSorted())
    expect(fieldsOf(ours?.input), `input of ${operation}`).toEqual(byName(requestFields))
    expect(Object.keys(fieldsOf(ours?.output)), `output of ${operation}`).toEqual(
      Object.keys(byName(responseFields)),
    )
  }
})

function fieldsOf(shapeName: string | undefined): Readonly<Record<string, object>> {
  const {members = {}, required = []} = shapeOf(shapeName)
  const fields = Object.entries(members).map(([name, of]) => {
    const {min, max, pattern} = shapeOf(of)
    return {name, required: required.includes(name), constraints: {min, max, pattern}}
  })
  return byName(fields)
}

function byName(
  fields: readonly {readonly name: string; readonly required: boolean; readonly constraints?: object}[],
) {
  const sorted = fields.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  return Object.fromEntries(
    sorted.map(({name, required, constraints = {}}) => {
      const {min, max, pattern} = constraints as Constraints
      return [name, {required, ...(min !== undefined && {min}), ...(max !== undefined && {max}), pattern}]
    }),
  )
}
