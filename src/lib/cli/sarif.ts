/** Findings in the format that code scanning reads: SARIF 2.1.0 (OASIS standard, static analysis results). */
import {createHash} from 'node:crypto'
import {isAbsolute, relative, resolve, sep} from 'node:path'
import {pathToFileURL} from 'node:url'

/** A kind of finding. */
export interface SarifRule {
  readonly id: string
  readonly level: SarifLevel
  /** One line. */
  readonly summary: string
  /** What it means and what to do about it, as text; the summary unless given. */
  readonly help?: string
  /** Address of a page about it. */
  readonly helpUri?: string
  /** CVSS score, 0.1 to 10: GitHub shows low, medium, high or critical by it (docs.github.com, SARIF support). */
  readonly securitySeverity?: number
}

export type SarifLevel = 'error' | 'warning' | 'note'

export interface SarifResult {
  readonly ruleId: string
  readonly level: SarifLevel
  readonly message: string
  readonly place: SarifPlace
  /** What makes it the same finding in a later run; the place unless given, and in a file GitHub goes by the line's text. */
  readonly fingerprint?: string
  /** Why it does not count. GitHub opens an alert for it all the same (github/codeql-action issue 1230). */
  readonly suppression?: {readonly justification: string}
}

export type SarifPlace = InFile | OfSubject | (InFile & OfSubject)

interface InFile {
  readonly file: SarifFile
}

interface OfSubject {
  /** An image's reference, a repository. */
  readonly subject: string
  /** What in it: a package, a rule. */
  readonly part?: string
}

/** Line and column count from 1. */
export interface SarifFile {
  readonly path: string
  readonly line: number
  readonly column: number
}

export interface SarifRun {
  /** The version of gantry. */
  readonly version: string
  /** Folder that paths of files are told relative to; one outside of it is told in full. */
  readonly root: string
}

/** GitHub shows that many results of a run (docs.github.com, SARIF support); more would be dropped there in silence. */
export const mostResults = 5000

const levels: readonly SarifLevel[] = ['error', 'warning', 'note']

/**
 * A log with one run.
 *
 * @param rules only those that a result is of are told, which is not left out.
 * @returns the gravest results, at most {@link mostResults}, suppressed ones last; how many are left out stands in the
 *   run's notifications.
 */
export function toSarif(
  rules: readonly SarifRule[],
  results: readonly SarifResult[],
  {version, root}: SarifRun,
): Record<string, unknown> {
  const gravest = results.toSorted((a, b) => rank(a) - rank(b)).slice(0, mostResults)
  const used = new Set(gravest.map(({ruleId}) => ruleId))
  const shown = rules.filter(({id}) => used.has(id))
  const indexes = new Map(shown.map(({id}, index) => [id, index]))
  const leftOut = results.length - mostResults
  // SARIF 3.27.23: either every result of a run tells its suppressions or none does.
  const suppresses = gravest.some(({suppression}) => suppression !== undefined)
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {driver: {name: 'gantry', semanticVersion: version, rules: shown.map(toRule)}},
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: {ROOT: {uri: pathToFileURL(`${root}/`).href}},
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications:
              leftOut > 0
                ? [{level: 'warning', message: {text: `${leftOut} more results were left out.`}}]
                : [],
          },
        ],
        results: gravest.map(result => ({
          ...toResult(result, indexes, root),
          ...(suppresses ? {suppressions: suppressionsOf(result)} : {}),
        })),
      },
    ],
  }
}

function rank({level, suppression}: SarifResult): number {
  return levels.indexOf(level) + (suppression === undefined ? 0 : levels.length)
}

function toRule({id, level, summary, help, helpUri, securitySeverity}: SarifRule) {
  return {
    id,
    shortDescription: {text: summary},
    fullDescription: {text: summary},
    help: {text: help ?? summary},
    ...(helpUri === undefined ? {} : {helpUri}),
    defaultConfiguration: {level},
    ...(securitySeverity === undefined
      ? {}
      : {properties: {tags: ['security'], 'security-severity': securitySeverity.toFixed(1)}}),
  }
}

function toResult(
  {ruleId, level, message, place, fingerprint}: SarifResult,
  indexes: ReadonlyMap<string, number>,
  root: string,
) {
  const ruleIndex = indexes.get(ruleId)
  const name = 'subject' in place ? nameOf(place) : undefined
  const identity = fingerprint ?? name
  return {
    ruleId,
    ...(ruleIndex === undefined ? {} : {ruleIndex}),
    level,
    message: {text: message},
    locations: [
      {
        physicalLocation: physicalLocation(place, root),
        ...(name === undefined ? {} : {logicalLocations: [{fullyQualifiedName: name, kind: 'resource'}]}),
      },
    ],
    ...(identity === undefined
      ? {}
      : {partialFingerprints: {primaryLocationLineHash: hashOf(ruleId, identity)}}),
  }
}

function nameOf({subject, part}: OfSubject): string {
  return part === undefined ? subject : `${subject} ${part}`
}

/** GitHub refuses a whole log for one result without an artifact (github/codeql-action issue 1738), so a subject is one. */
function physicalLocation(place: SarifPlace, root: string) {
  if (!('file' in place)) return {artifactLocation: {uri: toUri(place.subject)}, region: {startLine: 1}}
  const {path, line, column} = place.file
  return {artifactLocation: artifactLocation(path, root), region: {startLine: line, startColumn: column}}
}

/** Relative where it can be: that is what code scanning finds in a repository. */
function artifactLocation(path: string, root: string) {
  const inside = relative(root, resolve(root, path))
  const isOutside = isAbsolute(inside) || inside === '..' || inside.startsWith(`..${sep}`)
  return isOutside
    ? {uri: pathToFileURL(resolve(root, path)).href}
    : {uri: toUri(inside.replaceAll(sep, '/')), uriBaseId: 'ROOT'}
}

function toUri(path: string): string {
  return path.toWellFormed().split('/').map(encodeURIComponent).join('/')
}

function suppressionsOf({suppression}: SarifResult) {
  return suppression === undefined
    ? []
    : [{kind: 'external', status: 'accepted', justification: suppression.justification}]
}

/** The one fingerprint that GitHub reads. */
function hashOf(ruleId: string, identity: string): string {
  return createHash('sha256')
    .update(JSON.stringify([ruleId, identity]))
    .digest('hex')
}
