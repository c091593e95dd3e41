import {
  CreateRepositoryCommand,
  type ECRClient,
  ListTagsForResourceCommand,
  type Tag,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-ecr'
import {describe, expect, test} from 'vitest'
import {dev, ecrClient, openSandbox, prod, region} from './support.ts'

const resourceArn = `arn:aws:ecr:${region}:${dev}:repository/app`
const team = {Key: 'team', Value: 'payments'}
const stage = {Key: 'stage', Value: 'test'}

async function withApp(tags?: Tag[]): Promise<ECRClient> {
  const client = ecrClient(await openSandbox())
  await client.send(new CreateRepositoryCommand({repositoryName: 'app', tags}))
  return client
}

async function list(client: ECRClient) {
  const {tags} = await client.send(new ListTagsForResourceCommand({resourceArn}))
  return tags
}

function tag(client: ECRClient, tags: Tag[]) {
  return client.send(new TagResourceCommand({resourceArn, tags}))
}

const many = (count: number, prefix = 'k') =>
  Array.from({length: count}, (_, n) => ({Key: `${prefix}${n}`, Value: ''}))

test('a repository is made with tags, or without', async () => {
  expect(await list(await withApp([team, stage]))).toEqual([team, stage])
  expect(await list(await withApp())).toEqual([])
})

test('tags are added and replaced, and those that are not named stay', async () => {
  const client = await withApp([team, stage])
  await tag(client, [
    {Key: 'stage', Value: 'prod'},
    {Key: 'Ünï/x-1', Value: 'a b@c'},
  ])
  expect(await list(client)).toEqual([team, {Key: 'stage', Value: 'prod'}, {Key: 'Ünï/x-1', Value: 'a b@c'}])
})

test('tags are taken away by their keys, also by such as are not there', async () => {
  const client = await withApp([team, stage])
  await client.send(new UntagResourceCommand({resourceArn, tagKeys: ['team', 'none']}))
  expect(await list(client)).toEqual([stage])
})

describe('refused are', () => {
  test('more than 50 tags, counting those that are there', async () => {
    const client = await withApp(many(49))
    await tag(client, many(1, 'new'))
    await expect(tag(client, many(1, 'newer'))).rejects.toMatchObject({name: 'TooManyTagsException'})
    await expect(tag(client, many(49))).resolves.toBeDefined()
    await expect(
      client.send(new CreateRepositoryCommand({repositoryName: 'other', tags: many(51)})),
    ).rejects.toMatchObject({name: 'TooManyTagsException'})
    const tagKeys = many(51).map(({Key}) => Key)
    await expect(client.send(new UntagResourceCommand({resourceArn, tagKeys}))).rejects.toMatchObject({
      name: 'TooManyTagsException',
    })
  })

  test.each([
    [[{Key: 'aws:x', Value: ''}]],
    [[{Key: 'AWS:x', Value: ''}]],
    [[{Key: '', Value: ''}]],
    [[{Key: 'k'.repeat(129), Value: ''}]],
    [[{Key: 'a?b', Value: ''}]],
    [[{Key: 'k', Value: 'v'.repeat(257)}]],
    [[{Key: 'k', Value: 'a\nb'}]],
    [[team, team]],
  ])('tags such as %j', async tags => {
    const client = await withApp()
    await expect(tag(client, tags)).rejects.toMatchObject({name: 'InvalidTagParameterException'})
    await expect(
      client.send(new CreateRepositoryCommand({repositoryName: 'other', tags})),
    ).rejects.toMatchObject({name: 'InvalidTagParameterException'})
    expect(await list(client)).toEqual([])
  })

  test('keys of AWS, to be taken away', async () => {
    const client = await withApp()
    await expect(
      client.send(new UntagResourceCommand({resourceArn, tagKeys: ['aws:x']})),
    ).rejects.toMatchObject({name: 'InvalidTagParameterException'})
  })

  test.each(['app', `arn:aws:ecr:${region}:${dev}:registry/app`, resourceArn.replace(region, 'us-east-1')])(
    'the ARN %s',
    async arn => {
      const client = await withApp()
      const refused = {
        name: 'InvalidParameterException',
        message: "Invalid parameter at 'resourceArn' failed to satisfy constraint: 'Invalid ARN'",
      }
      const list = new ListTagsForResourceCommand({resourceArn: arn})
      await expect(client.send(list)).rejects.toMatchObject(refused)
    },
  )

  test('a repository that is not there, and one of another account', async () => {
    const client = await withApp()
    const none = `${resourceArn}s`
    for (const command of [
      new ListTagsForResourceCommand({resourceArn: none}),
      new TagResourceCommand({resourceArn: none, tags: [team]}),
      new UntagResourceCommand({resourceArn: none, tagKeys: ['team']}),
    ] as const) {
      await expect(client.send(command as TagResourceCommand)).rejects.toMatchObject({
        name: 'RepositoryNotFoundException',
        message: `The repository with name 'apps' does not exist in the registry with id '${dev}'`,
      })
    }
    const theirs = resourceArn.replace(dev, prod)
    await expect(
      client.send(new TagResourceCommand({resourceArn: theirs, tags: [team]})),
    ).rejects.toMatchObject({name: 'AccessDeniedException'})
  })
})

describe('the encryption of a repository', () => {
  const create = async (encryptionConfiguration: {
    encryptionType: 'KMS' | 'AES256' | 'KMS_DSSE'
    kmsKey?: string
  }) => {
    const client = ecrClient(await openSandbox())
    const {repository} = await client.send(
      new CreateRepositoryCommand({repositoryName: 'app', encryptionConfiguration}),
    )
    return repository?.encryptionConfiguration
  }

  test("is by AWS's own key unless one is named", async () => {
    const {kmsKey} = (await create({encryptionType: 'KMS'})) ?? {}
    expect(kmsKey).toMatch(new RegExp(`^arn:aws:kms:${region}:${dev}:key/[0-9a-f-]{36}$`))
    expect(await create({encryptionType: 'KMS'})).toEqual({encryptionType: 'KMS', kmsKey})
    const named = {encryptionType: 'KMS' as const, kmsKey: 'alias/own'}
    expect(await create(named)).toEqual(named)
  })

  test('has no key of another region, no key without KMS, and two layers in GovCloud alone', async () => {
    await expect(
      create({encryptionType: 'KMS', kmsKey: `arn:aws:kms:us-east-1:${dev}:key/1`}),
    ).rejects.toMatchObject({name: 'KmsException', kmsError: 'NotFoundException'})
    await expect(create({encryptionType: 'AES256', kmsKey: 'alias/own'})).rejects.toMatchObject({
      name: 'InvalidParameterException',
    })
    await expect(create({encryptionType: 'KMS_DSSE'})).rejects.toMatchObject({
      name: 'InvalidParameterException',
    })
  })
})
