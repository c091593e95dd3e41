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

const readable = [
  'expire:',
  '  - id: old builds',
  '    anyOf: ["build-*", "v"]',
  '    keepLast: 9',
  '  - tags: "build-1*"',
  '    olderThan: 14d',
].join('\n')

test('readable rules are judged by what they are compiled to, at the place where they were written', () => {
  expect(lintPolicyText(readable, 'rules.yaml', context)).toMatchObject([
    {
      code: 'literal-pattern',
      where: {file: 'rules.yaml', line: 2, column: 5},
      message: expect.stringMatching(/^compiled to rule 20: The pattern "v"/),
    },
    {
      code: 'shadowed-rule',
      where: {file: 'rules.yaml', line: 5, column: 5},
      message: expect.stringMatching(/^compiled to rule 30: .* rule 10 /),
    },
    {
      code: 'untagged-kept',
      where: {file: 'rules.yaml', line: 1, column: 1},
      message: expect.stringMatching(/^No rule/),
    },
  ])
})

test('every fault of readable rules is an error with its place, and so is what ECR cannot express', () => {
  const faults = 'expire:\n  - tags: ["a*", "b*"]\n    keepLast: x\n  - olderThan: 3d\n'
  expect(lintPolicyText(faults, 'bad.yaml', context)).toMatchObject([
    {
      code: 'wrong-type',
      severity: 'error',
      where: {line: 2, column: 11},
      message: expect.stringMatching(/anyOf/),
    },
    {severity: 'error', where: {line: 3, column: 15}},
    {severity: 'error', where: {line: 4, column: 5}},
  ])
  const twice = 'expire:\n  - {tags: "v*", keepLast: 3}\n  - {tags: "v*", olderThan: 9d}\n'
  expect(lintPolicyText(twice, 'twice.yaml', context)).toMatchObject([
    {severity: 'error', where: {line: 3}, message: expect.stringContaining('Keep one of the two.')},
  ])
})

test('a repos.yaml is no policy file: one line says what it is and what to do', () => {
  const repos = 'version: 1\naccounts:\n  dev: {id: "111111111111", region: eu-west-1}\n'
  expect(lintPolicyText(repos, 'repos.yaml', context)).toMatchObject([
    {code: 'wrapped-policy', severity: 'error', message: expect.stringMatching(/repos\.yaml.*--config/)},
  ])
})
