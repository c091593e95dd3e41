import {beforeEach, describe, expect, test} from 'vitest'
import {parseEstate} from '../../../src/lib/config/parse.ts'
import {ecrHost} from '../../../src/lib/ecr/hosts.ts'
import {
  type AwaitReplicationOptions,
  awaitReplication,
  type PushedImage,
} from '../../../src/lib/replication/await-replication.ts'
import {
  dev,
  dr,
  everywhere,
  near,
  openReplicationWorld,
  prod,
  type ReplicationWorld,
  replicationMs,
  repos,
} from '../../support/replication-world.ts'

let world: ReplicationWorld

beforeEach(async () => {
  world = await openReplicationWorld()
})

const waiting = (images: readonly PushedImage[], options: Partial<AwaitReplicationOptions> = {}) =>
  awaitReplication(images, {
    estate: parseEstate(repos, 'repos.yaml'),
    aws: world.aws,
    waitMs: 60_000,
    concurrency: 8,
    deadlineAfter: () => new AbortController().signal,
    random: () => 0.5,
    ...options,
  })

async function pushed(place: {account: string; region: string}, repository: string): Promise<PushedImage> {
  const digests = await world.push(repository, [{name: 'one', tags: ['v1']}], place)
  const digest = digests.get('one')
  if (digest === undefined) throw new Error('not pushed')
  return {host: ecrHost(place), repository, digest, tags: ['v1']}
}

describe('waiting for images that were just pushed', () => {
  test('ends with yes when every destination has them, and not before', async () => {
    await world.replicateTo(everywhere)
    const image = await pushed(dev, 'app')
    const before = world.sandbox.now()
    const {images, callers} = await waiting([image])
    expect(images).toMatchObject([{image, verdict: 'yes', error: null}])
    expect(images[0]?.destinations.map(({class: kind}) => kind)).toEqual(['in-sync', 'in-sync', 'in-sync'])
    expect(world.sandbox.now() - before).toBeGreaterThanOrEqual(replicationMs)
    expect(callers).toHaveLength(3)
  })

  test('ends undetermined when time is over while they are under way', async () => {
    await world.replicateTo(everywhere)
    const image = await pushed(dev, 'app')
    const {images} = await waiting([image], {waitMs: replicationMs / 2})
    expect(images).toMatchObject([{verdict: 'undetermined'}])
  })

  test('says no where a destination denies it, of that image alone', async () => {
    await world.replicateTo([prod], ['denied/'])
    await world.allow(prod, 'ecr:CreateRepository')
    const images = [await pushed(dev, 'denied/app'), await pushed(dev, 'other')]
    const found = await waiting(images)
    expect(found.images.map(({verdict}) => verdict)).toEqual(['no', 'not-covered'])
    expect(found.images[0]?.destinations).toMatchObject([{class: 'failed', failureCode: 'AccessDenied'}])
  })

  test('a copy of another image in the list is looked at with that one', async () => {
    await world.replicateTo([near])
    const image = await pushed(dev, 'app')
    await world.arrive()
    const {images} = await waiting([image, {...image, host: ecrHost(near)}])
    expect(images.map(({verdict}) => verdict)).toEqual(['yes', 'yes'])
  })

  test('what cannot be asked is undetermined, and leaves the others alone', async () => {
    const images = [await pushed(dev, 'app'), await pushed(dr, 'app')]
    const env = {AWS_ACCESS_KEY_ID: dr.account, AWS_SECRET_ACCESS_KEY: 'any'}
    const found = await waiting(images, {aws: {...world.aws, env}})
    expect(found.images.map(({verdict}) => verdict)).toEqual(['undetermined', 'not-covered'])
    expect(found.images[0]?.error).toMatchObject({code: 'WRONG_ACCOUNT'})
  })

  test('a registry that is asked by another account tells no rules, which is not success', async () => {
    await world.replicateTo([near])
    const estate = parseEstate(repos.replace('dr: {', 'dr: {via: dev, '), 'repos.yaml')
    const {images} = await waiting([await pushed(dev, 'app'), await pushed(dr, 'app')], {estate})
    expect(images.map(({verdict}) => verdict)).toEqual(['yes', 'undetermined'])
    expect(images[1]?.error).toMatchObject({code: 'RULES_UNKNOWN'})
  })
})
