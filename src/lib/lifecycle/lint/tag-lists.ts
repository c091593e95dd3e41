import {isValidTag} from '../../oci/reference.ts'
import type {LifecycleRule} from '../policy.ts'
import {forEachEntry, forEachRule} from './checks.ts'
import {
  areDisjoint,
  classOf,
  entriesOf,
  entryMatcher,
  isLiteral,
  selectedBy,
  type TagEntry,
} from './selections.ts'
import type {Doubt, HeldImage, LintRule, LintSubject} from './subject.ts'
import {amount, evidenceOf, quoted, shownEntry} from './words.ts'

/** What the lists of tags in a rule say, and what their author meant. */
export const tagListRules: readonly LintRule[] = [
  {
    code: 'and-trap',
    severity: 'warning',
    summary: 'A list of tags selects only images that have a tag for each of its entries.',
    check: forEachRule(andTrap),
  },
  {
    code: 'literal-star',
    severity: 'error',
    summary: 'A prefix has a star in it, which stands for itself, and no tag can have one.',
    check: forEachEntry(literalStar),
  },
  {
    code: 'impossible-tag',
    severity: 'error',
    summary: 'An entry matches nothing that can be a tag.',
    check: forEachEntry(impossibleTag),
  },
  {
    code: 'literal-pattern',
    severity: 'warning',
    summary: 'A pattern without a wildcard matches one tag alone.',
    check: forEachEntry(literalPattern),
  },
]

/** Whether the list looks as if its author meant any of its entries: no single tag satisfies all of them. */
export function isTrap({selection}: LifecycleRule): boolean {
  const entries = entriesOf(selection)
  return entries.some((a, index) => entries.slice(index + 1).some(b => areDisjoint(a, b)))
}

/** Whether no tag can match the entry. */
export function matchesNothing({text, isPrefix}: TagEntry): boolean {
  const literals = isPrefix ? text : text.replaceAll('*', '')
  return !isValidTag(literals) && !(text.startsWith('*') && !isPrefix && isValidTag(`a${literals}`))
}

function andTrap(rule: LifecycleRule, {repository}: LintSubject): Omit<Doubt, 'rule'> | undefined {
  if (!isTrap(rule)) return undefined
  const entries = entriesOf(rule.selection)
  const needs = `needs an image to have a tag for each of ${quoted(entries.map(({text}) => text))}`
  const fix = `Write ${entries.length} rules with one entry each; the entries of one list are never alternatives.`
  const inClass = repository?.images.filter(({storageClass}) => storageClass === classOf(rule)) ?? []
  const matchers = entries.map(entryMatcher)
  const any = inClass.filter(({tags}) => tags.some(tag => matchers.some(matches => matches(tag))))
  if (any.length === 0) return {message: `The list ${needs}.`, fix}
  const all = selectedBy(rule, inClass).length
  if (all === any.length) return undefined
  const found = `${all} of ${amount(any.length, 'image')} that ${any.length === 1 ? 'has' : 'have'} one of them`
  return {
    message: `The list ${needs}, and so it selects ${found}.`,
    fix,
    evidence: evidenceOf(any),
    severity: all === 0 ? 'error' : 'warning',
  }
}

function literalStar(entry: TagEntry): Omit<Doubt, 'rule'> | undefined {
  if (!entry.isPrefix || !entry.text.includes('*')) return undefined
  const {text} = entry
  const isPlain = text.indexOf('*') === text.length - 1
  return {
    message: `The prefix ${quoted([text])} has a star, which is no wildcard in a tagPrefixList: no tag begins so.`,
    fix: `Write ${shownEntry(isPlain ? {...entry, text: text.slice(0, -1)} : {...entry, isPrefix: false})}.`,
  }
}

function impossibleTag(entry: TagEntry): Omit<Doubt, 'rule'> | undefined {
  if (!matchesNothing(entry) || (entry.isPrefix && entry.text.includes('*'))) return undefined
  return {
    message: `No tag can match ${shownEntry(entry)}.`,
    fix: 'Use what tags are made of: letters, digits, "_", and, but at the start, "." and "-"; at most 128 of them.',
  }
}

function literalPattern(
  entry: TagEntry,
  {selection: {countType, countNumber}}: LifecycleRule,
  {repository}: LintSubject,
): Omit<Doubt, 'rule'> | undefined {
  if (!isLiteral(entry) || matchesNothing(entry)) return undefined
  const {text} = entry
  const message = `The pattern ${quoted([text])} has no wildcard: it matches the tag ${quoted([text])} and no other.`
  const fix = `Write ${shownEntry({...entry, text: `${text}*`})}, if tags that begin so are meant.`
  const tagged = repository?.images.filter(image => hasTag(image, tag => tag.startsWith(text))) ?? []
  if (tagged.length > 0) {
    return tagged.some(image => hasTag(image, tag => tag === text))
      ? undefined
      : {message, fix, evidence: evidenceOf(tagged)}
  }
  // One image has a tag: a rule that keeps some of those that have it was written for several.
  const keepsSeveral = countType === 'imageCountMoreThan' && countNumber > 1 && countNumber < 1000
  const looksCut = text.length === 1 || /[-_.]$/.test(text)
  return keepsSeveral || looksCut ? {message, fix} : undefined
}

function hasTag({tags}: HeldImage, test: (tag: string) => boolean): boolean {
  return tags.some(test)
}
