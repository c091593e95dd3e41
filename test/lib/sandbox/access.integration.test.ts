import {
  BatchGetImageCommand,
  CreateRepositoryCommand,
  DeleteRepositoryPolicyCommand,
  DescribeRepositoriesCommand,
  GetRepositoryPolicyCommand,
  PutImageCommand,
  SetRepositoryPolicyCommand,
} from '@aws-sdk/client-ecr'
import {describe, expect, test} from 'vitest'
import {roleSession} from './sts-support.ts'
import {dev, devHost, ecrClient, openSandbox, prod, putSmallImage, registryClient} from './support.ts'

const repositoryName = 'team/app'
const arn = `arn:aws:ecr:eu-west-1:${dev}:repository/${repositoryName}`
const prodUser = `arn:aws:iam::${prod}:user/sandbox`

/** A repository of dev with one image and this policy. */
async function sharedRepository(...statements: object[]) {
  const sandbox = await openSandbox()
  const owner = ecrClient(sandbox)
  const image = await putSmallImage(owner, repositoryName, 'v1')
  const policyText = JSON.stringify({Version: '2012-10-17', Statement: statements})
  if (statements.length > 0) await owner.send(new SetRepositoryPolicyCommand({repositoryName, policyText}))
  return {sandbox, owner, image}
}

const getImage = new BatchGetImageCommand({registryId: dev, repositoryName, imageIds: [{imageTag: 'v1'}]})

function allow(Principal: unknown, ...Action: string[]): object {
  return {Effect: 'Allow', Principal, Action}
}

describe('from another account', () => {
  test('nothing is allowed without a policy, in the words of AWS', async () => {
    const {sandbox} = await sharedRepository()
    await expect(ecrClient(sandbox, prod).send(getImage)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      $metadata: {httpStatusCode: 400},
      message: `User: ${prodUser} is not authorized to perform: ecr:BatchGetImage on resource: ${arn} because no resource-based policy allows the ecr:BatchGetImage action`,
    })
  })

  test('the data plane denies with the same words', async () => {
    const {sandbox} = await sharedRepository()
    const send = await registryClient(sandbox, prod, devHost)
    const answer = await send('GET', `/v2/${repositoryName}/manifests/v1`)
    expect(answer.status).toBe(403)
    expect(JSON.parse(answer.text)).toEqual({
      errors: [
        {
          code: 'DENIED',
          message: `User: ${prodUser} is not authorized to perform: ecr:BatchGetImage on resource: ${arn} because no resource-based policy allows the ecr:BatchGetImage action`,
        },
      ],
    })
  })

  test('a missing repository is denied too, so that its absence is not told', async () => {
    const {sandbox} = await sharedRepository()
    const command = new DescribeRepositoriesCommand({registryId: dev, repositoryNames: ['none']})
    await expect(ecrClient(sandbox, prod).send(command)).rejects.toMatchObject({
      name: 'AccessDeniedException',
    })
  })

  test('repositories can not be created', async () => {
    const {sandbox} = await sharedRepository()
    const command = new CreateRepositoryCommand({registryId: dev, repositoryName: 'other'})
    await expect(ecrClient(sandbox, prod).send(command)).rejects.toMatchObject({
      name: 'AccessDeniedException',
    })
  })

  test.each([
    ['everyone', '*'],
    ['every AWS principal', {AWS: '*'}],
    ['the account id', {AWS: prod}],
    ['the root ARN, among others', {AWS: [`arn:aws:iam::333333333333:root`, `arn:aws:iam::${prod}:root`]}],
    ['the user', {AWS: prodUser}],
  ])('a policy that names %s allows its actions and no more', async (_, principal) => {
    const {sandbox, image} = await sharedRepository(
      allow(principal, 'ecr:BatchGet*', 'ecr:GetDownloadUrlForLayer'),
    )
    const client = ecrClient(sandbox, prod)
    expect((await client.send(getImage)).images).toHaveLength(1)
    const put = new PutImageCommand({
      registryId: dev,
      repositoryName,
      imageManifest: image.manifest,
      imageTag: 'v2',
    })
    await expect(client.send(put)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('ecr:PutImage'),
    })
  })

  test.each([
    ['another account', allow({AWS: '333333333333'}, 'ecr:*')],
    ['a service', allow({Service: 'lambda.amazonaws.com'}, 'ecr:*')],
    ['a role that the caller is not', allow({AWS: `arn:aws:iam::${prod}:role/release`}, 'ecr:*')],
    ['the same user of another partition', allow({AWS: `arn:aws-cn:iam::${prod}:root`}, 'ecr:*')],
    [
      'the caller under a condition that does not hold',
      {...allow('*', 'ecr:*'), Condition: {StringEquals: {'aws:PrincipalOrgID': 'o-1'}}},
    ],
  ])('a policy that allows %s does not allow the caller', async (_, statement) => {
    const {sandbox} = await sharedRepository(statement)
    await expect(ecrClient(sandbox, prod).send(getImage)).rejects.toMatchObject({
      name: 'AccessDeniedException',
    })
  })

  test('a role is allowed through its sessions, whatever its path', async () => {
    const {sandbox} = await sharedRepository(
      allow({AWS: `arn:aws:iam::${prod}:role/teams/release`}, 'ecr:BatchGetImage'),
    )
    const session = async (role: string) =>
      ecrClient(sandbox, await roleSession(sandbox, {RoleArn: `arn:aws:iam::${prod}:role/${role}`}, prod))
    expect((await (await session('teams/release')).send(getImage)).images).toHaveLength(1)
    await expect((await session('other')).send(getImage)).rejects.toMatchObject({
      message: expect.stringContaining(`User: arn:aws:sts::${prod}:assumed-role/other/ci is not authorized`),
    })
  })
})

describe('an explicit deny', () => {
  const deny = {Effect: 'Deny', Principal: '*', Action: 'ecr:BatchGetImage'}

  test('beats an allow', async () => {
    const {sandbox} = await sharedRepository(allow('*', 'ecr:*'), deny)
    await expect(ecrClient(sandbox, prod).send(getImage)).rejects.toMatchObject({
      message: expect.stringContaining('with an explicit deny in a resource-based policy'),
    })
  })

  test('holds in the own account too', async () => {
    const {owner} = await sharedRepository(deny)
    await expect(owner.send(getImage)).rejects.toMatchObject({name: 'AccessDeniedException'})
  })

  test('spares those whom NotPrincipal names', async () => {
    const {sandbox, owner} = await sharedRepository(allow('*', 'ecr:*'), {
      Effect: 'Deny',
      NotPrincipal: {AWS: [prod, prodUser]},
      Action: 'ecr:BatchGetImage',
    })
    expect((await ecrClient(sandbox, prod).send(getImage)).images).toHaveLength(1)
    await expect(owner.send(getImage)).rejects.toMatchObject({name: 'AccessDeniedException'})
  })
})

describe('the policy itself', () => {
  test('comes back printed as ECR prints it', async () => {
    const {owner} = await sharedRepository()
    const policyText =
      '{"Version":"2012-10-17","Id":"Foo","Statement":[{"Effect":"Allow","Principal":"*","Action":["ecr:BatchGetImage","ecr:PutImage"]}]}'
    await owner.send(new SetRepositoryPolicyCommand({repositoryName, policyText}))
    const answer = await owner.send(new GetRepositoryPolicyCommand({repositoryName}))
    expect(answer.policyText).toBe(
      [
        '{',
        '  "Version" : "2012-10-17",',
        '  "Id" : "Foo",',
        '  "Statement" : [ {',
        '    "Effect" : "Allow",',
        '    "Principal" : "*",',
        '    "Action" : [ "ecr:BatchGetImage", "ecr:PutImage" ]',
        '  } ]',
        '}',
      ].join('\n'),
    )
  })

  test('is gone once deleted', async () => {
    const {sandbox, owner} = await sharedRepository(allow('*', 'ecr:*'))
    await owner.send(new DeleteRepositoryPolicyCommand({repositoryName}))
    await expect(owner.send(new GetRepositoryPolicyCommand({repositoryName}))).rejects.toMatchObject({
      name: 'RepositoryPolicyNotFoundException',
      message: `Repository policy does not exist for the repository with name 'team/app' in the registry with id '${dev}'`,
    })
    await expect(ecrClient(sandbox, prod).send(getImage)).rejects.toMatchObject({
      name: 'AccessDeniedException',
    })
  })

  test.each([
    ['text that is not JSON', 'no'],
    ['no statements', '{"Version":"2012-10-17","Statement":[]}'],
    [
      'an unknown version',
      '{"Version":"2020-01-01","Statement":[{"Effect":"Allow","Principal":"*","Action":"ecr:*"}]}',
    ],
    ['an effect that is none', '{"Statement":[{"Effect":"Maybe","Principal":"*","Action":"ecr:*"}]}'],
    [
      'an action of another service',
      '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject"}]}',
    ],
    ['no principal', '{"Statement":[{"Effect":"Allow","Action":"ecr:*"}]}'],
    ['null', '{"Statement":[null]}'],
  ])('%s is refused', async (_, policyText) => {
    const {owner} = await sharedRepository()
    await expect(
      owner.send(new SetRepositoryPolicyCommand({repositoryName, policyText})),
    ).rejects.toMatchObject({
      message:
        "Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid repository policy provided'",
    })
  })
})
