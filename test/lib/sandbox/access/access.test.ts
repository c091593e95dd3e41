import {describe, expect, test} from 'vitest'
import {Access} from '../../../../src/lib/sandbox/access/access.ts'
import {setRegistryPolicy} from '../../../../src/lib/sandbox/access/registry-policy.ts'
import {MemoryContent} from '../../../../src/lib/sandbox/state/content.ts'
import {Store} from '../../../../src/lib/sandbox/state/store.ts'
import {World} from '../../../../src/lib/sandbox/state/world.ts'
import {dev, prod, repository, root, user} from './requests.ts'

const registry = {account: prod, region: 'eu-west-1'}
const id = {...registry, name: 'team/app'}

/** A world with one repository of prod. */
function worldWith(tags: Readonly<Record<string, string>> = {}): World {
  const world = new World(new MemoryContent(), new Store(undefined))
  world.createRepository(id, {
    createdAt: 0,
    tagMutability: {mode: 'MUTABLE', exclusions: []},
    scanOnPush: false,
    encryption: {encryptionType: 'AES256'},
    tags,
  })
  return world
}

describe('the registry’s policy', () => {
  const allow = {Effect: 'Allow', Principal: {AWS: dev}, Resource: '*'} as const

  test('sees the tags of a repository', () => {
    const world = worldWith({env: 'dev'})
    setRegistryPolicy(world.registry(prod, 'eu-west-1'), {
      Version: '2012-10-17',
      Statement: {...allow, Action: 'ecr:*', Condition: {StringEquals: {'ecr:ResourceTag/env': 'dev'}}},
    })
    const access = new Access(world, user, {now: 0})
    expect(access.repository(id, 'BatchGetImage').arn).toBe(repository)
    expect(() => access.require('BatchGetImage', {...id, name: 'team/other'})).toThrow(
      'because no resource-based policy allows the ecr:BatchGetImage action',
    )
  })

  test('lets another account replicate into it', () => {
    const world = worldWith()
    const replicate = () => new Access(world, root, {now: 0}).require('ReplicateImage', id)
    expect(replicate).toThrow(
      `User: arn:aws:iam::${dev}:root is not authorized to perform: ecr:ReplicateImage on resource: ${repository}`,
    )
    setRegistryPolicy(world.registry(prod, 'eu-west-1'), {
      Version: '2012-10-17',
      Statement: {...allow, Action: 'ecr:ReplicateImage'},
    })
    expect(replicate).not.toThrow()
  })
})

test('an allowed caller learns that there is no such repository, another one does not', () => {
  const world = worldWith()
  const missing = {...id, account: dev, name: 'none'}
  expect(() => new Access(world, user, {now: 0}).repository(missing, 'BatchGetImage')).toThrow(
    `The repository with name 'none' does not exist in the registry with id '${dev}'`,
  )
  expect(() =>
    new Access(world, user, {now: 0}).repository({...missing, account: prod}, 'BatchGetImage'),
  ).toThrow('is not authorized to perform: ecr:BatchGetImage')
})

test('the account itself is not limited by the policy of its user', () => {
  const world = worldWith()
  world.putAccount({id: dev, user: {policy: {Statement: {Effect: 'Deny', Action: '*', Resource: '*'}}}})
  const describeRegistry = (caller: typeof user) =>
    new Access(world, caller, {now: 0}).require('DescribeRegistry', {account: dev, region: 'eu-west-1'})
  expect(() => describeRegistry(root)).not.toThrow()
  expect(() => describeRegistry(user)).toThrow(
    'ecr:DescribeRegistry on resource: * with an explicit deny in an identity-based policy',
  )
})

test('ECR Public has permissions and resources of its own', () => {
  const world = worldWith()
  world.putAccount({id: dev, user: {policy: {Statement: {Effect: 'Allow', Action: 'ecr:*', Resource: '*'}}}})
  const access = new Access(world, user, {service: 'ecr-public', now: 0})
  expect(() => access.require('PutImage', {account: dev, region: 'us-east-1', name: 'app'})).toThrow(
    `ecr-public:PutImage on resource: arn:aws:ecr-public::${dev}:repository/app because no identity-based policy`,
  )
})
