import {
  BatchDeleteImageCommand,
  BatchGetImageCommand,
  CreateRepositoryCommand,
  DescribeImagesCommand,
  type ImageTagMutability,
  ListImageReferrersCommand,
  ListImagesCommand,
  PutImageCommand,
  PutImageTagMutabilityCommand,
  paginateListImages,
} from '@aws-sdk/client-ecr'
import {describe, expect, test} from 'vitest'
import {
  dev,
  ecrClient,
  indexType,
  manifestType,
  openSandbox,
  putSmallImage,
  sha256,
  smallImage,
  uploadLayer,
} from './support.ts'

const repositoryName = 'team/app'

async function repositoryWithImage() {
  const client = ecrClient(await openSandbox())
  return {client, image: await putSmallImage(client, repositoryName, 'v1')}
}

function indexOf(...digests: string[]): string {
  const manifests = digests.map(digest => ({mediaType: manifestType, digest, size: 1}))
  return JSON.stringify({schemaVersion: 2, mediaType: indexType, manifests})
}

describe('PutImage', () => {
  test('a manifest comes back byte for byte, by digest and by tag', async () => {
    const client = ecrClient(await openSandbox())
    const {layer, config, manifest} = smallImage()
    await client.send(new CreateRepositoryCommand({repositoryName}))
    await uploadLayer(client, repositoryName, layer)
    await uploadLayer(client, repositoryName, config)
    const odd = `\n ${manifest.replaceAll(',', ' ,\t')}\n`
    await client.send(new PutImageCommand({repositoryName, imageManifest: odd, imageTag: 'odd'}))
    const imageIds = [{imageDigest: sha256(odd)}, {imageTag: 'odd'}]
    const {images, failures} = await client.send(new BatchGetImageCommand({repositoryName, imageIds}))
    expect(failures).toEqual([])
    expect(images?.map(image => image.imageManifest)).toEqual([odd, odd])
    expect(images?.[1]?.imageId).toEqual({imageDigest: sha256(odd), imageTag: 'odd'})
  })

  test('names the layers that are missing', async () => {
    const client = ecrClient(await openSandbox())
    const {manifest, config, layer} = smallImage()
    await client.send(new CreateRepositoryCommand({repositoryName}))
    await expect(
      client.send(new PutImageCommand({repositoryName, imageManifest: manifest})),
    ).rejects.toMatchObject({
      name: 'LayersNotFoundException',
      message: `Layers with digests '[${sha256(config)}, ${sha256(layer)}]' required for pushing image into repository with name 'team/app' in the registry with id '${dev}' do not exist`,
    })
  })

  test('an index needs its images first', async () => {
    const {client, image} = await repositoryWithImage()
    const missing = sha256('missing')
    const put = (manifest: string) =>
      client.send(new PutImageCommand({repositoryName, imageManifest: manifest}))
    await expect(put(indexOf(image.digest, missing))).rejects.toMatchObject({
      name: 'ReferencedImagesNotFoundException',
      message: `Images with digests '[${missing}]' required for pushing image into repository with name 'team/app' in the registry with id '${dev}' do not exist`,
    })
    await expect(put(indexOf(image.digest))).resolves.toBeDefined()
  })

  test('refuses a manifest that has another digest than the caller says', async () => {
    const {client, image} = await repositoryWithImage()
    const imageDigest = sha256('other')
    const command = new PutImageCommand({repositoryName, imageManifest: image.manifest, imageDigest})
    await expect(client.send(command)).rejects.toMatchObject({name: 'ImageDigestDoesNotMatchException'})
  })

  test.each([
    ['text that is not JSON', '{', manifestType],
    ['a list', '[]', manifestType],
    ['a media type other than the declared one', smallImage().manifest, indexType],
    ['no media type at all', '{"schemaVersion":2,"layers":[]}', undefined],
    ['parameters in a media type', smallImage().manifest.replace('v1.tar"', 'v1.tar;a=b"'), manifestType],
  ])('refuses %s', async (_, imageManifest, imageManifestMediaType) => {
    const {client} = await repositoryWithImage()
    const command = new PutImageCommand({repositoryName, imageManifest, imageManifestMediaType})
    await expect(client.send(command)).rejects.toMatchObject({name: 'InvalidParameterException'})
  })

  test('the same digest under the same tag exists already', async () => {
    const {client, image} = await repositoryWithImage()
    const command = new PutImageCommand({repositoryName, imageManifest: image.manifest, imageTag: 'v1'})
    await expect(client.send(command)).rejects.toMatchObject({
      name: 'ImageAlreadyExistsException',
      message: `Image with digest '${image.digest}' and tag 'v1' already exists in the repository with name 'team/app' in registry with id '${dev}'`,
    })
  })

  test('a tag moves, and the image that had it stays', async () => {
    const {client, image} = await repositoryWithImage()
    const next = await putSmallImage(client, repositoryName, 'v1', 'next')
    const {imageDetails} = await client.send(new DescribeImagesCommand({repositoryName}))
    const tags = Object.fromEntries(
      (imageDetails ?? []).map(({imageDigest, imageTags}) => [imageDigest, imageTags]),
    )
    expect(tags).toEqual({[image.digest]: undefined, [next.digest]: ['v1']})
  })
})

describe('immutable tags', () => {
  const immutable = {
    name: 'ImageTagAlreadyExistsException',
    message:
      "The image tag 'v1' already exists in the 'team/app' repository and cannot be overwritten because the tag is immutable.",
  }

  async function moveTag(imageTagMutability: ImageTagMutability, filter?: string) {
    const {client} = await repositoryWithImage()
    await client.send(
      new PutImageTagMutabilityCommand({
        repositoryName,
        imageTagMutability,
        ...(filter && {imageTagMutabilityExclusionFilters: [{filterType: 'WILDCARD', filter}]}),
      }),
    )
    return () => putSmallImage(client, repositoryName, 'v1', 'next')
  }

  test.each([
    ['IMMUTABLE', undefined],
    ['IMMUTABLE_WITH_EXCLUSION', 'dev-*'],
    ['MUTABLE_WITH_EXCLUSION', 'v*'],
  ] as const)('%s with the filter %s: v1 stays', async (mode, filter) => {
    const move = await moveTag(mode, filter)
    await expect(move()).rejects.toMatchObject(immutable)
  })

  test.each([
    ['MUTABLE', undefined],
    ['IMMUTABLE_WITH_EXCLUSION', 'v*'],
    ['MUTABLE_WITH_EXCLUSION', 'dev-*'],
  ] as const)('%s with the filter %s: v1 moves', async (mode, filter) => {
    const move = await moveTag(mode, filter)
    await expect(move()).resolves.toBeDefined()
  })

  test('a new tag can be added', async () => {
    const {client} = await repositoryWithImage()
    await client.send(new PutImageTagMutabilityCommand({repositoryName, imageTagMutability: 'IMMUTABLE'}))
    await expect(putSmallImage(client, repositoryName, 'v2')).resolves.toBeDefined()
  })

  test.each([
    {imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION', filters: undefined, wrong: "can't be null"},
    {
      imageTagMutability: 'IMMUTABLE',
      filters: [{filterType: 'WILDCARD', filter: 'a*'}],
      wrong: 'must be null',
    },
  ] as const)('exclusions $wrong with $imageTagMutability', async ({imageTagMutability, filters, wrong}) => {
    const {client} = await repositoryWithImage()
    const command = new PutImageTagMutabilityCommand({
      repositoryName,
      imageTagMutability,
      ...(filters && {imageTagMutabilityExclusionFilters: [...filters]}),
    })
    await expect(client.send(command)).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: `Invalid parameter at 'imageTagMutabilityExclusionFilters' failed to satisfy constraint: 'ImageTagMutabilityExclusionFilters ${wrong} when imageTagMutability is set as ${imageTagMutability}'`,
    })
  })
})

describe('BatchGetImage', () => {
  test('says for each id why there is no image, and still answers the others', async () => {
    const {client, image} = await repositoryWithImage()
    const other = await putSmallImage(client, repositoryName, 'v2', 'other')
    const {images, failures} = await client.send(
      new BatchGetImageCommand({
        repositoryName,
        imageIds: [
          {imageTag: 'v1'},
          {imageTag: 'none'},
          {imageDigest: 'sha256:xyz'},
          {},
          {imageDigest: other.digest, imageTag: 'v1'},
        ],
      }),
    )
    expect(images?.map(({imageId}) => imageId?.imageDigest)).toEqual([image.digest])
    expect(failures?.map(({failureCode}) => failureCode)).toEqual([
      'ImageNotFound',
      'InvalidImageDigest',
      'MissingDigestAndTag',
      'ImageTagDoesNotMatchDigest',
    ])
    expect(failures?.[0]?.failureReason).toBe('Requested image not found')
  })

  test('takes a hundred ids and no more', async () => {
    const {client} = await repositoryWithImage()
    const ask = (count: number) =>
      client.send(
        new BatchGetImageCommand({
          repositoryName,
          imageIds: Array.from({length: count}, () => ({imageTag: 'v1'})),
        }),
      )
    await expect(ask(100)).resolves.toMatchObject({failures: []})
    await expect(ask(101)).rejects.toMatchObject({
      message:
        "Invalid parameter at 'imageIds' failed to satisfy constraint: 'Member must have length less than or equal to 100'",
    })
  })
})

describe('BatchDeleteImage', () => {
  test('by tag it takes the tag away, and the image with its last tag', async () => {
    const {client, image} = await repositoryWithImage()
    await putSmallImage(client, repositoryName, 'v2')
    const remove = (imageTag: string) =>
      client.send(new BatchDeleteImageCommand({repositoryName, imageIds: [{imageTag}]}))
    const present = () =>
      client.send(new BatchGetImageCommand({repositoryName, imageIds: [{imageDigest: image.digest}]}))
    expect((await remove('v1')).imageIds).toEqual([{imageDigest: image.digest, imageTag: 'v1'}])
    expect((await present()).images).toHaveLength(1)
    await remove('v2')
    expect((await present()).images).toHaveLength(0)
  })

  test('by digest it takes the image with all its tags', async () => {
    const {client, image} = await repositoryWithImage()
    await putSmallImage(client, repositoryName, 'v2')
    const imageIds = [{imageDigest: image.digest}]
    const {imageIds: deleted} = await client.send(new BatchDeleteImageCommand({repositoryName, imageIds}))
    expect(deleted).toEqual([
      {imageDigest: image.digest, imageTag: 'v1'},
      {imageDigest: image.digest, imageTag: 'v2'},
    ])
  })

  test('deletes nothing when tag and digest do not belong together', async () => {
    const {client, image} = await repositoryWithImage()
    const other = await putSmallImage(client, repositoryName, 'v2', 'other')
    const imageIds = [{imageDigest: image.digest, imageTag: 'v2'}]
    const {failures} = await client.send(new BatchDeleteImageCommand({repositoryName, imageIds}))
    expect(failures?.map(({failureCode}) => failureCode)).toEqual(['ImageTagDoesNotMatchDigest'])
    const {imageIds: left} = await client.send(new ListImagesCommand({repositoryName}))
    expect(new Set(left?.map(({imageDigest}) => imageDigest))).toEqual(new Set([image.digest, other.digest]))
  })

  test('an image that an index lists stays until the index is gone', async () => {
    const {client, image} = await repositoryWithImage()
    const index = indexOf(image.digest)
    await client.send(new PutImageCommand({repositoryName, imageManifest: index, imageTag: 'all'}))
    const remove = (imageDigest: string) =>
      client.send(new BatchDeleteImageCommand({repositoryName, imageIds: [{imageDigest}]}))
    expect((await remove(image.digest)).failures).toEqual([
      {
        imageId: {imageDigest: image.digest},
        failureCode: 'ImageReferencedByManifestList',
        failureReason: `Requested image referenced by manifest list: [${sha256(index)}]`,
      },
    ])
    await remove(sha256(index))
    expect((await remove(image.digest)).failures).toEqual([])
  })
})

describe('DescribeImages', () => {
  test('tells size, type, time and tags, and when an image was last pulled', async () => {
    const sandbox = await openSandbox()
    await sandbox.setClock(1_700_000_000_000)
    const client = ecrClient(sandbox)
    const image = await putSmallImage(client, repositoryName, 'v1')
    await sandbox.setClock(1_700_000_001_000)
    await client.send(new BatchGetImageCommand({repositoryName, imageIds: [{imageTag: 'v1'}]}))
    const {imageDetails} = await client.send(new DescribeImagesCommand({repositoryName}))
    expect(imageDetails).toEqual([
      {
        registryId: dev,
        repositoryName,
        imageDigest: image.digest,
        imageTags: ['v1'],
        imageSizeInBytes: image.layer.length + image.config.length,
        imagePushedAt: new Date(1_700_000_000_000),
        imageManifestMediaType: manifestType,
        imageStatus: 'ACTIVE',
        artifactMediaType: 'application/vnd.oci.image.config.v1+json',
        lastRecordedPullTime: new Date(1_700_000_001_000),
      },
    ])
  })

  test('an index is as large as its largest image', async () => {
    const {client, image} = await repositoryWithImage()
    const large = await putSmallImage(client, repositoryName, undefined, 'a much larger layer')
    const index = indexOf(image.digest, large.digest)
    await client.send(new PutImageCommand({repositoryName, imageManifest: index}))
    const imageIds = [{imageDigest: sha256(index)}]
    const {imageDetails} = await client.send(new DescribeImagesCommand({repositoryName, imageIds}))
    expect(imageDetails?.[0]?.imageSizeInBytes).toBe(large.layer.length + large.config.length)
  })

  test('one unknown image fails the whole call', async () => {
    const {client} = await repositoryWithImage()
    const imageIds = [{imageTag: 'v1'}, {imageTag: 'none'}]
    await expect(client.send(new DescribeImagesCommand({repositoryName, imageIds}))).rejects.toMatchObject({
      name: 'ImageNotFoundException',
      message: `The image with imageId {imageDigest:'null', imageTag:'none'} does not exist within the repository with name 'team/app' in the registry with id '${dev}'`,
    })
  })
})

describe('ListImages', () => {
  test('pages through every tag and every image without one, each once', async () => {
    const {client, image} = await repositoryWithImage()
    for (const tag of ['v2', 'v3', 'v4']) await putSmallImage(client, repositoryName, tag)
    const untagged = await putSmallImage(client, repositoryName, undefined, 'untagged')
    const seen: string[] = []
    let nextToken: string | undefined
    do {
      const page = await client.send(new ListImagesCommand({repositoryName, maxResults: 2, nextToken}))
      expect(page.imageIds?.length).toBeLessThanOrEqual(2)
      seen.push(...(page.imageIds ?? []).map(({imageDigest, imageTag}) => `${imageDigest} ${imageTag}`))
      nextToken = page.nextToken
    } while (nextToken !== undefined)
    expect(seen.toSorted()).toEqual(
      [
        `${untagged.digest} undefined`,
        ...['v1', 'v2', 'v3', 'v4'].map(tag => `${image.digest} ${tag}`),
      ].toSorted(),
    )
  })

  test('filters by tag status', async () => {
    const {client, image} = await repositoryWithImage()
    const untagged = await putSmallImage(client, repositoryName, undefined, 'untagged')
    const list = async (tagStatus: 'TAGGED' | 'UNTAGGED') =>
      (await client.send(new ListImagesCommand({repositoryName, filter: {tagStatus}}))).imageIds
    expect(await list('TAGGED')).toEqual([{imageDigest: image.digest, imageTag: 'v1'}])
    expect(await list('UNTAGGED')).toEqual([{imageDigest: untagged.digest}])
  })

  test.each(['made-up', 'e30.e30'])('the token %j is refused', async nextToken => {
    const {client} = await repositoryWithImage()
    await expect(client.send(new ListImagesCommand({repositoryName, nextToken}))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    })
  })

  test('pages over tags that have spaces', async () => {
    const {client, image} = await repositoryWithImage()
    const tags = ['a b', 'a c', 'a d']
    for (const imageTag of tags) {
      await client.send(new PutImageCommand({repositoryName, imageManifest: image.manifest, imageTag}))
    }
    const pages = paginateListImages({client, pageSize: 1}, {repositoryName})
    const listed: unknown[] = []
    for await (const {imageIds = []} of pages) listed.push(...imageIds.map(({imageTag}) => imageTag))
    expect(listed).toEqual([...tags, 'v1'])
  })

  test('a token of another repository is refused', async () => {
    const {client} = await repositoryWithImage()
    await putSmallImage(client, repositoryName, 'v2')
    await putSmallImage(client, 'other', 'v2')
    const {nextToken} = await client.send(new ListImagesCommand({repositoryName, maxResults: 1}))
    expect(nextToken).toBeDefined()
    await expect(
      client.send(new ListImagesCommand({repositoryName: 'other', nextToken})),
    ).rejects.toMatchObject({name: 'InvalidParameterException'})
  })

  test('answers at most a thousand', async () => {
    const {client} = await repositoryWithImage()
    await expect(
      client.send(new ListImagesCommand({repositoryName, maxResults: 1001})),
    ).rejects.toMatchObject({
      message:
        "Invalid parameter at 'maxResults' failed to satisfy constraint: 'Member must have value less than or equal to 1000'",
    })
  })
})

describe('ListImageReferrers', () => {
  async function repositoryWithReferrers() {
    const {client, image} = await repositoryWithImage()
    const empty = '{}'
    await uploadLayer(client, repositoryName, empty)
    const refer = async (artifactType: string) => {
      const manifest = JSON.stringify({
        schemaVersion: 2,
        mediaType: manifestType,
        artifactType,
        config: {mediaType: 'application/vnd.oci.empty.v1+json', digest: sha256(empty), size: 2},
        layers: [],
        subject: {mediaType: manifestType, digest: image.digest, size: image.manifest.length},
        annotations: {kind: artifactType},
      })
      await client.send(new PutImageCommand({repositoryName, imageManifest: manifest}))
      return {
        digest: sha256(manifest),
        mediaType: manifestType,
        artifactType,
        size: manifest.length,
        annotations: {kind: artifactType},
        artifactStatus: 'ACTIVE',
      }
    }
    const referrers = [await refer('application/sbom'), await refer('application/signature')]
    return {client, image, referrers}
  }

  test('lists what refers to an image, by type when asked', async () => {
    const {client, image, referrers} = await repositoryWithReferrers()
    const list = async (artifactTypes?: string[]) =>
      (
        await client.send(
          new ListImageReferrersCommand({
            repositoryName,
            subjectId: {imageDigest: image.digest},
            ...(artifactTypes && {filter: {artifactTypes}}),
          }),
        )
      ).referrers
    expect(await list()).toEqual(expect.arrayContaining(referrers))
    expect(await list(['application/sbom'])).toEqual(referrers.slice(0, 1))
    expect(await list(['application/other'])).toEqual([])
  })

  test('pages', async () => {
    const {client, image} = await repositoryWithReferrers()
    const subjectId = {imageDigest: image.digest}
    const first = await client.send(new ListImageReferrersCommand({repositoryName, subjectId, maxResults: 1}))
    const {nextToken} = first
    const second = await client.send(
      new ListImageReferrersCommand({repositoryName, subjectId, maxResults: 1, nextToken}),
    )
    expect(new Set([first, second].flatMap(page => page.referrers?.map(({digest}) => digest))).size).toBe(2)
    expect(second.nextToken).toBeUndefined()
  })
})
