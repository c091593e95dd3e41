import type {LifecyclePolicy, LifecycleRule, StorageClass} from '../../lifecycle/policy.ts'
import {policyRefused, readPolicy} from './policy-shape.ts'

/**
 * Holds the text of a lifecycle policy to what ECR takes (user guide, lifecycle_policy_parameters). The first fault is
 * told, as ECR tells it where that is known; which one of several ECR tells is unconfirmed.
 *
 * @throws {EcrError} InvalidParameterException.
 */
export function checkPolicy(text: string): LifecyclePolicy {
  const policy = readPolicy(text)
  const rules = policy.rules.toSorted((a, b) => a.rulePriority - b.rulePriority)
  for (const rule of rules) {
    checkTags(rule)
    checkCount(rule)
  }
  const priorities = rules.map(({rulePriority}) => String(rulePriority))
  refuseRepetition(priorities, 'rulePriority must be unique across rules')
  for (const storageClass of ['standard', 'archive'] as const) {
    checkTogether(rules.filter(rule => storageClassOf(rule) === storageClass))
  }
  return policy
}

/** A policy as ECR gives it back: compact, members in the order of the input, rules in the order of their priorities. */
export function printPolicyText(text: string): string {
  const {rules, ...others} = JSON.parse(text) as LifecyclePolicy
  return JSON.stringify({...others, rules: rules.toSorted((a, b) => a.rulePriority - b.rulePriority)})
}

const mostWildcards = 4
const leastDaysInArchive = 90

// All wordings but the first are unconfirmed.
function checkTags({selection: {tagStatus, tagPatternList, tagPrefixList}}: LifecycleRule): void {
  const lists = [tagPatternList, tagPrefixList].filter(list => list !== undefined)
  if (tagStatus === 'tagged' && lists.length === 0) {
    throw policyRefused('Must specify tagPrefixList or tagPatternList when tagStatus=TAGGED.')
  }
  if (tagStatus === 'tagged' && lists.length > 1) {
    throw policyRefused('Must not specify both tagPrefixList and tagPatternList.')
  }
  if (tagStatus !== 'tagged' && lists.length > 0) {
    throw policyRefused(
      `Must not specify tagPrefixList or tagPatternList when tagStatus=${tagStatus.toUpperCase()}.`,
    )
  }
  for (const pattern of tagPatternList ?? []) {
    if (pattern.split('*').length - 1 > mostWildcards) {
      throw policyRefused(`tagPatternList must have at most ${mostWildcards} wildcards (*) in a pattern.`)
    }
  }
}

// All wordings are unconfirmed.
function checkCount({selection, action}: LifecycleRule): void {
  const {countType, countNumber, storageClass = 'standard'} = selection
  if (countType === 'sinceImageTransitioned') {
    if (storageClass !== 'archive')
      throw policyRefused(`${countType} must be used with storageClass=ARCHIVE.`)
    if (action.type !== 'expire') throw policyRefused(`${countType} must be used with action EXPIRE.`)
    if (countNumber < leastDaysInArchive) {
      throw policyRefused(`${countType} must have a countNumber of at least ${leastDaysInArchive}.`)
    }
    return
  }
  if (storageClass !== 'standard')
    throw policyRefused(`${countType} must be used with storageClass=STANDARD.`)
  if (countType === 'sinceImagePulled' && action.type !== 'transition') {
    throw policyRefused(`${countType} must be used with action TRANSITION.`)
  }
}

/** @param rules of one storage class, by priority. */
function checkTogether(rules: readonly LifecycleRule[]): void {
  if (rules.slice(0, -1).some(({selection}) => selection.tagStatus === 'any')) {
    throw policyRefused('Rule for tagStatus=ANY must have the lowest priority per storage class')
  }
  if (rules.filter(({selection}) => selection.tagStatus === 'untagged').length > 1) {
    throw policyRefused('Only one rule can select Untagged images per storage class')
  }
  // That "a unique set of prefixes" forbids the same set twice, not one prefix in two sets, is unconfirmed.
  const prefixSets = rules.flatMap(({selection: {tagPrefixList}}) =>
    tagPrefixList === undefined ? [] : [JSON.stringify([...new Set(tagPrefixList)].toSorted())],
  )
  refuseRepetition(prefixSets, 'tagPrefixList must be unique across rules per storage class')
}

function refuseRepetition(values: readonly string[], detail: string): void {
  if (new Set(values).size < values.length) throw policyRefused(detail)
}

function storageClassOf({selection}: LifecycleRule): StorageClass {
  return selection.storageClass ?? 'standard'
}
