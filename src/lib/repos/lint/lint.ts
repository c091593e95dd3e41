import type {Estate, Origin} from '../../config/estate.ts'
import {formatPath} from '../../config/problems.ts'
import {BugError, type ExitCode, exitCodes} from '../../errors.ts'
import {type Severity, severities} from '../../lifecycle/lint/finding.ts'
import {lintedFile} from './file.ts'
import type {ReposDoubt, ReposFinding, ReposLintRule} from './finding.ts'
import {lifecycleRules} from './lifecycles.ts'
import {reposRules} from './rules.ts'

export interface ReposLintRun {
  readonly file: string
  /** By their place in the file. */
  readonly findings: readonly ReposFinding[]
  /** Everything that was looked for. */
  readonly rules: readonly Pick<ReposLintRule, 'code' | 'severity' | 'summary'>[]
  /** 3 when a finding is at least as severe as was asked for; else 0. */
  readonly exitCode: ExitCode
}

/**
 * Finds what is doubtful about repos.yaml by the file alone: no registry is asked. Pure.
 *
 * @param estate read from a file.
 * @param failOn the least severity that makes the gate say no.
 */
export function lintRepos(estate: Estate, failOn: Severity): ReposLintRun {
  const {file} = estate
  if (file === undefined) throw new BugError('there is no repos.yaml to look at.')
  const linted = lintedFile(estate)
  const rules = [...reposRules, ...lifecycleRules]
  const findings = rules.flatMap(rule =>
    joined(rule.check(linted).map(doubt => findingOf(doubt, rule, file))),
  )
  const least = severities.indexOf(failOn)
  const isBad = findings.some(({severity}) => severities.indexOf(severity) <= least)
  return {
    file,
    findings: findings.toSorted((one, other) => byPlace(one.where, other.where)),
    rules: rules.map(({code, severity, summary}) => ({code, severity, summary})),
    exitCode: isBad ? exitCodes.gateSaidNo : exitCodes.done,
  }
}

function findingOf(
  {at, registry, repository, message, fix, severity}: ReposDoubt,
  rule: ReposLintRule,
  file: string,
): ReposFinding {
  return {
    code: rule.code,
    severity: severity ?? rule.severity,
    where: at.origin ?? {file, line: 1, column: 1},
    key: formatPath(at.path),
    registries: listOf(registry),
    repositories: listOf(repository),
    message,
    fix,
  }
}

/** What is found of several registries or repositories in the same words is told once. */
function joined(findings: readonly ReposFinding[]): readonly ReposFinding[] {
  const groups = Map.groupBy(findings, ({where, key, message, fix}) =>
    JSON.stringify([where.line, where.column, key, message, fix]),
  )
  return [...groups.values()].flatMap(group =>
    group.slice(0, 1).map(first => ({
      ...first,
      registries: all('registries', group),
      repositories: all('repositories', group),
    })),
  )
}

function all(key: 'registries' | 'repositories', findings: readonly ReposFinding[]): readonly string[] {
  return [...new Set(findings.flatMap(finding => finding[key]))]
}

function listOf(name: string | undefined): readonly string[] {
  return name === undefined ? [] : [name]
}

function byPlace(one: Origin, other: Origin): number {
  return one.line - other.line || one.column - other.column
}
