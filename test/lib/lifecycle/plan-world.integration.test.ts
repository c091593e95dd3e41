import {DescribeImagesCommand, ECRClient} from '@aws-sdk/client-ecr'
import {expect, onTestFinished, test} from 'vitest'
import {dayMs, openLifecycleWorld, today} from '../../support/lifecycle-world.ts'

const place = {account: '111111111111', region: 'eu-west-1', name: 'team/app'}

test('a lifecycle world has images of the ages that a test gives them', async () => {
  const {sandbox, fill, operations, expectNoMutation} = await openLifecycleWorld()
  const [digests = new Map<string, string>()] = await fill({
    ...place,
    images: [
      {name: 'arm', pushed: 10},
      {name: 'both', pushed: 9, tags: ['v1', 'latest'], lists: ['arm']},
      {name: 'signature', pushed: 8, refersTo: 'both'},
      {name: 'old', pushed: 200, pulled: 150, archived: 100},
    ],
  })
  expect(sandbox.now()).toBe(today)
  expect(operations()).toEqual(new Map())
  const client = new ECRClient({
    endpoint: sandbox.url,
    region: place.region,
    credentials: {accessKeyId: place.account, secretAccessKey: 'any'},
  })
  onTestFinished(() => client.destroy())
  const {imageDetails = []} = await client.send(
    new DescribeImagesCommand({repositoryName: place.name, filter: {imageStatus: 'ANY'}}),
  )
  const byDigest = new Map(imageDetails.map(detail => [detail.imageDigest, detail]))
  expect(byDigest.get(digests.get('both'))).toMatchObject({
    imageTags: ['latest', 'v1'],
    imagePushedAt: new Date(today - 9 * dayMs),
  })
  expect(byDigest.get(digests.get('signature'))).toMatchObject({subjectManifestDigest: digests.get('both')})
  expect(byDigest.get(digests.get('old'))).toMatchObject({
    imageStatus: 'ARCHIVED',
    lastRecordedPullTime: new Date(today - 150 * dayMs),
    lastArchivedAt: new Date(today - 100 * dayMs),
  })
  expectNoMutation()
})
