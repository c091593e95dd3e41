import {
  DeleteRepositoryCommand,
  type ECRClient,
  PutReplicationConfigurationCommand,
  SetRepositoryPolicyCommand,
} from '@aws-sdk/client-ecr'
import {expect, test} from 'vitest'
import type {RecordedRequest} from '../../../src/lib/sandbox/index.ts'
import {devId, prodId} from '../../support/repos-world.ts'
import {foreignStatement, openScene} from './apply-scene.ts'
import {apply, savedPlan, toldOf} from './apply-support.ts'

const statement = `Effect: Allow, Principal: {AWS: "${prodId}"}`
const file = `
registries:
  dev:
    policy: {statements: [{Sid: Own, ${statement}, Action: ecr:ReplicateImage, Resource: "arn:aws:ecr:eu-west-1:${devId}:repository/*"}]}
    replication: {rules: [{prefixes: [team/], to: [us-east-1]}]}
repositories:
  team/app: {tagMutability: IMMUTABLE, policy: {statements: [{Sid: Pull, ${statement}, Action: ["ecr:BatchGetImage"]}]}}
  team/new: {in: [dev], tagMutability: IMMUTABLE}
`

const text = (...statements: readonly object[]) =>
  JSON.stringify({Version: '2012-10-17', Statement: statements})
const intruder = {...foreignStatement, Sid: 'Intruder'}

/** Somebody else's changes, each of something that the plan changes. */
const intrusions: Readonly<
  Record<string, {verb: string; operation: string; key: string; send: (ecr: ECRClient) => Promise<unknown>}>
> = {
  'a statement in a repository policy': {
    verb: 'change-policy dev@eu-west-1/team/app',
    operation: 'SetRepositoryPolicy',
    key: 'dev@eu-west-1/team/app#policy',
    send: ecr =>
      ecr.send(
        new SetRepositoryPolicyCommand({
          repositoryName: 'team/app',
          policyText: text(foreignStatement, intruder),
        }),
      ),
  },
  'a rule of replication': {
    verb: 'change-replication dev@eu-west-1',
    operation: 'PutReplicationConfiguration',
    key: 'dev@eu-west-1#replication',
    send: ecr =>
      ecr.send(
        new PutReplicationConfigurationCommand({
          replicationConfiguration: {rules: [{destinations: [{region: 'eu-north-1', registryId: devId}]}]},
        }),
      ),
  },
}

/** Applies a saved plan, from its beginning, while something happens right before its n-th request. */
async function applyWhile(n: number, send: (ecr: ECRClient) => Promise<unknown>) {
  let left = 0
  let hit: RecordedRequest | undefined
  const {world, estate, state} = await openScene(
    {
      async onRequest(request) {
        if (left === 0 || --left > 0) return
        hit = request
        await send(world.ecr())
      },
    },
    file,
  )
  const plan = await savedPlan(world, estate)
  left = n
  const run = await apply(world, estate, {plan, concurrency: 1})
  const requests = world.operations().length
  left = 0
  return {run, hit, requests, state: await state()}
}

test.each(Object.entries(intrusions))(
  "somebody else's change of %s, at each request: refused and left, but between the last look and the write; the others go on",
  async (_, {verb, operation, key, send}) => {
    const {requests} = await applyWhile(0, send)
    expect(requests).toBeGreaterThan(10)
    const fates = new Set<string>()
    for (let n = 1; n <= requests; n++) {
      const {run, hit, state} = await applyWhile(n, send)
      const told = toldOf(run)
      const isLeft = /Intruder|intruder|eu-north-1/.test(state.get(key) ?? '')
      const own = told.find(each => each.endsWith(` ${verb}`)) ?? ''
      const fate = `${own.split(' ')[0]}, ${isLeft ? 'left' : 'replaced'}`
      fates.add(fate)
      const place = `before request ${n}, ${hit?.operation} ${hit?.repository ?? ''}`
      // ECR has no compare-and-swap.
      const isWrite = hit?.operation === operation && verb.endsWith(hit.repository ?? '')
      expect(fate === 'applied, replaced', `${place}: ${fate}`).toBe(isWrite)
      expect(told.filter(each => each !== own).map(each => each.split(' ')[0])).toEqual(
        told.slice(1).map(() => 'applied'),
      )
      expect(run.exitCode, place).toBe(fate.startsWith('refused') ? 4 : 0)
    }
    expect([...fates]).toContain('refused, left')
    expect([...fates]).toContain('applied, replaced')
  },
)

test('a repository that goes between the plan and its changes refuses them, and one that somebody else made is not taken over', async () => {
  const {world, estate} = await openScene({}, file)
  const plan = await savedPlan(world, estate)
  const ecr = world.ecr()
  await ecr.send(new DeleteRepositoryCommand({repositoryName: 'team/app', force: true}))
  await world.sandbox.seed({
    repositories: [{account: devId, region: 'eu-west-1', name: 'team/new', tagMutability: 'MUTABLE'}],
  })
  const run = await apply(world, estate, {plan})
  expect(toldOf(run)).toEqual([
    'applied change-policy dev@eu-west-1',
    'refused create-repository dev@eu-west-1/team/new',
    'refused change-tag-mutability dev@eu-west-1/team/app',
    'refused change-policy dev@eu-west-1/team/app',
    'applied change-replication dev@eu-west-1',
  ])
  const refused = run.items.filter(({outcome}) => outcome === 'refused')
  const error = {code: 'PLAN_STALE', exitCode: 7}
  expect(refused).toMatchObject(refused.map(() => ({error})))
})
