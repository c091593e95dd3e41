import * as z from 'zod/mini'
import {UsageError} from '../errors.ts'

/**
 * Holds what a user wrote to a schema.
 *
 * @throws what `refuse` makes of the first flaw: its place, such as `repositories[0].name` or '', and what is wrong there.
 */
export function checked<Schema extends z.ZodMiniType>(
  schema: Schema,
  value: unknown,
  refuse: (place: string, problem: string) => Error,
): z.output<Schema> {
  const parsed = z.safeParse(schema, value, {error: explain})
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const place = (issue?.path ?? [])
    .map(key => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
  throw refuse(place.replace(/^\./, ''), issue?.message ?? 'is wrong')
}

/** Says in one line what is wrong in what a user wrote, and where. */
export function flaw(code: string, what: string, place: string, problem: string): UsageError {
  const where = place === '' ? '' : ` ${place}`
  return new UsageError(code, `${what}:${where} ${problem.replace(/\.?$/, '.')}`)
}

/** A whole number from `min`. */
export function wholeFrom(min: number) {
  const problem = `must be a whole number from ${min}`
  return z.number(problem).check(z.refine(value => Number.isSafeInteger(value) && value >= min, problem))
}

/**
 * Numbers as they usually are, but for the whole numbers that a user gives instead.
 *
 * @throws what `refuse` makes of the first flaw.
 */
export function numbersBeside<Numbers extends Readonly<Record<string, number>>>(
  usual: Numbers,
  value: unknown,
  refuse: (place: string, problem: string) => Error,
): Numbers {
  const names = Object.keys(usual)
  const schema = z.strictObject(Object.fromEntries(names.map(name => [name, z.optional(wholeFrom(0))])))
  const given: Readonly<Record<string, number | undefined>> = checked(schema, value, refuse)
  return Object.fromEntries(
    Object.entries(usual).map(([name, number]) => [name, given[name] ?? number]),
  ) as Numbers
}

function explain(issue: z.core.$ZodRawIssue): string {
  if (issue.code === 'unrecognized_keys') return `has the unknown key "${issue.keys.join('", "')}"`
  if (issue.code === 'invalid_value') return `must be one of ${issue.values.join(', ')}`
  if (issue.code === 'invalid_union') return 'must be text or a list of texts'
  if (issue.code !== 'invalid_type') return 'must not be empty'
  return issue.input === undefined ? 'is missing' : `must be ${articles[issue.expected] ?? issue.expected}`
}

const articles: Readonly<Record<string, string>> = {
  string: 'text',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  boolean: 'true or false',
}
