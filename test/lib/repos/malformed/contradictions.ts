import {accounts, allow, api, type MalformedFile, profile, registry, repository} from './files.ts'

/** Values that do not go with each other. */
export const contradictions: readonly MalformedFile[] = [
  [
    'an unknown account of a repository',
    repository('in: [prd]'),
    `7:18 ${api}.in[0]: "prd" is not an account of this file. Did you mean "prod"?`,
  ],
  [
    'an unknown region of a repository',
    repository('in: [dev@us-east-1]'),
    `7:18 ${api}.in[0]: "us-east-1" is not a region of "dev" in this file. Its regions are eu-west-1.`,
  ],
  [
    'an unknown registry',
    `${accounts}registries: {prdo: {}}\n`,
    '6:14 registries.prdo: "prdo" is not an account of this file. Did you mean "prod"?',
  ],
  [
    'an unknown overlay',
    `${accounts}overlays: {prods: {defaults: {}}}\n`,
    '6:12 overlays.prods: "prods" is not an account of this file. Did you mean "prod"?',
  ],
  [
    'an unknown destination',
    registry('replication: {rules: [{to: [prdo@us-east-1]}]}'),
    '7:37 registries.dev.replication.rules[0].to[0]: "prdo" is not an account of this file. Did you mean "prod"?',
  ],
  [
    'a destination without a region',
    registry('replication: {rules: [{to: [prod]}]}'),
    '7:37 registries.dev.replication.rules[0].to[0]: "prod" is an account, and a destination has a region. Write prod@eu-west-1.',
  ],
  [
    'settings of a registry that tells none',
    `${accounts}registries: {guest: {settings: {BLOB_MOUNTING: ENABLED}}}\n`,
    '6:14 registries.guest: "guest" is used by the credentials of "dev", and a registry tells its settings to its own account alone. Give the account credentials of its own, or take this out.',
  ],
  [
    'two rules for the same prefixes',
    registry(
      'replication: {rules: [{prefixes: [a/, b/], to: [us-east-1]}, {prefixes: [b/, a/], to: [us-west-2]}]}',
    ),
    '7:70 registries.dev.replication.rules[1]: is another rule for "a/,b/". Keep one, with all its destinations.',
  ],
  [
    'a template twice',
    registry('creationTemplates: {web: {appliedFor: [REPLICATION]}, web/: {appliedFor: [REPLICATION]}}'),
    '7:63 registries.dev.creationTemplates."web/": means the same as "web". Keep one.',
  ],
  [
    'a profile twice',
    registry(`signing: {rules: [{profile: "${profile}"}, {profile: "${profile}"}]}`),
    '7:109 registries.dev.signing.rules[1].profile: is given twice. Keep one, with all its repositories.',
  ],
  [
    'a Sid twice',
    repository(`policy: {statements: [{Sid: A, ${allow}}, {Sid: A, ${allow}}]}`),
    `7:99 ${api}.policy.statements[1].Sid: "A" is given twice. Keep one.`,
  ],
  [
    'an action and its opposite',
    repository(`policy: {statements: [{Sid: A, ${allow}, NotAction: "ecr:*"}]}`),
    `7:92 ${api}.policy.statements[0].NotAction: stands beside Action, and a statement has one of them. Keep one of the two.`,
  ],
  [
    'a statement without an effect',
    repository('policy: {statements: [{Sid: A, Principal: "*", Action: "ecr:*"}]}'),
    `7:35 ${api}.policy.statements[0]: "Effect" is missing. Add Effect: Allow, or Effect: Deny.`,
  ],
  [
    'a statement that goes, without a name',
    repository('policy: {statements: [{state: absent}]}'),
    `7:35 ${api}.policy.statements[0]: does not say which statement is to go. Add its Sid.`,
  ],
  [
    'an unknown preset',
    repository('policy: {use: [x]}'),
    `7:28 ${api}.policy.use[0]: "x" is not a preset of this file. Add it under presets.policy, or name one that is there.`,
  ],
  [
    'an unknown variable',
    repository('tags: {org: "${ogr}"}').replace('version: 1', 'version: 1\nvars: {org: o}'),
    `8:25 ${api}.tags.org: \${ogr} is not a variable of this file. Did you mean "org"?`,
  ],
  [
    'a name that is another everywhere',
    `${accounts}repositories: {"\${region}/x": {}}\n`,
    '6:16 repositories."${region}/x": ${region} is another at each registry, and this is a name in the file. Write it out.',
  ],
  [
    'a variable of Gantry',
    `${accounts}vars: {region: x}\n`,
    "6:8 vars.region: region is Gantry's own: that of each registry. Choose another name.",
  ],
  [
    'a tombstone with settings',
    repository('state: absent, tags: {a: b}'),
    `7:28 ${api}.tags: stands beside state: absent, which removes the repository. Keep one of the two.`,
  ],
  [
    'consent without a tombstone',
    repository('images: delete'),
    `7:13 ${api}.images: needs state: absent beside it: it says what becomes of images when the repository goes.`,
  ],
  [
    'exceptions from nothing',
    repository('tagMutability: {mode: IMMUTABLE, except: [latest]}'),
    `7:46 ${api}.tagMutability.except: does not go with IMMUTABLE. Write mode: IMMUTABLE_WITH_EXCLUSION, or take it out.`,
  ],
  [
    'no exceptions',
    repository('tagMutability: IMMUTABLE_WITH_EXCLUSION'),
    `7:28 ${api}.tagMutability: excepts no tags. Write {mode: IMMUTABLE_WITH_EXCLUSION, except: ["dev-*"]}, or IMMUTABLE.`,
  ],
  [
    'a key without KMS',
    repository('encryption: {type: AES256, key: alias/x}'),
    `7:40 ${api}.encryption.key: does not go with AES256, which has no keys. Write type: KMS, or take the key out.`,
  ],
  [
    'continuous basic scanning',
    registry('scanning: {type: BASIC, continuous: ["*"]}'),
    '7:45 registries.dev.scanning.continuous: needs ENHANCED: basic scanning looks at images when they are pushed. Write type: ENHANCED, or onPush.',
  ],
  [
    'more tags than fit',
    repository(`tags: {${Array.from({length: 51}, (_, at) => `k${at}: v`).join(', ')}}`),
    `7:19 ${api}.tags: has more than 50 tags, the most that ECR takes. Leave some out.`,
  ],
  [
    "a tag of AWS's own",
    repository('tags: {"aws:x": y}'),
    `7:20 ${api}.tags."aws:x": "aws:x" is a tag of AWS's own, which nobody else sets. Take it out.`,
  ],
  [
    'a tombstone, and an overlay with settings',
    `${accounts}repositories: {app/api: {state: absent}}\noverlays: {prod: {repositories: {app/api: {scanOnPush: true}}}}\n`,
    '7:44 overlays.prod.repositories."app/api".scanOnPush: says what the repository should be, and repositories."app/api" says that it is to go. Keep one of the two.',
  ],
  [
    'both forms of lifecycle rules',
    repository(
      'lifecycle: {rules: [{rulePriority: 1, selection: {tagStatus: any, countType: imageCountMoreThan, countNumber: 9}, action: {type: expire}}], keep: [{tags: v1}]}',
    ),
    `7:25 ${api}.lifecycle.rules: stands beside keep: rules in ECR's own grammar are a whole policy. Keep one of the two.`,
  ],
  [
    'two levels that do not go together',
    `${accounts}registries:\n  "*": {scanning: {type: BASIC}}\n  dev: {scanning: {continuous: ["*"]}}\n`,
    '8:32 registries.dev.scanning.continuous: needs ENHANCED: basic scanning looks at images when they are pushed. Write type: ENHANCED, or onPush.',
  ],
  [
    'a destination twice',
    registry('replication: {rules: [{to: [us-east-1, us-east-1]}]}'),
    '7:48 registries.dev.replication.rules[0].to[1]: "us-east-1" is given twice. Keep one.',
  ],
  [
    'a destination of another partition',
    'version: 1\naccounts: {dev: {id: "111111111111", region: eu-west-1}, cn: {id: "222222222222", region: cn-north-1}}\nregistries: {dev: {replication: {rules: [{to: [cn@cn-north-1]}]}}}\n',
    '3:42 registries.dev.replication.rules[0]: "cn@cn-north-1" is in the partition aws-cn, dev@eu-west-1 in aws. ECR copies within a partition.',
  ],
]
