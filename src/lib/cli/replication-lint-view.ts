import type {Severity} from '../lifecycle/lint/finding.ts'
import type {RouteFinding} from '../replication/lint/finding.ts'
import type {ReplicationLintRun} from '../replication/lint-run.ts'
import type {UnknownSource} from '../replication/status-plan.ts'
import type {CommandResult, Envelope, ErrorEnvelope} from './envelope.ts'
import type {Style} from './style.ts'
import {count, joinFitting} from './text.ts'

/** What `gantry replicate-lint` found, in the shape that every command has. */
export interface ReplicationLintResult extends CommandResult {
  readonly summary: ReplicationLintSummary & CommandResult['summary']
  readonly items: readonly RouteFinding[]
}

/** The document of `gantry replicate-lint --json`. @public for tools/generate-schema.ts */
export type ReplicationLintDocument = ReplicationLintEnvelope | ErrorEnvelope

interface ReplicationLintEnvelope extends Envelope {
  readonly summary: ReplicationLintSummary & Envelope['summary']
  readonly items: readonly RouteFinding[]
}

interface ReplicationLintSummary {
  readonly errors: number
  readonly warnings: number
  readonly notes: number
  /** Pairs of registries of which rules of the one lead to the other. */
  readonly routes: number
  /** Each once for each route. */
  readonly repositories: number
  /** Registries, routes and repositories of which nothing can be said. */
  readonly unread: readonly UnknownSource[]
  readonly requests: number
  readonly mutatingRequests: number
  readonly retries: number
  readonly durationMs: number
  /** Every identity that took part. */
  readonly callers: ReplicationLintRun['callers']
}

export function toReplicationLintResult(run: ReplicationLintRun): ReplicationLintResult {
  const {findings, routes, repositories, unread, callers, warnings, traffic, durationMs, exitCode} = run
  const {requests, mutatingRequests, retries} = traffic
  const number = (wanted: Severity) => findings.filter(({severity}) => severity === wanted).length
  const [caller] = callers
  return {
    ...(caller === undefined ? {} : {caller}),
    summary: {
      errors: number('error'),
      warnings: number('warning'),
      notes: number('note'),
      routes,
      repositories,
      unread,
      requests,
      mutatingRequests,
      retries,
      durationMs,
      callers,
    },
    items: findings,
    warnings,
    exitCode,
  }
}

const mostNames = 3

/** The findings for people: under each route, what is wrong, where, what to do, and the statement to add. */
export function viewReplicationLint({items, summary}: ReplicationLintResult, style: Style): string {
  const groups = Map.groupBy(items, ({source, destination}) => `${source} → ${destination}`)
  return [
    ...[...groups].flatMap(([route, findings]) => [
      style.strong(route),
      ...findings.flatMap(finding => viewFinding(finding, style)),
      ...viewStatements(findings),
      '',
    ]),
    ...summary.unread.flatMap(({name, error}) => [
      `${style.bad('unread')} ${name}: ${error.message}`,
      ...error.hints.map(hint => `  ${hint}`),
    ]),
    ...viewSummary(summary, style),
  ].join('\n')
}

const indent = ' '.repeat('  warning  '.length)

function viewFinding(finding: RouteFinding, style: Style): string[] {
  const {code, severity, repositories, message, fix, evidence} = finding
  const paint = {error: style.bad, warning: style.warn, note: style.dim}[severity]
  const more = repositories.length - mostNames
  const names = `${repositories.slice(0, mostNames).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
  const {examples = []} = evidence ?? {}
  const proof = examples.length === 0 ? '' : ` Such as ${examples.join(', ')}.`
  return [
    `  ${paint(severity.padEnd('warning'.length))}  ${names}: ${message}${proof} ${style.dim(`[${code}]`)}`,
    `${indent}${fix}`,
  ]
}

/** The statement that several findings of a route ask for, once. */
function viewStatements(findings: readonly RouteFinding[]): string[] {
  const texts = findings.flatMap(({statement}) => (statement === null ? [] : [JSON.stringify(statement)]))
  return [...new Set(texts)].map(text => `  ${text}`)
}

function viewSummary(summary: ReplicationLintSummary, style: Style): string[] {
  const {errors, warnings, notes, routes, repositories, unread, requests, durationMs, callers} = summary
  const figures = [
    count(errors, 'error'),
    count(warnings, 'warning'),
    count(notes, 'note'),
    `${count(repositories, 'repository')} on ${count(routes, 'route')}`,
    ...(unread.length > 0 ? [`${unread.length} not read`] : []),
    count(requests, 'request'),
    `${(durationMs / 1000).toFixed(1)} s`,
  ]
  return [...joinFitting(figures, style.columns), ...callers.map(({arn}) => `As: ${arn}`)]
}
