import {expect, test} from 'vitest'
import {describeCodes, found, lint} from './support.ts'

const replicate = (rules: string, more = '') =>
  `registries:\n  dev: {replication: {rules: ${rules}}}\n${more}`
const letIn = `  prod:
    policy:
      statements:
        - {Sid: In, Effect: Allow, Principal: {AWS: "111111111111"}, Action: ["ecr:ReplicateImage", "ecr:CreateRepository"], Resource: "*"}
`

const expire = 'lifecycle: {expire: [{untagged: true, olderThan: 9d}]}'

describeCodes('replication', [
  [
    'prefix-without-slash',
    replicate(
      '[{prefixes: [app, web/], to: [us-east-1]}]',
      'repositories: {app/api: {in: [dev]}, apps/api: {in: [dev]}}\n',
    ),
    [
      '6:31 registries.dev.replication.rules[0] (dev@eu-west-1) The prefix "app" is plain text: it fits "app-x/app", too, "apps/api" here.',
    ],
    replicate('[{prefixes: [app/], to: [us-east-1]}]'),
  ],
  [
    'overlapping-replication',
    replicate('[{prefixes: [app/], to: [us-east-1, us-west-2]}, {prefixes: [app/web/], to: [us-east-1]}]'),
    [
      '6:79 registries.dev.replication.rules[1] (dev@eu-west-1) It leads what begins with "app/web/" to us-east-1, as the rule of app/ does already.',
    ],
    replicate('[{prefixes: [app/], to: [us-west-2]}, {prefixes: [app/web/], to: [us-east-1]}]'),
  ],
  [
    'replication-chain',
    replicate(
      '[{prefixes: [app/], to: [prod@eu-west-1]}]',
      '  prod@eu-west-1: {replication: {rules: [{to: [us-east-1]}]}}\n',
    ),
    [
      '7:42 registries."prod@eu-west-1".replication.rules[0] (prod@eu-west-1) What dev@eu-west-1 replicates to prod@eu-west-1 does not go on to us-east-1: replication is not chained.',
    ],
    replicate(
      '[{prefixes: [app/], to: [prod@eu-west-1, prod@us-east-1]}]',
      '  prod@eu-west-1: {replication: {rules: [{to: [us-east-1]}]}}\n',
    ),
  ],
  [
    'replication-not-allowed',
    replicate('[{to: [prod@eu-west-1]}]'),
    [
      '6:31 registries.dev.replication.rules[0] (dev@eu-west-1) The file says no registry policy of prod@eu-west-1, which has to allow ecr:ReplicateImage to arn:aws:iam::111111111111:root (others may have written one).',
    ],
    replicate('[{to: [prod@eu-west-1]}]', letIn),
  ],
  [
    'immutable-replica',
    replicate(
      '[{prefixes: [app/], to: [prod@eu-west-1]}]',
      `${letIn}repositories: {app/api: {tagMutability: MUTABLE}, web/api: {}}\noverlays: {prod: {defaults: {}, repositories: {app/api: {tagMutability: IMMUTABLE}, web/api: {tagMutability: IMMUTABLE}}}}\n`,
    ),
    [
      '12:73 overlays.prod.repositories."app/api".tagMutability (prod@eu-west-1) (app/api) Tags are IMMUTABLE at prod@eu-west-1 and MUTABLE at dev@eu-west-1: an image whose tag moved arrives without it.',
    ],
    replicate('[{to: [prod@eu-west-1]}]', `${letIn}repositories: {app/api: {tagMutability: IMMUTABLE}}\n`),
  ],
  [
    'replica-without-lifecycle',
    replicate(
      '[{to: [prod@eu-west-1]}]',
      `${letIn}repositories: {app/api: {}}\noverlays: {dev: {defaults: {lifecycle: {expire: [{untagged: true, olderThan: 9d}]}}}}\n`,
    ),
    [
      '12:40 overlays.dev.defaults.lifecycle (prod@eu-west-1) (app/api) What expires at dev@eu-west-1 stays at prod@eu-west-1 for ever: the file says no lifecycle policy there.',
    ],
    replicate(
      '[{to: [prod@eu-west-1]}]',
      `${letIn}repositories: {app/api: {}}\ndefaults: {lifecycle: {expire: [{untagged: true, olderThan: 9d}]}}\n`,
    ),
  ],
  [
    'over-quota',
    replicate(
      `[${Array.from({length: 11}, (_, at) => `{prefixes: [a${at}/], to: [us-east-1]}`).join(', ')}]`,
    ),
    [
      '6:30 registries.dev.replication.rules (dev@eu-west-1) 11 replication rules: ECR has documented room for 10.',
    ],
    replicate(
      `[${Array.from({length: 10}, (_, at) => `{prefixes: [a${at}/], to: [us-east-1]}`).join(', ')}]`,
    ),
  ],
])

test.each([
  ['no template', '', 1],
  ['a template without one', 'creationTemplates: {ROOT: {appliedFor: [REPLICATION]}}', 1],
  [
    'a template for something else',
    `creationTemplates: {ROOT: {appliedFor: [CREATE_ON_PUSH], ${expire}}}`,
    1,
  ],
  ['a template with one', `creationTemplates: {ROOT: {appliedFor: [REPLICATION], ${expire}}}`, 0],
  [
    'one with a longer prefix',
    `creationTemplates: {ROOT: {appliedFor: [REPLICATION], ${expire}}, app: {appliedFor: [REPLICATION]}}`,
    1,
  ],
])('a repository that is meant at the source alone has the lifecycle of %s', (_, prod, number) => {
  const text = replicate(
    '[{to: [prod@eu-west-1]}]',
    `  prod: {${prod}}\nrepositories: {app/api: {in: [dev], ${expire}}}\n`,
  )
  expect(found(text, 'replica-without-lifecycle')).toHaveLength(number)
})

test('repositories of which the same is found are told together', () => {
  const text = replicate(
    '[{to: [prod@eu-west-1]}]',
    `defaults: {in: [dev], ${expire}}\nrepositories: {app/api: {}, app/web: {}}\n`,
  )
  expect(lint(text).filter(({code}) => code === 'replica-without-lifecycle')).toMatchObject([
    {repositories: ['app/api', 'app/web'], registries: ['prod@eu-west-1']},
  ])
})

test.each([
  ['says none', 'policy: null', 'error No statement'],
  [
    'is whole and silent',
    'policy: {exclusive: true, statements: [{Sid: A, Effect: Allow, Principal: "*", Action: "ecr:BatchGetImage", Resource: "*"}]}',
    'error No statement',
  ],
  [
    'is silent beside others',
    'policy: {statements: [{Sid: A, Effect: Allow, Principal: "*", Action: "ecr:BatchGetImage", Resource: "*"}]}',
    'warning No statement',
  ],
  [
    'denies it',
    'policy: {statements: [{Sid: A, Effect: Deny, Principal: "*", Action: "ecr:*", Resource: "*"}]}',
    'error The registry policy',
  ],
])('a registry policy that %s lets nothing in', (_, policy, said) => {
  const text = replicate('[{to: [prod@eu-west-1]}]', `  prod: {${policy}}\n`)
  expect(
    lint(text).flatMap(({code, severity, message}) =>
      code === 'replication-not-allowed' ? [`${severity} ${message}`.slice(0, said.length)] : [],
    ),
  ).toEqual([said])
})
