/** The shape of `.gantry-ignores.yaml`, which is also the JSON Schema that editors read. */
import * as z from 'zod/mini'
import {packagePattern} from '../match.ts'
import {show} from '../problems.ts'
import {repositoryPatterns} from '../repository-schema.ts'
import {listOf, mapping, shown, text} from '../schema-parts.ts'
import {endOf} from './until.ts'

const idPattern = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/
const linePattern = /^(?!\s)[^\p{Cc}\p{Zl}\p{Zp}]{1,500}(?<!\s)$/u
const platformPattern = /^[a-z0-9*]+\/[a-z0-9_*]+(?:\/[a-z0-9.*]+)?$/

const untilFix = 'Write the last day on which it holds, as in 2026-12-31, or never.'

const ignore = mapping({
  id: shown(
    text(idPattern, 'the id of a vulnerability', 'Write one as in CVE-2024-12345, without wildcards.'),
    {
      description: 'The vulnerability, as the scan names it.',
    },
  ),
  repositories: z.exactOptional(
    repositoryPatterns('Only in these repositories: * within a segment, ** for whole segments.'),
  ),
  packages: z.exactOptional(
    shown(
      listOf(text(packagePattern, 'a pattern of package names', 'Write a name, * stands for any text.')),
      {
        description: 'Only in these packages; * stands for any text.',
      },
    ),
  ),
  platforms: z.exactOptional(
    shown(
      listOf(
        text(
          platformPattern,
          'a platform',
          'Write OS/ARCHITECTURE[/VARIANT], as in linux/arm64; * stands for any text.',
        ),
      ),
      {description: 'Only on these platforms of images that have several; * stands for any text.'},
    ),
  ),
  until: shown(
    z.string().check(
      z.refine(day => endOf(day) !== undefined, {
        error: issue => `${show(String(issue.input))} is not a day. ${untilFix}`,
      }),
    ),
    {
      description: 'The last day on which it holds, to its end in UTC; or never, which has no last one.',
      examples: ['2026-12-31'],
    },
  ),
  reason: shown(
    text(linePattern, 'a reason', 'Say in 1 to 500 characters on one line why it does not count.'),
    {
      description: 'Why it does not count; reports show it.',
    },
  ),
  owner: z.exactOptional(
    shown(text(linePattern, 'an owner', 'Name who answers for it in 1 to 500 characters on one line.'), {
      description: 'Who answers for it.',
    }),
  ),
})

export const ignoresSchema = mapping({
  version: z.literal(1, {error: 'must be the number 1.'}),
  ignores: shown(z.array(ignore), {description: 'Vulnerabilities that do not count.'}),
})

export type IgnoreData = z.infer<typeof ignore>

/** The JSON Schema (draft 7, which editors know best) of `.gantry-ignores.yaml`. */
export function ignoresJsonSchema(): Record<string, unknown> {
  return {
    title: '.gantry-ignores.yaml of Gantry',
    ...z.toJSONSchema(ignoresSchema, {target: 'draft-7', io: 'input', reused: 'inline'}),
  }
}
