import {
  BatchGetImageCommand,
  type ECRClient,
  GetLifecyclePolicyPreviewCommand,
  StartLifecyclePolicyPreviewCommand,
  UpdateImageStorageClassCommand,
} from '@aws-sdk/client-ecr'
import {expect, test} from 'vitest'
import type {Sandbox} from '../../../src/lib/sandbox/index.ts'
import {type Vector, type VectorImage, vectors} from '../lifecycle/vectors.ts'
import {
  allImages,
  dayMs,
  expire,
  policyText,
  putPolicy,
  putTagged,
  repositoryName,
} from './lifecycle-support.ts'
import {ecrClient, openSandbox, smallImage} from './support.ts'

const evaluatedAt = Date.UTC(2026, 10, 21, 12)

/** A repository as the example has it, made by pushing, pulling and archiving at the times that it says. */
async function repositoryOf(images: readonly VectorImage[]): Promise<{sandbox: Sandbox; client: ECRClient}> {
  const sandbox = await openSandbox()
  const client = ecrClient(sandbox)
  const happened = images.flatMap(({name, tags, age, pulled, archived}) => {
    const imageId = {imageDigest: smallImage(name).digest}
    return [
      {days: age, happens: () => putTagged(client, name, tags)},
      {
        days: pulled,
        happens: () => client.send(new BatchGetImageCommand({repositoryName, imageIds: [imageId]})),
      },
      {
        days: archived,
        happens: () =>
          client.send(
            new UpdateImageStorageClassCommand({repositoryName, imageId, targetStorageClass: 'ARCHIVE'}),
          ),
      },
    ]
  })
  for (const {days = -1, happens} of happened.toSorted((a, b) => (b.days ?? 0) - (a.days ?? 0))) {
    if (days < 0) continue
    await sandbox.setClock(evaluatedAt - days * dayMs)
    await happens()
  }
  return {sandbox, client}
}

/** What the example says of each image: its name and what becomes of it. */
function expectation({images, rules, acts}: Vector): Readonly<Record<string, string>> {
  return Object.fromEntries(
    images.map(({name, archived}) => {
      const action = rules.find(({rulePriority}) => rulePriority === acts[name])?.action
      const stays = archived === undefined ? 'ACTIVE' : 'ARCHIVED'
      return [name, action === undefined ? stays : action.type === 'expire' ? 'gone' : 'ARCHIVED']
    }),
  )
}

test.each(vectors)('$name: by policy', async vector => {
  const {sandbox, client} = await repositoryOf(vector.images)
  await sandbox.setClock(evaluatedAt - dayMs)
  await putPolicy(client, ...vector.rules)
  await sandbox.setClock(evaluatedAt)
  const status = new Map(
    (await allImages(client)).map(({imageDigest, imageStatus}) => [imageDigest, imageStatus]),
  )
  const outcome = vector.images.map(({name}) => [name, status.get(smallImage(name).digest) ?? 'gone'])
  expect(Object.fromEntries(outcome)).toEqual(expectation(vector))
})

test.each(vectors)('$name: by preview', async ({images, rules, acts}) => {
  const {sandbox, client} = await repositoryOf(images)
  await sandbox.setClock(evaluatedAt)
  await client.send(
    new StartLifecyclePolicyPreviewCommand({repositoryName, lifecyclePolicyText: policyText(...rules)}),
  )
  await sandbox.advanceClock(2000)
  const {status, previewResults} = await client.send(new GetLifecyclePolicyPreviewCommand({repositoryName}))
  const names = new Map(images.map(({name}) => [smallImage(name).digest, name]))
  const outcome = previewResults?.map(({imageDigest = '', appliedRulePriority}) => [
    names.get(imageDigest),
    appliedRulePriority,
  ])
  expect(status).toBe('COMPLETE')
  expect(Object.fromEntries(outcome ?? [])).toEqual(acts)
  expect(await allImages(client)).toHaveLength(images.length)
})

test('V11: a pattern with more than four wildcards is refused, by both', async () => {
  const {client} = await repositoryOf([{name: 'A', tags: ['v1'], age: 1}])
  const faulty = expire({tagStatus: 'tagged', tagPatternList: ['test*1*2*3*4*5*6']})
  const lifecyclePolicyText = policyText(faulty)
  const refusal = {name: 'InvalidParameterException'}
  await expect(putPolicy(client, faulty)).rejects.toMatchObject(refusal)
  await expect(
    client.send(new StartLifecyclePolicyPreviewCommand({repositoryName, lifecyclePolicyText})),
  ).rejects.toMatchObject(refusal)
})
