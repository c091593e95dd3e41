import {
  CreateRepositoryCommand,
  GetRegistryPolicyCommand,
  GetRepositoryPolicyCommand,
  PutRegistryPolicyCommand,
  SetRepositoryPolicyCommand,
} from '@aws-sdk/client-ecr'
import {describe, expect, test} from 'vitest'
import type {PolicySetting} from '../../../../src/lib/config/settings.ts'
import {registryPolicy} from '../../../../src/lib/repos/resources/registry-policy.ts'
import {repositoryPolicy} from '../../../../src/lib/repos/resources/repository-policy.ts'
import {bring, devId, openReposWorld, prodId, repositoryAt} from '../../../support/repos-world.ts'

const root = `arn:aws:iam::${prodId}:root`
const ours = {
  Sid: 'ProdPull',
  Effect: 'Allow',
  Principal: {AWS: prodId},
  Action: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
}
/** As the Lambda service adds it. */
const lambda = {
  Sid: 'LambdaECRImageRetrievalPolicy',
  Effect: 'Allow',
  Principal: {Service: ['lambda.amazonaws.com']},
  Action: ['ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'],
  Condition: {StringLike: {'aws:sourceArn': `arn:aws:lambda:eu-west-1:${devId}:function:*`}},
}

async function openRepository() {
  const world = await openReposWorld()
  const ecr = world.ecr()
  await ecr.send(new CreateRepositoryCommand({repositoryName: 'api'}))
  const place = repositoryAt(await world.at('dev@eu-west-1'), 'api')
  world.clearRequests()
  return {
    world,
    set: (setting: PolicySetting | null) => bring(world, repositoryPolicy, place, setting),
    /** As somebody else sets it. */
    put: (...statements: readonly object[]) =>
      ecr.send(
        new SetRepositoryPolicyCommand({
          repositoryName: 'api',
          policyText: JSON.stringify({Version: '2008-10-17', Statement: statements}),
        }),
      ),
    statements: async () => {
      const {policyText = ''} = await ecr.send(new GetRepositoryPolicyCommand({repositoryName: 'api'}))
      return (JSON.parse(policyText) as {Statement: unknown}).Statement
    },
  }
}

describe('the policy of a repository', () => {
  test('is made, then as it is wanted, changed and removed', async () => {
    const {world, set, statements} = await openRepository()
    expect((await set({statements: [ours]})).live).toBeNull()
    expect(await statements()).toEqual([ours])
    expect((await set({statements: [ours]})).lines).toEqual([])
    const less = {...ours, Action: ['ecr:BatchGetImage']}
    expect((await set({statements: [less]})).lines).toEqual([
      {sign: '-', path: 'statements.ProdPull.Action', before: 'ecr:GetDownloadUrlForLayer'},
    ])
    expect(await statements()).toEqual([less])
    expect((await set(null)).lines).toHaveLength(1)
    expect((await set(null)).lines).toEqual([])
    expect(world.mutations()).toEqual([
      'SetRepositoryPolicy',
      'SetRepositoryPolicy',
      'DeleteRepositoryPolicy',
    ])
  })

  test('that means the same is no drift, and what another one changed is', async () => {
    const {world, set, put, statements} = await openRepository()
    await put({...ours, Principal: {AWS: [root]}, Action: ours.Action.toReversed()})
    expect((await set({statements: [ours]})).lines).toEqual([])
    await put({...ours, Principal: {AWS: [root, devId]}})
    world.clearRequests()
    expect((await set({statements: [ours]})).lines).toEqual([
      {sign: '-', path: 'statements.ProdPull.Principal.AWS', before: devId},
    ])
    expect(world.operations()).toEqual(['GetRepositoryPolicy', 'SetRepositoryPolicy'])
    expect(await statements()).toEqual([ours])
  })

  test('keeps the statement of another one as it is, whatever becomes of ours', async () => {
    const {set, put, statements} = await openRepository()
    await put(lambda)
    const foreign = [expect.stringMatching(/^LambdaECRImageRetrievalPolicy: Allow lambda/)]
    expect((await set({statements: [ours]})).foreign).toEqual(foreign)
    expect(await statements()).toEqual([lambda, ours])
    const changed = {...ours, Effect: 'Deny'}
    await set({statements: [changed]})
    expect(await statements()).toEqual([lambda, changed])
    expect((await set({statements: [{Sid: 'ProdPull', state: 'absent'}]})).foreign).toEqual(foreign)
    expect(await statements()).toEqual([lambda])
    await set({statements: [ours], exclusive: true})
    expect(await statements()).toEqual([ours])
  })

  test('that locks the caller out is refused by ECR, and never forced', async () => {
    const {set, put, statements} = await openRepository()
    await put(lambda)
    const lock = {Sid: 'Lock', Effect: 'Deny', Principal: '*', Action: 'ecr:SetRepositoryPolicy'}
    await expect(set({statements: [lock]})).rejects.toThrow('prevent you from setting another policy')
    expect(await statements()).toEqual([lambda])
  })

  test('that is too long is not sent', async () => {
    const {world, set} = await openRepository()
    const long = {...ours, Sid: 'x'.repeat(10_240)}
    expect((await set({statements: [long]})).blocked).toMatch(/^The policy would have 10,\d{3} characters/)
    expect(world.mutations()).toEqual([])
  })
})

describe('the policy of a registry', () => {
  const replicate = {
    Sid: 'Replicate',
    Effect: 'Allow',
    Principal: {AWS: root},
    Action: 'ecr:ReplicateImage',
    Resource: `arn:aws:ecr:eu-west-1:${devId}:repository/*`,
  }

  test('is made, keeps the statement of another one, and is removed', async () => {
    const world = await openReposWorld()
    const place = {at: await world.at('dev@eu-west-1')}
    const set = (setting: PolicySetting | null) => bring(world, registryPolicy, place, setting)
    const statements = async () => {
      const {policyText = ''} = await world.ecr().send(new GetRegistryPolicyCommand({}))
      return (JSON.parse(policyText) as {Statement: unknown}).Statement
    }
    world.clearRequests()
    await set({statements: [replicate]})
    expect((await set({statements: [replicate]})).lines).toEqual([])
    const another = {...replicate, Sid: 'Another', Action: ['ecr:CreateRepository']}
    await world.ecr().send(
      new PutRegistryPolicyCommand({
        policyText: JSON.stringify({Statement: [another, {...replicate, Effect: 'Deny'}]}),
      }),
    )
    expect((await set({statements: [replicate]})).lines).toEqual([
      {sign: '~', path: 'statements.Replicate.Effect', before: 'Deny', after: 'Allow'},
    ])
    expect(await statements()).toEqual([another, replicate])
    expect((await set(null)).lines).toHaveLength(2)
    expect((await registryPolicy.read(place)).size).toBe(0)
    expect(world.mutations()).toEqual([
      'PutRegistryPolicy',
      'PutRegistryPolicy',
      'PutRegistryPolicy',
      'DeleteRegistryPolicy',
    ])
  })
})
