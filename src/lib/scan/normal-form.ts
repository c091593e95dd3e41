import {FailureError} from '../errors.ts'
import {type Fields, isFields} from '../oci/descriptor.ts'
import {isDigest} from '../oci/digest.ts'
import {oneLine} from '../oci/one-line.ts'
import {type Finding, type FoundPackage, type Severity, severities} from './finding.ts'

/** Gives equal texts one object: platforms of an image have most of their findings in common. */
export type Share = (text: string) => string

/** @returns one {@link Share} for all answers of a run. */
export function sharedTexts(): Share {
  const texts = new Map<string, string>()
  return text => {
    const known = texts.get(text)
    if (known === undefined) texts.set(text, text)
    return known ?? text
  }
}

/**
 * What a finding of a basic scan says, in the form that both kinds of scan have here.
 *
 * @param where what messages call it, such as `findings[3]`.
 * @throws {FailureError} MALFORMED_ANSWER when what decides about it is missing or is something else.
 */
export function basicFinding(value: unknown, where: string, share: Share): Finding {
  const finding = fieldsOf(value, where)
  const attributes = attributesOf(finding['attributes'], where)
  return {
    id: share(textOf(finding['name'], `${where}.name`)),
    package: {
      name: share(textOf(attributes.get('package_name'), `${where}: the attribute package_name`)),
      version: sharedOrNull(attributes.get('package_version'), share),
      manager: null,
      path: null,
      layer: null,
    },
    severity: severityOf(severityWord(finding, where)),
    fix: 'unknown',
    fixedIn: null,
    exploitable: null,
    score: highest(
      [...attributes].flatMap(([key, text]) => (/^CVSS\d+_SCORE$/.test(key) ? Number(text) : [])),
    ),
    firstObservedAt: null,
    status: 'active',
    title: null,
    description: proseOf(finding['description'], share),
    uri: sharedOrNull(finding['uri'], share),
  }
}

/**
 * What a finding of an enhanced scan says: one for each package that it names.
 *
 * @param where what messages call it, such as `enhancedFindings[3]`.
 * @throws {FailureError} MALFORMED_ANSWER when what decides about it is missing or is something else.
 */
export function enhancedFindings(value: unknown, where: string, share: Share): readonly Finding[] {
  const finding = fieldsOf(value, where)
  const details = fieldsOf(finding['packageVulnerabilityDetails'], `${where}.packageVulnerabilityDetails`)
  const packages = details['vulnerablePackages']
  if (!Array.isArray(packages) || packages.length === 0) throw malformed(`${where} names no package`)
  const common = {
    id: share(textOf(details['vulnerabilityId'], `${where}.packageVulnerabilityDetails.vulnerabilityId`)),
    severity: severityOf(severityWord(finding, where)),
    exploitable: answerOf(finding['exploitAvailable']),
    score: scoreOf(finding, details),
    firstObservedAt: timeOf(finding['firstObservedAt'], `${where}.firstObservedAt`),
    status: statuses.get(finding['status']) ?? 'active',
    title: sharedOrNull(finding['title'], share),
    description: proseOf(finding['description'], share),
    uri: sharedOrNull(details['sourceUrl'], share),
  } as const
  return packages.map((each, index) => {
    const found = fieldsOf(each, `${where}: package ${index}`)
    const fixedIn = fixedInOf(found['fixedInVersion'])
    return {
      ...common,
      package: packageOf(found, `${where}: package ${index}`, share),
      fix: fixOf(finding['fixAvailable'], found['fixedInVersion'], fixedIn),
      fixedIn: fixedIn === null ? null : share(fixedIn),
    }
  })
}

/**
 * ECR's own word for how grave a finding is, in capitals.
 *
 * @throws {FailureError} MALFORMED_ANSWER when there is none.
 */
export function severityWord(finding: Fields, where: string): string {
  return textOf(finding['severity'], `${where}.severity`).toUpperCase()
}

/**
 * A date, in milliseconds since the epoch; null when there is none.
 *
 * @throws {FailureError} MALFORMED_ANSWER when it is something else.
 */
export function timeOf(value: unknown, where: string): number | null {
  if (value === undefined || value === null) return null
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.getTime()
  throw malformed(`${where} is no time`)
}

/** @throws {FailureError} MALFORMED_ANSWER unless it is a text that is not empty. */
export function textOf(value: unknown, where: string): string {
  if (typeof value === 'string' && value !== '') return value
  throw malformed(`${where} is missing`)
}

/** @throws {FailureError} MALFORMED_ANSWER unless it is an object. */
export function fieldsOf(value: unknown, where: string): Fields {
  if (isFields(value)) return value
  throw malformed(`${where} is no object`)
}

/** @param problem a clause about what was answered. */
export function malformed(problem: string): FailureError {
  return new FailureError(
    'MALFORMED_ANSWER',
    `The scan's answer cannot be trusted: ${oneLine(problem, 300)}. Treated as no evidence.`,
  )
}

const words: ReadonlyMap<string, Severity> = new Map(
  severities.map(severity => [severity.toUpperCase(), severity]),
)

function severityOf(word: string): Severity {
  return words.get(word) ?? 'unknown'
}

const statuses: ReadonlyMap<unknown, Finding['status']> = new Map([
  ['ACTIVE', 'active'],
  ['SUPPRESSED', 'suppressed'],
  ['CLOSED', 'closed'],
])

function packageOf(found: Fields, where: string, share: Share): FoundPackage {
  const {sourceLayerHash: layer} = found
  return {
    name: share(textOf(found['name'], `${where}.name`)),
    version: sharedOrNull(versionOf(found), share),
    manager: sharedOrNull(found['packageManager'], share),
    path: sharedOrNull(found['filePath'], share),
    layer: typeof layer === 'string' && isDigest(layer) ? (share(layer) as typeof layer) : null,
  }
}

/** `EPOCH:VERSION-RELEASE`, of those that there are, as package managers write it. */
function versionOf({epoch, version, release}: Fields): string | null {
  if (typeof version !== 'string' || version === '') return null
  const before = typeof epoch === 'number' && epoch > 0 ? `${epoch}:` : ''
  return `${before}${version}${typeof release === 'string' && release !== '' ? `-${release}` : ''}`
}

function fixedInOf(value: unknown): string | null {
  if (typeof value !== 'string' || value === '' || value === notAvailable) return null
  return value.replace(/^0:/, '')
}

const notAvailable = 'NotAvailable'

/** The finding's word counts for all of its packages; where that leaves it open, the package's own version does. */
function fixOf(available: unknown, version: unknown, fixedIn: string | null): Finding['fix'] {
  if (available === 'YES' || fixedIn !== null) return 'yes'
  if (available === 'NO' || version === notAvailable) return 'no'
  return available === 'PARTIAL' ? 'partial' : 'unknown'
}

function answerOf(value: unknown): boolean | null {
  if (value === 'YES') return true
  return value === 'NO' ? false : null
}

/** The highest base score that anybody gave it; Inspector's own where nobody did. A score of 0 is none. */
function scoreOf(finding: Fields, {cvss}: Fields): number | null {
  const scores = Array.isArray(cvss) ? cvss.map(each => (isFields(each) ? each['baseScore'] : undefined)) : []
  return highest(scores) ?? highest([finding['score']])
}

function highest(scores: readonly unknown[]): number | null {
  const valid = scores.filter(
    (score): score is number => typeof score === 'number' && score > 0 && score <= 10,
  )
  return valid.length === 0 ? null : Math.max(...valid)
}

function attributesOf(value: unknown, where: string): ReadonlyMap<string, string> {
  if (!Array.isArray(value)) throw malformed(`${where} has no attributes`)
  const entries = value.map(each => fieldsOf(each, `${where}: an attribute`))
  return new Map(
    entries.flatMap(({key, value: text}) =>
      typeof key === 'string' && typeof text === 'string' ? [[key, text] as const] : [],
    ),
  )
}

/** Inspector writes "None Provided" where there is nothing to say. */
function proseOf(value: unknown, share: Share): string | null {
  return value === 'None Provided' ? null : sharedOrNull(value, share)
}

function sharedOrNull(value: unknown, share: Share): string | null {
  return typeof value === 'string' && value !== '' ? share(value) : null
}
