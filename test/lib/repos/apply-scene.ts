/** A registry with something of everything in it, and a file by which all of that changes. */
import {
  CreatePullThroughCacheRuleCommand,
  CreateRepositoryCreationTemplateCommand,
  DescribePullThroughCacheRulesCommand,
  DescribeRegistryCommand,
  DescribeRepositoriesCommand,
  DescribeRepositoryCreationTemplatesCommand,
  type ECRClient,
  GetAccountSettingCommand,
  GetLifecyclePolicyCommand,
  GetRegistryPolicyCommand,
  GetRegistryScanningConfigurationCommand,
  GetRepositoryPolicyCommand,
  GetSigningConfigurationCommand,
  ListPullTimeUpdateExclusionsCommand,
  ListTagsForResourceCommand,
  PutLifecyclePolicyCommand,
  PutRegistryPolicyCommand,
  PutRegistryScanningConfigurationCommand,
  PutReplicationConfigurationCommand,
  PutSigningConfigurationCommand,
  RegisterPullTimeUpdateExclusionCommand,
  type Repository,
  SetRepositoryPolicyCommand,
  TagResourceCommand,
} from '@aws-sdk/client-ecr'
import {onTestFinished} from 'vitest'
import type {Estate} from '../../../src/lib/config/estate.ts'
import type {SandboxOptions} from '../../../src/lib/sandbox/index.ts'
import {replies, startHostileRegistry} from '../../support/hostile-registry.ts'
import {devId, openReposWorld, prodId, type ReposSandbox} from '../../support/repos-world.ts'

const role = (name: string) => `arn:aws:iam::${devId}:role/${name}`
const profile = (name: string) => `arn:aws:signer:eu-west-1:${devId}:/signing-profiles/${name}`

const secret = (name: string) =>
  `arn:aws:secretsmanager:eu-west-1:${devId}:secret:ecr-pullthroughcache/${name}`
const secrets = ['old', 'new'].map(name => ({arn: secret(name), username: 'someone', accessToken: name}))

/** What others wrote into a policy. */
export const foreignStatement = {
  Sid: 'LambdaECRImageRetrievalPolicy',
  Effect: 'Allow',
  Principal: {Service: 'lambda.amazonaws.com'},
  Action: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
}

/** A rule that others wrote. */
export const foreignRule = {
  destinations: [{region: 'ap-south-1', registryId: devId}],
  repositoryFilters: [{filter: 'others/', filterType: 'PREFIX_MATCH' as const}],
}

const registryStatement = {
  Sid: 'Others',
  Effect: 'Allow',
  Principal: {AWS: `arn:aws:iam::${prodId}:root`},
  Action: ['ecr:ReplicateImage'],
  Resource: [`arn:aws:ecr:eu-west-1:${devId}:repository/others/*`],
}

const oldLifecycle = JSON.stringify({
  rules: [
    {
      rulePriority: 1,
      selection: {tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 9},
      action: {type: 'expire'},
    },
  ],
})

/** Every operation that configures something, once at least. */
export const everything = `
registries:
  prod@us-east-1: {policy: null, scanning: null, replication: null, signing: null}
  dev:
    settings: {BLOB_MOUNTING: ENABLED}
    policy:
      statements:
        - Sid: Replicate
          Effect: Allow
          Principal: {AWS: "${prodId}"}
          Action: ecr:ReplicateImage
          Resource: "arn:aws:ecr:\${region}:\${account}:repository/team/*"
    scanning: {type: ENHANCED, continuous: ["team/*"]}
    replication: {rules: [{prefixes: [team/], to: [prod@us-east-1]}]}
    pullThroughCache: {quay: {upstream: quay.io}, hub: {upstream: registry-1.docker.io, credential: "${secret('new')}"}, old: null}
    creationTemplates:
      new: {appliedFor: [CREATE_ON_PUSH], tagMutability: IMMUTABLE}
      changed: {appliedFor: [CREATE_ON_PUSH], description: changed}
      old: null
    signing: {rules: [{profile: "${profile('release')}", repositories: ["team/*"]}]}
    pullTimeExclusions: {"${role('scanner')}": true, "${role('old')}": null}
repositories:
  team/app:
    in: [dev]
    tagMutability: IMMUTABLE
    scanOnPush: true
    tags: {owner: platform, legacy: null}
    policy: {statements: [{Sid: Pull, Effect: Allow, Principal: {AWS: "${prodId}"}, Action: ["ecr:BatchGetImage"]}]}
    lifecycle: {expire: [{id: old, untagged: true, olderThan: 14d}]}
  team/new:
    in: [dev]
    tagMutability: {mode: IMMUTABLE_WITH_EXCLUSION, except: ["dev-*"]}
    tags: {owner: platform}
    policy: {statements: [{Sid: Pull, Effect: Allow, Principal: {AWS: "${prodId}"}, Action: ["ecr:BatchGetImage"]}]}
    lifecycle: {expire: [{id: old, untagged: true, olderThan: 14d}]}
  team/plain: {policy: null, lifecycle: null}
  team/gone: {state: absent}
`

export interface ApplyScene {
  readonly world: ReposSandbox
  readonly estate: Estate
  /** What there is now, by \`LABEL[/REPOSITORY]#RESOURCE[/ENTRY]\`, as text. */
  readonly state: () => Promise<ReadonlyMap<string, string>>
}

export async function openScene(options: SandboxOptions = {}, text = everything): Promise<ApplyScene> {
  const upstream = await startHostileRegistry()
  upstream.always('GET', '/v2/', replies.status(200))
  onTestFinished(() => upstream.close())
  const upstreams = {'quay.io': upstream.origin, 'registry-1.docker.io': upstream.origin}
  const world = await openReposWorld({upstreams, ...options})
  await fill(world)
  world.clearRequests()
  return {world, estate: world.estateOf(text), state: () => stateOf(world)}
}

/** Lets the users of both accounts do what the policy allows. */
export async function letUsers(world: ReposSandbox, statement: object): Promise<void> {
  const user = {policy: {Version: '2012-10-17', Statement: [statement]}}
  await world.sandbox.seed({
    accounts: [
      {id: devId, secrets, user},
      {id: prodId, user},
    ],
  })
}

async function fill({sandbox, ecr}: ReposSandbox): Promise<void> {
  const names = ['team/app', 'team/gone', 'team/plain', 'others/app']
  const tags = {owner: 'somebody', legacy: 'yes', cost: '42'}
  await sandbox.seed({
    accounts: [{id: devId, secrets}],
    repositories: names.map(name => ({account: devId, region: 'eu-west-1', name})),
  })
  const dev = ecr()
  await dev.send(
    new TagResourceCommand({
      resourceArn: `arn:aws:ecr:eu-west-1:${devId}:repository/team/app`,
      tags: Object.entries(tags).map(([Key, Value]) => ({Key, Value})),
    }),
  )
  const policyText = policy(foreignStatement)
  for (const repositoryName of ['team/app', 'team/plain'])
    await dev.send(new SetRepositoryPolicyCommand({repositoryName, policyText}))
  const repositoryName = 'team/plain'
  await dev.send(new PutLifecyclePolicyCommand({repositoryName, lifecyclePolicyText: oldLifecycle}))
  const rules = [
    {ecrRepositoryPrefix: 'old', upstreamRegistryUrl: 'quay.io'},
    {ecrRepositoryPrefix: 'hub', upstreamRegistryUrl: 'registry-1.docker.io', credentialArn: secret('old')},
  ]
  for (const rule of rules) await dev.send(new CreatePullThroughCacheRuleCommand(rule))
  for (const prefix of ['changed', 'old', 'others'])
    await dev.send(
      new CreateRepositoryCreationTemplateCommand({
        prefix,
        appliedFor: ['CREATE_ON_PUSH'],
        description: 'as it was',
      }),
    )
  await dev.send(new RegisterPullTimeUpdateExclusionCommand({principalArn: role('old')}))
  for (const at of [dev, ecr(prodId, 'us-east-1')]) await fillRegistry(at)
}

/** What both registries have. */
async function fillRegistry(ecr: ECRClient): Promise<void> {
  const scanningRules = [
    {
      scanFrequency: 'SCAN_ON_PUSH' as const,
      repositoryFilters: [{filter: 'others/*', filterType: 'WILDCARD' as const}],
    },
  ]
  await ecr.send(new PutRegistryPolicyCommand({policyText: policy(registryStatement)}))
  await ecr.send(new PutRegistryScanningConfigurationCommand({scanType: 'BASIC', rules: scanningRules}))
  await ecr.send(new PutReplicationConfigurationCommand({replicationConfiguration: {rules: [foreignRule]}}))
  await ecr.send(
    new PutSigningConfigurationCommand({
      signingConfiguration: {rules: [{signingProfileArn: profile('others')}]},
    }),
  )
}

function policy(statement: object): string {
  return JSON.stringify({Version: '2012-10-17', Statement: [statement]})
}

async function stateOf({ecr}: ReposSandbox): Promise<ReadonlyMap<string, string>> {
  return new Map([
    ...(await registryState(ecr(), 'dev@eu-west-1')),
    ...(await registryState(ecr(prodId, 'us-east-1'), 'prod@us-east-1')),
  ])
}

async function registryState(ecr: ECRClient, label: string): Promise<(readonly [string, string])[]> {
  const {repositories = []} = await ecr.send(new DescribeRepositoriesCommand({}))
  const entries: [string, unknown][] = []
  for (const repository of repositories) {
    const place = `${label}/${repository.repositoryName}`
    for (const [key, value] of await repositoryState(ecr, repository)) entries.push([`${place}${key}`, value])
  }
  const {rules = []} = (await ecr.send(new DescribeRegistryCommand({}))).replicationConfiguration ?? {}
  const {pullThroughCacheRules = []} = await ecr.send(new DescribePullThroughCacheRulesCommand({}))
  const {repositoryCreationTemplates: templates = []} = await ecr.send(
    new DescribeRepositoryCreationTemplatesCommand({}),
  )
  const {pullTimeUpdateExclusions = []} = await ecr.send(new ListPullTimeUpdateExclusionsCommand({}))
  const setting = await ecr.send(new GetAccountSettingCommand({name: 'BLOB_MOUNTING'}))
  const scanning = await ecr.send(new GetRegistryScanningConfigurationCommand({}))
  entries.push(
    [`${label}#settings/BLOB_MOUNTING`, setting.value],
    [`${label}#policy`, await orNone(() => ecr.send(new GetRegistryPolicyCommand({})))],
    [`${label}#scanning`, scanning.scanningConfiguration],
    [`${label}#replication`, rules],
    ...pullThroughCacheRules.map(
      ({ecrRepositoryPrefix, upstreamRegistryUrl, credentialArn}): [string, unknown] => [
        `${label}#pullThroughCache/${ecrRepositoryPrefix}`,
        [upstreamRegistryUrl, credentialArn],
      ],
    ),
    ...templates.map((template): [string, unknown] => [
      `${label}#creationTemplates/${template.prefix}`,
      template,
    ]),
    [`${label}#signing`, await orNone(() => ecr.send(new GetSigningConfigurationCommand({})))],
    ...pullTimeUpdateExclusions.map((arn): [string, unknown] => [`${label}#pullTimeExclusions/${arn}`, true]),
  )
  return entries.flatMap(([key, value]) => (value === null ? [] : [[key, textOf(value)] as const]))
}

async function repositoryState(
  ecr: ECRClient,
  {repositoryName, repositoryArn, ...described}: Repository,
): Promise<[string, unknown][]> {
  const {tags = []} = await ecr.send(new ListTagsForResourceCommand({resourceArn: repositoryArn}))
  return [
    ['', 'there'],
    ['#tagMutability', [described.imageTagMutability, described.imageTagMutabilityExclusionFilters]],
    ['#scanOnPush', described.imageScanningConfiguration?.scanOnPush],
    ...tags.map(({Key, Value}): [string, unknown] => [`#tags.${Key}`, Value]),
    ['#policy', await orNone(() => ecr.send(new GetRepositoryPolicyCommand({repositoryName})))],
    ['#lifecycle', await orNone(() => ecr.send(new GetLifecyclePolicyCommand({repositoryName})))],
  ]
}

/** Null where there is none. */
async function orNone(ask: () => Promise<object>): Promise<unknown> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof Error && error.name.endsWith('NotFoundException')) return null
    throw error
  }
}

function textOf(value: unknown): string {
  return JSON.stringify(value, (key, member: unknown) => (told.has(key) ? undefined : member))
}

/** Members of answers that are no state, or that tell where it is. */
const told = new Set([
  '$metadata',
  'createdAt',
  'lastEvaluatedAt',
  'registryId',
  'repositoryName',
  'updatedAt',
])
