import * as z from 'zod/mini'

/** What is wrong with a value, and where: `repositories[0].name`, or '' for the value as a whole. */
export interface Flaw {
  readonly place: string
  readonly problem: string
}

/**
 * Holds what a user wrote to a schema.
 *
 * @throws what `refuse` makes of the first flaw.
 */
export function checked<Schema extends z.ZodMiniType>(
  schema: Schema,
  value: unknown,
  refuse: (flaw: Flaw) => Error,
): z.output<Schema> {
  const parsed = z.safeParse(schema, value, {error: explain})
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const place = (issue?.path ?? [])
    .map(key => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
  throw refuse({place: place.replace(/^\./, ''), problem: issue?.message ?? 'is wrong'})
}

/** A whole number from `min`. */
export function wholeFrom(min: number) {
  const problem = `must be a whole number from ${min}`
  return z.number(problem).check(z.refine(value => Number.isSafeInteger(value) && value >= min, problem))
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
  boolean: 'true or false',
}
