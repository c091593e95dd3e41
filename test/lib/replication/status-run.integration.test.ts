import {PutReplicationConfigurationCommand} from '@aws-sdk/client-ecr'
import {beforeEach, describe, expect, test} from 'vitest'
import {emptyEstate} from '../../../src/lib/config/estate.ts'
import {parseEstate} from '../../../src/lib/config/parse.ts'
import type {DestinationStatus} from '../../../src/lib/replication/model.ts'
import type {ReplicateStatusRun} from '../../../src/lib/replication/status-run.ts'
import {
  classesOf,
  dev,
  dr,
  everywhere,
  near,
  openReplicationWorld,
  prod,
  type ReplicationWorld,
} from '../../support/replication-world.ts'

let world: ReplicationWorld

beforeEach(async () => {
  world = await openReplicationWorld()
})

const labels = {near: 'dev@eu-central-1', prod: 'prod@us-east-1', dr: 'dr@ap-southeast-2'}
const all = (kind: string) => ({[labels.near]: kind, [labels.prod]: kind, [labels.dr]: kind})

function only({images}: ReplicateStatusRun) {
  const [image] = images
  if (image === undefined || images.length > 1) throw new Error(`${images.length} images`)
  return image
}

function at(run: ReplicateStatusRun, label: string): DestinationStatus {
  const found = only(run).destinations.find(({destination}) => destination.registry.label === label)
  if (found === undefined) throw new Error(`no ${label}`)
  return found
}

describe('how an image of one account stands in three accounts and four regions', () => {
  test('in progress until it is there, then in sync', async () => {
    await world.replicateTo(everywhere)
    await world.push('app', [{name: 'one', tags: ['v1']}])
    await world.sandbox.advanceClock(1000)
    const before = await world.status(['dev/app:v1'])
    expect(classesOf(only(before))).toEqual(all('in-progress'))
    expect(before.exitCode).toBe(8)
    expect(at(before, labels.prod)).toMatchObject({reported: 'IN_PROGRESS', lagMs: 1000})
    await world.arrive()
    const after = await world.status(['dev/app:v1'])
    expect(classesOf(only(after))).toEqual(all('in-sync'))
    expect(after.exitCode).toBe(0)
    expect(after.callers.map(({account}) => account)).toEqual([dev.account, prod.account, dr.account])
    expect(at(after, labels.prod)).toMatchObject({lagMs: null, missing: [], reason: ''})
  })

  test('failed at one beside complete at the others is no', async () => {
    await world.replicateTo(everywhere)
    await world.allow(prod, 'ecr:CreateRepository')
    await world.push('app', [{name: 'one', tags: ['v1']}])
    await world.arrive()
    const run = await world.status(['app'])
    expect(classesOf(only(run))).toEqual({...all('in-sync'), [labels.prod]: 'failed'})
    expect(at(run, labels.prod)).toMatchObject({reported: 'FAILED', failureCode: 'AccessDenied'})
    expect(at(run, labels.prod).reason).toContain('ecr:ReplicateImage')
    expect(run.exitCode).toBe(4)
  })

  test('complete at the source and deleted at a destination is missing', async () => {
    await world.replicateTo(everywhere)
    const digests = await world.push('app', [{name: 'one', tags: ['v1']}])
    await world.arrive()
    await world.remove(dr, 'app', digests.get('one') ?? '')
    const run = await world.status(['app'])
    expect(classesOf(only(run))).toEqual({...all('in-sync'), [labels.dr]: 'missing'})
    expect(at(run, labels.dr)).toMatchObject({
      reported: 'COMPLETE',
      missing: [`image ${digests.get('one')}`, 'tag v1'],
    })
    expect(run.exitCode).toBe(4)
  })

  test('a referrer that is gone there is missing, and named', async () => {
    await world.replicateTo(everywhere)
    const digests = await world.push('app', [
      {name: 'arm'},
      {name: 'both', tags: ['v1'], lists: ['arm']},
      {name: 'signature', refersTo: 'arm'},
    ])
    await world.arrive()
    expect((await world.status(['app'])).exitCode).toBe(0)
    await world.remove(near, 'app', digests.get('signature') ?? '')
    const run = await world.status(['app'])
    expect(at(run, labels.near)).toMatchObject({
      class: 'missing',
      missing: [`referrer ${digests.get('signature')}`],
    })
    expect(run.exitCode).toBe(4)
  })

  test('a child that is gone there is missing: its index went with it', async () => {
    await world.replicateTo(everywhere)
    const digests = await world.push('app', [{name: 'arm'}, {name: 'both', tags: ['v1'], lists: ['arm']}])
    await world.arrive()
    await world.remove(near, 'app', digests.get('both') ?? '')
    await world.remove(near, 'app', digests.get('arm') ?? '')
    const run = await world.status([`dev/app@${digests.get('both')}`])
    expect(at(run, labels.near).missing).toContain(`child ${digests.get('arm')}`)
    expect(at(run, labels.near).class).toBe('missing')
  })

  test('a tag that somebody moved there has drifted', async () => {
    await world.replicateTo(everywhere)
    await world.push('app', [{name: 'one', tags: ['v1']}])
    await world.arrive()
    const other = await world.push('app', [{name: 'other', tags: ['v1']}], prod)
    const run = await world.status(['dev/app'])
    expect(classesOf(only(run))).toEqual({...all('in-sync'), [labels.prod]: 'drifted'})
    expect(at(run, labels.prod).reason).toContain(other.get('other'))
    expect(run.exitCode).toBe(4)
  })

  test('a tag that is immutable there stays where it was: the image arrives untagged', async () => {
    await world.sandbox.seed({repositories: [{...prod, name: 'app', tagMutability: 'IMMUTABLE'}]})
    const other = await world.push('app', [{name: 'other', tags: ['v1']}], prod)
    await world.replicateTo(everywhere)
    await world.push('app', [{name: 'one', tags: ['v1']}])
    await world.arrive()
    const run = await world.status(['dev/app'])
    expect(classesOf(only(run))).toEqual({...all('in-sync'), [labels.prod]: 'untagged'})
    expect(at(run, labels.prod).reason).toContain(`immutable there and names ${other.get('other')}`)
    expect(at(run, labels.prod).reason).toContain('lifecycle policy')
    expect(run.exitCode).toBe(4)
  })

  test('a tag that was removed there leaves the image without it', async () => {
    await world.replicateTo(everywhere)
    await world.push('app', [{name: 'one', tags: ['v1', 'latest']}])
    await world.arrive()
    await world.remove(prod, 'app', 'latest')
    expect(at(await world.status(['dev/app']), labels.prod)).toMatchObject({
      class: 'untagged',
      missing: ['tag latest'],
    })
    expect((await world.status(['dev/app:v1'])).exitCode).toBe(0)
  })

  test('what was pushed before the rule is older than it: the source says nothing', async () => {
    await world.push('app', [{name: 'one', tags: ['v1']}])
    await world.replicateTo(everywhere)
    await world.sandbox.advanceClock(60 * 60_000)
    const run = await world.status(['app'])
    expect(classesOf(only(run))).toEqual(all('older'))
    expect(at(run, labels.dr)).toMatchObject({reported: null, lagMs: 60 * 60_000})
    expect(run.exitCode).toBe(4)
  })

  test('no rule covers it, and that is no success', async () => {
    await world.replicateTo(everywhere, ['team/'])
    await world.push('app', [{name: 'one', tags: ['v1']}])
    const run = await world.status(['dev@eu-west-1/app'])
    expect(only(run).destinations).toEqual([])
    expect(run.exitCode).toBe(4)
    expect((await world.status(['dev@eu-west-1/app'], {allowUncovered: true})).exitCode).toBe(4)
    await world.push('team/app', [{name: 'two', tags: ['v1']}])
    await world.arrive()
    expect((await world.status(['dev@eu-west-1/**'])).exitCode).toBe(4)
    expect((await world.status(['dev@eu-west-1/**'], {allowUncovered: true})).exitCode).toBe(0)
  })

  test('a filter is a plain prefix, and a destination of two rules is one', async () => {
    await world.allow(prod, 'ecr:ReplicateImage', 'ecr:CreateRepository')
    const to = [{region: prod.region, registryId: prod.account}]
    const filter = (text: string) => [{filter: text, filterType: 'PREFIX_MATCH' as const}]
    await world.clientOf(dev).send(
      new PutReplicationConfigurationCommand({
        replicationConfiguration: {
          rules: [
            {destinations: to, repositoryFilters: filter('other')},
            {destinations: to, repositoryFilters: filter('prod')},
            {destinations: to},
          ],
        },
      }),
    )
    await world.push('production/x', [{name: 'one', tags: ['v1']}])
    await world.arrive()
    const run = await world.status(['dev/production/x'])
    expect(only(run).destinations.map(({destination}) => destination.rule)).toEqual([1])
    expect(run.exitCode).toBe(0)
  })
})

describe('what cannot be read is no success', () => {
  beforeEach(async () => {
    await world.replicateTo(everywhere)
    await world.push('app', [{name: 'one', tags: ['v1']}])
    await world.arrive()
    world.sandbox.clearRequests()
  })

  test('a destination that repos.yaml does not name: the line to add is said', async () => {
    const estate = parseEstate(
      `version: 1\naccounts: {dev: {id: "${dev.account}", region: ${dev.region}}}\n`,
      'repos.yaml',
    )
    const run = await world.status(['app'], {}, {estate})
    expect(only(run).destinations.map(({class: kind}) => kind)).toEqual([
      'in-sync',
      'unreadable',
      'unreadable',
    ])
    expect(only(run).destinations[1]).toMatchObject({reported: 'COMPLETE'})
    expect(only(run).destinations[1]?.reason).toContain(
      `NAME: {id: "${prod.account}", region: ${prod.region}}`,
    )
    expect(run.exitCode).toBe(8)
  })

  test('without repos.yaml the other regions of the own account are asked as oneself', async () => {
    await world.replicateTo([near])
    const aws = {...world.aws, env: {AWS_ACCESS_KEY_ID: dev.account, AWS_SECRET_ACCESS_KEY: 'any'}}
    const run = await world.status(['app'], {}, {estate: emptyEstate, aws, region: dev.region})
    expect(only(run).destinations.map(({class: kind}) => kind)).toEqual(['in-sync'])
    expect(run.exitCode).toBe(0)
  })

  test.each<[string, object, Record<string, string>]>([
    [
      'a destination denies its images',
      {
        kind: 'exception',
        exception: 'AccessDeniedException',
        operation: 'DescribeImages',
        account: prod.account,
      },
      {...all('in-sync'), [labels.prod]: 'unreadable'},
    ],
    [
      'a destination has no end of trouble',
      {kind: '500', operation: 'DescribeImages', account: prod.account},
      {...all('in-sync'), [labels.prod]: 'unreadable'},
    ],
  ])('%s', async (_name, fault, classes) => {
    world.sandbox.setFaults([{...fault, times: 1000} as never])
    const run = await world.status(['dev@eu-west-1/app'])
    expect(classesOf(only(run))).toEqual(classes)
    expect(run.exitCode).toBe(8)
  })

  test('the source denies to say how its replication stands', async () => {
    world.sandbox.setFaults([
      {
        kind: 'exception',
        exception: 'AccessDeniedException',
        operation: 'DescribeImageReplicationStatus',
        times: 1000,
      },
    ])
    expect((await world.status(['dev@eu-west-1/app'])).exitCode).toBe(0)
    const thorough = await world.status(['dev@eu-west-1/app'], {thorough: true})
    expect(classesOf(only(thorough))).toEqual(all('unreadable'))
    expect(thorough.exitCode).toBe(8)
    await world.remove(dr, 'app', 'v1')
    const run = await world.status(['dev@eu-west-1/app'])
    expect(classesOf(only(run))).toEqual({...all('in-sync'), [labels.dr]: 'unreadable'})
    expect(run.exitCode).toBe(8)
  })

  test.each<[string, object]>([
    ['its rules', {operation: 'DescribeRegistry', times: 1000}],
    ['its images', {operation: 'DescribeImages', times: 1000}],
    ['the second page of its images', {operation: 'DescribeImages', at: 2, times: 1000}],
  ])('the source denies %s', async (_name, fault) => {
    const images = Array.from({length: 1000}, (_, n) => ({tag: `n${n}`}))
    await world.sandbox.seed({repositories: [{...dev, name: 'app', images}]})
    const denied = {kind: 'exception', exception: 'AccessDeniedException', account: dev.account} as const
    world.sandbox.setFaults([{...denied, region: dev.region, ...fault}])
    const run = await world.status(['dev@eu-west-1/app'])
    expect(run).toMatchObject({images: [], exitCode: 8})
    expect(run.unreadable.map(({name, error}) => [name, error.exitCode])).toEqual([['dev@eu-west-1/app', 5]])
  })

  test('a failure that the source tells of counts, though all is there, when it is asked', async () => {
    await world.allow(prod, 'ecr:CreateRepository')
    const digests = await world.push('app', [{name: 'two', tags: ['v2']}])
    await world.arrive()
    await world.push('app', [{name: 'two', tags: ['v2']}], prod)
    const words = [`dev@eu-west-1/app@${digests.get('two')}`]
    const trusting = await world.status(words)
    expect(classesOf(only(trusting))).toEqual(all('in-sync'))
    expect(trusting.exitCode).toBe(0)
    const thorough = await world.status(words, {thorough: true})
    expect(classesOf(only(thorough))).toEqual({...all('in-sync'), [labels.prod]: 'failed'})
    expect(thorough.exitCode).toBe(4)
  })

  test('an image that is not there is told of, and the others are looked at', async () => {
    const run = await world.status(['dev@eu-west-1/app:v9', 'dev@eu-west-1/app:v1'])
    expect(run.missing.map(({name, error}) => [name, error.code])).toEqual([
      ['dev@eu-west-1/app:v9', 'IMAGE_NOT_FOUND'],
    ])
    expect(classesOf(only(run))).toEqual(all('in-sync'))
    expect(run.exitCode).toBe(4)
  })

  test('an image that may not be looked up is not known to be missing', async () => {
    world.sandbox.setFaults([
      {
        kind: 'exception',
        exception: 'AccessDeniedException',
        operation: 'DescribeImages',
        account: dev.account,
        region: dev.region,
        times: 1000,
      },
    ])
    const run = await world.status(['dev@eu-west-1/app:v1'])
    expect(run).toMatchObject({missing: [], unreadable: [{name: 'dev@eu-west-1/app:v1'}], exitCode: 8})
  })

  test('no image at all is no success', async () => {
    await world.sandbox.seed({repositories: [{...dev, name: 'empty'}]})
    expect(await world.status(['dev@eu-west-1/empty'])).toMatchObject({images: [], exitCode: 4})
  })
})

test('the second page of a destination may be denied: nothing there is in sync', async () => {
  await world.replicateTo([near])
  const images = Array.from({length: 1001}, (_, n) => ({tag: `n${n}`}))
  await world.sandbox.seed({
    repositories: [
      {...dev, name: 'app', images},
      {...near, name: 'app', images},
    ],
  })
  expect((await world.status(['dev@eu-west-1/app'])).exitCode).toBe(0)
  const denied = {kind: 'exception', exception: 'AccessDeniedException', operation: 'DescribeImages'} as const
  world.sandbox.setFaults([{...denied, region: near.region, at: 2, times: 1000}])
  const run = await world.status(['dev@eu-west-1/app'])
  expect(new Set(run.images.map(image => classesOf(image)[labels.near]))).toEqual(new Set(['unreadable']))
  expect(run.exitCode).toBe(8)
})

test('what arrives between the question to the destination and that to the source is not missing', async () => {
  let arrives = false
  const racing = await openReplicationWorld({
    onRequest({operation}) {
      if (operation === 'DescribeImageReplicationStatus' && arrives) return racing.arrive()
    },
  })
  await racing.replicateTo(everywhere)
  await racing.push('app', [{name: 'one', tags: ['v1']}])
  arrives = true
  const run = await racing.status(['dev@eu-west-1/app:v1'])
  expect(classesOf(only(run))).toEqual(all('in-sync'))
  expect(run.exitCode).toBe(0)
})

test('repositories that are copies of others that are looked at are expected nowhere, and left out', async () => {
  await world.replicateTo(everywhere)
  await world.push('app', [{name: 'one', tags: ['v1']}])
  await world.arrive()
  const run = await world.status([])
  expect(run.copies).toEqual(['dev@eu-central-1/app', 'prod@us-east-1/app', 'dr@ap-southeast-2/app'])
  expect(classesOf(only(run))).toEqual(all('in-sync'))
  expect(run.exitCode).toBe(0)
  expect((await world.status(['prod/app'])).exitCode).toBe(4)
})

test('images that are all there cost a request a destination, and no image is pulled for it', async () => {
  await world.replicateTo(everywhere)
  const images = Array.from({length: 120}, (_, n) => ({name: `image ${n}`, tags: [`v${n}`]}))
  await world.push('app', images)
  await world.arrive()
  world.sandbox.clearRequests()
  const run = await world.status(['dev@eu-west-1/app'])
  expect(run.images).toHaveLength(120)
  expect(run.exitCode).toBe(0)
  const count = (operation: string) =>
    world.sandbox.requests.filter(each => each.operation === operation).length
  expect(count('DescribeImages')).toBe(1 + 3 * 2)
  expect(count('DescribeImageReplicationStatus')).toBe(0)
  expect(count('BatchGetImage')).toBe(0)
  expect(world.sandbox.requests.filter(({mutating}) => mutating)).toEqual([])
  expect(run.traffic.requests).toBe(world.sandbox.requests.length)
})
