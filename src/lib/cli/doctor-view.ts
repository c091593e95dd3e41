import type {CheckStatus} from '../doctor/check.ts'
import type {DoctorRun, Finding, FindingPlace} from '../doctor/run.ts'
import type {CommandResult, Envelope, ErrorEnvelope} from './envelope.ts'
import type {Style} from './style.ts'
import {count, joinFitting, pad} from './text.ts'

/** What `gantry doctor` found, in the shape that every command has. */
export interface DoctorResult extends CommandResult {
  readonly summary: DoctorSummary & CommandResult['summary']
  readonly items: readonly Finding[]
}

/** The document of `gantry doctor --json`. @public for tools/generate-schema.ts */
export type DoctorDocument = DoctorEnvelope | ErrorEnvelope

interface DoctorEnvelope extends Envelope {
  readonly summary: DoctorSummary & Envelope['summary']
  readonly items: readonly Finding[]
}

interface DoctorSummary {
  readonly ok: number
  readonly warnings: number
  readonly problems: number
  /** Checks of which nothing can be said, because of something else. */
  readonly skipped: number
  readonly durationMs: number
}

export function toDoctorResult({findings, durationMs, exitCode}: DoctorRun): DoctorResult {
  const number = (wanted: CheckStatus) => findings.filter(({status}) => status === wanted).length
  return {
    summary: {
      ok: number('ok'),
      warnings: number('warning'),
      problems: number('problem'),
      skipped: number('skipped'),
      durationMs,
    },
    items: findings,
    warnings: [],
    exitCode,
  }
}

const statusWidth = 'problem'.length

/** The checks for people: those of this machine, then of each account and region; under what is wrong, what to do. */
export function viewDoctor({items, summary}: DoctorResult, style: Style): string {
  const titleWidth = Math.max(...items.map(({title}) => title.length))
  const groups = Map.groupBy(items, ({place}) => nameOf(place))
  const {ok, warnings, problems, skipped, durationMs} = summary
  const figures = [
    `${ok} ok`,
    count(warnings, 'warning'),
    count(problems, 'problem'),
    ...(skipped > 0 ? [`${skipped} not checked`] : []),
    `${(durationMs / 1000).toFixed(1)} s`,
  ]
  return [
    ...[...groups].flatMap(([name, findings]) => [
      style.strong(name),
      ...findings.flatMap(finding => viewFinding(finding, titleWidth, style)),
      '',
    ]),
    ...joinFitting(figures, style.columns),
  ].join('\n')
}

function nameOf(place: FindingPlace | null): string {
  if (place === null) return 'This machine'
  const {alias, account, region} = place
  return `${alias ?? 'Default identity'}  ${account === null ? region : `${account}/${region}`}`
}

function viewFinding({status, title, message, fixes}: Finding, titleWidth: number, style: Style): string[] {
  const paint = {ok: style.good, warning: style.warn, problem: style.bad, skipped: style.dim}[status]
  const word = pad(paint(status === 'skipped' ? '-' : status), statusWidth)
  const indent = ' '.repeat(2 + statusWidth + 2 + titleWidth + 2)
  return [`  ${word}  ${pad(title, titleWidth)}  ${message}`, ...fixes.map(fix => `${indent}→ ${fix}`)]
}
