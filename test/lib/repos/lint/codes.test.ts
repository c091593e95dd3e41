import {describe, expect, test} from 'vitest'
import {found, lint} from './support.ts'

/** A file that has it, what is said of it, and the file without it. */
type Case = readonly [code: string, bad: string, said: readonly string[], good: string]

const replicate = (rules: string, more = '') =>
  `registries:\n  dev: {replication: {rules: ${rules}}}\n${more}`
const letIn = `  prod:
    policy:
      statements:
        - {Sid: In, Effect: Allow, Principal: {AWS: "111111111111"}, Action: ["ecr:ReplicateImage", "ecr:CreateRepository"], Resource: "*"}
`
const cache = (prefix: string, rule: string) =>
  `registries:\n  dev: {pullThroughCache: {${prefix}: {${rule}}}}\n`
const template = (settings: string) =>
  `registries:\n  dev: {creationTemplates: {web: {appliedFor: [CREATE_ON_PUSH], lifecycle: {expire: [{untagged: true, olderThan: 9d}]}, ${settings}}}}\n`
const secret = (account: string) =>
  `arn:aws:secretsmanager:eu-west-1:${account}:secret:ecr-pullthroughcache/hub-AbCdEf`

const cases: readonly Case[] = [
  [
    'unused-preset',
    `presets: {policy: {pull: {statements: [{Sid: P, Effect: Allow, Principal: "*", Action: "ecr:BatchGetImage"}]}}, lifecycle: {app: {expire: [{untagged: true, olderThan: 9d}]}}}
repositories: {app/api: {in: [dev]}}
`,
    [
      '5:26 presets.policy.pull Nothing uses the preset "pull".',
      '5:130 presets.lifecycle.app Nothing uses the preset "app".',
    ],
    `presets: {policy: {pull: {statements: [{Sid: P, Effect: Allow, Principal: "*", Action: "ecr:BatchGetImage"}]}}, lifecycle: {app: {expire: [{untagged: true, olderThan: 9d}]}}}
defaults: {policy: {use: pull}}
registries: {dev: {creationTemplates: {web: {appliedFor: [CREATE_ON_PUSH], lifecycle: {use: app}}}}}
`,
  ],
  [
    'unused-variable',
    'vars: {team: web, org: o-1}\ndefaults: {tags: {org: "${org}"}}\n',
    ['5:14 vars.team Nothing says ${team}.'],
    'vars: {org: o-1}\ndefaults: {tags: {org: "${org}"}}\n',
  ],
  [
    'match-fits-none',
    'match: [{names: ["app/**"], set: {scanOnPush: true}}]\nrepositories: {api/app: {in: [dev]}}\n',
    ['5:17 match[0].names "app/**" fits none of the 1 repositories of the file.'],
    'match: [{names: ["app/**"], set: {scanOnPush: true}}]\noverlays: {prod: {repositories: {app/api: {in: [prod]}}}}\n',
  ],
  [
    'shadowed-match',
    'match:\n  - {names: ["app/x-*"], set: {tagMutability: MUTABLE, tags: {a: b}}}\n  - {names: ["app/**"], set: {tagMutability: IMMUTABLE, tags: {a: c, d: e}}}\n',
    ['6:31 match[0].set match[1] says something else for all of "app/x-*": nothing of this holds.'],
    'match:\n  - {names: ["app/**"], set: {tagMutability: MUTABLE, tags: {a: b}}}\n  - {names: ["app/x-*"], set: {tagMutability: IMMUTABLE}}\n  - {names: ["app/**"], set: {tags: {c: d}}}\n',
  ],
  [
    'mutable-destination',
    'promotions: {go: {from: dev, to: [prod], immutable: true}}\nrepositories: {app/api: {in: [dev, prod], tagMutability: MUTABLE}}\n',
    [
      '6:58 repositories."app/api".tagMutability (prod@eu-west-1) The promotion go promises that tags do not move, and those of "app/api" are MUTABLE at prod@eu-west-1: whoever else pushes may move them.',
      '6:58 repositories."app/api".tagMutability (prod@us-east-1) The promotion go promises that tags do not move, and those of "app/api" are MUTABLE at prod@us-east-1: whoever else pushes may move them.',
    ],
    'promotions: {go: {from: dev, to: [prod], immutable: true}}\nrepositories: {app/api: {in: [dev, prod], tagMutability: MUTABLE}}\noverlays: {prod: {defaults: {}, repositories: {app/api: {tagMutability: IMMUTABLE}}}}\n',
  ],
  [
    'nowhere',
    'repositories: {app/api: {scanOnPush: true}, app/web: {in: [dev]}, app/old: {state: absent}}\n',
    [
      '5:25 repositories."app/api" "app/api" says no in: what is said of it holds where it is, and it is made nowhere.',
    ],
    'defaults: {in: [dev]}\nrepositories: {app/api: {scanOnPush: true}}\n',
  ],
  [
    'key-of-other-region',
    'repositories: {app/api: {in: [prod], encryption: {type: KMS, key: "arn:aws:kms:eu-west-1:222222222222:key/1"}}}\n',
    [
      '5:50 repositories."app/api".encryption (prod@us-east-1) The key is of eu-west-1, and app/api of us-east-1: ECR refuses to make it.',
    ],
    'repositories: {app/api: {in: [prod], encryption: {type: KMS, key: "arn:aws:kms:${region}:222222222222:alias/ecr"}}, app/web: {in: [dev], encryption: {type: KMS, key: alias/ecr}}}\n',
  ],
  [
    'scan-filter-contains',
    'registries: {dev: {scanning: {type: ENHANCED, continuous: [prod], onPush: ["*"]}}}\n',
    [
      '5:59 registries.dev.scanning.continuous (dev@eu-west-1) The filter "prod" fits every name that contains it, such as "other-prod-x".',
    ],
    'registries: {dev: {scanning: {type: ENHANCED, continuous: ["prod*"], onPush: ["*"]}}}\n',
  ],
  [
    'scan-on-push-unused',
    'registries: {dev: {scanning: {type: ENHANCED, onPush: ["*"]}}}\nrepositories: {app/api: {in: [dev], scanOnPush: true}}\n',
    [
      '6:49 repositories."app/api".scanOnPush (dev@eu-west-1) "app/api" says scanOnPush, and enhanced scanning of dev@eu-west-1 goes by its filters alone.',
    ],
    'registries: {dev: {scanning: {type: BASIC, onPush: ["*"]}}}\nrepositories: {app/api: {in: [dev], scanOnPush: true}}\n',
  ],
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
      '6:31 registries.dev.replication.rules[0] (dev@eu-west-1) The file says no registry policy of prod@eu-west-1, unless others have written one there: ecr:ReplicateImage for arn:aws:iam::111111111111:root.',
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
      '12:73 overlays.prod.repositories."app/api".tagMutability (prod@eu-west-1) "app/api" is IMMUTABLE at prod@eu-west-1 and MUTABLE at dev@eu-west-1: an image whose tag moved arrives without it.',
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
      '12:40 overlays.dev.defaults.lifecycle (prod@eu-west-1) What expires of "app/api" at dev@eu-west-1 stays at prod@eu-west-1 for ever: there is no lifecycle policy for it.',
    ],
    replicate(
      '[{to: [prod@eu-west-1]}]',
      `${letIn}repositories: {app/api: {}}\ndefaults: {lifecycle: {expire: [{untagged: true, olderThan: 9d}]}}\n`,
    ),
  ],
  [
    'immutable-cache',
    `${cache('hub', 'upstream: quay.io')}defaults: {tagMutability: IMMUTABLE}\nrepositories: {hub/nginx: {}, hubs/nginx: {}}\n`,
    [
      '7:27 defaults.tagMutability (dev@eu-west-1) "hub/nginx" is filled by the pull-through cache hub, and its tags are immutable: a tag that has moved upstream stays what it was when it was first pulled.',
    ],
    `${cache('hub', 'upstream: quay.io')}defaults: {tagMutability: IMMUTABLE}\nmatch: [{names: ["hub/**"], set: {tagMutability: MUTABLE}}]\nrepositories: {hub/nginx: {}, hubs/nginx: {}}\n`,
  ],
  [
    'credential-missing',
    cache('hub', 'upstream: registry-1.docker.io'),
    [
      '6:33 registries.dev.pullThroughCache.hub (dev@eu-west-1) registry-1.docker.io is pulled from with credentials alone, and the rule hub has none.',
    ],
    cache('hub', `upstream: registry-1.docker.io, credential: "${secret('111111111111')}"`),
  ],
  [
    'credential-elsewhere',
    cache('hub', `upstream: registry-1.docker.io, credential: "${secret('222222222222')}"`),
    [
      '6:78 registries.dev.pullThroughCache.hub.credential (dev@eu-west-1) The secret is of 222222222222 in eu-west-1, and the registry of 111111111111 in eu-west-1: ECR refuses it.',
    ],
    cache('hub', `upstream: registry-1.docker.io, credential: "${secret('111111111111')}"`),
  ],
  [
    'upstream-role-missing',
    cache('team', 'upstream: 222222222222.dkr.ecr.eu-west-1.amazonaws.com'),
    [
      '6:34 registries.dev.pullThroughCache.team (dev@eu-west-1) The registry of 222222222222 is pulled from with a role alone, and the rule team has none.',
    ],
    cache('team', 'upstream: 111111111111.dkr.ecr.us-east-1.amazonaws.com'),
  ],
  [
    'template-without-role',
    template('tags: {team: web}'),
    [
      '6:34 registries.dev.creationTemplates.web (dev@eu-west-1) The template web has tags and no role: no repository can be made from it.',
    ],
    template('tags: {team: web}, role: "arn:aws:iam::111111111111:role/ecr"'),
  ],
  [
    'template-without-lifecycle',
    'registries:\n  dev: {creationTemplates: {web: {appliedFor: [REPLICATION]}}}\n',
    [
      '6:34 registries.dev.creationTemplates.web (dev@eu-west-1) What REPLICATION makes from the template web has no lifecycle policy: nothing in it ever goes.',
    ],
    template('description: x'),
  ],
  [
    'over-quota',
    replicate(
      `[${Array.from({length: 11}, (_, at) => `{prefixes: [a${at}/], to: [us-east-1]}`).join(', ')}]`,
    ),
    [
      '6:31 registries.dev.replication.rules[0] (dev@eu-west-1) 11 replication rules: ECR has documented room for 10.',
    ],
    replicate(
      `[${Array.from({length: 10}, (_, at) => `{prefixes: [a${at}/], to: [us-east-1]}`).join(', ')}]`,
    ),
  ],
]

describe('each code', () => {
  test.each(cases)('%s is found where it is', (code, bad, said) => {
    expect(found(bad, code)).toEqual(said)
  })

  test.each(cases)('%s is not found where it is not', (code, _bad, _said, good) => {
    expect(found(good, code)).toEqual([])
  })
})

test('a finding of several registries in the same words is told once', () => {
  const text = 'registries: {"*": {scanning: {onPush: [prod]}}}\n'
  expect(lint(text).map(({registries}) => registries)).toEqual([
    ['dev@eu-west-1', 'prod@eu-west-1', 'prod@us-east-1'],
  ])
})

test('a file in which nothing is doubtful has no findings', () => {
  expect(lint('repositories: {app/api: {in: [dev], tagMutability: IMMUTABLE}}\n')).toEqual([])
})

describe('lifecycle policies', () => {
  const trap = '{expire: [{allOf: ["v*", "release-*"], keepLast: 3}]}'

  test('are judged once for each place that says one, by what they come to', () => {
    const text = `defaults:\n  in: [prod]\n  lifecycle: ${trap}\nrepositories: {app/api: {}, app/web: {}}\n`
    expect(found(text, 'and-trap')).toHaveLength(1)
    expect(found(text, 'and-trap')[0]).toMatch(
      /^7:3 defaults\.lifecycle It comes to ECR's rule \d+: The list needs/,
    )
  })

  test('and those of templates, too', () => {
    const text = `registries: {dev: {creationTemplates: {web: {appliedFor: [CREATE_ON_PUSH], lifecycle: ${trap}}}}}\n`
    expect(found(text, 'and-trap')).toHaveLength(1)
  })
})
