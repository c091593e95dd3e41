import * as z from 'zod/mini'
import {tagPattern} from '../match.ts'
import {show} from '../problems.ts'
import {durationText, listOf, mapping, shown, text} from '../schema-parts.ts'
import {durationPattern} from './duration.ts'
import {maxRules, maxWildcards, policyRules} from './policy-schema.ts'

const idPattern = /^[^\p{Cc}]{1,100}$/u
const andTrap =
  'takes one pattern: a list of ECR means images that match every entry. Write anyOf for images with any of them, or allOf for those with all.'

/** ECR user guide, service quotas: images per repository. */
const maxImages = 100_000

const pattern = (error?: (issue: {readonly input?: unknown}) => string | undefined) =>
  z.string(error === undefined ? undefined : {error}).check(
    z.regex(tagPattern, {
      error: issue =>
        `${show(String(issue.input))} is not a tag pattern. Use letters, digits, _ . - and *: v*.`,
    }),
    z.refine(value => value.split('*').length <= maxWildcards + 1, {
      error: `has more than ${maxWildcards} wildcards, the most that ECR takes. Leave some out.`,
    }),
  )

const duration = (description: string) =>
  shown(
    durationText(
      durationPattern,
      'Write days or weeks: 14d, 2w.',
      number => `Write ${number}d for days, or weeks: 2w.`,
    ),
    {description},
  )

const wholeImages = z
  .int({error: `must be a whole number from 1 to ${maxImages}.`})
  .check(
    z.gte(1, {error: 'is less than 1, the least that ECR keeps. To keep none, write olderThan: 1d.'}),
    z.lte(maxImages, {error: `is more than the ${maxImages} images that a repository of ECR holds.`}),
  )

const yes = (description: string) =>
  shown(z.literal(true, {error: 'must be true. Write true, or take it out.'}), {description})

/** All that any rule may have; what goes into which list is for `readable-checks.ts`. */
const rule = {
  id: z.exactOptional(
    shown(text(idPattern, 'an id', 'Use 1 to 100 characters on one line.'), {
      description: 'Name of the rule: its description in ECR.',
    }),
  ),
  tags: z.exactOptional(
    shown(
      pattern(({input}) => (Array.isArray(input) ? andTrap : undefined)),
      {description: 'Images with a tag that matches this one pattern; * stands for any text.'},
    ),
  ),
  anyOf: z.exactOptional(
    shown(listOf(pattern()), {
      description: 'Images with a tag that matches any of these patterns: a rule for each.',
    }),
  ),
  allOf: z.exactOptional(
    shown(listOf(pattern()), {description: 'Images whose tags match every one of these patterns.'}),
  ),
  untagged: z.exactOptional(yes('Images without tags.')),
  any: z.exactOptional(yes('All images that no other rule selects.')),
  except: z.exactOptional(
    shown(listOf(pattern()), {
      description: 'Of those, what has a tag that matches any of these patterns is left alone.',
    }),
  ),
  olderThan: z.exactOptional(duration('Pushed longer ago than this: 14d, 2w.')),
  keepLast: z.exactOptional(shown(wholeImages, {description: 'All but this many of the newest.'})),
  notPulledFor: z.exactOptional(duration('Pulled, or else pushed, longer ago than this: 180d.')),
  thenExpireAfter: z.exactOptional(duration('Expire after this time in the archive: 90d or more.')),
}

const refuses = (...keys: readonly string[]) => ({not: {anyOf: keys.map(key => ({required: [key]}))}})
const one = (...keys: readonly string[]) => ({oneOf: keys.map(key => ({required: [key]}))})
const list = (description: string, ...constraints: readonly object[]) =>
  z.exactOptional(shown(listOf(shown(mapping(rule), {allOf: constraints})), {description}))

const lists = {
  keep: list(
    'Images that no rule of the policy may touch.',
    one('tags', 'anyOf', 'allOf', 'untagged'),
    refuses('any', 'except', 'olderThan', 'keepLast', 'notPulledFor', 'thenExpireAfter'),
  ),
  expire: list(
    'Images that ECR deletes.',
    one('tags', 'anyOf', 'allOf', 'untagged', 'any'),
    one('olderThan', 'keepLast'),
    refuses('notPulledFor', 'thenExpireAfter'),
  ),
  archive: list(
    'Images that ECR moves to the archive.',
    one('tags', 'anyOf', 'allOf', 'untagged', 'any'),
    one('olderThan', 'keepLast', 'notPulledFor'),
  ),
  rules: z.exactOptional(
    shown(z.clone(policyRules), {
      maxItems: maxRules,
      description: "Rules in ECR's own grammar, instead of the others.",
    }),
  ),
}

const alone = {not: {anyOf: ['use', 'keep', 'expire', 'archive'].map(key => ({required: ['rules', key]}))}}

/** A preset, or a file with one policy. */
export const rulesSchema = shown(mapping(lists), {...alone, minProperties: 1})

/** What a repository's policy should be. */
export const settingSchema = shown(
  z.nullable(
    shown(
      mapping({
        use: z.exactOptional(
          shown(z.union([z.string(), listOf(z.string())]), {
            description: 'Preset, or presets; their rules come after those written here.',
          }),
        ),
        ...lists,
      }),
      {...alone, minProperties: 1},
    ),
  ),
  {description: 'The lifecycle policy; null removes it.'},
)

export type RuleData = z.infer<ReturnType<typeof mapping<typeof rule>>>
export type RulesData = z.infer<typeof rulesSchema>
export type SettingData = NonNullable<z.infer<typeof settingSchema>>
