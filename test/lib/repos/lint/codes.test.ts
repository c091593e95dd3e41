import {expect, test} from 'vitest'
import {describeCodes, lint} from './support.ts'

describeCodes('the file', [
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
    'match: [{names: ["app/**"], set: {scanOnPush: true}}, {names: ["${alias}/**"], set: {}}]\noverlays: {prod: {repositories: {app/api: {in: [prod]}}}}\n',
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
      '6:58 repositories."app/api".tagMutability (prod@eu-west-1, prod@us-east-1) (app/api) The promotion go promises that tags do not move, and here they are MUTABLE: whoever else pushes may move them.',
    ],
    'promotions: {go: {from: dev, to: [prod], immutable: true}}\nrepositories: {app/api: {in: [dev, prod], tagMutability: MUTABLE}}\noverlays: {prod: {defaults: {}, repositories: {app/api: {tagMutability: IMMUTABLE}}}}\n',
  ],
  [
    'nowhere',
    'repositories: {app/api: {scanOnPush: true}, app/web: {in: [dev]}, app/old: {state: absent}}\n',
    [
      '5:25 repositories."app/api" (app/api) It says no in: what is said of it holds where it is, and it is made nowhere.',
    ],
    'defaults: {in: [dev]}\nrepositories: {app/api: {scanOnPush: true}}\n',
  ],
  [
    'key-of-other-region',
    'repositories: {app/api: {in: [prod], encryption: {type: KMS, key: "arn:aws:kms:eu-west-1:222222222222:key/1"}}}\n',
    [
      '5:50 repositories."app/api".encryption (prod@us-east-1) (app/api) The key is of eu-west-1, and the registry of us-east-1: no repository can be made with it.',
    ],
    'repositories: {app/api: {in: [prod], encryption: {type: KMS, key: "arn:aws:kms:${region}:222222222222:alias/ecr"}}, app/web: {in: [dev], encryption: {type: KMS, key: alias/ecr}}}\n',
  ],
])

test('a finding of several registries in the same words is told once', () => {
  const text = 'registries: {"*": {scanning: {onPush: [prod]}}}\n'
  expect(lint(text).map(({registries}) => registries)).toEqual([
    ['dev@eu-west-1', 'prod@eu-west-1', 'prod@us-east-1'],
  ])
})

test('a file in which nothing is doubtful has no findings', () => {
  expect(lint('repositories: {app/api: {in: [dev], tagMutability: IMMUTABLE}}\n')).toEqual([])
})
