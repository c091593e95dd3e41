import type {Estate} from '../../../src/lib/config/estate.ts'
import {type ReposPlanOrder, type ReposPlanRun, runReposPlan} from '../../../src/lib/repos/plan-run.ts'
import type {ReposSandbox} from '../../support/repos-world.ts'

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
