/** Readable rules one selector at a time, without those that never have the say. */
import type {ActingRule, ImageSelector, KeepRule, LifecycleRules} from '../config/lifecycle/readable.ts'
import type {Problem} from '../config/problems.ts'
import {keyOf} from './selectors.ts'

type ListName = 'keep' | 'expire' | 'archive'

export interface Part {
  readonly list: ListName
  readonly selector: ImageSelector
  readonly rule: KeepRule | ActingRule
  /** 0 for rules of the repository, 1 for those of the first preset. */
  readonly level: number
}

/**
 * All that `keep` names, then what expires, then what is archived, but any image last. A rule gives way to one of an
 * earlier level that selects the same images; two of one level that do are a problem.
 */
export function partsOf(levels: readonly LifecycleRules[]): {
  readonly parts: readonly Part[]
  readonly problems: readonly Problem[]
} {
  const problems: Problem[] = []
  const chosen = new Map<string, Part>()
  for (const part of inOrder(levels)) {
    const key = keyOf(part.selector)
    const before = chosen.get(key)
    const loser = before === undefined ? undefined : loserOf(before, part)
    if (before !== undefined && loser === undefined) problems.push(problemOf(before, part))
    // The winner stands where it was written, not where the loser was.
    if (loser === before) {
      chosen.delete(key)
      chosen.set(key, part)
    }
  }
  const parts = [...chosen.values()]
  return {
    parts: [
      ...parts.filter(({selector}) => selector.kind !== 'any'),
      ...parts.filter(({selector}) => selector.kind === 'any'),
    ],
    problems,
  }
}

function inOrder(levels: readonly LifecycleRules[]): readonly Part[] {
  return (['keep', 'expire', 'archive'] as const).flatMap(list =>
    levels.flatMap((rules, level) =>
      rules[list].flatMap(rule => rule.selectors.map(selector => ({list, selector, rule, level}))),
    ),
  )
}

/** Of two parts that select the same images, the first of them in order before the second; undefined when both are meant. */
function loserOf(first: Part, second: Part): Part | undefined {
  if (first.list === 'keep' && second.list === 'keep') return second
  if (first.level < second.level) return second
  return first.list !== 'keep' && second.level < first.level ? first : undefined
}

function problemOf(first: Part, second: Part): Problem {
  return {position: second.rule.origin, path: [], text: wordsOf(first, second)}
}

function wordsOf(first: Part, {list, selector}: Part): string {
  const {line} = first.rule.origin
  const images =
    selector.kind === 'tagged'
      ? `images with ${selector.patterns.map(pattern => JSON.stringify(pattern)).join(' and ')}`
      : `${selector.kind} images`
  if (first.list === 'keep') {
    return `would never act: the rule in line ${line} keeps ${images}. Take one of the two out, or narrow the patterns.`
  }
  const instead =
    first.list === list
      ? 'Keep one of the two.'
      : 'Keep one of the two; to archive and later expire, write thenExpireAfter: 90d under archive.'
  const limit =
    selector.kind === 'tagged' ? 'which has the say' : 'and ECR takes one such rule in a storage class'
  return `selects ${images}, as the rule in line ${line} does, ${limit}. ${instead}`
}
