import {
  type FilePlace,
  isFilePlace,
  type LintFinding,
  type RepositoryPlace,
  type Severity,
} from '../lifecycle/lint/finding.ts'
import type {LintRun} from '../lifecycle/lint-run.ts'
import type {CommandResult, Envelope, ErrorEnvelope} from './envelope.ts'
import {toSarif} from './sarif.ts'
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

/**
 * The findings as a SARIF log.
 *
 * @param root folder that the paths of policy files are relative to.
 */
export function sarifOfLint({items, rules}: LifecycleLintResult, root: string): Record<string, unknown> {
  const known = new Set(rules.map(({code}) => code))
  const faults = [...new Set(items.map(({code}) => code))].filter(code => !known.has(code))
  return toSarif(
    [
      ...rules.map(({code, severity, summary}) => ({id: code, level: severity, summary})),
      ...faults.map(id => ({id, level: 'error' as const, summary: 'ECR does not take the policy.'})),
    ],
    items.map(({code, severity, where, message, fix}) => {
      const file = isFilePlace(where) ? where : where.origin
      return {
        ruleId: code,
        level: severity,
        message: fix === null ? message : `${message} ${fix}`,
        ...(file === null ? {} : {file: {path: file.file, line: file.line, column: file.column}}),
        ...(isFilePlace(where)
          ? {}
          : {subject: `${groupOf({...where, origin: null})} ${spotOf(where)}`.trim()}),
      }
    }),
    root,
  )
}

function groupOf(where: FilePlace | RepositoryPlace): string {
  if (isFilePlace(where)) return where.file
  const {registry, repository, template, origin} = where
  const name = repository ?? `template ${template ?? ''}`
  return `${registry} ${name}${origin === null ? '' : ` (${origin.file}:${origin.line})`}`
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
    ...(repositories > 0 || files === 0
      ? [repositories === 1 ? '1 repository' : `${repositories} repositories`]
      : []),
    ...(failed > 0 ? [`${failed} not read`] : []),
  ]
  const found = [count(errors, 'error'), count(warnings, 'warning'), count(notes, 'note')]
  return [`${found.join(', ')} in ${looked.join(', ')}`, ...callers.map(({arn}) => `As: ${arn}`)].join('\n')
}
