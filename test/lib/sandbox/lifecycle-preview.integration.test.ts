import {
  CreateRepositoryCommand,
  GetLifecyclePolicyPreviewCommand,
  type GetLifecyclePolicyPreviewCommandInput,
  StartLifecyclePolicyPreviewCommand,
  UpdateImageStorageClassCommand,
} from '@aws-sdk/client-ecr'
import {expect, test} from 'vitest'
import type {SandboxSeed} from '../../../src/lib/sandbox/seed-format.ts'
import {countStatements} from './count-statements.ts'
import {
  archiveAfter,
  dayMs,
  expire,
  policyText,
  putPolicy,
  putReferrer,
  putTagged,
  repositoryName,
} from './lifecycle-support.ts'
import {dev, ecrClient, openSandbox, region, smallImage} from './support.ts'

const start = Date.UTC(2026, 10, 1)
const everything = policyText(
  expire({tagStatus: 'any', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 1}),
)

async function openAt(time: number, durations = {}) {
  const sandbox = await openSandbox({durations})
  await sandbox.setClock(time)
  const client = ecrClient(sandbox)
  await client.send(new CreateRepositoryCommand({repositoryName}))
  const begin = (lifecyclePolicyText?: string) =>
    client.send(new StartLifecyclePolicyPreviewCommand({repositoryName, lifecyclePolicyText}))
  const get = (input: Omit<GetLifecyclePolicyPreviewCommandInput, 'repositoryName'> = {}) =>
    client.send(new GetLifecyclePolicyPreviewCommand({repositoryName, ...input}))
  return {sandbox, client, begin, get}
}

test('a preview runs for a while, says what would go and when it is done, and grows old', async () => {
  const {sandbox, client, begin, get} = await openAt(start)
  const digest = await putTagged(client, 'a', ['v1', 'v2'])
  await sandbox.advanceClock(2 * dayMs)
  expect(await begin(everything)).toMatchObject({
    registryId: dev,
    repositoryName,
    lifecyclePolicyText: everything,
    status: 'IN_PROGRESS',
  })
  const running = await get()
  expect(running).toMatchObject({status: 'IN_PROGRESS', lifecyclePolicyText: everything})
  expect(running).not.toHaveProperty('previewResults')
  expect(running).not.toHaveProperty('summary')
  await expect(begin(everything)).rejects.toMatchObject({name: 'LifecyclePolicyPreviewInProgressException'})
  await sandbox.advanceClock(2000)
  expect(await get()).toMatchObject({
    status: 'COMPLETE',
    previewResults: [
      {
        imageDigest: digest,
        imageTags: ['v1', 'v2'],
        imagePushedAt: new Date(start),
        action: {type: 'EXPIRE'},
        appliedRulePriority: 1,
        storageClass: 'STANDARD',
      },
    ],
    summary: {expiringImageTotalCount: 1},
  })
  await sandbox.advanceClock(dayMs)
  expect(await get()).toMatchObject({status: 'EXPIRED'})
  expect(await begin(everything)).toMatchObject({status: 'IN_PROGRESS'})
})

test('a preview can be told to take no time', async () => {
  const {begin, get} = await openAt(start, {lifecyclePreview: 0})
  await begin(everything)
  expect(await get()).toMatchObject({
    status: 'COMPLETE',
    previewResults: [],
    summary: {expiringImageTotalCount: 0},
  })
})

test('without a text it is of the policy that the repository has', async () => {
  const {client, begin, get} = await openAt(start)
  await expect(begin()).rejects.toMatchObject({name: 'LifecyclePolicyNotFoundException'})
  await expect(get()).rejects.toMatchObject({name: 'LifecyclePolicyPreviewNotFoundException'})
  await putPolicy(client, expire({tagStatus: 'any'}))
  expect(await begin()).toMatchObject({lifecyclePolicyText: policyText(expire({tagStatus: 'any'}))})
})

test('a faulty policy is refused', async () => {
  const {begin} = await openAt(start)
  await expect(begin(policyText(expire({tagStatus: 'tagged'})))).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message:
      "Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy validation failure: Must specify tagPrefixList or tagPatternList when tagStatus=TAGGED.'",
  })
})

test('what a preview shows is the repository as it was when it began', async () => {
  const {sandbox, client, begin, get} = await openAt(start)
  await putTagged(client, 'a')
  await sandbox.advanceClock(2 * dayMs)
  await begin(everything)
  await putTagged(client, 'b')
  await sandbox.advanceClock(2000)
  expect((await get()).previewResults).toHaveLength(1)
})

test('results come in pages, filtered by tags or named', async () => {
  const {sandbox, client, begin, get} = await openAt(start)
  const digests: string[] = []
  for (const name of ['a', 'b', 'c', 'd', 'e']) {
    digests.push(await putTagged(client, name, name < 'd' ? [name] : []))
  }
  await sandbox.advanceClock(2 * dayMs)
  await begin(everything)
  await sandbox.advanceClock(2000)

  const pages: (string | undefined)[][] = []
  let nextToken: string | undefined
  do {
    const page = await get({maxResults: 2, nextToken})
    pages.push((page.previewResults ?? []).map(({imageDigest}) => imageDigest))
    expect(page.summary).toEqual({expiringImageTotalCount: 5})
    nextToken = page.nextToken
  } while (nextToken !== undefined)
  expect(pages.map(({length}) => length)).toEqual([2, 2, 1])
  expect(pages.flat()).toEqual(digests.toSorted())

  expect((await get({filter: {tagStatus: 'TAGGED'}})).previewResults).toHaveLength(3)
  expect((await get({filter: {tagStatus: 'UNTAGGED'}})).previewResults).toHaveLength(2)
  const named = await get({imageIds: [{imageTag: 'a'}, {imageDigest: digests[4]}]})
  expect(new Set(named.previewResults?.map(({imageDigest}) => imageDigest))).toEqual(
    new Set([digests[0], digests[4]]),
  )
  await expect(get({imageIds: [{imageTag: 'a'}], maxResults: 2})).rejects.toMatchObject({
    name: 'InvalidParameterException',
  })
  await expect(get({maxResults: 101})).rejects.toMatchObject({
    message:
      "Invalid parameter at 'maxResults' failed to satisfy constraint: 'Member must have value less than or equal to 100'",
  })
})

test('transitions are counted apart from expirations, and told as a dry run', async () => {
  const {sandbox, client, begin, get} = await openAt(start)
  await putTagged(client, 'a', ['keep-1'])
  await putTagged(client, 'b')
  await sandbox.advanceClock(2 * dayMs)
  await begin(
    policyText(
      expire({tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 1}),
      {...archiveAfter(1), rulePriority: 2},
    ),
  )
  await sandbox.advanceClock(2000)
  const {previewResults, summary} = await get()
  expect(previewResults).toHaveLength(2)
  expect(previewResults).toContainEqual(
    expect.objectContaining({
      action: {type: 'TRANSITION', targetStorageClass: 'ARCHIVE'},
      appliedRulePriority: 2,
    }),
  )
  expect(summary).toEqual({
    expiringImageTotalCount: 1,
    transitioningImageTotalCounts: [{targetStorageClass: 'ARCHIVE', imageTotalCount: 1}],
  })
  expect(sandbox.events.at(-1)?.detail).toMatchObject({eventName: 'DryRunEvent'})
})

test('nothing becomes of an image that is being restored, nor of what refers to it', async () => {
  const {sandbox, client, begin, get} = await openAt(start, {lifecyclePreview: 0})
  const imageDigest = await putTagged(client, 'subject')
  await putReferrer(client, 'subject')
  for (const targetStorageClass of ['ARCHIVE', 'STANDARD'] as const) {
    await sandbox.advanceClock(2 * dayMs)
    await client.send(
      new UpdateImageStorageClassCommand({repositoryName, imageId: {imageDigest}, targetStorageClass}),
    )
  }
  await begin(everything)
  expect((await get()).previewResults).toEqual([])
  await sandbox.advanceClock(dayMs)
  await begin(everything)
  expect((await get()).previewResults).toMatchObject([{imageDigest}])
})

test('the work of a preview grows with the images, not with their square, and no change is a transaction of its own', async () => {
  const work = countStatements()
  const workFor = async (images: number) => {
    const {sandbox, begin, get} = await openAt(start, {lifecyclePreview: 0})
    await sandbox.seed(seedOf(images))
    await sandbox.advanceClock(2 * dayMs)
    const before = {...work}
    await begin(everything)
    // Once more, so that results are replaced.
    await begin(everything)
    let [results, nextToken]: [number, string | undefined] = [0, undefined]
    do {
      const page = await get({nextToken})
      results += page.previewResults?.length ?? 0
      nextToken = page.nextToken
    } while (nextToken !== undefined)
    expect(results).toBe(images)
    const dryRuns = sandbox.events.filter(({detail}) => 'eventName' in detail)
    return {
      changes: work.changes - before.changes,
      reads: work.reads - before.reads,
      rowsRead: work.rowsRead - before.rowsRead,
      events: dryRuns.length,
    }
  }
  const few = await workFor(200)
  const many = await workFor(800)
  expect(few.changes).toBeGreaterThanOrEqual(2 * 200)
  // Four times and a little, as the store is read in pieces; the square would be sixteen times.
  for (const what of ['changes', 'reads', 'rowsRead', 'events'] as const)
    expect(many[what], what).toBeLessThan(6 * few[what])
  expect(work.changesAlone).toBe(0)
})

function seedOf(images: number): SandboxSeed {
  const all = Array.from({length: images}, (_, index) => smallImage(String(index)))
  const blobs = all.flatMap(({layer, config}) => [layer, config])
  return {
    repositories: [
      {
        account: dev,
        region,
        name: repositoryName,
        blobs: blobs.map(blob => Buffer.from(blob).toString('base64')),
        images: all.map(({manifest}, index) => ({manifest, ...(index % 2 === 0 && {tag: `v${index}`})})),
      },
    ],
  }
}
