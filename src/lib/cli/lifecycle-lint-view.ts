import {
  type FilePlace,
  isFilePlace,
  type LintFinding,
  type RepositoryPlace,
  type Severity,
} from '../lifecycle/lint/finding.ts'
import type {LintRun} from '../lifecycle/lint-run.ts'
import type {CommandResult, Envelope, ErrorEnvelope} from './envelope.ts'
import {type SarifFile, type SarifPlace, type SarifRun, toSarif} from './sarif.ts'
import type {Style} from './style.ts'
import {count, formatBytes} from './text.ts'

/** A repository of which nothing could be said, and why. */
export interface UnreadLint {
  readonly registry: string
  readonly repository: string
  readonly error: {readonly code: string; readonly message: string; readonly hints: readonly string[]}
}

export interface LifecycleLintSummary {
  readonly errors: number
  readonly warnings: number
  readonly notes: number
  /** Policy files and repositories that were looked at. */
  readonly files: number
  readonly repositories: number
  readonly failed: number
  /** Repositories that could not be read. */
  readonly unread: readonly UnreadLint[]
  /** Every identity that took part. */
  readonly callers: LintRun['callers']
}

/** What `gantry lifecycle lint` found, in the shape that every command has. */
export interface LifecycleLintResult extends CommandResult {
  readonly summary: LifecycleLintSummary & CommandResult['summary']
  readonly items: readonly LintFinding[]
  /** Everything that was looked for. */
  readonly rules: LintRun['rules']
}

/** The document of `gantry lifecycle lint --json`. @public for tools/generate-schema.ts */
export type LifecycleLintDocument = LifecycleLintEnvelope | ErrorEnvelope

interface LifecycleLintEnvelope extends Envelope {
  readonly summary: LifecycleLintSummary & Envelope['summary']
  readonly items: readonly LintFinding[]
}

/** Counts the findings of a run. */
export function toLifecycleLintResult({
  findings,
  rules,
  unread,
  files,
  repositories,
  warnings,
  callers,
  exitCode,
}: LintRun): LifecycleLintResult {
  const number = (wanted: Severity) => findings.filter(({severity}) => severity === wanted).length
  const [caller] = callers
  return {
    ...(caller === undefined ? {} : {caller}),
    summary: {
      errors: number('error'),
      warnings: number('warning'),
      notes: number('note'),
      files,
      repositories,
      failed: unread.length,
      unread: unread.map(({registry: {label}, name, error: {code, message, hints}}) => ({
        registry: label,
        repository: name,
        error: {code, message, hints},
      })),
      callers,
    },
    items: findings,
    rules,
    warnings,
    exitCode,
  }
}

/** The findings for people: under each place, what is wrong and what to do about it. */
export function viewLifecycleLint({items, summary}: LifecycleLintResult, style: Style): string {
  const groups = Map.groupBy(items, ({where}) => groupOf(where))
  return [
    ...[...groups].flatMap(([place, findings]) => [
      style.strong(place),
      ...findings.flatMap(finding => viewFinding(finding, style)),
      '',
    ]),
    ...summary.unread.flatMap(({error}) => [
      `${style.bad('unread')} ${error.message}`,
      ...error.hints.map(hint => `  ${hint}`),
    ]),
    viewSummary(summary),
  ].join('\n')
}

/** The findings as a SARIF log. */
export function sarifOfLint({items, rules}: LifecycleLintResult, run: SarifRun): Record<string, unknown> {
  const known = new Set(rules.map(({code}) => code))
  const faults = [...new Set(items.map(({code}) => code))].filter(code => !known.has(code))
  const help = (summary: string) => `${summary} See docs/lifecycle-lint.md.`
  const fault = 'ECR does not take the policy.'
  return toSarif(
    [
      ...rules.map(({code, severity, summary}) => ({
        id: code,
        level: severity,
        summary,
        help: help(summary),
      })),
      ...faults.map(id => ({id, level: 'error' as const, summary: fault, help: help(fault)})),
    ],
    items.map(({code, severity, where, message, fix}) => ({
      ruleId: code,
      level: severity,
      message: fix === null ? message : `${message} ${fix}`,
      place: placeOf(where),
    })),
    run,
  )
}

function placeOf(where: FilePlace | RepositoryPlace): SarifPlace {
  if (isFilePlace(where)) return {file: toSarifFile(where)}
  const {origin, rulePriority} = where
  const subject = groupOf({...where, origin: null})
  const place = rulePriority === null ? {subject} : {subject, part: `rule ${rulePriority}`}
  return origin === null ? place : {...place, file: toSarifFile(origin)}
}

function toSarifFile({file, line, column}: FilePlace): SarifFile {
  return {path: file, line, column}
}

function groupOf(where: FilePlace | RepositoryPlace): string {
  if (isFilePlace(where)) return where.file
  const {registry, repository, template, origin} = where
  const name = repository ?? (template === null ? '' : `template ${template}`)
  const place = name === '' ? registry : `${registry} ${name}`
  return origin === null ? place : `${place} (${origin.file}:${origin.line})`
}

function viewFinding({code, severity, where, message, fix, evidence}: LintFinding, style: Style): string[] {
  const paint = {error: style.bad, warning: style.warn, note: style.dim}[severity]
  const bytes = evidence?.bytes ?? 0
  const size = bytes > 0 ? ` (${formatBytes(bytes)})` : ''
  return [
    `  ${paint(severity.padEnd('warning'.length))}  ${spotOf(where)}${message}${size} ${style.dim(`[${code}]`)}`,
    ...(fix === null ? [] : [`           ${fix}`]),
  ]
}

function spotOf(where: FilePlace | RepositoryPlace): string {
  if (isFilePlace(where)) return `${where.line}:${where.column} `
  return where.rulePriority === null ? '' : `rule ${where.rulePriority}: `
}

function viewSummary({
  errors,
  warnings,
  notes,
  files,
  repositories,
  failed,
  callers,
}: LifecycleLintSummary): string {
  const looked = [
    ...(files > 0 ? [count(files, 'file')] : []),
    ...(repositories > 0 || files === 0 ? [count(repositories, 'repository')] : []),
    ...(failed > 0 ? [`${failed} not read`] : []),
  ]
  const found = [count(errors, 'error'), count(warnings, 'warning'), count(notes, 'note')]
  return [`${found.join(', ')} in ${looked.join(', ')}`, ...callers.map(({arn}) => `As: ${arn}`)].join('\n')
}
