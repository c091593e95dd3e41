/** Which rules of ECR readable rules become, and in which order. */
import type {ActingRule, ImageSelector, KeepRule, LifecycleRules} from '../config/lifecycle/readable.ts'
import type {Problem} from '../config/problems.ts'
import {type Part, partsOf} from './compile-parts.ts'
import type {StorageClass} from './policy.ts'
import {covers, keyOf, patternsOf} from './selectors.ts'

/** A rule of ECR before it has a priority. */
export interface Compiled {
  readonly storageClass: StorageClass
  readonly selector: ImageSelector
  /** The readable rule that it comes from. */
  readonly written: KeepRule | ActingRule
  /** What it does: act; or keep all that it selects, for `keep` or for the pattern of an `except`. */
  readonly role: 'expire' | 'archive' | 'keep' | {readonly except: string}
}

export function isActing(role: Compiled['role']): role is 'expire' | 'archive' {
  return role === 'expire' || role === 'archive'
}

/** What rules come out, in their order; `problems` are rules that say the same images are to have two fates. */
export function compiledRules(levels: readonly LifecycleRules[]): {
  readonly compiled: readonly Compiled[]
  readonly problems: readonly Problem[]
} {
  const {parts, problems} = partsOf(levels)
  const compiled = [...inClass(parts, 'standard'), ...inClass(archived(parts), 'archive')]
  return {compiled, problems}
}

/** What concerns images in the archive: nothing, unless some expire there. */
function archived(parts: readonly Part[]): readonly Part[] {
  const expiring = parts.filter(({rule}) => 'thenExpireAfter' in rule)
  const shields = parts.filter(
    ({list, selector}) => list === 'keep' && expiring.some(part => canSelectTheSame(part.selector, selector)),
  )
  return [...shields, ...expiring]
}

function canSelectTheSame(a: ImageSelector, b: ImageSelector): boolean {
  return a.kind === 'any' || a.kind === b.kind
}

function inClass(parts: readonly Part[], storageClass: StorageClass): readonly Compiled[] {
  const compiled: Compiled[] = []
  for (const {list, selector, rule: written} of parts) {
    if (!('except' in written)) {
      compiled.push({storageClass, selector, written, role: 'keep'})
      continue
    }
    for (const except of written.except) {
      const spared: ImageSelector = {kind: 'tagged', patterns: narrowest([...patternsOf(selector), except])}
      const isKept = compiled.some(
        ({selector: before, role}) =>
          keyOf(before) === keyOf(spared) || (role === 'keep' && includes(before, spared)),
      )
      if (!isKept) compiled.push({storageClass, selector: spared, written, role: {except}})
    }
    compiled.push({storageClass, selector, written, role: storageClass === 'archive' ? 'expire' : list})
  }
  return compiled
}

/** Without those that say no more than another of them. */
function narrowest(patterns: readonly string[]): readonly string[] {
  return patterns.filter(
    (pattern, index) =>
      !patterns.some(
        (other, at) => at !== index && covers(pattern, other) && (!covers(other, pattern) || at > index),
      ),
  )
}

/** Whether a selector, for certain, selects all that another does. */
function includes(wide: ImageSelector, narrow: ImageSelector): boolean {
  return (
    wide.kind === 'tagged' &&
    wide.patterns.every(pattern => patternsOf(narrow).some(other => covers(pattern, other)))
  )
}
