import {type Case, describeMalformed} from './malformed.ts'

const accounts = `version: 1
accounts:
  dev: {id: "111111111111", region: eu-west-1}
  prod: {id: "222222222222", regions: [eu-west-1, us-east-1]}
  far: {id: "333333333333", region: cn-north-1}
`
const registry = (key: string, said: string) => `${accounts}registries:\n  ${key}:\n    ${said}\n`
const policy = (...statements: readonly string[]) =>
  `${accounts}presets:\n  policy:\n    one: {statements: [${statements.join(', ')}]}\n`
const allow = 'Effect: Allow, Principal: "*", Action: "ecr:*"'
const profile = (region: string, partition = 'aws') =>
  `arn:${partition}:signer:${region}:222222222222:/signing-profiles/p`

const places: readonly Case[] = [
  [
    'a destination that is the registry itself',
    registry('prod', 'replication: {rules: [{to: [us-west-2]}, {prefixes: [aa], to: [us-east-1]}]}'),
    '8:46 registries.prod.replication.rules[1]: "us-east-1" is prod@us-east-1 itself, where the images come from. Name another region, or say it of the other registries alone.',
  ],
  [
    'a destination that is the registry itself, by its account',
    registry('prod@eu-west-1', 'replication: {rules: [{to: ["222222222222@eu-west-1"]}]}'),
    '8:27 registries."prod@eu-west-1".replication.rules[0]: "222222222222@eu-west-1" is prod@eu-west-1 itself, where the images come from. Name another region, or say it of the other registries alone.',
  ],
  [
    'a destination of another partition',
    registry('dev', 'replication: {rules: [{to: [far@cn-north-1]}]}'),
    '8:27 registries.dev.replication.rules[0]: "far@cn-north-1" is in the partition aws-cn, dev@eu-west-1 in aws. ECR copies within a partition.',
  ],
  [
    'a destination that is no region',
    registry('dev', 'replication: {rules: [{to: ["444455556666@euwest1"]}]}'),
    '8:33 registries.dev.replication.rules[0].to[0]: "euwest1" is not an AWS region. Write one as in 444455556666@eu-west-1.',
  ],
  [
    'a role of another partition',
    registry(
      'far',
      'creationTemplates: {ROOT: {appliedFor: [REPLICATION], role: "arn:aws:iam::333333333333:role/x"}}',
    ),
    '8:65 registries.far.creationTemplates.ROOT.role: is of the partition aws, the registry is in aws-cn. Write arn:aws-cn:.',
  ],
  [
    'a principal of another partition',
    registry('dev', 'pullTimeExclusions: {"arn:aws-cn:iam::111111111111:role/x": true}'),
    '8:26 registries.dev.pullTimeExclusions."arn:aws-cn:iam::111111111111:role/x": is of the partition aws-cn, the registry is in aws. Write arn:aws:.',
  ],
  [
    'a key of another partition',
    `${accounts}overlays: {far: {defaults: {encryption: {type: KMS, key: "arn:aws:kms:cn-north-1:333333333333:key/1"}}}}\n`,
    '6:58 overlays.far.defaults.encryption.key: is of the partition aws, the registry is in aws-cn. Write arn:aws-cn:.',
  ],
  [
    'a signing profile of another region',
    registry('prod@us-east-1', `signing: {rules: [{profile: "${profile('eu-west-1')}"}]}`),
    '8:33 registries."prod@us-east-1".signing.rules[0].profile: is of eu-west-1, the registry is in us-east-1. Name a profile of us-east-1.',
  ],
  [
    'a region that no account has',
    `${accounts}overlays: {prod@eu-wst-1: {}}\n`,
    '6:12 overlays."prod@eu-wst-1": "eu-wst-1" is not a region of "prod" in this file. Did you mean "prod@eu-west-1"?',
  ],
]

const values: readonly Case[] = [
  [
    'a prefix of replication in capitals',
    registry('dev', 'replication: {rules: [{prefixes: [Prod/], to: [us-west-2]}]}'),
    '8:39 registries.dev.replication.rules[0].prefixes[0]: "Prod/" is not a prefix. Write the start of repository names: prod/.',
  ],
  [
    'a pattern for a prefix of replication',
    registry('dev', 'replication: {rules: [{prefixes: ["prod/*"], to: [us-west-2]}]}'),
    '8:39 registries.dev.replication.rules[0].prefixes[0]: "prod/*" is not a prefix. Write the start of repository names: prod/.',
  ],
  [
    'a rule that goes and has destinations',
    registry('dev', 'replication: {rules: [{prefixes: [aa], state: absent, to: [us-west-2]}]}'),
    '8:59 registries.dev.replication.rules[0].to: stands beside state: absent, which removes the rule. Keep one of the two.',
  ],
  [
    'no destinations',
    registry('dev', 'replication: {rules: [{prefixes: [aa]}]}'),
    '8:27 registries.dev.replication.rules[0]: "to" is missing. Add to: [us-west-2].',
  ],
  [
    'a scan filter that ECR does not take, without going back and forth for ever',
    registry('dev', `scanning: {onPush: ["${'a'.repeat(200)}!"]}`),
    `8:25 registries.dev.scanning.onPush[0]: ${JSON.stringify(`${'a'.repeat(80)}…`)} is not a scan filter. Use lower-case letters, digits, . _ - / and *: prod/*.`,
  ],
  [
    'a prefix of a cache that is too long',
    registry('dev', `pullThroughCache: {${'a'.repeat(31)}: {upstream: quay.io}}`),
    `8:24 registries.dev.pullThroughCache.${'a'.repeat(31)}: "${'a'.repeat(31)}" is not a prefix. Use 2 to 30 lower-case letters and digits, with . _ - and / between them, or ROOT.`,
  ],
  [
    'a secret of another name',
    registry(
      'dev',
      'pullThroughCache: {hub: {upstream: docker.io, credential: "arn:aws:secretsmanager:eu-west-1:111111111111:secret:hub"}}',
    ),
    '8:63 registries.dev.pullThroughCache.hub.credential: "arn:aws:secretsmanager:eu-west-1:111111111111:secret:hub" is not a secret\'s ARN. Its name starts with ecr-pullthroughcache/: arn:aws:secretsmanager:eu-west-1:111111111111:secret:ecr-pullthroughcache/hub-AbCdEf.',
  ],
  [
    'a kind of upstream that nobody knows',
    registry('dev', 'pullThroughCache: {hub: {upstream: docker.io, kind: dockerhub}}'),
    '8:57 registries.dev.pullThroughCache.hub.kind: is not a kind of upstream registry. Known: ecr, ecr-public, quay, k8s, docker-hub, github-container-registry, azure-container-registry, gitlab-container-registry, chainguard.',
  ],
  [
    'a template for nothing',
    registry('dev', 'creationTemplates: {web: {description: x}}'),
    '8:25 registries.dev.creationTemplates.web: "appliedFor" is missing. Add appliedFor: [CREATE_ON_PUSH].',
  ],
  [
    'an exclusion that is false',
    registry('dev', 'pullTimeExclusions: {"arn:aws:iam::111111111111:role/x": false}'),
    '8:62 registries.dev.pullTimeExclusions."arn:aws:iam::111111111111:role/x": must be true, or null to remove it.',
  ],
]

const statements: readonly Case[] = [
  [
    'who is meant and who is not',
    policy(`{${allow}, NotPrincipal: {AWS: "111111111111"}}`),
    '8:73 presets.policy.one.statements[0].NotPrincipal: stands beside Principal, and a statement has one of them. Keep one of the two.',
  ],
  [
    'nobody',
    policy('{Effect: Allow, Action: "ecr:*"}'),
    '8:24 presets.policy.one.statements[0]: "Principal" is missing. Add Principal: {AWS: "111111111111"}.',
  ],
  [
    'no kind of principal',
    policy('{Effect: Allow, Principal: {}, Action: "ecr:*"}'),
    '8:51 presets.policy.one.statements[0].Principal: is empty. Write "*", or a mapping: {AWS: "111111111111"}.',
  ],
  [
    'an effect in small letters',
    policy('{Effect: allow, Principal: "*", Action: "ecr:*"}'),
    '8:33 presets.policy.one.statements[0].Effect: must be Allow or Deny, with a capital letter.',
  ],
  [
    'an action without its service',
    policy('{Effect: Allow, Principal: "*", Action: [PutImage]}'),
    '8:65 presets.policy.one.statements[0].Action[0]: "PutImage" is not an action. Write it as in ecr:BatchGetImage.',
  ],
  [
    'one that goes and says something',
    policy(`{Sid: A, state: absent, ${allow}}`),
    '8:48 presets.policy.one.statements[0].Effect: stands beside state: absent, which removes the statement. Keep one of the two.',
  ],
]

describeMalformed('a place that does not fit the registry', places)
describeMalformed('a setting of a registry', values)
describeMalformed('a statement', statements)
