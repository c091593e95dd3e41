/**
 * What the schemas of files are made of. The message of a pattern is a whole sentence about the value; the message of a
 * mapping is the list of the keys it knows.
 */
import * as z from 'zod/mini'
import {show} from './problems.ts'

/** @param fix what to write instead: a whole sentence. */
export const text = (pattern: RegExp, kind: string, fix: string) =>
  z.string().check(z.regex(pattern, {error: issue => `${show(String(issue.input))} is not ${kind}. ${fix}`}))

/**
 * @param fix what to write instead of what is no duration: a whole sentence.
 * @param unit what to write instead of a number without a unit: a whole sentence.
 */
export const durationText = (pattern: RegExp, fix: string, unit: (number: number) => string) =>
  z
    .string({
      error: ({input}) => (typeof input === 'number' ? `${input} has no unit. ${unit(input)}` : undefined),
    })
    .check(z.regex(pattern, {error: ({input}) => `${show(String(input))} is not a duration. ${fix}`}))

/** A mapping that has these keys and no others. */
export const mapping = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: issue => (issue.code === 'unrecognized_keys' ? Object.keys(shape).join(', ') : undefined),
  })

/** A list that has an element. */
export const listOf = <Item extends z.core.SomeType>(item: Item) =>
  z.array(item).check(z.minLength(1, {error: 'is an empty list. Write at least one.'}))

/** Adds to the JSON Schema what is checked elsewhere, and words for editors to show. */
export const shown = <Schema extends z.core.$ZodType>(
  schema: Schema,
  about: Record<string, unknown>,
): Schema => {
  z.globalRegistry.add(schema, about)
  return schema
}

/** What people call an account, a route or a preset. */
export const name = text(
  /^[a-z0-9][a-z0-9-]{0,63}$/,
  'a name',
  'Use at most 64 lower-case letters, digits and dashes: prod-eu.',
)
