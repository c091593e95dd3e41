import type {ApiModel, ModelShape} from '../../../../src/lib/sandbox/api/api-model.ts'
import ecrModel from '../../../../src/lib/sandbox/api/model/ecr.json' with {type: 'json'}

export type Fields = Readonly<Record<string, unknown>>

/** The published model of ECR's API, read here as tests read it: on its own, not as the sandbox does. */
export const model = ecrModel as ApiModel

export function shapeOf(name: string | undefined): ModelShape {
  const shape = name === undefined ? undefined : model.shapes[name]
  if (shape === undefined) throw new Error(`the model has no shape ${name}`)
  return shape
}

/** Where a value is not what the model says of a shape; empty when it is. Members that the model lacks are wrong. */
export function deviations(shapeName: string, value: unknown, path = '$'): readonly string[] {
  const shape = shapeOf(shapeName)
  const problem = (text: string) => [`${path}: ${text}`]
  const outside = (size: number) => size < (shape.min ?? -Infinity) || size > (shape.max ?? Infinity)
  switch (shape.type) {
    case 'structure': {
      if (!isFields(value)) return problem('is not a structure')
      const members = shape.members ?? {}
      const missing = (shape.required ?? []).filter(name => value[name] === undefined)
      return [
        ...missing.flatMap(name => problem(`lacks ${name}`)),
        ...Object.entries(value).flatMap(([name, member]) => {
          const of = members[name]
          return of === undefined ? problem(`has ${name}`) : deviations(of, member, `${path}.${name}`)
        }),
      ]
    }
    case 'list':
      if (!Array.isArray(value)) return problem('is not a list')
      if (outside(value.length)) return problem(`has ${value.length} items`)
      return value.flatMap((item, index) => deviations(shape.member ?? '', item, `${path}[${index}]`))
    case 'map':
      if (!isFields(value)) return problem('is not a map')
      return Object.entries(value).flatMap(([key, item]) => [
        ...deviations(shape.key ?? '', key, `${path} key`),
        ...deviations(shape.value ?? '', item, `${path}.${key}`),
      ])
    case 'string':
      if (typeof value !== 'string') return problem('is not a text')
      if (shape.enum !== undefined && !shape.enum.includes(value)) return problem(`is ${value}`)
      if (outside(value.length)) return problem(`has ${value.length} characters`)
      if (!matches(shape, value)) return problem(`does not match ${shape.pattern}`)
      return []
    case 'boolean':
      return typeof value === 'boolean' ? [] : problem('is not a boolean')
    case 'blob':
      return typeof value === 'string' ? [] : problem('is not base64')
    case 'integer':
    case 'long':
      if (!Number.isSafeInteger(value)) return problem('is not a whole number')
      return outside(value as number) ? problem(`is ${value as number}`) : []
    case 'double':
    case 'timestamp':
      return typeof value === 'number' && Number.isFinite(value) ? [] : problem('is not a number')
  }
}

export function matches({pattern}: ModelShape, text: string): boolean {
  return pattern === undefined || new RegExp(`^(?:${pattern})$`).test(text)
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
