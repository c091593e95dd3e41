/** The shape of what `repos.yaml` says of gates. */
import * as z from 'zod/mini'
import {durationPattern} from './duration.ts'
import {type GateSeverity, gateDefaults, gateSeverities} from './gates.ts'
import {packagePattern, pathPattern} from './match.ts'
import {nearest} from './nearest.ts'
import {show} from './problems.ts'
import {durationText, listOf, mapping, name, shown, text} from './schema-parts.ts'

const filePattern = /^[^\p{Cc}]{1,4096}$/u
const actions = ['fail', 'warn', 'pass'] as const
/** CVSS specification, base score. */
const maxScore = 10

const oneOf = <const Words extends readonly string[]>(words: Words) =>
  z.enum(words, {
    error: ({input}) => {
      if (typeof input !== 'string') return `must be one of ${words.join(', ')}.`
      const near = nearest(input, words)
      const fix = near === undefined ? `Write one of ${words.join(', ')}.` : `Did you mean ${show(near)}?`
      return `${show(input)} is not known here. ${fix}`
    },
  })
const severity = (description: string) => shown(oneOf(gateSeverities), {description})
const flag = (description: string) => z.exactOptional(shown(z.boolean(), {description}))
const duration = durationText(
  durationPattern,
  'Write a number and a unit: 15m, 36h, 14d, 2w.',
  number => `Write minutes, hours, days or weeks: ${number}m, ${number}d.`,
)
const files = (description: string) =>
  shown(z.array(text(filePattern, 'a path', 'Write the path of a file.')), {description, uniqueItems: true})
const patterns = (pattern: ReturnType<typeof text>, description: string) =>
  z._default(shown(listOf(pattern), {description, uniqueItems: true}), [])
const packages = text(packagePattern, 'a pattern', 'Write a name; * stands for any text.')
const paths = text(
  pathPattern,
  'a pattern of paths',
  'Write it without ./ before and / behind it: app/**, **/package.json.',
)

const failOn = mapping({
  severity: z.exactOptional(severity('Findings of this severity or a graver one.')),
  fixable: flag('Only those that an update mends; for enhanced scans alone.'),
  cvss: z.exactOptional(
    shown(
      z
        .number({error: 'must be a number from 0 to 10.'})
        .check(
          z.gte(0, {error: issue => `${String(issue.input)} is no CVSS score. They go from 0 to 10.`}),
          z.lte(maxScore, {error: issue => `${String(issue.input)} is no CVSS score. They go from 0 to 10.`}),
        ),
      {description: 'Only those with this CVSS base score or a higher one, or with none.'},
    ),
  ),
  exploitable: flag('Only those with a known exploit; for enhanced scans alone.'),
})

const count = z.exactOptional(
  z
    .int({error: 'must be a whole number, 0 or more.'})
    .check(z.gte(0, {error: issue => `${String(issue.input)} is less than none. Write 0 or more.`})),
)
const counts = {
  critical: count,
  high: count,
  medium: count,
  low: count,
  informational: count,
} satisfies Record<GateSeverity, unknown>

const gate = mapping({
  failOn: z.exactOptional(
    shown(failOn, {description: 'What makes a finding fail: all that is said here has to be met.'}),
  ),
  most: z.exactOptional(
    shown(mapping(counts), {
      description: 'So many findings of a severity are allowed, whatever the threshold; more fail.',
      minProperties: 1,
    }),
  ),
  unratedAs: z._default(
    severity('What counts as which severity when nobody rated it.'),
    gateDefaults.unratedAs,
  ),
  grace: z.exactOptional(
    shown(duration, {
      description:
        'A finding does not fail until this long after it was first seen; for enhanced scans alone.',
    }),
  ),
  packages: patterns(packages, 'Only findings in these packages; * stands for any text.'),
  paths: patterns(
    paths,
    'Only findings in these paths of the image: * within a segment, ** for whole segments.',
  ),
  onUnsupported: z._default(
    shown(oneOf(actions), {description: 'What images that cannot be scanned mean.'}),
    gateDefaults.onUnsupported,
  ),
  wait: z.exactOptional(shown(z.clone(duration), {description: 'Wait for scans up to this long.'})),
  ignores: z._default(files('Files of ignore rules, from the folder of this file.'), []),
  vex: z._default(files('OpenVEX documents, from the folder of this file.'), []),
  report: z._default(severity('Reports show this severity and graver ones.'), gateDefaults.report),
})

export const gates = shown(z.record(z.clone(name), gate), {
  description: 'What images have to be like to pass, by name.',
})

export type GateData = z.infer<typeof gate>
