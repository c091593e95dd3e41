import type {LifecycleRule} from '../policy.ts'
import {forEachRule} from './checks.ts'
import {marksOf} from './marks.ts'
import {decidedBy, entriesOf, isShield, rulesAbove, selectsAllTagged} from './selections.ts'
import type {Doubt, LintRule, LintSubject} from './subject.ts'
import {isTrap} from './tag-lists.ts'
import {isEnvironmentLike} from './tag-words.ts'
import {amount, daysBetween, evidenceOf, quoted} from './words.ts'

/** Rules that expire by age alone. */
export const ageRules: readonly LintRule[] = [
  {
    code: 'expires-by-age-alone',
    severity: 'warning',
    summary: 'Images expire by their age alone: when nobody pushes for that long, what runs goes, too.',
    check: forEachRule(expiresByAge),
  },
]

function expiresByAge(
  rule: LifecycleRule,
  {rules, repository}: LintSubject,
): Omit<Doubt, 'rule'> | undefined {
  const {countType, countNumber} = rule.selection
  if (countType !== 'sinceImagePushed' || rule.action.type !== 'expire' || isShield(rule)) return undefined
  const moving = entriesOf(rule.selection)
    .map(({text}) => text)
    .filter(isEnvironmentLike)
  const takesAll = selectsAllTagged(rule) && !rulesAbove(rule, rules ?? []).some(keepsByCount)
  if (!takesAll && moving.length === 0) return undefined
  const what = takesAll ? 'Everything' : `What has the tag ${quoted(moving)}`
  const fix = takesAll
    ? 'Put a rule above it that keeps a number of releases whatever their age (imageCountMoreThan with their tags).'
    : 'Use imageCountMoreThan for what runs: it keeps the newest whatever its age.'
  const doubt = {
    message: `${what} expires ${amount(countNumber, 'day')} after its push, the newest image too: when nobody pushes for so long, what runs is gone.`,
    fix,
  }
  if (repository === undefined) return doubt
  const decided = decidedBy(rule, rules ?? [], repository.images).filter(({tags}) => tags.length > 0)
  const {kept} = marksOf(rule, repository)
  if (decided.length === 0) return doubt
  const stays = new Set(kept)
  if (!decided.some(image => stays.has(image))) {
    return {
      message: `${what} expires ${amount(countNumber, 'day')} after its push, and nothing is younger: all ${amount(decided.length, 'tagged image')} go now.`,
      fix,
      evidence: evidenceOf(decided, {withBytes: true}),
      severity: 'error',
    }
  }
  const newest = decided.reduce((latest, {pushedAt}) => Math.max(latest, pushedAt), 0)
  const idle = daysBetween(newest, repository.now)
  return {
    ...doubt,
    message: `${doubt.message} The last push was ${amount(idle, 'day')} ago.`,
    evidence: evidenceOf(decided),
  }
}

/** Whether the rule holds on to some tagged images whatever their age. */
function keepsByCount(rule: LifecycleRule): boolean {
  const {tagStatus, countType} = rule.selection
  return tagStatus === 'tagged' && !isTrap(rule) && (countType === 'imageCountMoreThan' || isShield(rule))
}
