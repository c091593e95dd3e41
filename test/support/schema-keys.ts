/** Keys by the JSON Schema of a file: `registries.*.replication.rules.to`, `*` for a name, lists without a mark. */

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: boolean | Schema
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
}

/** Whether the key may be written; with a value, whether that may stand there. */
export function hasKey(schema: object, key: string, value?: string): boolean {
  const found = below(schema, key)
  return value === undefined ? found.length > 0 : found.some(each => takes(each, value))
}

/** The keys below one that hold values: those of the mapping where a text would do, too. */
export function keysOf(schema: object, key: string): readonly string[] {
  return [...new Set(below(schema, key).flatMap(each => leaves(each, key)))]
}

function below(schema: Schema, key: string): readonly Schema[] {
  return key
    .split('.')
    .reduce<readonly Schema[]>(
      (found, step) => found.flatMap(each => forms(each).flatMap(form => stepInto(form, step))),
      [schema],
    )
}

function stepInto({properties, additionalProperties}: Schema, step: string): readonly Schema[] {
  if (step === '*') return typeof additionalProperties === 'object' ? [additionalProperties] : []
  const property = properties?.[step]
  return property === undefined ? [] : [property]
}

/** What a value may be, lists being what their elements are. */
function forms(schema: Schema): readonly Schema[] {
  const {anyOf = [], oneOf = [], allOf = [], items} = schema
  const inner = [...anyOf, ...oneOf, ...allOf, ...(items === undefined ? [] : [items])]
  return [schema, ...inner.flatMap(forms)]
}

function leaves(schema: Schema, key: string): readonly string[] {
  const inner = forms(schema).flatMap(({properties = {}, additionalProperties}) => [
    ...Object.entries(properties).flatMap(([name, each]) => leaves(each, `${key}.${name}`)),
    ...(typeof additionalProperties === 'object' ? leaves(additionalProperties, `${key}.*`) : []),
  ])
  return inner.length === 0 ? [key] : inner
}

function takes(schema: Schema, value: string): boolean {
  return forms(schema).some(form =>
    form.enum !== undefined
      ? form.enum.includes(value)
      : form.const === value || (form.const === undefined && form.type === 'string'),
  )
}
