import {expect, test} from 'vitest'
import {lintPolicyText} from '../../../../src/lib/lifecycle/lint/policy-file.ts'
import {storageRates} from '../../../../src/lib/lifecycle/storage-cost.ts'
import {keep, patterns, rule} from './support.ts'

const context = {rollbackDepth: 5, rates: storageRates()}

test('a doubt stands where its rule stands in the file', () => {
  const rules = [
    rule(1, {selection: {...patterns('v*'), ...keep(50)}}),
    rule(2, {selection: {...patterns('v1*'), ...keep(9)}}),
  ]
  const text = `{"rules": [\n${rules.map(each => `  ${JSON.stringify(each)}`).join(',\n')}\n]}`
  const found = lintPolicyText(text, 'policy.json', context)
  expect(found).toMatchObject([
    {code: 'shadowed-rule', where: {file: 'policy.json', line: 3, column: 3}},
    {code: 'untagged-kept', where: {file: 'policy.json', line: 1, column: 2}},
  ])
})

test('every fault of the grammar is an error with its place', () => {
  const text = [
    'rules:',
    '  - rulePriority: 0',
    '    selection: {tagStatus: any, countType: imageCountMoreThan, countNumber: 3, countUnit: days}',
    '    action: {type: expire}',
  ].join('\n')
  const found = lintPolicyText(text, 'policy.yaml', context)
  expect(found.map(({severity}) => severity)).toEqual(['error', 'error'])
  expect(found).toMatchObject([
    {where: {file: 'policy.yaml', line: 2}, message: expect.stringContaining('rules[0].rulePriority: ')},
    {where: {file: 'policy.yaml', line: 3}, code: 'count-unit-needless'},
  ])
})
