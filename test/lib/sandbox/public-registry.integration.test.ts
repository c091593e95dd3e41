import {
  BatchCheckLayerAvailabilityCommand,
  BatchDeleteImageCommand,
  CompleteLayerUploadCommand,
  CreateRepositoryCommand,
  DeleteRepositoryCommand,
  DeleteRepositoryPolicyCommand,
  DescribeImagesCommand,
  DescribeImageTagsCommand,
  DescribeRegistriesCommand,
  DescribeRepositoriesCommand,
  ECRPUBLICClient,
  GetAuthorizationTokenCommand,
  GetRegistryCatalogDataCommand,
  GetRepositoryCatalogDataCommand,
  GetRepositoryPolicyCommand,
  InitiateLayerUploadCommand,
  ListTagsForResourceCommand,
  PutImageCommand,
  PutRegistryCatalogDataCommand,
  PutRepositoryCatalogDataCommand,
  SetRepositoryPolicyCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UploadLayerPartCommand,
} from '@aws-sdk/client-ecr-public'
import {describe, expect, onTestFinished, test} from 'vitest'
import type {Sandbox, SandboxOptions} from '../../../src/lib/sandbox/index.ts'
import {
  clientOptions,
  dev,
  ecrClient,
  openSandbox,
  prod,
  putSmallImage,
  sha256,
  smallImage,
} from './support.ts'

const start = 1_700_000_000_000
const repositoryName = 'team/app'
const notFound = {
  name: 'RepositoryNotFoundException',
  message: `The repository with name '${repositoryName}' does not exist in the registry with id '${dev}'`,
}

async function stopped(options: SandboxOptions = {}): Promise<{sandbox: Sandbox; client: ECRPUBLICClient}> {
  const sandbox = await openSandbox(options)
  await sandbox.setClock(start)
  return {sandbox, client: publicClient(sandbox)}
}

function publicClient(sandbox: Sandbox, account = dev, region = 'us-east-1'): ECRPUBLICClient {
  const client = new ECRPUBLICClient({...clientOptions(sandbox, account), region})
  onTestFinished(() => client.destroy())
  return client
}

async function aliasOf(client: ECRPUBLICClient): Promise<string> {
  const {registries} = await client.send(new DescribeRegistriesCommand({}))
  return registries?.[0]?.aliases?.[0]?.name ?? ''
}

async function push(client: ECRPUBLICClient, imageTag: string, registryId?: string) {
  const where = {repositoryName, registryId}
  const image = smallImage()
  for (const blob of [image.layer, image.config]) {
    const layerPartBlob = Buffer.from(blob)
    const {uploadId} = await client.send(new InitiateLayerUploadCommand(where))
    const part = {partFirstByte: 0, partLastByte: layerPartBlob.length - 1, layerPartBlob}
    await client.send(new UploadLayerPartCommand({...where, uploadId, ...part}))
    await client.send(new CompleteLayerUploadCommand({...where, uploadId, layerDigests: [sha256(blob)]}))
  }
  await client.send(new PutImageCommand({...where, imageManifest: image.manifest, imageTag}))
  return image
}

describe('a public registry', () => {
  test('has an alias of its own, by which it is named in URIs', async () => {
    const {sandbox, client} = await stopped()
    const alias = await aliasOf(client)
    expect(await aliasOf(publicClient(sandbox, prod))).not.toBe(alias)
    const {registries} = await client.send(new DescribeRegistriesCommand({}))
    expect(registries).toEqual([
      {
        registryId: dev,
        registryArn: `arn:aws:ecr-public::${dev}:registry/${dev}`,
        registryUri: `public.ecr.aws/${alias}`,
        verified: false,
        aliases: [{name: alias, status: 'ACTIVE', primaryRegistryAlias: true, defaultRegistryAlias: true}],
      },
    ])
  })

  test('has a name for its gallery', async () => {
    const {client} = await stopped()
    const get = () => client.send(new GetRegistryCatalogDataCommand({}))
    expect(await get()).toMatchObject({registryCatalogData: {displayName: ''}})
    await client.send(new PutRegistryCatalogDataCommand({displayName: 'Payments'}))
    expect(await get()).toMatchObject({registryCatalogData: {displayName: 'Payments'}})
  })

  test('is the same in both of its regions; passwords come from one', async () => {
    const {sandbox, client} = await stopped()
    const west = publicClient(sandbox, dev, 'us-west-2')
    await client.send(new CreateRepositoryCommand({repositoryName}))
    expect((await west.send(new DescribeRepositoriesCommand({}))).repositories).toHaveLength(1)
    await expect(client.send(new GetAuthorizationTokenCommand({}))).resolves.toBeDefined()
    await expect(west.send(new GetAuthorizationTokenCommand({}))).rejects.toMatchObject({
      name: 'UnsupportedCommandException',
      message: 'GetAuthorizationToken command is only supported in us-east-1.',
    })
  })
})

describe('a public repository', () => {
  test('is made, described, and deleted; an account has private ones of the same name beside it', async () => {
    const {sandbox, client} = await stopped()
    const {repository, catalogData} = await client.send(
      new CreateRepositoryCommand({repositoryName, catalogData: {description: 'An app'}}),
    )
    expect(repository).toEqual({
      repositoryArn: `arn:aws:ecr-public::${dev}:repository/${repositoryName}`,
      registryId: dev,
      repositoryName,
      repositoryUri: `public.ecr.aws/${await aliasOf(client)}/${repositoryName}`,
      createdAt: new Date(start),
    })
    expect(catalogData).toMatchObject({description: 'An app'})
    await expect(client.send(new CreateRepositoryCommand({repositoryName}))).rejects.toMatchObject({
      name: 'RepositoryAlreadyExistsException',
    })
    await putSmallImage(ecrClient(sandbox), repositoryName)
    const names = [repositoryName]
    const described = await client.send(new DescribeRepositoriesCommand({repositoryNames: names}))
    expect(described.repositories).toEqual([repository])
    expect(await client.send(new DeleteRepositoryCommand({repositoryName}))).toMatchObject({repository})
    await expect(
      client.send(new DescribeRepositoriesCommand({repositoryNames: names})),
    ).rejects.toMatchObject(notFound)
    await expect(client.send(new DeleteRepositoryCommand({repositoryName}))).rejects.toMatchObject(notFound)
  })

  test('is listed page by page', async () => {
    const {client} = await stopped()
    for (const name of ['aa', 'bb']) await client.send(new CreateRepositoryCommand({repositoryName: name}))
    const first = await client.send(new DescribeRepositoriesCommand({maxResults: 1}))
    const {nextToken} = first
    const second = await client.send(new DescribeRepositoriesCommand({maxResults: 1, nextToken}))
    expect([first, second].map(page => page.repositories?.map(one => one.repositoryName))).toEqual([
      ['aa'],
      ['bb'],
    ])
    expect(second.nextToken).toBeUndefined()
  })

  test('has catalog data, which is replaced as a whole', async () => {
    const {client} = await stopped()
    await client.send(new CreateRepositoryCommand({repositoryName}))
    const get = () => client.send(new GetRepositoryCatalogDataCommand({repositoryName}))
    await expect(get()).rejects.toMatchObject({name: 'RepositoryCatalogDataNotFoundException'})
    const put = (catalogData: object) =>
      client.send(new PutRepositoryCatalogDataCommand({repositoryName, catalogData}))
    const first = await put({description: 'An app', logoImageBlob: Buffer.from('png')})
    expect(first.catalogData).toMatchObject({
      description: 'An app',
      logoUrl: expect.stringMatching(/^https:/),
    })
    await put({aboutText: 'More', architectures: ['ARM 64']})
    expect((await get()).catalogData).toEqual({
      aboutText: 'More',
      architectures: ['ARM 64'],
      marketplaceCertified: false,
    })
  })

  test('has a policy', async () => {
    const {client} = await stopped()
    await client.send(new CreateRepositoryCommand({repositoryName}))
    const where = {repositoryName}
    const missing = {name: 'RepositoryPolicyNotFoundException'}
    const get = () => client.send(new GetRepositoryPolicyCommand(where))
    await expect(get()).rejects.toMatchObject(missing)
    const statement = {
      Effect: 'Allow',
      Principal: {AWS: `arn:aws:iam::${prod}:root`},
      Action: ['ecr-public:PutImage'],
    }
    const policy = {Version: '2012-10-17', Statement: [statement]}
    await client.send(new SetRepositoryPolicyCommand({...where, policyText: JSON.stringify(policy)}))
    expect(JSON.parse((await get()).policyText ?? '')).toEqual(policy)
    await client.send(new DeleteRepositoryPolicyCommand(where))
    await expect(get()).rejects.toMatchObject(missing)
    await expect(
      client.send(new SetRepositoryPolicyCommand({...where, policyText: '{}'})),
    ).rejects.toMatchObject({name: 'InvalidParameterException'})
  })

  test('has tags', async () => {
    const {sandbox, client} = await stopped()
    const tags = [{Key: 'team', Value: 'payments'}]
    const {repository} = await client.send(new CreateRepositoryCommand({repositoryName, tags}))
    const resourceArn = repository?.repositoryArn
    const list = async () => (await client.send(new ListTagsForResourceCommand({resourceArn}))).tags
    expect(await list()).toEqual(tags)
    await client.send(new TagResourceCommand({resourceArn, tags: [{Key: 'stage', Value: 'test'}]}))
    await client.send(new UntagResourceCommand({resourceArn, tagKeys: ['team']}))
    expect(await list()).toEqual([{Key: 'stage', Value: 'test'}])
    await expect(
      client.send(new TagResourceCommand({resourceArn, tags: [{Key: 'aws:x', Value: ''}]})),
    ).rejects.toMatchObject({name: 'InvalidTagParameterException'})
    const many = Array.from({length: 51}, (_, n) => ({Key: `k${n}`, Value: ''}))
    await expect(client.send(new TagResourceCommand({resourceArn, tags: many}))).rejects.toMatchObject({
      name: 'TooManyTagsException',
    })
    await expect(
      publicClient(sandbox, prod).send(new ListTagsForResourceCommand({resourceArn})),
    ).rejects.toMatchObject({name: 'InvalidParameterException'})
    await client.send(new DeleteRepositoryCommand({repositoryName}))
    await expect(list()).rejects.toMatchObject(notFound)
  })
})

describe('public images', () => {
  test('are pushed and described, by account or alias of the registry', async () => {
    const {sandbox, client} = await stopped()
    await client.send(new CreateRepositoryCommand({repositoryName}))
    const {digest, layer} = await push(client, 'v1', await aliasOf(client))
    const {imageDetails} = await client.send(new DescribeImagesCommand({repositoryName}))
    expect(imageDetails).toEqual([
      {
        registryId: dev,
        repositoryName,
        imageDigest: digest,
        imageTags: ['v1'],
        imageSizeInBytes: expect.any(Number),
        imagePushedAt: new Date(start),
        imageManifestMediaType: 'application/vnd.oci.image.manifest.v1+json',
        artifactMediaType: 'application/vnd.oci.image.config.v1+json',
      },
    ])
    const {imageTagDetails} = await client.send(new DescribeImageTagsCommand({repositoryName}))
    expect(imageTagDetails).toMatchObject([
      {imageTag: 'v1', createdAt: new Date(start), imageDetail: {imageDigest: digest}},
    ])
    const {layers} = await client.send(
      new BatchCheckLayerAvailabilityCommand({repositoryName, layerDigests: [sha256(layer)]}),
    )
    expect(layers).toMatchObject([{layerAvailability: 'AVAILABLE'}])
    expect(sandbox.events).toEqual([])
  })

  test('are deleted; a repository that has one is deleted by force alone', async () => {
    const {client} = await stopped()
    await client.send(new CreateRepositoryCommand({repositoryName}))
    const {digest} = await push(client, 'v1')
    await expect(client.send(new DeleteRepositoryCommand({repositoryName}))).rejects.toMatchObject({
      name: 'RepositoryNotEmptyException',
    })
    const imageIds = [{imageTag: 'v1'}]
    const deleted = await client.send(new BatchDeleteImageCommand({repositoryName, imageIds}))
    expect(deleted.imageIds).toEqual([{imageDigest: digest, imageTag: 'v1'}])
    await expect(client.send(new DescribeImagesCommand({repositoryName, imageIds}))).rejects.toMatchObject({
      name: 'ImageNotFoundException',
    })
    await push(client, 'v2').catch(() => undefined)
    await expect(
      client.send(new DeleteRepositoryCommand({repositoryName, force: true})),
    ).resolves.toBeDefined()
  })

  test('are not pushed to a registry that is not there, nor by another account', async () => {
    const {sandbox, client} = await stopped()
    await client.send(new CreateRepositoryCommand({repositoryName}))
    await expect(
      client.send(new InitiateLayerUploadCommand({repositoryName, registryId: 'nobody'})),
    ).rejects.toMatchObject({name: 'RegistryNotFoundException'})
    await expect(
      publicClient(sandbox, prod).send(new InitiateLayerUploadCommand({repositoryName, registryId: dev})),
    ).rejects.toMatchObject({name: 'AccessDeniedException'})
  })
})
