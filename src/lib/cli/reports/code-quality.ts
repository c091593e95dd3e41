/** GitLab's Code Quality report (docs.gitlab.com/ci/testing/code_quality, "Code Quality report format"). */
import {createHash} from 'node:crypto'
import {
  type FindingItem,
  type GatedItem,
  isGated,
  type ScanGateItem,
  type ScanGateResult,
} from '../scan-gate-result.ts'
import {outcomeWords} from '../scan-packages.ts'
import {failsUnscanned, findingWords, identityOf, isSetAside, reasonsOf, titleOf} from './words.ts'

interface Issue {
  readonly description: string
  readonly check_name: string
  readonly fingerprint: string
  readonly severity: 'info' | 'minor' | 'major' | 'critical' | 'blocker'
  readonly location: {readonly path: string; readonly lines: {readonly begin: number}}
}

/**
 * Issues: images that did not pass without a finding, and the findings that nobody set aside, for which GitLab knows no
 * word. One for each vulnerability of a package, of which GitLab would show the first alone.
 */
export function toCodeQuality({items}: ScanGateResult): readonly Issue[] {
  const images = Map.groupBy(items.filter(isWithoutFinding), titleOf)
  const findings = Map.groupBy(
    items
      .filter(isGated)
      .flatMap(item => item.findings.flatMap(finding => (isSetAside(finding) ? [] : [{item, finding}]))),
    ({item, finding}) => identityOf(item, finding),
  )
  return [
    ...[...images.values()].flatMap(([item]) => (item === undefined ? [] : [ofImage(item)])),
    ...[...findings].flatMap(([identity, places]) => ofFinding(identity, places)),
  ]
}

function isWithoutFinding(item: ScanGateItem): boolean {
  return item.verdict === 'undetermined' || (isGated(item) && failsUnscanned(item))
}

function ofImage(item: ScanGateItem): Issue {
  return {
    description: `${titleOf(item)}: ${item.verdict}. ${reasonsOf(item).join(' ')}`,
    check_name: `gantry/${item.verdict}`,
    fingerprint: hashOf(['image', titleOf(item)]),
    severity: 'blocker',
    location: locationOf(isGated(item) ? item.repository : item.image),
  }
}

interface Place {
  readonly item: GatedItem
  readonly finding: FindingItem
}

function ofFinding(identity: string, places: readonly Place[]): Issue[] {
  const lead = places.find(({finding}) => finding.outcome === 'fails') ?? places[0]
  if (lead === undefined) return []
  const {item, finding} = lead
  const others = places.length - 1
  const also = others > 0 ? `; and in ${others} more` : ''
  return [
    {
      description: `${findingWords(finding)} ${titleOf(item)}, ${outcomeWords(finding)}${also}`,
      check_name: finding.id,
      fingerprint: hashOf(['finding', identity]),
      severity: severities[finding.countsAs],
      location: locationOf(item.repository),
    },
  ]
}

const severities: Readonly<Record<FindingItem['countsAs'], Issue['severity']>> = {
  critical: 'critical',
  high: 'major',
  medium: 'minor',
  low: 'info',
  informational: 'info',
}

/** GitLab takes relative paths alone, without `./` before them. */
function locationOf(name: string): Issue['location'] {
  return {path: name.replace(/^[./]+/, '') || 'image', lines: {begin: 1}}
}

function hashOf(identity: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex')
}
