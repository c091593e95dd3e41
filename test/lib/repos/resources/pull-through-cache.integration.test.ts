import {CreatePullThroughCacheRuleCommand, UpdatePullThroughCacheRuleCommand} from '@aws-sdk/client-ecr'
import {expect, onTestFinished, test} from 'vitest'
import {reposMutations} from '../../../../src/lib/repos/mutations.ts'
import {pullThroughCache} from '../../../../src/lib/repos/resources/pull-through-cache.ts'
import {replies, startHostileRegistry} from '../../../support/hostile-registry.ts'
import {bring, devId, openReposWorld} from '../../../support/repos-world.ts'

const secret = (name: string) =>
  `arn:aws:secretsmanager:eu-west-1:${devId}:secret:ecr-pullthroughcache/${name}`
const secrets = ['hub', 'new'].map(name => ({arn: secret(name), username: 'someone', accessToken: name}))
const hub = {upstream: 'registry-1.docker.io', credential: secret('hub')}

/** @param status what the upstream registry answers to whoever tries to get in. */
async function openCached(status = 200) {
  const upstream = await startHostileRegistry()
  upstream.always('GET', '/v2/', replies.status(status))
  onTestFinished(() => upstream.close())
  const world = await openReposWorld({
    upstreams: {'registry-1.docker.io': upstream.origin, 'quay.io': upstream.origin},
  })
  await world.sandbox.seed({accounts: [{id: devId, secrets}]})
  const place = {at: await world.at('dev@eu-west-1')}
  world.clearRequests()
  return {
    world,
    place,
    set: (setting: Parameters<typeof pullThroughCache.desired>[0], prefix = 'hub') =>
      bring(world, pullThroughCache, place, setting, prefix),
    live: () => pullThroughCache.read(place),
  }
}

test('a rule is made, tried, and then as it is wanted', async () => {
  const {world, set, live} = await openCached()
  expect((await set(hub)).lines).toEqual([
    {sign: '+', path: 'upstream', after: hub.upstream},
    {sign: '+', path: 'credential', after: hub.credential},
  ])
  expect(world.operations()).toEqual([
    'DescribePullThroughCacheRules',
    'CreatePullThroughCacheRule',
    'ValidatePullThroughCacheRule',
  ])
  expect(await live()).toEqual(new Map([['hub', {...hub, kind: 'docker-hub', upstreamPrefix: 'ROOT'}]]))
  expect(await set(hub)).toMatchObject({lines: [], notes: []})
  expect(world.mutations()).toEqual(['CreatePullThroughCacheRule'])
})

test('another credential is drift, and is set back; one that the file does not name stays', async () => {
  const {world, set} = await openCached()
  await set(hub)
  await world
    .ecr()
    .send(new UpdatePullThroughCacheRuleCommand({ecrRepositoryPrefix: 'hub', credentialArn: secret('new')}))
  expect((await set({upstream: hub.upstream})).lines).toEqual([])
  world.clearRequests()
  expect((await set(hub)).lines).toEqual([
    {sign: '~', path: 'credential', before: secret('new'), after: secret('hub')},
  ])
  expect(world.mutations()).toEqual(['UpdatePullThroughCacheRule'])
  expect((await set(hub)).lines).toEqual([])
})

test('another upstream is blocked, and nothing is sent', async () => {
  const {world, set, live} = await openCached()
  await set(hub)
  const before = await live()
  world.clearRequests()
  expect(await set({...hub, upstream: 'quay.io', upstreamPrefix: 'library'})).toMatchObject({
    lines: [
      {sign: '~', path: 'upstream', before: hub.upstream, after: 'quay.io'},
      {sign: '~', path: 'upstreamPrefix', before: 'ROOT', after: 'library'},
    ],
    blocked:
      'ECR does not change upstream and upstreamPrefix of a pull-through cache rule. Set the rule to null and apply, then write it anew and apply again; repositories that it made stay.',
  })
  expect(world.mutations()).toEqual([])
  expect(await live()).toEqual(before)
})

test('null removes a rule, and that of others stays', async () => {
  const {world, set, live} = await openCached()
  await set(hub)
  await set({upstream: 'quay.io', kind: 'quay', upstreamPrefix: 'team'}, 'quay')
  expect((await set(null)).lines).toHaveLength(4)
  expect([...(await live())]).toEqual([['quay', {upstream: 'quay.io', kind: 'quay', upstreamPrefix: 'team'}]])
  world.clearRequests()
  expect((await set(null)).lines).toEqual([])
  expect(world.mutations()).toEqual([])
})

test('a rule that ECR gets nothing with is there, and is a failure that says why', async () => {
  const {set, live} = await openCached(401)
  await expect(set(hub)).rejects.toMatchObject({
    code: 'PULL_THROUGH_CACHE_INVALID',
    exitCode: 4,
    message: expect.stringContaining(
      'dev@eu-west-1: the pull-through cache rule hub is there, but ECR gets nothing from registry-1.docker.io with it: ',
    ),
  })
  expect([...(await live()).keys()]).toEqual(['hub'])
  expect(await set(hub)).toMatchObject({
    lines: [],
    notes: [expect.stringMatching(/^dev@eu-west-1: the pull-through cache rule hub is there, but .*\.$/)],
  })
  expect(await live()).toEqual(new Map([['hub', {...hub, kind: 'docker-hub', upstreamPrefix: 'ROOT'}]]))
})

test('a rule that is there in spite of an answer that was lost is no failure; that of somebody else is', async () => {
  const {world, place, set} = await openCached()
  await world
    .ecr()
    .send(
      new CreatePullThroughCacheRuleCommand({ecrRepositoryPrefix: 'quay', upstreamRegistryUrl: 'quay.io'}),
    )
  const create = async (isDone: boolean): Promise<void> => {
    let looks = 0
    const look = async () => (looks++ === 0 ? false : isDone)
    const mutations = reposMutations(world.mutate, {subject: 'x', before: null, after: null, look})
    await mutations.createPullThroughCacheRule(place.at, {
      ecrRepositoryPrefix: 'quay',
      upstreamRegistryUrl: 'quay.io',
    })
  }
  await create(true)
  await expect(create(false)).rejects.toMatchObject({code: 'PULL_THROUGH_CACHE_RULE_ALREADY_EXISTS'})
  expect((await set({upstream: 'quay.io'}, 'quay')).lines).toEqual([])
})

test('who may not try a rule may compare it', async () => {
  const {world, set} = await openCached(401)
  await world
    .ecr()
    .send(
      new CreatePullThroughCacheRuleCommand({ecrRepositoryPrefix: 'quay', upstreamRegistryUrl: 'quay.io'}),
    )
  world.sandbox.setFaults([
    {operation: 'ValidatePullThroughCacheRule', kind: 'exception', exception: 'AccessDeniedException'},
  ])
  expect(await set({upstream: 'quay.io'}, 'quay')).toMatchObject({lines: [], notes: []})
})

test('a rule of which ECR tells no upstream prefix has none, which is ROOT', () => {
  const where = {} as Parameters<typeof pullThroughCache.desired>[2]
  const live = {upstream: 'quay.io'}
  const said = {...live, upstreamPrefix: 'ROOT'}
  const {state, blocked} = pullThroughCache.desired(said, live, where)
  expect(blocked).toBeUndefined()
  expect(pullThroughCache.diff(live, state)).toEqual([])
  expect(pullThroughCache.desired({...live, upstreamPrefix: 'library'}, live, where).blocked).toBeDefined()
  expect(pullThroughCache.diff(null, said)).toHaveLength(2)
})
