import type {Severity} from '../lifecycle/lint/finding.ts'
import type {ReposFinding} from '../repos/lint/finding.ts'
import type {ReposLintRun} from '../repos/lint/lint.ts'
import type {CommandResult, Envelope, ErrorEnvelope} from './envelope.ts'
import {type SarifRun, toSarif} from './sarif.ts'
import type {Style} from './style.ts'
import {count} from './text.ts'

interface ReposLintSummary {
  readonly file: string
  readonly errors: number
  readonly warnings: number
  readonly notes: number
}

/** What `gantry repos lint` found, in the shape that every command has. */
export interface ReposLintResult extends CommandResult {
  readonly summary: ReposLintSummary & CommandResult['summary']
  readonly items: readonly ReposFinding[]
  /** Everything that was looked for. */
  readonly rules: ReposLintRun['rules']
}

/** The document of `gantry repos lint --json`. @public for tools/generate-schema.ts */
export type ReposLintDocument = ReposLintEnvelope | ErrorEnvelope

interface ReposLintEnvelope extends Envelope {
  readonly summary: ReposLintSummary & Envelope['summary']
  readonly items: readonly ReposFinding[]
}

/** Counts the findings of a run. */
export function toReposLintResult({file, findings, rules, exitCode}: ReposLintRun): ReposLintResult {
  const number = (wanted: Severity) => findings.filter(({severity}) => severity === wanted).length
  return {
    summary: {file, errors: number('error'), warnings: number('warning'), notes: number('note'), failed: 0},
    items: findings,
    rules,
    warnings: [],
    exitCode,
  }
}

/** The findings for people: where, what is wrong, and what to do about it. */
export function viewReposLint({items, summary}: ReposLintResult, style: Style): string {
  const {file, errors, warnings, notes} = summary
  const found = [count(errors, 'error'), count(warnings, 'warning'), count(notes, 'note')]
  return [
    ...items.flatMap(finding => [...viewFinding(finding, style), '']),
    `${found.join(', ')} in ${file}`,
  ].join('\n')
}

function viewFinding(finding: ReposFinding, style: Style): string[] {
  const {code, severity, where, key, message, fix} = finding
  const {file, line, column} = where
  const paint = {error: style.bad, warning: style.warn, note: style.dim}[severity]
  const about = aboutOf(finding)
  const at = about === undefined ? '' : ` (${about})`
  return [
    `${style.strong(`${file}:${line}:${column}`)} ${key}${at}`,
    `  ${paint(severity.padEnd('warning'.length))}  ${message} ${style.dim(`[${code}]`)}`,
    ...(fix === '' ? [] : [`           ${fix}`]),
  ]
}

/** `dev@eu-west-1: app/api, app/web and 3 more`; undefined for what is about the file alone. */
function aboutOf({registries, repositories}: ReposFinding, most = 5): string | undefined {
  const more = repositories.length - most
  const names = `${repositories.slice(0, most).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
  const parts = [registries.join(', '), names].filter(part => part !== '')
  return parts.length === 0 ? undefined : parts.join(': ')
}

/** The findings as a SARIF log. */
export function sarifOfReposLint({items, rules}: ReposLintResult, run: SarifRun): Record<string, unknown> {
  return toSarif(
    rules.map(({code, severity, summary}) => ({
      id: code,
      level: severity,
      summary,
      help: `${summary} See docs/repos-lint.md.`,
    })),
    items.map(finding => {
      const {code, severity, where, key, message, fix} = finding
      const about = aboutOf(finding)
      return {
        ruleId: code,
        level: severity,
        message: fix === '' ? message : `${message} ${fix}`,
        // A key may have several findings of one kind, each of which is its own alert.
        fingerprint: `${key} ${message}`,
        place: {
          file: {path: where.file, line: where.line, column: where.column},
          subject: key,
          ...(about === undefined ? {} : {part: about}),
        },
      }
    }),
    run,
  )
}
