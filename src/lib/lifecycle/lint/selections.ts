import type {LifecycleRule, Selection, StorageClass} from '../policy.ts'
import {tagSelector} from '../tag-selection.ts'
import type {HeldImage} from './subject.ts'

/** Stands for the text that a wildcard or a prefix leaves open; no entry of a list has it. */
const anyText = '\0'

/** An entry of `tagPatternList` or `tagPrefixList`. */
export interface TagEntry {
  readonly text: string
  readonly isPrefix: boolean
}

export function classOf({selection: {storageClass = 'standard'}}: LifecycleRule): StorageClass {
  return storageClass
}

export function entriesOf({tagPatternList = [], tagPrefixList = []}: Selection): readonly TagEntry[] {
  return [
    ...tagPatternList.map(text => ({text, isPrefix: false})),
    ...tagPrefixList.map(text => ({text, isPrefix: true})),
  ]
}

/** As a test of one tag. */
export function entryMatcher({text, isPrefix}: TagEntry): (tag: string) => boolean {
  const selects = tagSelector({
    tagStatus: 'tagged',
    countType: 'imageCountMoreThan',
    countNumber: 1,
    ...(isPrefix ? {tagPrefixList: [text]} : {tagPatternList: [text]}),
  })
  return tag => selects([tag])
}

/** Whether the entry matches one tag alone. */
export function isLiteral({text, isPrefix}: TagEntry): boolean {
  return !isPrefix && !text.includes('*')
}

/** Whether no tag matches both: an image would need two. */
export function areDisjoint(a: TagEntry, b: TagEntry): boolean {
  if (isLiteral(a)) return !entryMatcher(b)(a.text)
  if (isLiteral(b)) return !entryMatcher(a)(b.text)
  const [one, other] = [endsOf(a), endsOf(b)]
  const headsFit = one.head.startsWith(other.head) || other.head.startsWith(one.head)
  const tailsFit = one.tail.endsWith(other.tail) || other.tail.endsWith(one.tail)
  // What stands between fits one after the other, as long as there is a wildcard in both.
  return !headsFit || !tailsFit
}

/**
 * The tags of images such that whoever selects them selects all that the selection does. A pattern contains another one
 * exactly when it matches that one with its wildcards replaced by a text that stands in no pattern.
 */
export function broadestImages(selection: Selection): readonly (readonly string[])[] {
  if (selection.tagStatus === 'untagged') return [[]]
  if (selection.tagStatus === 'any') return [[], [anyText]]
  const tags = entriesOf(selection).map(({text, isPrefix}) =>
    isPrefix ? `${text}${anyText}` : text.replaceAll('*', anyText),
  )
  return [tags.length === 0 ? [anyText] : tags]
}

/** Whether the rule selects every tagged image there can be. */
export function selectsAllTagged({selection}: LifecycleRule): boolean {
  return tagSelector(selection)([anyText])
}

/** The images whose tags and storage class the rule wants, whatever other rules do. */
export function selectedBy(rule: LifecycleRule, images: readonly HeldImage[]): readonly HeldImage[] {
  const selects = tagSelector(rule.selection)
  const storageClass = classOf(rule)
  return images.filter(image => image.storageClass === storageClass && selects(image.tags))
}

/** Rules of the same storage class with a higher priority. */
export function rulesAbove(rule: LifecycleRule, rules: readonly LifecycleRule[]): readonly LifecycleRule[] {
  return rules.filter(other => other.rulePriority < rule.rulePriority && classOf(other) === classOf(rule))
}

/** Those that the rule decides about: no higher one selects them. */
export function decidedBy(
  rule: LifecycleRule,
  rules: readonly LifecycleRule[],
  images: readonly HeldImage[],
): readonly HeldImage[] {
  const above = rulesAbove(rule, rules).map(({selection}) => tagSelector(selection))
  return selectedBy(rule, images).filter(({tags}) => !above.some(selects => selects(tags)))
}

/** ECR user guide, service quotas: no repository has more images. */
const mostImages = 100_000
const tenYears = 3650

/** Whether the rule is there to keep lower ones from its images: its count or age is never reached. */
export function isShield({selection: {countType, countNumber, ...selection}}: LifecycleRule): boolean {
  if (countType !== 'imageCountMoreThan') return countNumber >= tenYears
  const entries = entriesOf({countType, countNumber, ...selection})
  return countNumber >= mostImages || entries.some(isLiteral)
}

function endsOf({text, isPrefix}: TagEntry): {readonly head: string; readonly tail: string} {
  if (isPrefix) return {head: text, tail: ''}
  return {head: text.slice(0, text.indexOf('*')), tail: text.slice(text.lastIndexOf('*') + 1)}
}
