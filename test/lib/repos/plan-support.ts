import type {Estate} from '../../../src/lib/config/estate.ts'
import type {PlannedChange} from '../../../src/lib/repos/model.ts'
import {type ReposPlanOrder, type ReposPlanRun, runReposPlan} from '../../../src/lib/repos/plan-run.ts'
import {devId, openReposWorld, type ReposSandbox} from '../../support/repos-world.ts'

/** Everything, without files. */
export const planOrder: ReposPlanOrder = {
  words: [],
  accounts: [],
  concurrency: 8,
  out: undefined,
  protect: [],
  allowEmptyProtect: false,
  images: true,
}

/** @param said an estate, or what stands after the accounts in its file. */
export function planRepos(
  {aws, estateOf}: Pick<ReposSandbox, 'aws' | 'estateOf'>,
  said: Estate | string,
  order: Partial<ReposPlanOrder> = {},
): Promise<ReposPlanRun> {
  const estate = typeof said === 'string' ? estateOf(said) : said
  const readStdin = () => Promise.reject(new Error('standard input is not asked for'))
  return runReposPlan({...planOrder, ...order}, {estate, aws, region: undefined, readStdin})
}

/** Empty repositories, of which no request is left in the sandbox's list. */
export async function seedRepositories(
  {sandbox}: Pick<ReposSandbox, 'sandbox'>,
  account: string,
  names: readonly string[],
  region = 'eu-west-1',
): Promise<void> {
  await sandbox.seed({repositories: names.map(name => ({account, region, name}))})
  sandbox.clearRequests()
}

/** Everything but one operation of ECR. */
export function identityPolicyWithout(operation: string): object {
  return {
    Version: '2012-10-17',
    Statement: [
      {Effect: 'Allow', Action: '*', Resource: '*'},
      {Effect: 'Deny', Action: `ecr:${operation}`, Resource: '*'},
    ],
  }
}

/** `KIND PLACE RESOURCE/ENTRY`, in the order in which they are applied. */
export function said(changes: readonly PlannedChange[]): readonly string[] {
  return changes.map(({kind, registry, repository, resource, entry}) =>
    [kind, repository === null ? registry.label : `${registry.label}/${repository}`, resource, entry]
      .filter(word => word !== '')
      .join(' '),
  )
}

/** Differs from `mixedWorld` in everything that a plan can say, in each phase of applying it. */
export const mixed = `
registries:
  "*": {settings: {BLOB_MOUNTING: ENABLED}}
  prod: {scanning: {type: BASIC, onPush: ["*"]}}
defaults: {tagMutability: IMMUTABLE}
repositories:
  payments/api: {encryption: {type: KMS}, tags: {team: core}}
  payments/new: {in: [prod@us-east-1], policy: {statements: [{Sid: All, Effect: Allow, Principal: "*", Action: "ecr:BatchGetImage"}]}}
  payments/old: {state: absent}
`

/** Three repositories of dev. */
export async function mixedWorld(): Promise<ReposSandbox> {
  const world = await openReposWorld()
  await seedRepositories(world, devId, ['payments/api', 'payments/old', 'scratch/tmp'])
  return world
}
