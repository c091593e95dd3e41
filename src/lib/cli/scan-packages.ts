/** Findings as people act on them: by package, with what mends them. */
import type {GateSeverity} from '../config/gates.ts'
import type {FindingOutcome} from '../scan/verdict.ts'
import type {FindingItem} from './scan-gate-result.ts'

/** Findings of one version of a package that came to the same, for the same reason. */
export interface PackageRow {
  readonly package: FindingItem['package']
  readonly fix: string
  /** Of the gravest. */
  readonly severity: GateSeverity
  readonly ids: readonly string[]
  readonly platforms: readonly string[]
  readonly outcome: FindingOutcome
  readonly why: string
}

/** How many versions that mend a package are named. */
const mostFixes = 2

/**
 * Those that fail come first; else in the order of the findings.
 *
 * @param findings the gravest first.
 */
export function byPackage(findings: readonly FindingItem[]): readonly PackageRow[] {
  const groups = Map.groupBy(findings, ({package: {name, version, manager, path}, outcome, why}) =>
    JSON.stringify([name, version, manager, path, outcome, why]),
  )
  return [...groups.values()]
    .flatMap(group => toRow(group))
    .toSorted((a, b) => Number(b.outcome === 'fails') - Number(a.outcome === 'fails'))
}

function toRow(group: readonly FindingItem[]): PackageRow[] {
  const [gravest] = group
  if (gravest === undefined) return []
  return [
    {
      package: gravest.package,
      fix: fixWords(group),
      severity: gravest.countsAs,
      ids: [...new Set(group.map(({id}) => id))],
      platforms: [...new Set(group.flatMap(({platforms}) => platforms.flatMap(one => one ?? [])))],
      outcome: gravest.outcome,
      why: gravest.why,
    },
  ]
}

/** `openssl 3.0.1`, `lodash 4.17.20 (app/package-lock.json)`. */
export function packageWords(found: FindingItem['package']): string {
  return `${versionWords(found)}${found.path === null ? '' : ` (${found.path})`}`
}

/** `openssl 3.0.1`. */
export function versionWords({name, version}: FindingItem['package']): string {
  return version === null ? name : `${name} ${version}`
}

/** Versions that mend them, or `none`; `yes` where there is one without a name, and `?` where nobody tells. */
export function fixWords(group: readonly Pick<FindingItem, 'fix' | 'fixedIn'>[]): string {
  const versions = [...new Set(group.flatMap(({fixedIn}) => fixedIn ?? []))]
  if (versions.length > 0) return firstOf(versions, mostFixes)
  if (group.every(({fix}) => fix === 'no')) return 'none'
  return group.some(({fix}) => fix === 'yes' || fix === 'partial') ? 'yes' : '?'
}

/** `fails: high is at or above high`, `ignored until 2026-12-01 by …`. */
export function outcomeWords({outcome, why}: Pick<FindingItem, 'outcome' | 'why'>): string {
  return why.startsWith(outcome) ? why : `${outcome}: ${why}`
}

/** `a, b +3`. */
export function firstOf(words: readonly string[], most: number): string {
  const left = words.length - most
  return `${words.slice(0, most).join(', ')}${left > 0 ? ` +${left}` : ''}`
}
