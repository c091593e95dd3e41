import type {Origin} from '../config/estate.ts'
import type {LifecycleRules} from '../config/lifecycle/readable.ts'
import {configError, type Problem} from '../config/problems.ts'
import {exceptProblems} from './compile-conflicts.ts'
import {type Compiled, compiledRules} from './compile-order.ts'
import {ruleOf} from './compile-rule.ts'
import type {LifecyclePolicy, LifecycleRule} from './policy.ts'
import {printPolicy} from './policy-text.ts'

/** ECR user guide, service quotas. */
const maxRules = 50
const maxCharacters = 30_720
/** Room between priorities, so that a rule can be tried out between two others. */
const priorityStep = 10

type Levels = readonly [LifecycleRules, ...LifecycleRules[]]

/**
 * The policy in ECR's grammar that readable rules say. First what `keep` names, by rules that select and never fire; then
 * the rules that expire, then those that archive, each in the order written, those for any image last; then the same for
 * what is in the archive. In both storage classes the first rule that selects an image has the say.
 *
 * @param levels rules of a repository, then of each preset that it uses. A rule gives way to one of an earlier level that
 *   selects the same images.
 * @throws {ConfigError} INVALID_CONFIG with all rules that ECR cannot have beside each other, and where they were written.
 */
export function compileRules(levels: Levels): LifecyclePolicy {
  return compilePlacedRules(levels).policy
}

/**
 * As {@link compileRules}.
 *
 * @returns also where each rule of the policy was written.
 */
export function compilePlacedRules(levels: Levels): {
  readonly policy: LifecyclePolicy
  readonly origins: ReadonlyMap<LifecycleRule, Origin>
} {
  const [{origin}] = levels
  const {compiled, problems} = compiledRules(levels)
  const policy = {rules: compiled.map((entry, index) => ruleOf(entry, (index + 1) * priorityStep))}
  const conflicts = [...problems, ...exceptProblems(compiled)]
  const all = conflicts.length > 0 ? conflicts : sizeProblems(policy, compiled, origin)
  if (all.length > 0) throw configError(origin.file, all)
  const origins = compiled.map(({written}) => written.origin)
  return {policy, origins: new Map(policy.rules.map((rule, index) => [rule, origins[index] ?? origin]))}
}

function sizeProblems(
  policy: LifecyclePolicy,
  compiled: readonly Compiled[],
  position: LifecycleRules['origin'],
): readonly Problem[] {
  const {length} = printPolicy(policy)
  const problem = (text: string): Problem => ({position, path: [], text})
  if (compiled.length > maxRules) {
    return [
      problem(
        `compiles to ${compiled.length} rules, and ECR takes ${maxRules}. Most come from ${longest(compiled)}: name fewer patterns there.`,
      ),
    ]
  }
  if (length <= maxCharacters) return []
  return [
    problem(
      `compiles to ${length} characters, and ECR takes ${maxCharacters}. Most rules come from ${longest(compiled)}: shorten ids and patterns.`,
    ),
  ]
}

/** The readable rules that become the most rules of ECR, by their lines. */
function longest(compiled: readonly Compiled[]): string {
  const counts = [...Map.groupBy(compiled, ({written}) => written)].map(([written, {length}]) => ({
    line: written.origin.line,
    length,
  }))
  return counts
    .toSorted((a, b) => b.length - a.length || a.line - b.line)
    .slice(0, 3)
    .map(({line, length}) => `line ${line} (${length})`)
    .join(', ')
}
