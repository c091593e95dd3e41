import {expect, test} from 'vitest'
import {parseEstate} from '../../../src/lib/config/parse.ts'
import {desiredPolicy} from '../../../src/lib/lifecycle/desired.ts'

const estate = parseEstate(
  `version: 1
presets:
  lifecycle:
    app:
      keep: [{tags: "v*"}]
      expire: [{tags: "dev-*", keepLast: 20}, {untagged: true, olderThan: 14d}]
    few:
      expire: [{any: true, keepLast: 5}]
    raw:
      rules:
        - rulePriority: 3
          selection: {tagStatus: any, countType: imageCountMoreThan, countNumber: 9}
          action: {type: expire}
defaults:
  lifecycle: {use: few}
match:
  - {names: ["payments/**"], set: {lifecycle: {use: app}}}
  - {names: ["**/cache"], set: {lifecycle: null}}
  - {names: ["payments/none"], set: {}}
repositories:
  payments/own:
    lifecycle: {use: [app, few], expire: [{tags: "dev-*", keepLast: 3}]}
  payments/raw: {lifecycle: {use: raw}}
  payments/archived: {lifecycle: {use: few, archive: [{any: true, olderThan: 30d}]}}
`,
  'repos.yaml',
)

const place = {account: '111111111111', region: 'eu-west-1', alias: 'dev'}

/** Where the policy was written, and the number of each of its rules. */
function answerFor(repository: string): readonly (string | number)[] {
  const desired = desiredPolicy(estate, place, repository)
  if (desired.kind === 'unmanaged') return [desired.kind]
  const numbers =
    desired.kind === 'policy' ? desired.policy.rules.map(rule => rule.selection.countNumber) : []
  return [desired.kind, desired.origin, ...numbers]
}

test.each([
  ['the default holds for a repository that nobody names', 'other', ['policy', 'repos.yaml:15:3', 5]],
  ['match wins over the default', 'payments/api', ['policy', 'repos.yaml:17:36', 999_999, 20, 14]],
  [
    'a later match wins over an earlier one; null is no policy',
    'payments/cache',
    ['none', 'repos.yaml:18:33'],
  ],
  [
    'a match that says nothing leaves what was said',
    'payments/none',
    ['policy', 'repos.yaml:17:36', 999_999, 20, 14],
  ],
  [
    "a repository's own rules come first, and those of presets that select the same give way",
    'payments/own',
    ['policy', 'repos.yaml:22:5', 999_999, 3, 14, 5],
  ],
  ["a preset may hold ECR's own rules", 'payments/raw', ['policy', 'repos.yaml:23:18', 9]],
  [
    'an own rule for any image takes the place of one in a preset',
    'payments/archived',
    ['policy', 'repos.yaml:24:23', 30],
  ],
])('%s', (_, repository, answer) => {
  expect(answerFor(repository)).toEqual(answer)
})

test('without a word about it, a repository is not managed', () => {
  expect(
    desiredPolicy(parseEstate('version: 1\nmatch: [{names: [a], set: {}}]', 'repos.yaml'), place, 'a'),
  ).toEqual({
    kind: 'unmanaged',
  })
})

test('repositories that are told the same share one answer', () => {
  const answers = new Set(
    Array.from({length: 10_000}, (_, n) => desiredPolicy(estate, place, `payments/app-${n}`)),
  )
  expect(answers.size).toBe(1)
})

test('what cannot be compiled is refused with its place, when it is asked for', () => {
  const wrong = parseEstate(
    'version: 1\ndefaults:\n  lifecycle:\n    keep: [{tags: a}]\n    expire: [{tags: a, keepLast: 1}]\n',
    'repos.yaml',
  )
  expect(() => desiredPolicy(wrong, place, 'x')).toThrow(
    'repos.yaml:5:14 would never act: the rule in line 4 keeps images with "a". Take one of the two out, or narrow the patterns.',
  )
})

const placed = parseEstate(
  `version: 1
accounts:
  dev: {id: "111111111111", region: eu-west-1}
  prod: {id: "222222222222", regions: [eu-west-1, us-east-1]}
registries:
  prod:
    creationTemplates:
      team:
        appliedFor: [CREATE_ON_PUSH]
        lifecycle: {expire: [{any: true, keepLast: 4}]}
        applyToExisting: true
defaults: {lifecycle: {expire: [{any: true, keepLast: 1}]}}
repositories:
  here/only: {in: [dev]}
  old/app: {state: absent}
overlays:
  prod: {defaults: {lifecycle: {expire: [{any: true, keepLast: 2}]}}}
  prod@us-east-1: {match: [{names: ["us/**"], set: {lifecycle: {expire: [{tags: "\${alias}-*", keepLast: 3}]}}}]}
`,
  'repos.yaml',
)
const [dev, prod, east] = [
  place,
  {account: '222222222222', region: 'eu-west-1', alias: 'prod'},
  {account: '222222222222', region: 'us-east-1', alias: 'prod'},
]

test.each([
  ['an overlay holds in its account alone', 'a', [1, 2, 2]],
  ['an overlay of a region holds there alone', 'us/a', [1, 2, 3]],
  ['a creation template holds for what exists where it says so', 'team/a', [1, 4, 4]],
  ['nothing is said where a repository is not meant', 'here/only', [1, undefined, undefined]],
  ['nothing is said of what is to go', 'old/app', [undefined, undefined, undefined]],
])('%s', (_, repository, numbers) => {
  const answers = [dev, prod, east].map(at => desiredPolicy(placed, at, repository))
  expect(
    answers.map(answer =>
      answer.kind === 'policy' ? answer.policy.rules[0]?.selection.countNumber : undefined,
    ),
  ).toEqual(numbers)
})

test('variables of the registry are filled in, and what is the same there is compiled once', () => {
  const [one, other] = ['us/a', 'us/b'].map(name => desiredPolicy(placed, east, name))
  expect(one).toBe(other)
  expect(one).toMatchObject({policy: {rules: [{selection: {tagPatternList: ['prod-*']}}]}})
})
