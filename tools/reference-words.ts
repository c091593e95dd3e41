import {referencePattern} from '../src/lib/config/variables.ts'
import {isShape, partsOf, refusedBy, rulesOf, type Schema, type Shape} from './reference-schema.ts'

/** The largest integer that a schema has without saying so. */
const unbounded = Number.MAX_SAFE_INTEGER

/**
 * What a value has to be, as a cell of a table.
 *
 * @param linkTo the link to the section of a shape.
 */
export function typeWords(schema: Schema, linkTo: (shape: Shape) => string): string {
  const {type, anyOf, minItems = 0, maxItems, items, additionalProperties, maxProperties} = schema
  if (anyOf !== undefined) return [...new Set(anyOf.map(one => typeWords(one, linkTo)))].join(', or ')
  if (isShape(schema)) return `[mapping](${linkTo(schema)})`
  const values = schema.const === undefined ? schema.enum : [schema.const]
  if (values !== undefined) return values.map(value => `\`${String(value)}\``).join(', ')
  if (Array.isArray(type)) return type.map(one => plainWords({...schema, type: String(one)})).join(', ')
  if (items !== undefined) {
    const most = maxItems === undefined ? '' : `, at most ${maxItems}`
    const least = minItems > 0 ? ', one at least' : ''
    return `list of ${several(typeWords(items, linkTo))}${least}${most}`
  }
  if (typeof additionalProperties === 'object') {
    const most = maxProperties === undefined ? '' : `, at most ${maxProperties}`
    return `by name: ${typeWords(additionalProperties, linkTo)}${most}`
  }
  return plainWords(schema)
}

function several(words: string): string {
  return words.replace(/^\[mapping\]/, '[mappings]').replace(/, or /g, ' or ')
}

function plainWords({type, minimum, maximum}: Schema): string {
  const names: Readonly<Record<string, string>> = {
    string: 'text',
    number: 'number',
    integer: 'whole number',
    boolean: '`true`, `false`',
    null: '`null`',
  }
  const name = names[String(type)]
  if (name === undefined) throw new TypeError(`there are no words for the type ${String(type)}`)
  const most = maximum === unbounded ? undefined : maximum
  if (minimum !== undefined && most !== undefined) return `${name}, ${minimum} to ${most}`
  return minimum === undefined ? name : `${name}, ${minimum} or more`
}

/** What has to hold between the keys of a mapping, a sentence each. */
export function ruleWords(shape: Shape): readonly string[] {
  return rulesOf(shape).flatMap(rule => {
    const apart = refusedBy(rule).flatMap(([key = '', other]) =>
      other !== undefined && other in shape.properties ? [{key, other}] : [],
    )
    return [
      ...(rule.oneOf === undefined ? [] : [`Exactly one of ${keyWords(alternativesOf(rule.oneOf))}.`]),
      ...[...Map.groupBy(apart, ({key}) => key)].map(
        ([key, others]) => `No \`${key}\` beside ${keyWords(others.map(({other}) => other))}.`,
      ),
      ...(rule.minProperties === undefined ? [] : ['One key at least.']),
    ]
  })
}

function alternativesOf(schemas: readonly Schema[]): readonly string[] {
  return schemas.flatMap(({required = []}) => required)
}

function keyWords(keys: readonly string[]): string {
  const words = keys.map(key => `\`${key}\``)
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}

/** The patterns of a value and of what it consists of, down to the next section: `regions[]`. */
export function patternsOf(name: string, schema: Schema): readonly (readonly [string, string])[] {
  if (isShape(schema)) return []
  const {pattern, propertyNames} = schema
  return [
    ...(pattern === undefined ? [] : [[name, withoutVariables(pattern)] as const]),
    ...(propertyNames?.pattern === undefined
      ? []
      : [[`${name}.*, the name`, withoutVariables(propertyNames.pattern)] as const]),
    ...partsOf(schema).flatMap(({name: step, part}) => patternsOf(`${name}${step}`, part)),
  ]
}

function withoutVariables(pattern: string): string {
  const either = `${referencePattern.source}|`
  return pattern.startsWith(either) ? pattern.slice(either.length) : pattern
}
