/** What a JSON Schema of ours is made of. */
export interface Schema {
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly default?: unknown
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly uniqueItems?: boolean
  readonly minProperties?: number
  readonly maxProperties?: number
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly propertyNames?: Schema
  readonly additionalProperties?: Schema | boolean
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
  readonly not?: Schema
}

/** A schema with keys of its own. */
export type Shape = Schema & {readonly properties: Readonly<Record<string, Schema>>}

export function isShape(schema: Schema): schema is Shape {
  return schema.properties !== undefined
}

/** What a value consists of: `name` is `[]` for the elements of a list, `.*` for the values of a mapping. */
export function partsOf(schema: Schema): readonly {readonly name: string; readonly part: Schema}[] {
  const {items, additionalProperties, anyOf = []} = schema
  return [
    ...anyOf.map(part => ({name: '', part})),
    ...(items === undefined ? [] : [{name: '[]', part: items}]),
    ...(typeof additionalProperties === 'object' ? [{name: '.*', part: additionalProperties}] : []),
  ]
}

/** All of what has to hold between the keys of a mapping. */
export function rulesOf(shape: Schema): readonly Schema[] {
  const {oneOf, not, minProperties} = shape
  return [
    ...(oneOf === undefined ? [] : [{oneOf}]),
    ...(not === undefined ? [] : [{not}]),
    ...(minProperties === undefined ? [] : [{minProperties}]),
    ...(shape.allOf ?? []).flatMap(rulesOf),
  ]
}

/** Sets of keys that must not stand together; a set of one is a key that is refused. */
export function refusedBy({not}: Schema): readonly (readonly string[])[] {
  if (not === undefined) return []
  return [not, ...(not.anyOf ?? [])].flatMap(({required}) => (required === undefined ? [] : [required]))
}

/** The keys that a mapping may have. */
export function keysOf(shape: Shape): readonly (readonly [string, Schema])[] {
  const refused = new Set(
    rulesOf(shape)
      .flatMap(refusedBy)
      .flatMap(keys => (keys.length === 1 ? keys : [])),
  )
  return Object.entries(shape.properties).filter(([key]) => !refused.has(key))
}
