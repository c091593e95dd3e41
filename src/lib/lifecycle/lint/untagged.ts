import type {LifecycleRule} from '../policy.ts'
import {tagSelector} from '../tag-selection.ts'
import {forEachRule} from './checks.ts'
import {classOf} from './selections.ts'
import type {Doubt, HeldImage, LintRule, LintSubject} from './subject.ts'
import {amount, daysBetween, evidenceOf} from './words.ts'

/** Images without tags: those that a moved tag or a deleted index leaves behind, and those that something still runs. */
export const untaggedRules: readonly LintRule[] = [
  {
    code: 'untagged-kept',
    severity: 'note',
    summary: 'No rule selects images without a tag, which moved tags and expired indexes leave behind.',
    check: untaggedKept,
  },
  {
    code: 'untagged-too-soon',
    severity: 'note',
    summary: 'Images go soon after they lose their tag, while something may run them by digest.',
    check: forEachRule(untaggedTooSoon),
  },
]

const fix =
  'Add a rule with tagStatus "untagged", countType "sinceImagePushed", countUnit "days" and a countNumber such as 14.'

function untaggedKept({rules, repository}: LintSubject): readonly Doubt[] {
  if (rules === null || rules.length === 0) return []
  const isCovered = rules.some(rule => classOf(rule) === 'standard' && tagSelector(rule.selection)([]))
  if (isCovered) return []
  if (repository === undefined) {
    return [{rule: null, message: 'No rule selects untagged images: they stay for ever.', fix}]
  }
  const {images, now} = repository
  const {loose, children, indexes} = untagged(images)
  if (loose.length > 0) {
    const oldest = loose.reduce((earliest, {pushedAt}) => Math.min(earliest, pushedAt), now)
    const message = `No rule selects untagged images: ${amount(loose.length, 'image')} without a tag, up to ${amount(daysBetween(oldest, now), 'day')} old, ${loose.length === 1 ? 'stays' : 'stay'} for ever.`
    const evidence = evidenceOf(loose, {withBytes: true})
    return [{rule: null, message, fix, evidence, severity: 'warning'}]
  }
  if (children.length === 0) return []
  const message = `No rule selects untagged images: ${amount(children.length, 'part')} of ${amount(indexes, 'multi-arch image')} will stay when the index has expired.`
  return [{rule: null, message, fix, evidence: evidenceOf(children, {withBytes: true})}]
}

/** Untagged images in standard storage: those that an index lists, and those that nothing holds. */
function untagged(images: readonly HeldImage[]) {
  const digests = new Set(images.map(({digest}) => digest))
  const listed = new Set(images.flatMap(({children = []}) => children))
  const bare = images.filter(
    ({tags, storageClass, subject}) =>
      tags.length === 0 && storageClass === 'standard' && (subject === undefined || !digests.has(subject)),
  )
  return {
    loose: bare.filter(({digest}) => !listed.has(digest)),
    children: bare.filter(({digest}) => listed.has(digest)),
    indexes: images.filter(({children = []}) => children.length > 0).length,
  }
}

const soonDays = 7

function untaggedTooSoon(
  {selection: {tagStatus, countType, countNumber}, action}: LifecycleRule,
  {rollbackDepth}: LintSubject,
): Omit<Doubt, 'rule'> | undefined {
  if (tagStatus !== 'untagged' || action.type !== 'expire') return undefined
  if (countType === 'sinceImagePushed' && countNumber < soonDays) {
    return {
      message: `Untagged images expire ${amount(countNumber, 'day')} after their push: what ECS and Lambda run by digest loses its tag as soon as the tag moves.`,
      fix: `Raise countNumber to ${soonDays} days or more, or make sure that nothing runs images by digest.`,
    }
  }
  if (countType === 'imageCountMoreThan' && countNumber < rollbackDepth) {
    return {
      message: `All but ${amount(countNumber, 'untagged image')} expire at once, however young: what ECS and Lambda run by digest loses its tag as soon as the tag moves.`,
      fix: `Use countType "sinceImagePushed" with ${soonDays} days or more.`,
    }
  }
  return undefined
}
