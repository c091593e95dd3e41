import type {LintFinding} from '../../../../src/lib/lifecycle/lint/finding.ts'
import {lintPolicy} from '../../../../src/lib/lifecycle/lint/lint.ts'
import type {HeldImage, LintContext} from '../../../../src/lib/lifecycle/lint/subject.ts'
import type {LifecycleRule, Selection} from '../../../../src/lib/lifecycle/policy.ts'
import {storageRates} from '../../../../src/lib/lifecycle/storage-cost.ts'

export const now = Date.UTC(2026, 10, 21)
const dayMs = 86_400_000

type Choice = Partial<Omit<LifecycleRule, 'selection'>> & {readonly selection: Partial<Selection>}

/** An expiring rule that keeps 100 images, but for what is said. */
export function rule(rulePriority: number, {selection, ...others}: Choice): LifecycleRule {
  return {
    rulePriority,
    description: 'for a reason',
    selection: {tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 100, ...selection},
    action: {type: 'expire'},
    ...others,
  }
}

export function patterns(...tagPatternList: readonly string[]) {
  return {tagStatus: 'tagged', tagPatternList} as const
}

export function prefixes(...tagPrefixList: readonly string[]) {
  return {tagStatus: 'tagged', tagPrefixList} as const
}

export function olderThan(countNumber: number) {
  return {countType: 'sinceImagePushed', countUnit: 'days', countNumber} as const
}

export function keep(countNumber: number) {
  return {countType: 'imageCountMoreThan', countNumber} as const
}

export const archive = {type: 'transition', targetStorageClass: 'archive'} as const

/** An image that was pushed some days ago. */
export function image(
  name: string,
  tags: readonly string[],
  daysAgo = 1,
  others: Partial<HeldImage> = {},
): HeldImage {
  return {digest: name, tags, storageClass: 'standard', size: 10, pushedAt: now - daysAgo * dayMs, ...others}
}

/** Images with one tag each, the first the newest. */
export function tagged(...tags: readonly string[]): HeldImage[] {
  return tags.map((tag, index) => image(`of ${tag}`, [tag], index + 1))
}

export function lint(
  rules: readonly LifecycleRule[] | null,
  context: Partial<LintContext> = {},
): readonly LintFinding[] {
  const place = {registry: 'dev', repository: 'app', template: null, origin: null}
  return lintPolicy(
    rules === null ? null : {rules},
    {rollbackDepth: 5, rates: storageRates(), ...context},
    at => ({...place, rulePriority: at?.rulePriority ?? null}),
  )
}

/** What is found in a repository with these images. */
export function lintWith(
  images: readonly HeldImage[],
  rules: readonly LifecycleRule[] | null,
  replicatedFrom: readonly string[] = [],
): readonly LintFinding[] {
  return lint(rules, {repository: {images, now, replicatedFrom}})
}

/** The findings of one code. */
export function only(findings: readonly LintFinding[], code: string): readonly LintFinding[] {
  return findings.filter(finding => finding.code === code)
}
