import {describe, expect, test} from 'vitest'
import {type Case, describeMalformed, linesOf} from './malformed.ts'

const accounts = `version: 1
accounts:
  prod: {id: "222222222222", regions: [eu-west-1, us-east-1]}
`
const inOverlay = (key: string, said: string) => `overlays: {${key}: {repositories: {old/app: ${said}}}}\n`
const gone = 'repositories: {old/app: {state: absent}}\n'

const tombstones: readonly Case[] = [
  [
    'in the file, with settings in an overlay',
    accounts + gone + inOverlay('prod', '{tags: {a: b}}'),
    '5:44 overlays.prod.repositories."old/app".tags: says what the repository should be, and repositories."old/app" says that it is to go. Keep one of the two.',
  ],
  [
    'in the file, with a place in an overlay',
    `${accounts}repositories: {old/app: {state: absent, in: [prod@us-east-1]}}\n${inOverlay('prod', '{in: [prod@eu-west-1]}')}`,
    '5:44 overlays.prod.repositories."old/app".in: says what the repository should be, and repositories."old/app" says that it is to go. Keep one of the two.',
  ],
  [
    'of an account, with settings in one of its regions',
    `${accounts}overlays:\n  prod: {repositories: {old/app: {state: absent}}}\n  prod@us-east-1: {repositories: {old/app: {scanOnPush: true}}}\n`,
    '6:45 overlays."prod@us-east-1".repositories."old/app".scanOnPush: says what the repository should be, and overlays.prod.repositories."old/app" says that it is to go. Keep one of the two.',
  ],
]

describeMalformed('a tombstone', tombstones)

describe('a tombstone', () => {
  test.each([
    [
      'where it is said, for the rest of the file',
      'repositories: {old/app: {tags: {a: b}}}\n',
      '{state: absent}',
    ],
    ['again', gone, '{state: absent, in: [prod]}'],
  ])('may hold %s', (_, file, overlay) => {
    expect(linesOf(accounts + file + inOverlay('prod', overlay))).toEqual([])
  })
})

const comparing = (value: string) =>
  `${accounts}defaults: {policy: {statements: [{Effect: Deny, Principal: "*", Action: "ecr:*", Condition: {StringNotEquals: {aws:PrincipalAccount: ${value}}}}]}}\n`

describeMalformed('a number that a condition compares', [
  [
    'and that loses a digit',
    comparing('012345678901'),
    '4:134 defaults.policy.statements[0].Condition.StringNotEquals."aws:PrincipalAccount": 012345678901 is the number 12345678901 here. Quote it: "012345678901".',
  ],
  [
    'and that is another text than was written',
    comparing('["1.1", 1.10, 7]'),
    '4:142 defaults.policy.statements[0].Condition.StringNotEquals."aws:PrincipalAccount"[1]: 1.10 is the number 1.1 here. Quote it: "1.10".',
  ],
  [
    'and that has no end',
    comparing('.inf'),
    '4:134 defaults.policy.statements[0].Condition.StringNotEquals."aws:PrincipalAccount": must be text or a finite number or true or false, not a number.',
  ],
  [
    'and that is too long to be one',
    `${accounts}presets: {policy: {p: {statements: [{Effect: Deny, Principal: "*", Action: "ecr:*", Condition: {NumericEquals: {a: 12345678901234567890}}}]}}}\n`,
    '4:116 presets.policy.p.statements[0].Condition.NumericEquals.a: 12345678901234567890 is the number 12345678901234567000 here. Quote it: "12345678901234567890".',
  ],
])

test('a number that means what is written may be compared', () => {
  expect(linesOf(comparing('222222222222'))).toEqual([])
  expect(linesOf(comparing('[-1, 0, 1.5, true]'))).toEqual([])
})

const condition = (said: string) =>
  `${accounts}defaults: {policy: {statements: [{Effect: Allow, Principal: "*", Action: "ecr:*", Condition: ${said}}]}}\n`

describeMalformed('a condition that lets everybody through', [
  [
    'since it has no operators',
    condition('{}'),
    '4:94 defaults.policy.statements[0].Condition: is empty, which holds always. Write what it compares, or take it out.',
  ],
  [
    'since its operator compares nothing',
    condition('{StringEquals: {}}'),
    '4:109 defaults.policy.statements[0].Condition.StringEquals: is empty, which holds always. Write what it compares, or take it out.',
  ],
])
