import {expect, test} from 'vitest'
import type {LifecycleRule, Selection} from '../../../src/lib/lifecycle/policy.ts'
import {ruleInWords} from '../../../src/lib/lifecycle/rule-words.ts'

function rule(selection: Partial<Selection>, type: 'expire' | 'transition' = 'expire'): LifecycleRule {
  return {
    rulePriority: 1,
    selection: {tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 5, ...selection},
    action: type === 'expire' ? {type} : {type, targetStorageClass: 'archive'},
  }
}

const tagged = (...tagPatternList: string[]) => ({tagStatus: 'tagged', tagPatternList}) as const
const pushed = {countType: 'sinceImagePushed', countUnit: 'days', countNumber: 14} as const

test.each([
  [rule({}), 'expire all but the newest 5 images'],
  [rule({tagStatus: 'untagged', countNumber: 1}), 'expire all but the newest untagged image'],
  [rule(tagged('prod*')), 'expire all but the newest 5 images with a tag prod*'],
  [
    rule({...tagged('a*', 'b*'), ...pushed}),
    'expire images with a tag a* and one b* pushed more than 14 days ago',
  ],
  [
    rule({...tagged('a*', 'b*', 'c'), ...pushed, countNumber: 1}),
    'expire images with a tag a*, one b* and one c pushed more than 1 day ago',
  ],
  [
    rule({tagStatus: 'tagged', tagPrefixList: ['rc', 'x'], ...pushed}, 'transition'),
    'archive images with a tag beginning with rc and one beginning with x pushed more than 14 days ago',
  ],
  [
    rule({countType: 'sinceImagePulled', countUnit: 'days', countNumber: 90}, 'transition'),
    'archive images that nobody pulled for more than 90 days',
  ],
  [
    rule({storageClass: 'archive', countType: 'sinceImageTransitioned', countNumber: 365}),
    'expire images archived more than 365 days ago',
  ],
  // ECR takes none of these, but may be asked.
  [rule({storageClass: 'archive'}), 'expire all but the newest 5 archived images'],
  [rule({tagStatus: 'tagged'}), 'expire all but the newest 5 images with any tag'],
])('%j', (given, words) => {
  expect(ruleInWords(given)).toBe(words)
})
