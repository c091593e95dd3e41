import {type PlatformPair, platformPairs, rank, whatIsWorse} from './compare.ts'
import type {ImageEvidence} from './evidence.ts'
import type {Finding} from './finding.ts'

/**
 * What became of a finding from one image to another:
 * - `new`, `fixed`: only the later one, only the earlier one has it;
 * - `changed`: both have it, and it is graver, or there is an update or an exploit now;
 * - `inherited`: both have it, in a layer that is the same in both;
 * - `unchanged`: both have it.
 */
export const findingChanges = ['new', 'changed', 'unchanged', 'inherited', 'fixed'] as const

export type FindingChange = (typeof findingChanges)[number]

/** One vulnerability of one package, in whatever versions of it. */
export interface ComparedFinding {
  readonly change: FindingChange
  /** As the earlier image has it; null when it is new. */
  readonly before: Finding | null
  /** As the later image has it; null when it is fixed. */
  readonly after: Finding | null
  /** Where that is so. */
  readonly platforms: readonly (string | null)[]
  /** What is different, a clause each: `high was medium`, `version 1.1.1n was 1.1.1k`. */
  readonly differences: readonly string[]
}

/** Compares what scans say of two images: new findings first, then changed ones, the gravest first; fixed ones last. */
export function diffFindings(before: ImageEvidence, after: ImageEvidence): readonly ComparedFinding[] {
  const merged = new Map<string, ComparedFinding & {readonly platforms: (string | null)[]}>()
  for (const pair of platformPairs(before, after)) {
    for (const [identity, compared] of comparePlatform(pair)) {
      const key = JSON.stringify([identity, compared.change, compared.differences])
      const same = merged.get(key)
      if (same === undefined) merged.set(key, {...compared, platforms: [pair.platform]})
      else same.platforms.push(pair.platform)
    }
  }
  return [...merged.values()].toSorted(
    (a, b) => findingChanges.indexOf(a.change) - findingChanges.indexOf(b.change) || gravity(a) - gravity(b),
  )
}

type Compared = Omit<ComparedFinding, 'platforms'>

function comparePlatform({before, after}: PlatformPair): (readonly [identity: string, Compared])[] {
  const present = [...after].map(([identity, finding]) => {
    const earlier = before.get(identity)
    return [identity, earlier === undefined ? onlyNow(finding) : inBoth(earlier, finding)] as const
  })
  const fixed = [...before].filter(([identity]) => !after.has(identity))
  return [...present, ...fixed.map(([identity, finding]) => [identity, noMore(finding)] as const)]
}

function onlyNow(after: Finding): Compared {
  return {change: 'new', before: null, after, differences: []}
}

function noMore(before: Finding): Compared {
  return {change: 'fixed', before, after: null, differences: []}
}

function inBoth(before: Finding, after: Finding): Compared {
  const worse = whatIsWorse(before, after)
  const [from, to] = [before.package.version, after.package.version]
  const version = from === to ? [] : [`version ${to ?? 'unknown'} was ${from ?? 'unknown'}`]
  const {layer} = after.package
  const same = layer !== null && layer === before.package.layer ? 'inherited' : 'unchanged'
  return {change: worse.length > 0 ? 'changed' : same, before, after, differences: [...worse, ...version]}
}

function gravity({before, after}: ComparedFinding): number {
  const finding = after ?? before
  return finding === null ? 0 : rank(finding)
}
