import {type Fields, isFields, matches, shapeOf} from './model.ts'

/** Input that breaks one constraint of the model. */
export interface Violation {
  /** What is broken, for example `imageIds: at most 100`. */
  readonly what: string
  readonly member: string
  readonly input: Fields
  readonly error: 'InvalidParameterException' | 'SerializationException'
}

/** One violation for each constraint of the model that input of this shape can break, all else as in `input`. */
export function violationsOf(shapeName: string, input: Fields): readonly Violation[] {
  const {members = {}, required = []} = shapeOf(shapeName)
  return Object.entries(members).flatMap(([member, of]) => {
    const broken = (
      what: string,
      value: unknown,
      error: Violation['error'] = 'InvalidParameterException',
    ) => ({
      what: `${member}: ${what}`,
      member,
      input: {...input, [member]: value},
      error,
    })
    return [
      ...(required.includes(member) ? [broken('required', undefined)] : []),
      ...brokenValues(of).map(([what, value]) => broken(what, value)),
      broken('type', wrongType(of), 'SerializationException'),
      ...inside(of, input[member]).map(({what, member: inner, input: value, error}) => ({
        ...broken(what, value, error),
        member: inner,
      })),
    ]
  })
}

/** Violations further down, where the input has something there. */
function inside(shapeName: string, value: unknown): readonly Violation[] {
  const shape = shapeOf(shapeName)
  if (shape.type === 'structure' && isFields(value)) return violationsOf(shapeName, value)
  if (shape.type !== 'list' || !Array.isArray(value) || value.length === 0) return []
  const item = shapeOf(shape.member)
  const [first] = value as readonly unknown[]
  if (item.type === 'structure' && isFields(first)) {
    return violationsOf(shape.member ?? '', first).map(one => ({
      ...one,
      input: [one.input] as unknown as Fields,
    }))
  }
  return brokenValues(shape.member ?? '').map(([what, broken]) => ({
    what: `item: ${what}`,
    member: '',
    input: [broken] as unknown as Fields,
    error: 'InvalidParameterException' as const,
  }))
}

function brokenValues(shapeName: string): readonly (readonly [what: string, value: unknown])[] {
  const shape = shapeOf(shapeName)
  const {type, min = 0, max, pattern} = shape
  switch (type) {
    case 'string': {
      if (shape.enum !== undefined) return [['enum', 'NO_SUCH_VALUE']]
      const unmatched = ['\u0007'.repeat(Math.max(min, 1)), ''].find(text => !matches(shape, text))
      return [
        ...(min > 0 ? [['at least', ''] as const] : []),
        ...(max === undefined ? [] : [['at most', 'a'.repeat(max + 1)] as const]),
        ...(pattern === undefined || unmatched === undefined ? [] : [['pattern', unmatched] as const]),
      ]
    }
    case 'integer':
    case 'long':
    case 'double':
      return [
        ...(shape.min === undefined ? [] : [['at least', shape.min - 1] as const]),
        ...(max === undefined ? [] : [['at most', max + 1] as const]),
      ]
    case 'blob':
      return max === undefined ? [] : [['at most', Buffer.alloc(max + 1).toString('base64')]]
    case 'list':
      return [
        ...(min > 0 ? [['at least', []] as const] : []),
        ...(max === undefined
          ? []
          : [['at most', Array.from({length: max + 1}, () => sample(shape.member ?? ''))] as const]),
      ]
    case 'structure':
    case 'map':
    case 'boolean':
    case 'timestamp':
      return []
  }
}

// The length of a list is judged before its items.
function sample(shapeName: string): unknown {
  return shapeOf(shapeName).type === 'structure' ? {} : 'a'
}

function wrongType(shapeName: string): unknown {
  const {type} = shapeOf(shapeName)
  return type === 'string' || type === 'blob' ? {} : 'of another type'
}
