/** Findings in the format that code scanning reads: SARIF 2.1.0 (OASIS standard, static analysis results). */
import {isAbsolute, resolve} from 'node:path'
import {pathToFileURL} from 'node:url'

/** A kind of finding. */
export interface SarifRule {
  readonly id: string
  readonly level: SarifLevel
  /** One line. */
  readonly summary: string
}

export type SarifLevel = 'error' | 'warning' | 'note'

export interface SarifResult {
  readonly ruleId: string
  readonly level: SarifLevel
  readonly message: string
  /** Line and column count from 1. */
  readonly file?: {readonly path: string; readonly line: number; readonly column: number}
  /** What it is about where there is no file: `dev@eu-west-1/payments/api rule 2`. */
  readonly subject?: string
}

/** GitHub shows that many results of a run (docs.github.com, SARIF support); more would be dropped there in silence. */
export const mostResults = 5000

const levels: readonly SarifLevel[] = ['error', 'warning', 'note']

/**
 * A log with one run.
 *
 * @param root folder that paths of files are told relative to; one outside of it is told as it is.
 * @returns the gravest results, at most {@link mostResults}; how many are left out stands in the run's notifications.
 */
export function toSarif(
  rules: readonly SarifRule[],
  results: readonly SarifResult[],
  root: string,
): Record<string, unknown> {
  const used = new Set(results.map(({ruleId}) => ruleId))
  const shown = rules.filter(({id}) => used.has(id))
  const indexes = new Map(shown.map(({id}, index) => [id, index]))
  const gravest = results.toSorted((a, b) => levels.indexOf(a.level) - levels.indexOf(b.level))
  const leftOut = results.length - mostResults
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {driver: {name: 'gantry', rules: shown.map(toRule)}},
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: {ROOT: {uri: `${pathToFileURL(root).href}/`}},
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications:
              leftOut > 0
                ? [{level: 'warning', message: {text: `${leftOut} more results were left out.`}}]
                : [],
          },
        ],
        results: gravest.slice(0, mostResults).map(result => toResult(result, indexes)),
      },
    ],
  }
}

function toRule({id, level, summary}: SarifRule) {
  return {
    id,
    shortDescription: {text: summary},
    help: {text: `${summary} See docs/lifecycle-lint.md.`},
    defaultConfiguration: {level},
  }
}

function toResult(
  {ruleId, level, message, file, subject}: SarifResult,
  indexes: ReadonlyMap<string, number>,
) {
  const ruleIndex = indexes.get(ruleId)
  const location = {
    ...(file === undefined
      ? {}
      : {
          physicalLocation: {
            artifactLocation: locationOf(file.path),
            region: {startLine: file.line, startColumn: file.column},
          },
        }),
    ...(subject === undefined ? {} : {logicalLocations: [{fullyQualifiedName: subject, kind: 'resource'}]}),
  }
  return {
    ruleId,
    ...(ruleIndex === undefined ? {} : {ruleIndex}),
    level,
    message: {text: message},
    locations: [location],
  }
}

/** Relative where it can be: that is what code scanning finds in a repository. */
function locationOf(path: string) {
  const uri = path.replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/')
  return !isAbsolute(path) && !path.startsWith('..')
    ? {uri, uriBaseId: 'ROOT'}
    : {uri: pathToFileURL(resolve(path)).href}
}
