import {boolean, custom, string} from '@oclif/core/flags'
import {UsageError} from '../errors.ts'

const unitMilliseconds = {ms: 1, s: 1000, m: 60_000, h: 3_600_000} as const
const longestMilliseconds = 24 * 3_600_000

/**
 * Reads a duration: a whole number and a unit, `500ms`, `30s`, `10m` or `2h`. Returns milliseconds.
 * @throws {UsageError} when it is none, or not between 1 ms and 24 h.
 */
export function parseDuration(text: string): number {
  const [, digits, unit] = /^(\d{1,9})(ms|s|m|h)$/.exec(text) ?? []
  const milliseconds = Number(digits) * unitMilliseconds[unit as keyof typeof unitMilliseconds]
  if (milliseconds > 0 && milliseconds <= longestMilliseconds) return milliseconds
  throw new UsageError(
    'INVALID_DURATION',
    `"${text}" is no duration between 1ms and 24h. Write a number and a unit: 30s, 10m, 2h.`,
  )
}

/** Of a flag that may be there several times: each takes one value, for the next word may be an image. */
export const severalTimes = {multiple: true, multipleNonGreedy: true} as const

/** A flag whose value is a duration, in milliseconds. */
export const duration = custom<number>({
  helpValue: 'DURATION',
  parse: async text => parseDuration(text),
})

/** A flag whose value is a whole number from `min` to `max`. */
export const wholeNumber = custom<number, {min: number; max: number}>({
  helpValue: 'N',
  parse: async (text, _context, {min, max}) => {
    const value = Number(text)
    if (/^\d{1,15}$/.test(text) && value >= min && value <= max) return value
    throw new UsageError('INVALID_NUMBER', `"${text}" is no whole number from ${min} to ${max}.`)
  },
})

const helpGroup = 'GLOBAL'

/** The flags of every command. */
export const globalFlags = {
  config: string({
    char: 'c',
    env: 'GANTRY_CONFIG',
    helpGroup,
    helpValue: 'FILE',
    summary: 'The file that describes the estate; without it the nearest repos.yaml upwards.',
  }),
  profile: string({
    helpGroup,
    helpValue: 'NAME',
    summary: 'AWS profile for accounts that repos.yaml does not describe.',
  }),
  region: string({
    helpGroup,
    helpValue: 'REGION',
    summary: 'AWS region where neither repos.yaml nor a reference names one.',
  }),
  json: boolean({helpGroup, summary: 'Print the result as one JSON document.'}),
  'no-progress': boolean({helpGroup, summary: 'Plain lines instead of a live display.'}),
  timeout: duration({helpGroup, summary: 'Give up after this time (30s, 10m); exit code 6.'}),
  yes: boolean({helpGroup, summary: 'Answer questions with yes. Never lifts a limit.'}),
}

/** Whether the command line asks for JSON: also where it could not be parsed, so that errors answer in kind. */
export function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  return argv.slice(0, end === -1 ? undefined : end).includes('--json')
}
