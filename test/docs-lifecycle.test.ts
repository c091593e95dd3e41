import {expect, test} from 'vitest'
import type {LifecycleRule, Selection} from '../src/lib/lifecycle/policy.ts'
import {ruleInWords} from '../src/lib/lifecycle/rule-words.ts'
import {defaultStoragePrices, largeArchive, leastArchiveDays} from '../src/lib/lifecycle/storage-cost.ts'
import {sectionOf} from './support/pages.ts'

const guide = 'docs/lifecycle.md'

/** The rule that a row of the guide names: `sinceImagePushed` 14, `dev*` and `test*`. */
function ruleOf(row: string): LifecycleRule {
  const [countType, ...patterns] = Array.from(row.matchAll(/`([^`]+)`/g), ([, span = '']) => span)
  const [, number = ''] = /` (\d+)/.exec(row) ?? []
  const tagging: Partial<Selection> =
    patterns.length > 0 ? {tagStatus: 'tagged', tagPatternList: patterns} : {tagStatus: 'any'}
  return {
    rulePriority: 1,
    selection: {
      tagStatus: 'any',
      ...tagging,
      ...(row.includes('untagged') ? {tagStatus: 'untagged'} : {}),
      countType: countType as Selection['countType'],
      countNumber: Number(number),
    },
    action: row.includes('transition')
      ? {type: 'transition', targetStorageClass: 'archive'}
      : {type: 'expire'},
  }
}

test('docs/lifecycle.md says rules in the words that they are shown in', () => {
  const rows = Array.from(sectionOf(guide, 'A rule in words').matchAll(/^\| (`.+) \| (.+) \|$/gm))
  expect(rows).toHaveLength(5)
  for (const [, rule = '', words] of rows) expect(ruleInWords(ruleOf(rule))).toBe(words)
})

test('docs/lifecycle.md has the prices that savings are reckoned by', () => {
  const money = sectionOf(guide, 'Money')
  const {standard, archive, restore} = defaultStoragePrices
  expect(money).toContain(`| standard storage | $${standard.toFixed(2)} a month |`)
  expect(money).toContain(
    `| archive | $${archive.toFixed(2)} a month up to ${largeArchive.terabytes} TB, $${largeArchive.archive} above |`,
  )
  expect(money).toContain(`| restore from the archive | $${restore} once |`)
  expect(money).toContain(`${leastArchiveDays} days at the least`)
})
