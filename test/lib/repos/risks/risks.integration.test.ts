import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {
  CreatePullThroughCacheRuleCommand,
  PutRegistryScanningConfigurationCommand,
  TagResourceCommand,
} from '@aws-sdk/client-ecr'
import {describe, expect, test} from 'vitest'
import {parseEstate} from '../../../../src/lib/config/parse.ts'
import type {PlannedChange} from '../../../../src/lib/repos/model.ts'
import {
  type AgedImage,
  expireAfter,
  keepNewest,
  type LifecycleWorld,
  openLifecycleWorld,
} from '../../../support/lifecycle-world.ts'
import {accounts, devId} from '../../../support/repos-world.ts'
import {ecrClient} from '../../sandbox/support.ts'
import {identityPolicyWithout, planRepos} from '../plan-support.ts'

const dev = {account: devId, region: 'eu-west-1'}
const app = {...dev, name: 'app'}

/** The one change of a resource that a file brings about. */
async function changeOf(
  world: LifecycleWorld,
  text: string,
  protect: readonly string[] = [],
): Promise<PlannedChange> {
  const estateOf = (more = '') => parseEstate(`${accounts}${more}`, 'repos.yaml')
  const {plan} = await planRepos({aws: world.aws, estateOf}, text, {protect})
  expect(plan.unread).toEqual([])
  const [change, ...others] = plan.changes
  if (change === undefined || others.length > 0) throw new TypeError(`${plan.changes.length} changes`)
  world.expectNoMutation()
  return change
}

const withoutImages = {accounts: [{id: devId, user: {policy: identityPolicyWithout('DescribeImages')}}]}

async function worldWith(...images: readonly AgedImage[]) {
  const world = await openLifecycleWorld()
  const {fill} = world
  const [digests = new Map<string, string>()] = await fill({...app, images})
  return {world, digests, ecr: ecrClient(world.sandbox)}
}

describe('a lifecycle policy that is tightened', () => {
  const images: readonly AgedImage[] = [
    {name: 'a', tags: ['v1'], pushed: 40},
    {name: 'b', tags: ['v2'], pushed: 30},
    {name: 'c', tags: ['v3'], pushed: 12},
    {name: 'd', tags: ['v4'], pushed: 1},
  ]
  const olderThan = (days: number) =>
    `repositories: {app: {lifecycle: {expire: [{any: true, olderThan: ${days}d}]}}}`

  test('says how many images go at once and soon, and carries the plan of what goes', async () => {
    const {world, digests} = await worldWith(...images)
    await world.putPolicy(app, expireAfter(35))
    const {kind, risks, lifecycle} = await changeOf(world, olderThan(14))
    expect(kind).toBe('change')
    expect(risks).toEqual([
      expect.stringMatching(/^2 images \(\d+ B\) expire within a day of it, and 1 by the policy as it is\.$/),
      '1 image more goes within 7 days, and 2 by the policy as it is.',
    ])
    expect(lifecycle?.departures.map(({digest}) => digest)).toEqual(
      ['a', 'b', 'c'].map(name => digests.get(name)),
    )
    expect(lifecycle?.change).toMatchObject({
      kind: 'put',
      origin: expect.stringContaining('repos.yaml:') as string,
    })
  })

  test('names what something needs', async () => {
    const {world, digests} = await worldWith(...images)
    const file = join(world.folder, 'in-use.txt')
    await writeFile(file, `${digests.get('a')}\n`)
    const {risks, lifecycle} = await changeOf(world, olderThan(14), [file])
    expect(risks.at(-1)).toContain(
      `1 image that something needs would go, such as ${digests.get('a')} (${file}:1`,
    )
    expect(lifecycle?.endangered).toHaveLength(1)
  })

  test('one that is loosened, or removed, has no risk', async () => {
    const {world} = await worldWith(...images)
    await world.putPolicy(app, keepNewest(2))
    expect(await changeOf(world, olderThan(100))).toMatchObject({risks: [], lifecycle: {departures: []}})
    const removal = await changeOf(world, 'repositories: {app: {lifecycle: null}}')
    expect(removal).toMatchObject({kind: 'remove', risks: [], lifecycle: {change: {kind: 'delete'}}})
  })

  test('is left out and told where its images cannot be read', async () => {
    const {world} = await worldWith(...images)
    await world.sandbox.seed(withoutImages)
    const estateOf = (text = '') => parseEstate(`${accounts}${text}`, 'repos.yaml')
    const {plan} = await planRepos({aws: world.aws, estateOf}, olderThan(14))
    expect(plan.changes).toEqual([])
    expect(plan.unread).toMatchObject([
      {repository: 'app', resource: 'lifecycle', error: {code: 'ACCESS_DENIED'}},
    ])
  })
})

describe('a repository whose tags become immutable', () => {
  const immutable = 'repositories: {app: {tagMutability: IMMUTABLE}}'

  test('has the tags named that look like moving ones, and those that may have been overwritten', async () => {
    const {world} = await worldWith(
      {name: 'before', pushed: 60},
      {name: 'old', tags: ['v1'], pushed: 70},
      {name: 'arm', pushed: 20},
      {name: 'index', tags: ['v2', 'latest'], pushed: 20, lists: ['arm']},
      {name: 'signature', pushed: 19, refersTo: 'index'},
    )
    expect((await changeOf(world, immutable)).risks).toEqual([
      'Tags that look like moving ones cannot move any more: latest; name them in tagMutability.except if they should.',
      '1 image of the last 90 days without a tag, which no index lists, may have lost one to a later push (unconfirmed: ECR keeps no history of tags): latest and v2 may have been overwritten.',
    ])
    const excepted =
      'repositories: {app: {tagMutability: {mode: IMMUTABLE_WITH_EXCLUSION, except: [latest]}}}'
    expect((await changeOf(world, excepted)).risks).toEqual([
      expect.stringContaining(': v2 may have been overwritten'),
    ])
  })

  test('is not told of what nothing speaks for', async () => {
    const {world} = await worldWith(
      {name: 'a', tags: ['v1.0.0'], pushed: 9},
      {name: 'b', tags: ['v1.0.1'], pushed: 2},
    )
    expect((await changeOf(world, immutable)).risks).toEqual([])
  })

  test('has no manifest read where that may count as a pull that a lifecycle policy counts', async () => {
    const {world} = await worldWith(
      {name: 'arm', pushed: 20},
      {name: 'index', tags: ['v2'], pushed: 20, lists: ['arm']},
    )
    await world.putPolicy(app, {
      rulePriority: 1,
      selection: {tagStatus: 'any', countType: 'sinceImagePulled', countUnit: 'days', countNumber: 90},
      action: {type: 'transition', targetStorageClass: 'archive'},
    })
    expect((await changeOf(world, immutable)).risks).toEqual([])
    expect(world.operations().has('BatchGetImage')).toBe(false)
  })

  test('says so where its images cannot be read, and is not held up by it', async () => {
    const {world} = await worldWith({name: 'a', tags: ['latest'], pushed: 9})
    await world.sandbox.seed(withoutImages)
    const {kind, risks} = await changeOf(world, immutable)
    expect([kind, risks]).toEqual([
      'change',
      [expect.stringContaining('Whether tags were overwritten could not be looked at')],
    ])
  })

  test('stays stale where a pull-through cache made it', async () => {
    const world = await openLifecycleWorld()
    const {fill} = world
    await fill({...dev, name: 'quay/tool', images: [{name: 'a', tags: ['v1.0.0'], pushed: 2}]})
    await ecrClient(world.sandbox).send(
      new CreatePullThroughCacheRuleCommand({ecrRepositoryPrefix: 'quay', upstreamRegistryUrl: 'quay.io'}),
    )
    world.sandbox.clearRequests()
    expect(
      (await changeOf(world, 'match: [{names: ["quay/**"], set: {tagMutability: IMMUTABLE}}]')).risks,
    ).toEqual([expect.stringContaining('It is of the pull-through cache quay')])
  })
})

test('scan on push is told to do nothing where the registry has enhanced scanning', async () => {
  const {world, ecr} = await worldWith()
  await ecr.send(new PutRegistryScanningConfigurationCommand({scanType: 'ENHANCED', rules: []}))
  world.sandbox.clearRequests()
  const {notes} = await changeOf(world, 'repositories: {app: {scanOnPush: true}}')
  expect(notes.at(-1)).toContain('dev@eu-west-1 scans by type ENHANCED')
})

describe('a repository with a tombstone', () => {
  const tombstone = 'repositories: {app: {state: absent, images: delete}}'

  test('goes with its images, and those that something needs are named', async () => {
    const {world, digests} = await worldWith({name: 'a', tags: ['v1'], pushed: 9}, {name: 'b', pushed: 9})
    const file = join(world.folder, 'in-use.txt')
    await writeFile(file, 'other:v1\n')
    expect(await changeOf(world, tombstone, [file])).toMatchObject({
      kind: 'remove',
      risks: ['It holds 2 images: deleted with it for good.'],
    })
    await writeFile(file, 'app:v1\n')
    expect((await changeOf(world, tombstone, [file])).risks).toEqual([
      'It holds 2 images: deleted with it for good.',
      expect.stringContaining(
        `1 image that something needs would go, such as ${digests.get('a')} (${file}:1`,
      ),
    ])
  })
})

test('a change without risks asks nothing for them', async () => {
  const {world, ecr} = await worldWith({name: 'a', tags: ['latest'], pushed: 9})
  const resourceArn = `arn:aws:ecr:eu-west-1:${devId}:repository/app`
  await ecr.send(new TagResourceCommand({resourceArn, tags: [{Key: 'team', Value: 'a'}]}))
  world.sandbox.clearRequests()
  expect((await changeOf(world, 'repositories: {app: {tags: {team: b}}}')).risks).toEqual([])
  expect([...world.operations().keys()].toSorted()).toEqual([
    'DescribeRepositories',
    'GetCallerIdentity',
    'ListTagsForResource',
  ])
})
