import {nearest} from '../../config/nearest.ts'
import type {LifecycleRule} from '../policy.ts'
import {tagSelector} from '../tag-selection.ts'
import {forEachRule} from './checks.ts'
import {
  broadestImages,
  classOf,
  entriesOf,
  entryMatcher,
  rulesAbove,
  selectedBy,
  type TagEntry,
} from './selections.ts'
import type {Doubt, LintRule, LintSubject} from './subject.ts'
import {isTrap, matchesNothing} from './tag-lists.ts'
import {familiesOf} from './tag-words.ts'
import {amount, quoted, shownEntry} from './words.ts'

/** Rules that never have an image to act on. */
export const reachRules: readonly LintRule[] = [
  {
    code: 'shadowed-rule',
    severity: 'error',
    summary: 'Higher rules select everything that the rule selects, so that it never decides about an image.',
    check: forEachRule(shadowedRule),
  },
  {
    code: 'dead-rule',
    severity: 'warning',
    summary: 'The rule selects none of the images that are there.',
    check: forEachRule(deadRule),
  },
]

function shadowedRule(rule: LifecycleRule, {rules}: LintSubject): Omit<Doubt, 'rule'> | undefined {
  const above = rulesAbove(rule, rules ?? [])
  const takers = broadestImages(rule.selection).map(tags =>
    above.find(({selection}) => tagSelector(selection)(tags)),
  )
  const [first] = takers
  if (first === undefined || takers.includes(undefined)) return undefined
  const isSame = broadestImages(first.selection).every(tags => tagSelector(rule.selection)(tags))
  const names = [...new Set(takers.flatMap(taker => taker?.rulePriority ?? []))]
  const by = names.length === 1 ? `rule ${names[0]}` : `rules ${names.join(' and ')}`
  const what = isSame ? `selects the same images as ${by}` : `selects only images that ${by} selects`
  const one = names.length === 1
  return {
    message: `The rule ${what}, which ${one ? 'comes' : 'come'} first and ${one ? 'decides' : 'decide'} alone: it never acts.`,
    fix: isSame ? 'Keep one of the two.' : `Give the narrower rule the lower rulePriority, or take it out.`,
  }
}

function deadRule(rule: LifecycleRule, {repository}: LintSubject): Omit<Doubt, 'rule'> | undefined {
  if (rule.selection.tagStatus !== 'tagged') return undefined
  const tagged =
    repository?.images.filter(({storageClass, tags}) => storageClass === classOf(rule) && tags.length > 0) ??
    []
  const entries = entriesOf(rule.selection)
  // What is wrong in any repository is told by other rules.
  if (tagged.length === 0 || entries.some(matchesNothing) || selectedBy(rule, tagged).length > 0)
    return undefined
  const dead = entries.find(entry => !tagged.some(({tags}) => tags.some(entryMatcher(entry))))
  if (dead === undefined) {
    if (isTrap(rule)) return undefined
    return {
      message: `The rule selects none of ${amount(tagged.length, 'tagged image')}: none has a tag for each of ${quoted(entries.map(({text}) => text))}.`,
      fix: 'Write one rule for each entry, or take the rule out.',
    }
  }
  const families = familiesOf(tagged.flatMap(({tags}) => tags))
  const shown = families.slice(0, 4).map(([family, size]) => `${JSON.stringify(family)} ${size}`)
  const near = nearestFamily(
    dead,
    families.map(([family]) => family),
  )
  return {
    message: `The rule selects none of ${amount(tagged.length, 'tagged image')}: no tag matches ${shownEntry(dead)}. Tags here: ${shown.join(', ')}.`,
    fix:
      near === undefined
        ? 'Write what tags here look like, or take the rule out.'
        : `Did you mean ${quoted([near])}? Otherwise take the rule out.`,
    evidence: {images: 0, bytes: null, examples: tagged.slice(0, 3).flatMap(({tags: [tag = '']}) => tag)},
  }
}

/** `release-` for `rel-*`: one word begins like the other, or a slip of the pen lies between them. */
function nearestFamily({text}: TagEntry, families: readonly string[]): string | undefined {
  const [word = ''] = /[A-Za-z]+/.exec(text) ?? []
  if (word.length < 2) return undefined
  const lower = word.toLowerCase()
  const akin = (family: string) => {
    const [other = ''] = /^[A-Za-z]+/.exec(family.toLowerCase()) ?? []
    return other.length > 1 && (other.startsWith(lower) || lower.startsWith(other))
  }
  const words = families.filter(family => !family.includes(' ') && family !== 'numbers')
  return words.find(akin) ?? nearest(word, words)
}
