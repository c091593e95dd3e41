import type {LifecycleRule} from './policy.ts'
import type {RepositoryImage, Verdict} from './verdict.ts'

/** One line that says what happens to an image and why. */
export function sentenceOf(verdict: Verdict<RepositoryImage>, now: number): string {
  void now
  return verdict.reason.kind
}

/** One line for each rule, by priority: what it makes of the image. */
export function storyOf(
  verdict: Verdict<RepositoryImage>,
  rules: readonly LifecycleRule[],
  now: number,
): readonly string[] {
  void [verdict, now]
  return rules.map(({rulePriority}) => `rule ${rulePriority}`)
}
