import {changeTexts} from '../escape.ts'
import {type SarifLevel, type SarifResult, type SarifRule, type SarifRun, toSarif} from '../sarif.ts'
import {
  type FindingItem,
  type GatedItem,
  isGated,
  type ScanGateItem,
  type ScanGateResult,
} from '../scan-gate-result.ts'
import {outcomeWords, packageWords} from '../scan-packages.ts'
import {failsUnscanned, findingWords, identityOf, isSetAside, nameOf, reasonsOf, titleOf} from './words.ts'

/** An image without evidence is a result of its own: an empty log says that everything passed. */
const undetermined: SarifRule = {
  id: 'gantry/undetermined',
  level: 'error',
  summary: 'There is no evidence that the image passes.',
  help: 'There is no evidence that the image passes. Run the gate again with --wait, or mend what the result names.',
}
const unscanned: SarifRule = {
  id: 'gantry/unscanned',
  level: 'error',
  summary: 'The gate fails images that cannot be scanned.',
  help: 'The gate fails images that cannot be scanned. Scan them by other means and say --on-unsupported warn.',
}

/** How many packages the help of a vulnerability names. */
const mostPackages = 10

/** A log for code scanning: a rule for each vulnerability, and a result for each package that has it. */
export function toSarifLog(result: ScanGateResult, run: SarifRun): Record<string, unknown> {
  // A text in brackets before one in parentheses is a link, in plain messages too (SARIF 2.1.0, section 3.11.6).
  const items = changeTexts(result.items, text => text.replaceAll('](', '] ('))
  const gated = items.filter(isGated)
  const ids = Map.groupBy(
    gated.flatMap(({findings}) => findings),
    ({id}) => id,
  )
  ids.delete(undetermined.id)
  ids.delete(unscanned.id)
  const results = [
    ...items.flatMap(withoutFinding),
    ...gated.flatMap(item => item.findings.map(finding => toResult(item, finding))),
  ]
  return toSarif(
    [undetermined, unscanned, ...[...ids].flatMap(([id, those]) => toRule(id, those))],
    results,
    run,
  )
}

function withoutFinding(item: ScanGateItem): SarifResult[] {
  const subject = subjectOf(item)
  const message = `${nameOf(item)}: ${reasonsOf(item).join(' ')}`
  const result = ({id, level}: SarifRule) => [{ruleId: id, level, message, place: {subject}}]
  if (item.verdict === 'undetermined') return result(undetermined)
  return failsUnscanned(item) ? result(unscanned) : []
}

function toRule(id: string, findings: readonly FindingItem[]): SarifRule[] {
  const [gravest] = findings.toSorted((a, b) => scoreOf(b) - scoreOf(a))
  if (gravest === undefined) return []
  const {title, description, uri} = gravest
  const packages = [...new Set(findings.map(fixOf))]
  const more = packages.length - mostPackages
  const summary = title ?? `${id} in ${gravest.package.name}`
  const helpUri = webAddress(uri)
  return [
    {
      id,
      level: levels[gravest.countsAs],
      summary,
      help: [
        description ?? summary,
        ...packages.slice(0, mostPackages),
        ...(more > 0 ? [`and ${more} more packages`] : []),
      ].join('\n'),
      ...(helpUri === undefined ? {} : {helpUri}),
      securitySeverity: scoreOf(gravest),
    },
  ]
}

/** `openssl 3.0.1: fixed in 3.0.2`. */
function fixOf({package: found, fixedIn}: FindingItem): string {
  return `${packageWords(found)}: ${fixedIn === null ? 'no version is told that mends it' : `fixed in ${fixedIn}`}`
}

function toResult(item: GatedItem, finding: FindingItem): SarifResult {
  const level = levels[finding.countsAs]
  const message = `${findingWords(finding)} ${titleOf(item)}, ${outcomeWords(finding)}.`
  return {
    ruleId: finding.id,
    level,
    message,
    place: {subject: subjectOf(item), part: packageWords(finding.package)},
    fingerprint: identityOf(item, finding),
    ...(isSetAside(finding) ? {suppression: {justification: finding.why}} : {}),
  }
}

/** Without tag and digest, which are others in each build: code scanning would close alerts and open them anew. */
function subjectOf(item: ScanGateItem): string {
  return isGated(item) ? `${item.host}/${item.repository}` : item.image
}

const levels: Readonly<Record<FindingItem['countsAs'], SarifLevel>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  informational: 'note',
}

/** In the middle of what GitHub calls by the same word (docs.github.com, SARIF support, `security-severity`). */
const scores: Readonly<Record<FindingItem['countsAs'], number>> = {
  critical: 9.5,
  high: 8,
  medium: 5.5,
  low: 2,
  informational: 0.1,
}

function scoreOf({score, countsAs}: FindingItem): number {
  return score ?? scores[countsAs]
}

/** An address of the web, of plain letters, fit to stand in a document; undefined for any other. */
function webAddress(text: string | null): string | undefined {
  if (text === null || !/^[!-~]+$/.test(text) || !URL.canParse(text)) return undefined
  const {protocol, origin, pathname, search, hash} = new URL(text)
  if (!['https:', 'http:'].includes(protocol) || origin.includes('[')) return undefined
  const fragment = hash === '' ? '' : `#${encoded(hash.slice(1))}`
  return `${origin}${encoded(pathname)}${encoded(search)}${fragment}`
}

/** What may not stand in a path, query or fragment (RFC 3986, section 3.3 to 3.5) is percent-encoded. */
function encoded(part: string): string {
  return part.replace(/[^\w.~:/?@!$&'()*+,;=%-]|%(?![\da-f]{2})/gi, encodeURIComponent)
}
