import type {Action, LifecyclePolicy, LifecycleRule, Selection} from './policy.ts'

/**
 * The policy as ECR keeps it: compact JSON, rules by priority, members in the order of the documentation. What only
 * repeats a default is left out.
 */
export function printPolicy({rules}: LifecyclePolicy): string {
  const inOrder = rules.toSorted((a, b) => a.rulePriority - b.rulePriority)
  return JSON.stringify({rules: inOrder.map(tidyRule)})
}

/** What one rule says: the same for two in which only order, explicit defaults or repetitions in lists differ. */
export function canonicalRule({selection, ...rule}: LifecycleRule): string {
  return JSON.stringify(tidyRule({...rule, selection: {...selection, ...sortedLists(selection)}}))
}

/** Whether two policies say the same: order, explicit defaults and repetitions in lists do not count, descriptions do. */
export function samePolicy(a: LifecyclePolicy, b: LifecyclePolicy): boolean {
  return canonical(a) === canonical(b)
}

/** The one form of a policy: that of all policies which say the same, as {@link samePolicy} has it. */
export function canonicalPolicy({rules}: LifecyclePolicy): LifecyclePolicy {
  const inOrder = rules.toSorted((a, b) => a.rulePriority - b.rulePriority)
  return {rules: inOrder.map(rule => JSON.parse(canonicalRule(rule)) as LifecycleRule)}
}

function canonical({rules}: LifecyclePolicy): string {
  return JSON.stringify(rules.toSorted((a, b) => a.rulePriority - b.rulePriority).map(canonicalRule))
}

/** All entries of a list must match, so that neither their order nor how often they stand there matters. */
function sortedLists({tagPatternList, tagPrefixList}: Selection): Partial<Selection> {
  const sorted = (list: readonly string[]) => [...new Set(list)].toSorted()
  return {
    ...(tagPatternList === undefined ? {} : {tagPatternList: sorted(tagPatternList)}),
    ...(tagPrefixList === undefined ? {} : {tagPrefixList: sorted(tagPrefixList)}),
  }
}

function tidyRule({rulePriority, description, selection, action}: LifecycleRule): LifecycleRule {
  return {
    rulePriority,
    ...(description === undefined ? {} : {description}),
    selection: tidySelection(selection),
    action: tidyAction(action),
  }
}

function tidySelection(selection: Selection): Selection {
  const {tagStatus, tagPatternList, tagPrefixList, storageClass, countType, countUnit, countNumber} =
    selection
  return {
    tagStatus,
    ...(tagPatternList === undefined ? {} : {tagPatternList}),
    ...(tagPrefixList === undefined ? {} : {tagPrefixList}),
    // Documented as allowed, and reported as refused: github.com/cloudposse/terraform-aws-ecr/issues/159.
    ...(storageClass === undefined || storageClass === 'standard' ? {} : {storageClass}),
    countType,
    ...(countUnit === undefined ? {} : {countUnit}),
    countNumber,
  }
}

function tidyAction(action: Action): Action {
  return action.type === 'expire' ? {type: 'expire'} : {type: 'transition', targetStorageClass: 'archive'}
}
