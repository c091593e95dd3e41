import {
  CreateRepositoryCommand,
  DeleteRepositoryCommand,
  DescribeImagesCommand,
  DescribeRegistryCommand,
  DescribeRepositoriesCommand,
  type ECRClient,
  GetAccountSettingCommand,
  PutAccountSettingCommand,
} from '@aws-sdk/client-ecr'
import {describe, expect, test} from 'vitest'
import {clientOptions, dev, ecrClient, http, openSandbox, prod, putSmallImage} from './support.ts'

describe('CreateRepository', () => {
  test('answers and describes the repository that it made', async () => {
    const sandbox = await openSandbox()
    await sandbox.setClock(1_700_000_000_123)
    const client = ecrClient(sandbox)
    const {repository} = await client.send(
      new CreateRepositoryCommand({
        repositoryName: 'team/app',
        imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
        imageTagMutabilityExclusionFilters: [{filterType: 'WILDCARD', filter: 'dev-*'}],
        imageScanningConfiguration: {scanOnPush: true},
      }),
    )
    expect(repository).toEqual({
      repositoryArn: `arn:aws:ecr:eu-west-1:${dev}:repository/team/app`,
      registryId: dev,
      repositoryName: 'team/app',
      repositoryUri: `${dev}.dkr.ecr.eu-west-1.amazonaws.com/team/app`,
      createdAt: new Date(1_700_000_000_123),
      imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
      imageTagMutabilityExclusionFilters: [{filterType: 'WILDCARD', filter: 'dev-*'}],
      imageScanningConfiguration: {scanOnPush: true},
      encryptionConfiguration: {encryptionType: 'AES256'},
    })
    const {repositories} = await client.send(new DescribeRepositoriesCommand({}))
    expect(repositories).toEqual([repository])
  })

  test('a name is taken once for each account and region', async () => {
    const sandbox = await openSandbox()
    const create = (client: ECRClient) => client.send(new CreateRepositoryCommand({repositoryName: 'app'}))
    await create(ecrClient(sandbox))
    await expect(create(ecrClient(sandbox))).rejects.toMatchObject({
      name: 'RepositoryAlreadyExistsException',
      message: `The repository with name 'app' already exists in the registry with id '${dev}'`,
    })
    await expect(create(ecrClient(sandbox, prod))).resolves.toBeDefined()
  })

  test.each([
    ['us-gov-west-1', 'aws-us-gov', 'amazonaws.com'],
    ['cn-north-1', 'aws-cn', 'amazonaws.com.cn'],
    ['eusc-de-east-1', 'aws-eusc', 'amazonaws.eu'],
  ])('names things of %s as its partition does', async (region, partition, suffix) => {
    const {ECRClient} = await import('@aws-sdk/client-ecr')
    const client = new ECRClient({...clientOptions(await openSandbox()), region})
    const {repository} = await client.send(new CreateRepositoryCommand({repositoryName: 'app'}))
    expect(repository).toMatchObject({
      repositoryArn: `arn:${partition}:ecr:${region}:${dev}:repository/app`,
      repositoryUri: `${dev}.dkr.ecr.${region}.${suffix}/app`,
    })
  })

  test.each(['A', 'app/', 'a--', '-a', 'a..b', '../etc'])('refuses the name %j', async repositoryName => {
    const client = ecrClient(await openSandbox())
    await expect(client.send(new CreateRepositoryCommand({repositoryName}))).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringMatching(
        /^Invalid parameter at 'repositoryName' failed to satisfy constraint: '/,
      ),
    })
  })

  test('says which members are missing, of the wrong type, or not in the enumeration', async () => {
    const sandbox = await openSandbox()
    const send = (input: object) =>
      ecrClient(sandbox).send(new CreateRepositoryCommand(input as {repositoryName: string}))
    await expect(send({})).rejects.toMatchObject({
      message:
        "Invalid parameter at 'repositoryName' failed to satisfy constraint: 'Member must not be null'",
    })
    await expect(send({repositoryName: 'app', imageTagMutability: 'SOMETIMES'})).rejects.toMatchObject({
      message:
        "Invalid parameter at 'imageTagMutability' failed to satisfy constraint: 'Member must satisfy enum value set: [MUTABLE, IMMUTABLE, IMMUTABLE_WITH_EXCLUSION, MUTABLE_WITH_EXCLUSION]'",
    })
    await expect(send({repositoryName: 7})).rejects.toMatchObject({name: 'SerializationException'})
  })
})

describe('DescribeRepositories', () => {
  test('one unknown name fails the whole call', async () => {
    const client = ecrClient(await openSandbox())
    await client.send(new CreateRepositoryCommand({repositoryName: 'app'}))
    const repositoryNames = ['app', 'none']
    await expect(client.send(new DescribeRepositoriesCommand({repositoryNames}))).rejects.toMatchObject({
      name: 'RepositoryNotFoundException',
      message: `The repository with name 'none' does not exist in the registry with id '${dev}'`,
    })
  })

  test('pages, and goes on behind a repository that is gone meanwhile', async () => {
    const client = ecrClient(await openSandbox())
    for (const repositoryName of ['aa', 'bb', 'cc'])
      await client.send(new CreateRepositoryCommand({repositoryName}))
    const first = await client.send(new DescribeRepositoriesCommand({maxResults: 1}))
    await client.send(new DeleteRepositoryCommand({repositoryName: 'bb'}))
    const {nextToken} = first
    const rest = await client.send(new DescribeRepositoriesCommand({nextToken}))
    expect([first, rest].map(page => page.repositories?.map(({repositoryName}) => repositoryName))).toEqual([
      ['aa'],
      ['cc'],
    ])
  })

  test('names and pages exclude each other', async () => {
    const client = ecrClient(await openSandbox())
    await client.send(new CreateRepositoryCommand({repositoryName: 'app'}))
    await expect(
      client.send(new DescribeRepositoriesCommand({repositoryNames: ['app'], maxResults: 1})),
    ).rejects.toMatchObject({name: 'InvalidParameterException'})
  })
})

describe('DeleteRepository', () => {
  test('needs force while there are images, and takes them with it', async () => {
    const client = ecrClient(await openSandbox())
    await putSmallImage(client, 'app', 'v1')
    await expect(client.send(new DeleteRepositoryCommand({repositoryName: 'app'}))).rejects.toMatchObject({
      name: 'RepositoryNotEmptyException',
      message: `The repository with name 'app' in registry with id '${dev}' cannot be deleted because it still contains images`,
    })
    await client.send(new DeleteRepositoryCommand({repositoryName: 'app', force: true}))
    await client.send(new CreateRepositoryCommand({repositoryName: 'app'}))
    const {imageDetails} = await client.send(new DescribeImagesCommand({repositoryName: 'app'}))
    expect(imageDetails).toEqual([])
  })
})

describe('registry settings', () => {
  test('blob mounting is off until it is turned on, in one account and region', async () => {
    const sandbox = await openSandbox()
    const client = ecrClient(sandbox)
    const name = 'BLOB_MOUNTING'
    const read = async (from = client) => (await from.send(new GetAccountSettingCommand({name}))).value
    expect(await read()).toBe('DISABLED')
    await client.send(new PutAccountSettingCommand({name, value: 'ENABLED'}))
    expect(await read()).toBe('ENABLED')
    expect(await read(ecrClient(sandbox, prod))).toBe('DISABLED')
  })

  test('unknown settings and values are refused', async () => {
    const client = ecrClient(await openSandbox())
    const put = (name: string, value: string) => client.send(new PutAccountSettingCommand({name, value}))
    await expect(put('BLOB_MOUNTING', 'SOMETIMES')).rejects.toMatchObject({name: 'InvalidParameterException'})
    await expect(put('NONE', 'ENABLED')).rejects.toMatchObject({name: 'InvalidParameterException'})
  })

  test('a registry replicates nowhere', async () => {
    const client = ecrClient(await openSandbox())
    expect(await client.send(new DescribeRegistryCommand({}))).toMatchObject({
      registryId: dev,
      replicationConfiguration: {rules: []},
    })
  })
})

describe('the protocol', () => {
  const sign = `AWS4-HMAC-SHA256 Credential=${dev}/20260101/eu-west-1/ecr/aws4_request, SignedHeaders=host, Signature=0`
  const target = (operation: string) => `AmazonEC2ContainerRegistry_V20150921.${operation}`

  test('times are seconds, as numbers', async () => {
    const sandbox = await openSandbox()
    await sandbox.setClock(1_700_000_000_500)
    const {body} = await http(`${sandbox.url}/`, {
      method: 'POST',
      headers: {authorization: sign, 'x-amz-target': target('CreateRepository')},
      body: '{"repositoryName":"app"}',
    })
    expect(JSON.parse(body.toString())).toMatchObject({repository: {createdAt: 1_700_000_000.5}})
  })

  test.each([
    ['UnknownOperationException', {authorization: sign, 'x-amz-target': target('MakeCoffee')}, '{}'],
    ['UnknownOperationException', {authorization: sign, 'x-amz-target': 'Other.CreateRepository'}, '{}'],
    ['SerializationException', {authorization: sign, 'x-amz-target': target('CreateRepository')}, '{'],
    ['MissingAuthenticationTokenException', {'x-amz-target': target('CreateRepository')}, '{}'],
    [
      'IncompleteSignatureException',
      {authorization: 'AWS4-HMAC-SHA256 what', 'x-amz-target': target('CreateRepository')},
      '{}',
    ],
    [
      'InvalidSignatureException',
      {authorization: sign.replace('/ecr/', '/s3/'), 'x-amz-target': target('CreateRepository')},
      '{}',
    ],
    [
      'UnrecognizedClientException',
      {authorization: sign.replace(dev, 'AKIAIOSFODNN7EXAMPLE'), 'x-amz-target': target('CreateRepository')},
      '{}',
    ],
  ])('answers %s', async (name, headers, body) => {
    const {url} = await openSandbox()
    const answer = await http(`${url}/`, {method: 'POST', headers, body})
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(JSON.parse(answer.text)).toMatchObject({__type: name})
  })
})
