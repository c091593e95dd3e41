import {ECRClient, StartLifecyclePolicyPreviewCommand} from '@aws-sdk/client-ecr'
import {expect, onTestFinished, test} from 'vitest'
import {liveInventory} from '../../../../src/lib/ecr/inventory/live.ts'
import type {InventorySource, RepositoryInventory} from '../../../../src/lib/ecr/inventory/model.ts'
import {
  dayMs,
  keepNewest,
  type LifecycleWorld,
  openLifecycleWorld,
  policyText,
  today,
} from '../../../support/lifecycle-world.ts'
import {allOf, contextOf, devWest, openWords, prodEast} from './support.ts'

const app = {...devWest, name: 'app'}
const sizeOf = (text: string) => Buffer.byteLength(text)

async function sourceOf(world: LifecycleWorld, words: readonly string[] = []): Promise<InventorySource> {
  return liveInventory(await openWords(world, words, {access: 'preview'}), contextOf(world))
}

/** Puts images into a world. */
function fillOf({fill}: LifecycleWorld): LifecycleWorld['fill'] {
  return fill
}

async function only(source: InventorySource): Promise<RepositoryInventory> {
  const [repository] = await allOf(source.repositories())
  if (repository === undefined || 'error' in repository) throw new Error('not read')
  return repository
}

test('a repository is told with its policy and all of its images, the archived ones too', async () => {
  const world = await openLifecycleWorld()
  const [digests = new Map()] = await fillOf(world)({
    ...app,
    images: [
      {name: 'old', pushed: 200, pulled: 150, archived: 100},
      {name: 'arm', pushed: 10},
      {name: 'both', pushed: 9, tags: ['latest', 'v1'], lists: ['arm']},
      {name: 'signature', pushed: 8, refersTo: 'both'},
    ],
  })
  await world.putPolicy(app, keepNewest(3))
  const source = await sourceOf(world)
  const repository = await only(source)
  expect(source.takenAt).toBe(today)
  expect(repository).toMatchObject({name: 'app', policy: policyText(keepNewest(3))})
  expect(repository.registry).toMatchObject({label: 'dev@eu-west-1', ...devWest, alias: 'dev'})
  const images = new Map(repository.images.map(image => [image.digest, image]))
  expect(images.size).toBe(4)
  expect(images.get(digests.get('old'))).toMatchObject({
    status: 'archived',
    tags: [],
    pushedAt: today - 200 * dayMs,
    pulledAt: today - 150 * dayMs,
    archivedAt: today - 100 * dayMs,
  })
  expect(images.get(digests.get('both'))).toMatchObject({
    status: 'active',
    tags: ['latest', 'v1'],
    mediaType: 'application/vnd.oci.image.index.v1+json',
  })
  expect(images.get(digests.get('signature'))).toMatchObject({subject: digests.get('both')})

  const contents = await source.contents(
    repository,
    repository.images.map(({digest}) => digest),
  )
  expect(contents.get(digests.get('both'))).toEqual({children: [digests.get('arm')], blobs: []})
  expect(contents.get(digests.get('arm'))?.blobs.map(({size}) => size)).toEqual([
    sizeOf('{"made":"arm"}'),
    sizeOf('arm'),
  ])
  // An archived manifest cannot be read: its absence says that it is not known, not that it is empty.
  expect(contents.has(digests.get('old'))).toBe(false)
  expect(contents.size).toBe(3)
  world.expectNoMutation()
})

test('more images than fit a page are all there', async () => {
  const world = await openLifecycleWorld()
  const names = Array.from({length: 1050}, (_, n) => `v${n}`)
  await world.sandbox.seed({repositories: [{...app, images: names.map(tag => ({tag}))}]})
  world.sandbox.clearRequests()
  const {images} = await only(await sourceOf(world))
  expect(images).toHaveLength(1050)
  expect(new Set(images.flatMap(({tags}) => tags))).toEqual(new Set(names))
  expect(world.operations().get('DescribeImages')).toBe(2)
})

test('a repository that may not be read is told with the reason, and the others are read', async () => {
  const world = await openLifecycleWorld()
  await fillOf(world)(
    {...app, images: [{name: 'one', pushed: 1}]},
    {...prodEast, name: 'open', images: [{name: 'one', pushed: 1}]},
    {...prodEast, name: 'secret', images: [{name: 'one', pushed: 1}]},
  )
  const Resource = `arn:aws:ecr:us-east-1:${prodEast.account}:repository/secret`
  const policy = {
    Version: '2012-10-17',
    Statement: [
      {Effect: 'Allow', Action: '*', Resource: '*'},
      {Effect: 'Deny', Action: 'ecr:DescribeImages', Resource},
    ],
  }
  await world.sandbox.seed({accounts: [{id: prodEast.account, user: {policy}}]})
  const items = await allOf((await sourceOf(world)).repositories())
  expect(items).toMatchObject([
    {name: 'app', images: [{}]},
    {name: 'open', images: [{}]},
    {name: 'secret', error: {code: 'ACCESS_DENIED', exitCode: 5}},
  ])
  expect(items[2]).not.toHaveProperty('images')
})

test('repositories that nobody asks for any more are not read', async () => {
  const world = await openLifecycleWorld()
  const names = Array.from({length: 20}, (_, n) => `app${n}`)
  await world.sandbox.seed({repositories: names.map(name => ({...devWest, name}))})
  const source = await sourceOf(world)
  world.sandbox.clearRequests()
  for await (const _first of source.repositories()) break
  expect(world.operations().get('DescribeImages')).toBeLessThan(10)
})

const ours = policyText(keepNewest(1))
const theirs = policyText(keepNewest(2))

/** Starts a preview, as somebody else. */
async function previewOfOthers(url: string): Promise<void> {
  const credentials = {accessKeyId: devWest.account, secretAccessKey: 'any'}
  const client = new ECRClient({endpoint: url, region: devWest.region, credentials, maxAttempts: 1})
  onTestFinished(() => client.destroy())
  await client.send(
    new StartLifecyclePolicyPreviewCommand({repositoryName: 'app', lifecyclePolicyText: theirs}),
  )
}

const three = [1, 2, 3].map(pushed => ({name: `n${pushed}`, pushed}))

test('a preview by somebody else that is under way is waited for, and then comes ours', async () => {
  const world = await openLifecycleWorld({durations: {lifecyclePreview: 30_000}})
  await fillOf(world)({...app, images: three})
  const source = await sourceOf(world)
  const repository = await only(source)
  await previewOfOthers(world.sandbox.url)
  const preview = await source.preview?.(repository, ours)
  expect(preview?.actions.size).toBe(2)
  expect(world.sandbox.now() - today).toBeGreaterThanOrEqual(60_000)
  world.expectOnlyPreviews()
})

test("a preview that took ours' place is not taken for ours", async () => {
  let replace: (() => Promise<void>) | undefined
  const world = await openLifecycleWorld({
    durations: {lifecyclePreview: 0},
    async onRequest({operation}) {
      if (operation !== 'GetLifecyclePolicyPreview') return
      const once = replace
      replace = undefined
      await once?.()
    },
  })
  const [digests = new Map()] = await fillOf(world)({...app, images: three})
  const source = await sourceOf(world)
  const repository = await only(source)
  replace = () => previewOfOthers(world.sandbox.url)
  const preview = await source.preview?.(repository, ours)
  const gone = {action: 'expire', rulePriority: 1}
  expect(preview?.actions).toEqual(
    new Map([
      [digests.get('n2'), gone],
      [digests.get('n3'), gone],
    ]),
  )
  // Ours, theirs, and ours again.
  expect(world.operations().get('StartLifecyclePolicyPreview')).toBe(3)
})

test('a preview that does not end is waited for five minutes, whatever any clock shows', async () => {
  const world = await openLifecycleWorld()
  await fillOf(world)({...app, images: three})
  let waitedMs = 0
  const wait = async (ms: number) => {
    waitedMs += ms
  }
  const open = await openWords(world, [], {access: 'preview'})
  const source = liveInventory(open, {...contextOf(world), wait})
  await expect(source.preview?.(await only(source), ours)).rejects.toMatchObject({
    code: 'PREVIEW_TIMEOUT',
    message: expect.stringContaining('not there after 5 minutes'),
  })
  expect(waitedMs).toBeGreaterThan(4 * 60_000)
  expect(waitedMs).toBeLessThanOrEqual(5 * 60_000)
  expect(world.operations().get('StartLifecyclePolicyPreview')).toBe(1)
})

test('what was opened to look has no preview', async () => {
  const world = await openLifecycleWorld()
  await fillOf(world)({...app, images: three})
  expect(liveInventory(await openWords(world, []), contextOf(world))).not.toHaveProperty('preview')
})
