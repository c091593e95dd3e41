/**
 * The shape of a lifecycle policy in ECR's own grammar (ECR user guide, lifecycle_policy_parameters). What ties one value
 * to another is in `policy-checks.ts`.
 */
import * as z from 'zod/mini'
import {nearest} from '../nearest.ts'
import {show} from '../problems.ts'
import {listOf, mapping, shown} from '../schema-parts.ts'

export const tagStatuses = ['tagged', 'untagged', 'any'] as const
export const storageClasses = ['standard', 'archive'] as const
export const countTypes = [
  'imageCountMoreThan',
  'sinceImagePushed',
  'sinceImagePulled',
  'sinceImageTransitioned',
] as const
export const actionTypes = ['expire', 'transition'] as const

export const maxRules = 50
export const maxWildcards = 4

/** One of a few words. ECR's API has them in upper case where it reports, and so do people who copy from there. */
const word = <const Word extends string>(words: readonly Word[]) =>
  z.enum(words, {error: ({input}) => otherWord(input, words)})

function otherWord(input: unknown, words: readonly string[]): string {
  const all = words.length === 1 ? words.join('') : `one of ${words.join(', ')}`
  if (typeof input !== 'string') return `is not a word that ECR knows here. Write ${all}.`
  if (input === 'null') return `is the text "null". Write ${all}, or take it out.`
  const lower = words.find(known => known.toLowerCase() === input.toLowerCase())
  if (lower !== undefined) return `${show(input)} is not spelled as ECR wants it. Write ${lower}.`
  const near = nearest(input, words)
  return `${show(input)} is not known here. ${near === undefined ? `Write ${all}.` : `Did you mean ${show(near)}?`}`
}

const whole = (least: string) =>
  z
    .int({error: ({input}) => notWhole(input)})
    .check(z.gte(1, {error: ({input}) => `${String(input)} is too small. ${least}`}))

function notWhole(input: unknown): string {
  if (typeof input === 'string') {
    const digits = /^[1-9]\d{0,14}$/.test(input)
    return `${show(input)} is text here, not a number. Write ${digits ? `${input} without quotes` : 'digits, without quotes'}.`
  }
  if (typeof input !== 'number') return 'must be a whole number from 1.'
  if (Number.isInteger(input)) return 'is too large to be read exactly. Write less.'
  return `${input} is not a whole number. Write one from 1.`
}

const entries = (entry: z.ZodMiniString) =>
  z.array(entry).check(z.minLength(1, {error: 'is an empty list. Write at least one, or take it out.'}))

const wildcards = `^[^*]*(?:\\*[^*]*){0,${maxWildcards}}$`

const selection = mapping({
  tagStatus: shown(word(tagStatuses), {description: 'Images with tags, those without, or all.'}),
  tagPatternList: z.exactOptional(
    shown(entries(shown(z.string(), {pattern: wildcards})), {
      description: 'Each must match a tag of the image; * stands for any text. Only with tagged.',
    }),
  ),
  tagPrefixList: z.exactOptional(
    shown(entries(z.string()), {description: 'Each must begin a tag of the image. Only with tagged.'}),
  ),
  storageClass: z.exactOptional(
    shown(word(storageClasses), {description: 'Where the images are; standard unless told otherwise.'}),
  ),
  countType: shown(word(countTypes), {description: 'What is counted: images, or days since something.'}),
  countUnit: z.exactOptional(
    shown(word(['days']), {description: 'Needed with the since types, refused with imageCountMoreThan.'}),
  ),
  countNumber: shown(whole('Write 1 or more.'), {description: 'Images that stay, or days.'}),
})

const action = mapping({
  type: shown(word(actionTypes), {description: 'Delete the image, or move it to the archive.'}),
  targetStorageClass: z.exactOptional(
    shown(word(['archive']), {description: 'Needed with transition, refused with expire.'}),
  ),
})

const rule = mapping({
  rulePriority: shown(whole('Priorities begin with 1.'), {
    description: 'Unique; a lower number is a higher priority.',
  }),
  description: z.exactOptional(z.string()),
  selection,
  action,
})

/** The rules of a policy, for whoever has them in a file of their own. */
export const policyRules = shown(listOf(rule), {maxItems: maxRules})

export const policySchema = mapping({rules: policyRules})

export type PolicyData = z.infer<typeof policySchema>
