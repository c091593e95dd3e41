import {expect, test} from 'vitest'
import type {LifecyclePolicy, LifecycleRule, Selection} from '../../../src/lib/lifecycle/policy.ts'
import {printPolicy, samePolicy} from '../../../src/lib/lifecycle/policy-text.ts'

function rule(rulePriority: number, selection: Partial<Selection> = {}): LifecycleRule {
  return {
    rulePriority,
    selection: {tagStatus: 'tagged', countType: 'imageCountMoreThan', countNumber: 5, ...selection},
    action: {type: 'expire'},
  }
}

const policy: LifecyclePolicy = {
  rules: [
    {
      action: {targetStorageClass: 'archive', type: 'transition'},
      selection: {
        countNumber: 90,
        countUnit: 'days',
        countType: 'sinceImagePulled',
        storageClass: 'standard',
        tagPatternList: ['b*', 'a*', 'b*'],
        tagStatus: 'tagged',
      },
      description: 'idle',
      rulePriority: 20,
    },
    rule(10, {tagPrefixList: ['v']}),
  ],
}

test('a policy is printed as ECR keeps it: compact, by priority, without an explicit default', () => {
  expect(printPolicy(policy)).toBe(
    '{"rules":[' +
      '{"rulePriority":10,"selection":{"tagStatus":"tagged","tagPrefixList":["v"],"countType":"imageCountMoreThan","countNumber":5},"action":{"type":"expire"}},' +
      '{"rulePriority":20,"description":"idle","selection":{"tagStatus":"tagged","tagPatternList":["b*","a*","b*"],"countType":"sinceImagePulled","countUnit":"days","countNumber":90},"action":{"type":"transition","targetStorageClass":"archive"}}' +
      ']}',
  )
})

test('the archive is no default', () => {
  expect(printPolicy({rules: [rule(1, {storageClass: 'archive'})]})).toContain('"storageClass":"archive"')
})

test('order, an explicit default and repetitions in a list make no other policy', () => {
  const [first, second] = policy.rules as [LifecycleRule, LifecycleRule]
  const {storageClass: _, ...selection} = {...first.selection, tagPatternList: ['a*', 'b*']}
  expect(samePolicy(policy, {rules: [second, {...first, selection}]})).toBe(true)
})

test.each<readonly [string, Partial<LifecycleRule>]>([
  ['a priority', {rulePriority: 11}],
  ['a description', {description: 'x'}],
  ['an action', {action: {type: 'transition', targetStorageClass: 'archive'}}],
  ['a number', {selection: rule(10, {tagPrefixList: ['v'], countNumber: 6}).selection}],
  ['an entry', {selection: rule(10, {tagPrefixList: ['v', 'w']}).selection}],
  ['the kind of list', {selection: rule(10, {tagPatternList: ['v']}).selection}],
])('%s makes another policy', (_, change) => {
  const before = {rules: [rule(10, {tagPrefixList: ['v']})]}
  expect(samePolicy(before, {rules: [{...rule(10, {tagPrefixList: ['v']}), ...change}]})).toBe(false)
})
