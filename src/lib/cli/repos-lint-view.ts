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

function viewFinding(
  {code, severity, where: {file, line, column}, key, registries, message, fix}: ReposFinding,
  style: Style,
): string[] {
  const paint = {error: style.bad, warning: style.warn, note: style.dim}[severity]
  const at = registries.length === 0 ? '' : ` (${registries.join(', ')})`
  return [
    `${style.strong(`${file}:${line}:${column}`)} ${key}${at}`,
    `  ${paint(severity.padEnd('warning'.length))}  ${message} ${style.dim(`[${code}]`)}`,
    ...(fix === '' ? [] : [`           ${fix}`]),
  ]
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
    items.map(({code, severity, where: {file, line, column}, key, registries, message, fix}) => ({
      ruleId: code,
      level: severity,
      message: fix === '' ? message : `${message} ${fix}`,
      // A key may have several findings of one kind, each of which is its own alert.
      fingerprint: `${key} ${message}`,
      place: {
        file: {path: file, line, column},
        subject: key,
        ...(registries.length === 0 ? {} : {part: registries.join(', ')}),
      },
    })),
    run,
  )
}
