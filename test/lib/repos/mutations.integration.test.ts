import {CreateRepositoryCommand} from '@aws-sdk/client-ecr'
import {describe, expect, test} from 'vitest'
import {RefusalError} from '../../../src/lib/errors.ts'
import {type ReposMutations, reposMutations} from '../../../src/lib/repos/mutations.ts'
import {earlyResources, lateResources, repositoryResources} from '../../../src/lib/repos/resources.ts'
import {openReposWorld} from '../../support/repos-world.ts'

const nothing = {subject: 'HOST/app#tags', before: null, after: {team: 'payments'}} as const

async function openMutations(look: () => Promise<boolean>) {
  const world = await openReposWorld()
  const at = await world.at('dev@eu-west-1')
  await world.ecr().send(new CreateRepositoryCommand({repositoryName: 'app'}))
  world.clearRequests()
  return {world, place: {at, name: 'app'}, mutations: reposMutations(world.mutate, {...nothing, look})}
}

describe('a request of a change', () => {
  test('is sent when there is something left to do, and the look before the first is for all of them', async () => {
    let looks = 0
    const {world, place, mutations} = await openMutations(async () => looks++ > 0)
    await mutations.untagRepository(place, ['old'])
    await mutations.tagRepository(place, {team: 'payments'})
    expect(world.mutations()).toEqual(['UntagResource', 'TagResource'])
    expect(world.passed()).toEqual(['untag-repository HOST/app#tags', 'tag-repository HOST/app#tags'])
    expect(looks).toBe(1)
  })

  test('is not sent when nothing is left to do', async () => {
    const {world, place, mutations} = await openMutations(async () => true)
    await mutations.tagRepository(place, {team: 'payments'})
    expect(world.mutations()).toEqual([])
  })

  test('is not sent when what the plan saw is gone', async () => {
    const stale = new RefusalError('PLAN_STALE', 'It was changed.')
    const {world, place, mutations} = await openMutations(() => Promise.reject(stale))
    await expect(mutations.tagRepository(place, {team: 'payments'})).rejects.toBe(stale)
    expect(world.mutations()).toEqual([])
  })
})

describe('what is there already when it is to be made', () => {
  test('is looked at again: it may come of a request whose answer was lost', async () => {
    let looks = 0
    const {place, mutations} = await openMutations(async () => looks++ > 0)
    await mutations.createRepository(place, {})
    expect(looks).toBe(2)
  })

  test('is a failure when it is not what was to be made', async () => {
    const {place, mutations} = await openMutations(async () => false)
    await expect(mutations.createRepository(place, {})).rejects.toMatchObject({
      code: 'REPOSITORY_ALREADY_EXISTS',
    })
  })
})

describe('the verbs of the resources', () => {
  test('are those of the mutations, in kebab case', async () => {
    const {mutations} = await openMutations(async () => true)
    const verbs = new Set(Object.keys(mutations).map(kebab))
    const used = [...earlyResources, ...repositoryResources, ...lateResources].flatMap(each => each.verbs)
    expect(used.filter(verb => !verbs.has(verb))).toEqual([])
  })

  test('are what passes the door', async () => {
    const {world, place, mutations} = await openMutations(async () => true)
    const {at} = place
    const calls: {[Name in keyof ReposMutations]: () => Promise<void>} = {
      createRepository: () => mutations.createRepository(place, {}),
      deleteRepository: () => mutations.deleteRepository(place, false),
      setRepositoryPolicy: () => mutations.setRepositoryPolicy(place, '{}'),
      deleteRepositoryPolicy: () => mutations.deleteRepositoryPolicy(place),
      putLifecyclePolicy: () => mutations.putLifecyclePolicy(place, '{}'),
      deleteLifecyclePolicy: () => mutations.deleteLifecyclePolicy(place),
      tagRepository: () => mutations.tagRepository(place, {}),
      untagRepository: () => mutations.untagRepository(place, []),
      putTagMutability: () => mutations.putTagMutability(place, {mode: 'MUTABLE', except: []}),
      putScanOnPush: () => mutations.putScanOnPush(place, true),
      putAccountSetting: () => mutations.putAccountSetting(at, 'BLOB_MOUNTING', 'ENABLED'),
      putRegistryPolicy: () => mutations.putRegistryPolicy(at, '{}'),
      deleteRegistryPolicy: () => mutations.deleteRegistryPolicy(at),
      putScanningConfiguration: () => mutations.putScanningConfiguration(at, {scanType: 'BASIC', rules: []}),
      putReplicationConfiguration: () => mutations.putReplicationConfiguration(at, []),
      createPullThroughCacheRule: () =>
        mutations.createPullThroughCacheRule(at, {ecrRepositoryPrefix: 'a', upstreamRegistryUrl: 'b'}),
      updatePullThroughCacheRule: () => mutations.updatePullThroughCacheRule(at, 'a', {}),
      deletePullThroughCacheRule: () => mutations.deletePullThroughCacheRule(at, 'a'),
      createCreationTemplate: () =>
        mutations.createCreationTemplate(at, {prefix: 'a', appliedFor: ['REPLICATION']}),
      updateCreationTemplate: () => mutations.updateCreationTemplate(at, {prefix: 'a'}),
      deleteCreationTemplate: () => mutations.deleteCreationTemplate(at, 'a'),
      putSigningConfiguration: () => mutations.putSigningConfiguration(at, []),
      deleteSigningConfiguration: () => mutations.deleteSigningConfiguration(at),
      registerPullTimeExclusion: () => mutations.registerPullTimeExclusion(at, 'a'),
      deregisterPullTimeExclusion: () => mutations.deregisterPullTimeExclusion(at, 'a'),
    }
    for (const call of Object.values(calls)) await call()
    expect(world.passed()).toEqual(Object.keys(calls).map(name => `${kebab(name)} HOST/app#tags`))
    expect(world.mutations()).toEqual([])
  })
})

function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)
}
