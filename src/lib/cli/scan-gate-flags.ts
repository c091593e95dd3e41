import {boolean, custom, option, string} from '@oclif/core/flags'
import type {InferredFlags} from '@oclif/core/interfaces'
import {millisecondsOf} from '../config/duration.ts'
import {type GateFlags, type GateSeverity, gateSeverities} from '../config/gates.ts'
import {packagePattern, pathPattern} from '../config/match.ts'
import {UsageError} from '../errors.ts'
import type {ScanGateOrder} from '../scan/gate-run.ts'
import {duration, severalTimes} from './flags.ts'
import {reportFiles} from './scan-report-files.ts'
import {accounts, concurrency} from './scope-flags.ts'

const severity = (summary: string) => option({options: gateSeverities, helpValue: 'SEVERITY', summary})()

const files = (summary: string) => string({...severalTimes, default: [], helpValue: 'FILE', summary})

/** `critical=0`: so many of that severity. */
const most = custom<readonly [GateSeverity, number]>({
  helpValue: 'SEVERITY=N',
  parse: async text => {
    const [word = '', number = ''] = text.split('=')
    const known = gateSeverities.find(each => each === word)
    if (known !== undefined && /^\d{1,9}$/.test(number)) return [known, Number(number)]
    throw new UsageError(
      'INVALID_MOST',
      `"${text}" is no number of a severity. Write one as in --most critical=0; severities are ${gateSeverities.join(', ')}.`,
    )
  },
})

const score = custom<number>({
  helpValue: 'SCORE',
  parse: async text => {
    if (/^\d{1,2}(\.\d{1,2})?$/.test(text) && Number(text) <= 10) return Number(text)
    throw new UsageError('INVALID_NUMBER', `"${text}" is no CVSS score. Write a number from 0 to 10.`)
  },
})

const days = custom<number>({
  helpValue: 'DURATION',
  parse: async text => {
    const milliseconds = millisecondsOf(text)
    if (milliseconds !== undefined) return milliseconds
    throw new UsageError('INVALID_DURATION', `"${text}" is no duration. Write a number and a unit: 36h, 14d.`)
  },
})

/** Nothing fits one that is none, so that everything would pass. */
const pattern = (known: RegExp, fix: string) =>
  custom({
    helpValue: 'PATTERN',
    parse: async text => {
      if (known.test(text)) return text
      throw new UsageError('INVALID_PATTERN', `${JSON.stringify(text)} is no pattern. ${fix}`)
    },
  })

const packages = pattern(packagePattern, 'Write a name; * stands for any text.')

const paths = pattern(pathPattern, 'Write a path without ./ before and / behind it: app/**.')

/** The flags of `gantry scan-gate`. */
export const scanGateFlags = {
  account: accounts(),
  gate: string({
    helpValue: 'NAME',
    summary: 'Judge by this gate of repos.yaml; what flags say besides wins.',
  }),
  'fail-on': severity('Findings of this severity and graver ones fail; high without a gate.'),
  most: most({
    ...severalTimes,
    delimiter: ',',
    summary: 'So many findings of a severity are allowed (high=3); more fail.',
  }),
  fixable: boolean({summary: 'Only what an update mends fails; for enhanced scans.'}),
  exploitable: boolean({summary: 'Only what has a known exploit fails; for enhanced scans.'}),
  cvss: score({summary: 'Only what has this CVSS base score or a higher one fails.'}),
  grace: days({
    summary: 'Findings do not fail until so long after they were first seen (14d); for enhanced scans.',
  }),
  package: packages({...severalTimes, summary: 'Only findings in these packages fail.'}),
  path: paths({...severalTimes, summary: 'Only findings in these paths fail.'}),
  'unrated-as': severity('What findings that nobody rated count as; critical unless said.'),
  'on-unsupported': option({
    options: ['fail', 'warn', 'pass'] as const,
    summary: 'What images that cannot be scanned mean; fail unless said.',
  })(),
  ignores: files('Ignore rules, besides those of the gate.'),
  vex: files('OpenVEX documents, besides those of the gate.'),
  baseline: string({
    helpValue: 'IMAGE|ALIAS',
    summary: 'What this image has too does not fail; of an account, its newest image of the repository.',
  }),
  start: boolean({summary: 'Begin a basic scan where there is none.'}),
  wait: duration({summary: 'Wait so long for scans (15m); without it they are looked at once.'}),
  show: severity('The table and reports show this severity and graver ones, and all that fails.'),
  report: reportFiles(),
  concurrency: concurrency(),
}

/** What is asked for by flags, and by words that name images. */
export function scanGateOrder(
  images: readonly string[],
  flags: InferredFlags<typeof scanGateFlags>,
): ScanGateOrder {
  const {account: accounts, gate, start, baseline, concurrency} = flags
  return {images, accounts, gate, flags: gateFlags(flags), start, baseline, concurrency}
}

/** What was not given is undefined, which oclif's types do not say of booleans and lists. */
function gateFlags(flags: Partial<InferredFlags<typeof scanGateFlags>>): GateFlags {
  const {most: counts, package: packages, path: paths} = flags
  return {
    failOn: flags['fail-on'],
    fixable: flags.fixable,
    exploitable: flags.exploitable,
    cvss: flags.cvss,
    most: counts === undefined ? undefined : numbersOf(counts),
    graceMs: flags.grace,
    packages,
    paths,
    unratedAs: flags['unrated-as'],
    onUnsupported: flags['on-unsupported'],
    ignores: flags.ignores,
    vex: flags.vex,
    waitMs: flags.wait,
    report: flags.show,
  }
}

/** @throws {UsageError} INVALID_MOST for a severity that is given two numbers: which is meant nobody said. */
function numbersOf(counts: readonly (readonly [GateSeverity, number])[]): GateFlags['most'] {
  const numbers = new Map<GateSeverity, number>()
  for (const [severity, number] of counts) {
    if (numbers.has(severity)) {
      throw new UsageError('INVALID_MOST', `--most gives ${severity} twice. Keep one number.`)
    }
    numbers.set(severity, number)
  }
  return Object.fromEntries(numbers)
}
