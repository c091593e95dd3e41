import type {IgnoreRule} from '../config/ignores/model.ts'
import {matchesRepository, matchesText} from '../config/match.ts'
import type {Finding} from './finding.ts'
import type {ImageVerdict} from './verdict.ts'

/** All rules, in the order of their files, and those of each vulnerability. */
export interface IgnoreRules {
  readonly all: readonly IgnoreRule[]
  readonly byId: ReadonlyMap<string, readonly IgnoreRule[]>
}

/** What to tell of the rules themselves. */
export interface IgnoreNotes {
  /** They do not hold any more. */
  readonly expired: readonly IgnoreRule[]
  /** They hold for 14 days or less. */
  readonly expiring: readonly IgnoreRule[]
  /** They hold, and no finding of the images that they mean is theirs. */
  readonly unused: readonly IgnoreRule[]
}

/** Where a finding is. */
export interface FindingPlace {
  readonly repository: string
  /** Null for an image that no index lists. */
  readonly platform: string | null
}

const warnedMs = 14 * 24 * 3_600_000

export function ignoreRulesOf(all: readonly IgnoreRule[]): IgnoreRules {
  return {all, byId: Map.groupBy(all, ({id}) => id)}
}

/**
 * Reads files of ignore rules: those of later ones are added.
 *
 * @param cwd that their names are taken from.
 * @throws {ConfigError} CONFIG_NOT_FOUND, CONFIG_UNREADABLE or INVALID_CONFIG, with the place in the file.
 */
export async function readIgnoreRules(files: readonly string[], cwd: string): Promise<IgnoreRules> {
  if (files.length === 0) return ignoreRulesOf([])
  const {readIgnoreFile} = await import('../config/ignores/read.ts')
  const read = await Promise.all(files.map(file => readIgnoreFile(file, cwd)))
  return ignoreRulesOf(read.flat())
}

/** Those that mean the finding, whether they still hold or not. */
export function rulesFor({byId}: IgnoreRules, finding: Finding, place: FindingPlace): readonly IgnoreRule[] {
  return (byId.get(finding.id) ?? []).filter(rule => means(rule, finding, place))
}

/** Whether a rule holds at that moment: to the end of its day in UTC. */
export function holds({endsAt}: IgnoreRule, now: number): boolean {
  return endsAt === null || now < endsAt
}

/**
 * What to tell of the rules after all images were judged. Whether a rule is used is said only where all images that it
 * means were scanned whole, whatever the gate made of their findings.
 */
export function ignoreNotes(rules: IgnoreRules, verdicts: readonly ImageVerdict[], now: number): IgnoreNotes {
  const [held, expired] = [
    rules.all.filter(rule => holds(rule, now)),
    rules.all.filter(rule => !holds(rule, now)),
  ]
  const used = new Set(
    verdicts.flatMap(({image}) =>
      image.platforms.flatMap(({platform, evidence}) =>
        evidence.kind === 'scanned'
          ? evidence.findings.flatMap(finding =>
              rulesFor(rules, finding, {repository: image.repository, platform}),
            )
          : [],
      ),
    ),
  )
  return {
    expired,
    expiring: held.filter(({endsAt}) => endsAt !== null && endsAt - now <= warnedMs),
    unused: held.filter(rule => !used.has(rule) && isJudgedWhole(rule, verdicts)),
  }
}

/** Whether some of the images are meant, and each of those was scanned on every platform. */
function isJudgedWhole({repositories}: IgnoreRule, verdicts: readonly ImageVerdict[]): boolean {
  const meant = verdicts.filter(({image}) => fits(repositories, image.repository, matchesRepository))
  return (
    meant.length > 0 &&
    meant.every(({image}) => image.platforms.every(({evidence}) => evidence.kind === 'scanned'))
  )
}

function means(rule: IgnoreRule, finding: Finding, {repository, platform}: FindingPlace): boolean {
  return (
    fits(rule.repositories, repository, matchesRepository) &&
    fits(rule.packages, finding.package.name, matchesText) &&
    (platform === null ? rule.platforms.length === 0 : fits(rule.platforms, platform, matchesPlatform))
  )
}

/** A pattern without a variant means all of them: `linux/arm64` is `linux/arm64/v8` too. */
function matchesPlatform(pattern: string, platform: string): boolean {
  const [os, architecture] = platform.split('/')
  return matchesText(pattern, platform) || matchesText(pattern, `${os}/${architecture}`)
}

function fits(
  patterns: readonly string[],
  text: string,
  matches: (pattern: string, text: string) => boolean,
): boolean {
  return patterns.length === 0 || patterns.some(pattern => matches(pattern, text))
}
