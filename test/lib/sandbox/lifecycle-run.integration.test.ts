import {
  BatchDeleteImageCommand,
  CreateRepositoryCommand,
  DeleteLifecyclePolicyCommand,
  DeleteRepositoryCommand,
  GetLifecyclePolicyCommand,
  PutLifecyclePolicyCommand,
} from '@aws-sdk/client-ecr'
import {expect, test} from 'vitest'
import type {Sandbox} from '../../../src/lib/sandbox/index.ts'
import {temporaryFolder} from '../../support/temporary-folder.ts'
import {
  allImages,
  archiveAfter,
  dayMs,
  digestsOf,
  expire,
  policyText,
  putIndex,
  putPolicy,
  putReferrer,
  putTagged,
  repositoryName,
} from './lifecycle-support.ts'
import {dev, ecrClient, openSandbox, smallImage} from './support.ts'

const start = Date.UTC(2026, 10, 1)
const keepOne = expire({tagStatus: 'any'})
const olderThanThreeDays = expire({
  tagStatus: 'any',
  countType: 'sinceImagePushed',
  countUnit: 'days',
  countNumber: 3,
})
const expireTagged = expire({
  tagStatus: 'tagged',
  tagPatternList: ['*'],
  countType: 'sinceImagePushed',
  countUnit: 'days',
  countNumber: 1,
})

async function openAt(time: number) {
  const sandbox = await openSandbox()
  await sandbox.setClock(time)
  const client = ecrClient(sandbox)
  await client.send(new CreateRepositoryCommand({repositoryName}))
  return {sandbox, client}
}

function imageEvents(sandbox: Sandbox, action: string): unknown[] {
  return sandbox.events
    .map(({detail}) => detail as Record<string, unknown>)
    .filter(detail => detail['action-type'] === action)
}

function cloudTrail(sandbox: Sandbox, eventName: string) {
  return sandbox.events
    .filter(event => event['detail-type'] === 'AWS Service Event via CloudTrail')
    .map(({detail}) => detail as {eventName: string; serviceEventDetails: Record<string, unknown>})
    .filter(detail => detail.eventName === eventName)
    .map(detail => detail.serviceEventDetails)
}

test('a policy comes back compact, never evaluated at first', async () => {
  const {client} = await openAt(start)
  const loose = JSON.stringify({rules: [{...keepOne, description: 'keep one'}]}, undefined, 4)
  const compact = JSON.stringify({rules: [{...keepOne, description: 'keep one'}]})
  const put = await client.send(new PutLifecyclePolicyCommand({repositoryName, lifecyclePolicyText: loose}))
  expect(put).toMatchObject({registryId: dev, repositoryName, lifecyclePolicyText: compact})
  expect(put).not.toHaveProperty('lastEvaluatedAt')
  const got = await client.send(new GetLifecyclePolicyCommand({repositoryName}))
  expect(got).toMatchObject({lifecyclePolicyText: compact, lastEvaluatedAt: new Date(0)})
  const deleted = await client.send(new DeleteLifecyclePolicyCommand({repositoryName}))
  expect(deleted).toMatchObject({lifecyclePolicyText: compact, lastEvaluatedAt: new Date(0)})
})

test.each([GetLifecyclePolicyCommand, DeleteLifecyclePolicyCommand])(
  '%o refuses without a policy',
  async Command => {
    const {client} = await openAt(start)
    await expect(client.send(new Command({repositoryName}))).rejects.toMatchObject({
      name: 'LifecyclePolicyNotFoundException',
      message: `Lifecycle policy does not exist for the repository with name 'app' in the registry with id '${dev}'`,
    })
  },
)

test('a faulty policy is refused and changes nothing', async () => {
  const {client} = await openAt(start)
  const text = policyText(keepOne, {...keepOne, rulePriority: 2})
  await expect(
    client.send(new PutLifecyclePolicyCommand({repositoryName, lifecyclePolicyText: text})),
  ).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message:
      "Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy validation failure: Rule for tagStatus=ANY must have the lowest priority per storage class'",
  })
  await expect(client.send(new GetLifecyclePolicyCommand({repositoryName}))).rejects.toThrow('does not exist')
})

test('nothing happens for 24 hours, then images go, and that is told', async () => {
  const {sandbox, client} = await openAt(start)
  const old = await putTagged(client, 'old', ['v1', 'stable'])
  await sandbox.advanceClock(1000)
  await putTagged(client, 'new')
  await putPolicy(client, keepOne)
  await sandbox.advanceClock(dayMs - 1)
  expect(await allImages(client)).toHaveLength(2)
  await sandbox.advanceClock(1)
  expect((await allImages(client)).map(({imageDigest}) => imageDigest)).toEqual([smallImage('new').digest])
  expect(imageEvents(sandbox, 'DELETE')).toEqual(
    ['stable', 'v1'].map(tag => ({
      result: 'SUCCESS',
      'repository-name': repositoryName,
      'image-digest': old,
      'action-type': 'DELETE',
      'image-tag': tag,
    })),
  )
  expect(cloudTrail(sandbox, 'PolicyExecutionEvent')).toMatchObject([
    {
      repositoryName,
      lifecycleEventPolicy: {
        lifecycleEventRules: [
          {
            rulePriority: 1,
            lifecycleEventSelection: {
              tagStatus: 'Any',
              tagPrefixList: [],
              countType: 'Image count more than',
              countNumber: 1,
            },
            action: 'expire',
          },
        ],
        lastEvaluatedAt: 0,
        policyVersion: 1,
      },
      lifecycleEventImageActions: [
        {
          lifecycleEventImage: {
            digest: old,
            tagStatus: 'Tagged',
            tagList: ['stable', 'v1'],
            pushedAt: start,
          },
          rulePriority: 1,
        },
      ],
      lifecycleEventFailureDetails: [],
    },
  ])
  const {lastEvaluatedAt} = await client.send(new GetLifecyclePolicyCommand({repositoryName}))
  expect(lastEvaluatedAt?.getTime()).toBe(start + 1000 + dayMs)
})

test('a policy runs every day, also when the clock jumps over many', async () => {
  const {sandbox, client} = await openAt(start)
  await putPolicy(client, olderThanThreeDays)
  await putTagged(client, 'a')
  await sandbox.setClock(start + 10 * dayMs)
  expect(await allImages(client)).toEqual([])
  const deletion = sandbox.events.find(
    ({detail}) => 'action-type' in detail && detail['action-type'] === 'DELETE',
  )
  expect(deletion?.time).toBe('2026-11-05T00:00:00Z')
})

test('many images are told in several events', async () => {
  const {sandbox, client} = await openAt(start)
  for (let n = 0; n <= 20; n += 1) await putTagged(client, `image ${n}`)
  await putPolicy(client, keepOne)
  await sandbox.advanceClock(dayMs)
  const sizes = cloudTrail(sandbox, 'PolicyExecutionEvent').map(
    ({lifecycleEventImageActions}) => (lifecycleEventImageActions as unknown[]).length,
  )
  expect(sizes).toEqual([9, 9, 2])
})

test('a policy that takes the place of another runs at the hour of that one', async () => {
  const {sandbox, client} = await openAt(start)
  await putTagged(client, 'a', ['v1'])
  await putPolicy(client, keepOne)
  await sandbox.advanceClock(dayMs - 1000)
  await putPolicy(client, {...archiveAfter(1), selection: {...archiveAfter(1).selection, countNumber: 1}})
  await sandbox.advanceClock(1000)
  expect(await allImages(client)).toMatchObject([{imageStatus: 'ACTIVE'}])
  await sandbox.advanceClock(dayMs)
  expect(await allImages(client)).toMatchObject([{imageStatus: 'ARCHIVED'}])
})

test('a policy that was deleted does nothing, nor one that went with its repository', async () => {
  const {sandbox, client} = await openAt(start)
  await putPolicy(client, keepOne)
  await client.send(new DeleteLifecyclePolicyCommand({repositoryName}))
  await sandbox.advanceClock(1000)
  await client.send(new DeleteRepositoryCommand({repositoryName}))
  await client.send(new CreateRepositoryCommand({repositoryName}))
  await putTagged(client, 'a')
  await putTagged(client, 'b')
  await expect(client.send(new GetLifecyclePolicyCommand({repositoryName}))).rejects.toThrow('does not exist')
  await sandbox.advanceClock(3 * dayMs)
  expect(await allImages(client)).toHaveLength(2)
})

test('an image that an index lists stays, and the failure is told; with its index it goes', async () => {
  const {sandbox, client} = await openAt(start)
  const child = await putTagged(client, 'child')
  const index = await putIndex(client, 'multi', 'child')
  const untagged = {
    ...olderThanThreeDays,
    selection: {...olderThanThreeDays.selection, tagStatus: 'untagged'},
  } as const
  await putPolicy(client, untagged)
  await sandbox.setClock(start + 4 * dayMs)
  expect(await digestsOf(client)).toEqual(new Set([child, index]))
  expect(cloudTrail(sandbox, 'PolicyExecutionEvent')).toMatchObject([
    {
      lifecycleEventImageActions: [],
      lifecycleEventFailureDetails: [
        {
          lifecycleEventImage: {digest: child, tagStatus: 'Untagged', tagList: []},
          rulePriority: 1,
          failureCode: 'ImageReferencedByManifestList',
          failureReason: `Requested image referenced by manifest list: [${index}]`,
        },
      ],
    },
  ])
  await putPolicy(client, olderThanThreeDays)
  await sandbox.advanceClock(dayMs)
  expect(await allImages(client)).toEqual([])
})

test('referrers follow their subject within a day, and referrers of them', async () => {
  const {sandbox, client} = await openAt(start)
  const subject = await putTagged(client, 'subject', ['v1'])
  const referrer = await putReferrer(client, 'subject')
  await putPolicy(client, expireTagged)
  await sandbox.advanceClock(dayMs)
  expect(await digestsOf(client)).toEqual(new Set([subject, referrer]))
  await sandbox.advanceClock(dayMs)
  expect(await digestsOf(client)).toEqual(new Set([referrer]))
  await sandbox.advanceClock(dayMs)
  expect(await allImages(client)).toEqual([])
})

test('referrers of a subject that somebody deleted go too, but not those that came first', async () => {
  const {sandbox, client} = await openAt(start)
  const subject = await putTagged(client, 'subject')
  await putReferrer(client, 'subject')
  await putTagged(client, 'to come')
  await client.send(
    new BatchDeleteImageCommand({
      repositoryName,
      imageIds: [{imageDigest: smallImage('to come').digest}, {imageDigest: subject}],
    }),
  )
  const early = await putReferrer(client, 'to come')
  await putPolicy(client, expireTagged)
  await sandbox.advanceClock(dayMs)
  expect(await digestsOf(client)).toEqual(new Set([early]))
})

test('referrers go into the archive after their subject', async () => {
  const {sandbox, client} = await openAt(start)
  await putTagged(client, 'subject', ['v1'])
  const referrer = await putReferrer(client, 'subject')
  await putPolicy(client, archiveAfter(1))
  await sandbox.advanceClock(3 * dayMs)
  expect(await allImages(client)).toMatchObject([{imageStatus: 'ARCHIVED'}, {imageStatus: 'ARCHIVED'}])
  expect(imageEvents(sandbox, 'UPDATE_STORAGE_CLASS').at(-1)).toMatchObject({'image-digest': referrer})
  expect(sandbox.events.at(-1)?.['detail-type']).toBe('ECR Referrer Action')
})

test('a policy is kept on disk, and runs when the sandbox is started again', async () => {
  const data = await temporaryFolder()
  const first = await openSandbox({data, now: () => start})
  const client = ecrClient(first)
  await putTagged(client, 'old', ['v1'])
  await putPolicy(client, olderThanThreeDays)
  await first.close()
  const second = ecrClient(await openSandbox({data, now: () => start + 4 * dayMs}))
  expect(await allImages(second)).toEqual([])
})
