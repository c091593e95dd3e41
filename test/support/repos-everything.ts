import {
  CreatePullThroughCacheRuleCommand,
  CreateRepositoryCommand,
  CreateRepositoryCreationTemplateCommand,
  type ECRClient,
  PutLifecyclePolicyCommand,
  PutRegistryPolicyCommand,
  PutSigningConfigurationCommand,
  RegisterPullTimeUpdateExclusionCommand,
  SetRepositoryPolicyCommand,
} from '@aws-sdk/client-ecr'
import {onTestFinished} from 'vitest'
import {parseEstate} from '../../src/lib/config/parse.ts'
import {putSmallImage} from '../lib/sandbox/support.ts'
import {replies, startHostileRegistry} from './hostile-registry.ts'
import {keepNewest, policyText} from './lifecycle-world.ts'
import {devId, openReposWorld, type ReposSandbox} from './repos-world.ts'

const role = `arn:aws:iam::${devId}:role/cache`
const profile = `arn:aws:signer:eu-west-1:${devId}:/signing-profiles/release`
const scanner = `arn:aws:iam::${devId}:role/scanner`
const head = `version: 1\naccounts: {dev: {id: "${devId}", region: eu-west-1}}\n`
const statement = (Sid: string, Action: string, more = '') =>
  `{Sid: ${Sid}, Effect: Allow, Principal: {AWS: "222222222222"}, Action: "${Action}"${more}}`
const ofRegistry = `, Resource: "arn:aws:ecr:eu-west-1:${devId}:repository/*"`

/** Something of everything, where there is other or nothing. */
export const everything = parseEstate(
  `${head}
registries:
  dev:
    settings: {BLOB_MOUNTING: ENABLED}
    policy: {version: "2012-10-17", statements: [${statement('Replicas', 'ecr:ReplicateImage', ofRegistry)}]}
    scanning: {onPush: ["*"]}
    replication: {rules: [{to: [us-east-1]}]}
    pullThroughCache:
      quay: {upstream: quay.io}
      kept: {upstream: quay.io, role: "${role}"}
    creationTemplates:
      team: {appliedFor: [CREATE_ON_PUSH]}
      kept: {appliedFor: [REPLICATION]}
    signing: {rules: [{profile: "${profile}"}]}
    pullTimeExclusions: {"${scanner}": true}
repositories:
  new/app: {in: [dev], tags: {team: payments}}
  old/app:
    tagMutability: IMMUTABLE
    scanOnPush: true
    tags: {team: payments, stage: null}
    policy: {version: "2012-10-17", statements: [${statement('Pull', 'ecr:BatchGetImage')}]}
    lifecycle: {rules: [{rulePriority: 1, selection: {tagStatus: any, countType: imageCountMoreThan, countNumber: 2}, action: {type: expire}}]}
`,
  'repos.yaml',
)

/** Nothing of what there is. */
export const nothing = parseEstate(
  `${head}
registries:
  dev:
    policy: null
    pullThroughCache: {kept: null}
    creationTemplates: {kept: null}
    signing: null
    pullTimeExclusions: {"${scanner}": null}
repositories:
  old/app: {policy: null, lifecycle: null}
  gone/app: {state: absent}
`,
  'repos.yaml',
)

const policyOf = (action: string, more: object = {}) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{Sid: 'Old', Effect: 'Allow', Principal: {AWS: '222222222222'}, Action: action, ...more}],
  })

/** A repository with images and a tag, an empty one, a rule and a template: for {@link everything}. */
export async function openSome(): Promise<{world: ReposSandbox; ecr: ECRClient}> {
  const upstream = await startHostileRegistry()
  onTestFinished(() => upstream.close())
  upstream.always('GET', '/v2/', replies.status(200))
  const world = await openReposWorld({upstreams: {'quay.io': upstream.origin}})
  await world.sandbox.seed({accounts: [{id: devId, roles: [{name: 'cache'}]}]})
  const ecr = world.ecr()
  const tags = [{Key: 'stage', Value: 'old'}]
  await ecr.send(new CreateRepositoryCommand({repositoryName: 'old/app', tags}))
  await ecr.send(new CreateRepositoryCommand({repositoryName: 'gone/app'}))
  for (const tag of ['v1', 'v2', 'v3']) await putSmallImage(ecr, 'old/app', tag, tag)
  const rule = {ecrRepositoryPrefix: 'kept', upstreamRegistryUrl: 'quay.io'}
  await ecr.send(new CreatePullThroughCacheRuleCommand(rule))
  const template = {prefix: 'kept', appliedFor: ['CREATE_ON_PUSH' as const]}
  await ecr.send(new CreateRepositoryCreationTemplateCommand(template))
  return {world, ecr}
}

/** The same, with policies, signing and an exclusion: for {@link nothing}. */
export async function openFull(): Promise<{world: ReposSandbox}> {
  const {world, ecr} = await openSome()
  const lifecyclePolicyText = policyText(keepNewest(1))
  const resource = {Resource: `arn:aws:ecr:eu-west-1:${devId}:repository/*`}
  await ecr.send(new PutLifecyclePolicyCommand({repositoryName: 'old/app', lifecyclePolicyText}))
  await ecr.send(
    new SetRepositoryPolicyCommand({repositoryName: 'old/app', policyText: policyOf('ecr:BatchGetImage')}),
  )
  await ecr.send(new PutRegistryPolicyCommand({policyText: policyOf('ecr:ReplicateImage', resource)}))
  await ecr.send(
    new PutSigningConfigurationCommand({signingConfiguration: {rules: [{signingProfileArn: profile}]}}),
  )
  await ecr.send(new RegisterPullTimeUpdateExclusionCommand({principalArn: scanner}))
  return {world}
}
