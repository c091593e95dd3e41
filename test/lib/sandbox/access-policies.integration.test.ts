import {
  BatchGetImageCommand,
  CreateRepositoryCommand,
  DeleteRegistryPolicyCommand,
  DescribeRegistryCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  GetRegistryPolicyCommand,
  ListImageReferrersCommand,
  PutRegistryPolicyCommand,
  SetRepositoryPolicyCommand,
} from '@aws-sdk/client-ecr'
import {describe, expect, test} from 'vitest'
import type {Sandbox, SandboxSeed} from '../../../src/lib/sandbox/index.ts'
import {roleSession} from './sts-support.ts'
import {
  dev,
  devHost,
  ecrClient,
  http,
  openSandbox,
  prod,
  putSmallImage,
  region,
  registryClient,
  sha256,
} from './support.ts'

const repositoryName = 'team/app'
const arn = `arn:aws:ecr:${region}:${dev}:repository/${repositoryName}`
const getImage = new BatchGetImageCommand({registryId: dev, repositoryName, imageIds: [{imageTag: 'v1'}]})
const denied = (text: string) => ({name: 'AccessDeniedException', message: expect.stringContaining(text)})

function policy(...Statement: object[]): string {
  return JSON.stringify({Version: '2012-10-17', Statement})
}

function identity(Effect: 'Allow' | 'Deny', ...Action: string[]): object {
  return {Version: '2012-10-17', Statement: [{Effect, Action, Resource: '*'}]}
}

/** A sandbox with these accounts, and a repository of dev with one image, made before it was seeded. */
async function seeded(...accounts: NonNullable<SandboxSeed['accounts']>) {
  const sandbox = await openSandbox()
  const owner = ecrClient(sandbox)
  await putSmallImage(owner, repositoryName, 'v1')
  await sandbox.seed({accounts})
  const share = (...statements: object[]) =>
    owner.send(
      new SetRepositoryPolicyCommand({repositoryName, policyText: policy(...statements), force: true}),
    )
  return {sandbox, owner, share}
}

/** A client whose requests seem to come from elsewhere. */
function clientFrom(sandbox: Sandbox, address: string, as = dev): ECRClient {
  const client = ecrClient(sandbox, as)
  client.middlewareStack.add(
    next => args => {
      Object.assign((args.request as {headers: object}).headers, {'x-forwarded-for': address})
      return next(args)
    },
    {step: 'build'},
  )
  return client
}

describe('the identity policy of a user', () => {
  test('says what it may do in its own account', async () => {
    const {owner} = await seeded({id: dev, user: {policy: identity('Allow', 'ecr:Describe*')}})
    await expect(owner.send(new DescribeRepositoriesCommand({}))).resolves.toBeDefined()
    await expect(owner.send(getImage)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: `User: arn:aws:iam::${dev}:user/sandbox is not authorized to perform: ecr:BatchGetImage on resource: ${arn} because no identity-based policy allows the ecr:BatchGetImage action`,
    })
  })

  test('is not needed where the repository names the user', async () => {
    const {sandbox, owner, share} = await seeded()
    await share({Effect: 'Allow', Principal: {AWS: `arn:aws:iam::${dev}:user/sandbox`}, Action: 'ecr:*'})
    await sandbox.seed({accounts: [{id: dev, user: {policy: identity('Allow', 's3:*')}}]})
    await expect(owner.send(getImage)).resolves.toBeDefined()
    await expect(owner.send(new DescribeRepositoriesCommand({}))).rejects.toMatchObject(
      denied('no identity-based policy'),
    )
  })

  test('beats all others when it denies', async () => {
    const {sandbox, share} = await seeded({id: prod, user: {policy: identity('Deny', 'ecr:BatchGetImage')}})
    await share({Effect: 'Allow', Principal: '*', Action: 'ecr:*'})
    await expect(ecrClient(sandbox, prod).send(getImage)).rejects.toMatchObject(
      denied('with an explicit deny in an identity-based policy'),
    )
  })

  test('is needed beside the policy of another account’s repository', async () => {
    const {sandbox, share} = await seeded({id: prod, user: {policy: identity('Allow', 'ecr:PutImage')}})
    await share({Effect: 'Allow', Principal: '*', Action: 'ecr:*'})
    await expect(ecrClient(sandbox, prod).send(getImage)).rejects.toMatchObject(
      denied('because no identity-based policy allows the ecr:BatchGetImage action'),
    )
  })

  test('alone decides on passwords', async () => {
    const {sandbox} = await seeded({id: dev, user: {policy: identity('Allow', 'ecr:BatchGetImage')}})
    await expect(ecrClient(sandbox).send(new GetAuthorizationTokenCommand({}))).rejects.toMatchObject({
      message: `User: arn:aws:iam::${dev}:user/sandbox is not authorized to perform: ecr:GetAuthorizationToken on resource: * because no identity-based policy allows the ecr:GetAuthorizationToken action`,
    })
  })

  test('is told in the same words by the data plane, with 403', async () => {
    const {sandbox} = await seeded({id: dev, user: {policy: identity('Allow', 'ecr:GetAuthorizationToken')}})
    const send = await registryClient(sandbox, dev, devHost)
    const refused = async (method: string, path: string) => {
      const {status, text} = await send(method, path)
      return {status, ...(JSON.parse(text) as {errors: {code: string; message: string}[]}).errors[0]}
    }
    const words = (action: string, resource: string) => ({
      status: 403,
      code: 'DENIED',
      message: `User: arn:aws:iam::${dev}:user/sandbox is not authorized to perform: ecr:${action} on resource: ${resource} because no identity-based policy allows the ecr:${action} action`,
    })
    expect(await refused('GET', `/v2/${repositoryName}/manifests/v1`)).toEqual(words('BatchGetImage', arn))
    expect(await refused('POST', `/v2/${repositoryName}/blobs/uploads/`)).toEqual(
      words('InitiateLayerUpload', arn),
    )
    expect(await refused('GET', '/v2/_catalog')).toEqual(
      words('DescribeRepositories', `arn:aws:ecr:${region}:${dev}:repository/*`),
    )
  })

  test('must be one', async () => {
    const sandbox = await openSandbox()
    const wrong = {Version: '2012-10-17', Statement: [{Effect: 'Allow', Principal: '*', Action: 'ecr:*'}]}
    await expect(sandbox.seed({accounts: [{id: dev, user: {policy: wrong}}]})).rejects.toMatchObject({
      code: 'INVALID_SEED',
      message: 'Sandbox seed: accounts[0].user.policy must be an identity policy.',
    })
    await expect(sandbox.seed({accounts: [{id: dev, organization: 'acme'}]})).rejects.toMatchObject({
      message: expect.stringContaining('accounts[0].organization must be the id of an organization'),
    })
  })
})

describe('a session of a role', () => {
  test('may do what the identity policy of its role says', async () => {
    const {sandbox} = await seeded({
      id: dev,
      roles: [{name: 'release', policy: identity('Allow', 'ecr:BatchGetImage')}],
    })
    const client = ecrClient(sandbox, await roleSession(sandbox))
    await expect(client.send(getImage)).resolves.toBeDefined()
    await expect(client.send(new DescribeRepositoriesCommand({}))).rejects.toMatchObject(
      denied(`User: arn:aws:sts::${dev}:assumed-role/release/ci is not authorized`),
    )
  })

  test('is limited by a session policy, in the data plane too', async () => {
    const {sandbox} = await seeded()
    const Policy = JSON.stringify(identity('Allow', 'ecr:Get*'))
    const session = await roleSession(sandbox, {Policy})
    const text = 'because no session policy allows the ecr:BatchGetImage action'
    await expect(ecrClient(sandbox, session).send(getImage)).rejects.toMatchObject(denied(text))
    const send = await registryClient(sandbox, session, devHost)
    const answer = await send('GET', `/v2/${repositoryName}/manifests/v1`)
    expect(answer).toMatchObject({status: 403, text: expect.stringContaining(text)})
  })

  test('has the tags of its role, and its own', async () => {
    const {sandbox, share} = await seeded({id: prod, roles: [{name: 'release', tags: {team: 'a', env: 'x'}}]})
    await share({
      Effect: 'Allow',
      Principal: {AWS: prod},
      Action: 'ecr:*',
      Condition: {StringEquals: {'aws:PrincipalTag/team': 'a', 'aws:PrincipalTag/env': 'prod'}},
    })
    const plain = ecrClient(sandbox, await roleSession(sandbox, {}, prod))
    const tagged = ecrClient(sandbox, await roleSession(sandbox, {Tags: [{Key: 'env', Value: 'prod'}]}, prod))
    await expect(plain.send(getImage)).rejects.toMatchObject(denied('no resource-based policy'))
    await expect(tagged.send(getImage)).resolves.toBeDefined()
  })

  test('may do nothing once its role is no more', async () => {
    const {sandbox} = await seeded()
    const client = ecrClient(sandbox, await roleSession(sandbox))
    await expect(client.send(getImage)).resolves.toBeDefined()
    await sandbox.seed({accounts: [{id: dev, roles: []}]})
    await expect(client.send(getImage)).rejects.toMatchObject(denied('no identity-based policy'))
  })
})

describe('a condition of a repository policy', () => {
  test('sees the organization of the caller', async () => {
    const {sandbox, share} = await seeded({id: prod, organization: 'o-acme/r-1/ou-2/'})
    await share({
      Effect: 'Allow',
      Principal: '*',
      Action: 'ecr:BatchGetImage',
      Condition: {
        StringEquals: {'aws:PrincipalOrgID': 'o-acme'},
        'ForAnyValue:StringLike': {'aws:PrincipalOrgPaths': 'o-acme/*/ou-2/*'},
      },
    })
    await expect(ecrClient(sandbox, prod).send(getImage)).resolves.toBeDefined()
    await expect(ecrClient(sandbox, '333333333333').send(getImage)).rejects.toMatchObject(
      denied('no resource-based policy'),
    )
  })

  test('sees the address that a request comes from', async () => {
    const {sandbox, share} = await seeded()
    await share({
      Effect: 'Deny',
      Principal: '*',
      Action: 'ecr:BatchGetImage',
      Condition: {NotIpAddress: {'aws:SourceIp': ['10.0.0.0/8', '127.0.0.1']}},
    })
    await expect(ecrClient(sandbox).send(getImage)).resolves.toBeDefined()
    await expect(clientFrom(sandbox, '10.9.8.7').send(getImage)).resolves.toBeDefined()
    await expect(clientFrom(sandbox, '11.9.8.7, 10.0.0.1').send(getImage)).rejects.toMatchObject(
      denied('with an explicit deny in a resource-based policy'),
    )
  })

  test('sees the time of the sandbox', async () => {
    const {sandbox, share} = await seeded()
    await share({
      Effect: 'Allow',
      Principal: {AWS: prod},
      Action: 'ecr:*',
      Condition: {DateLessThan: {'aws:CurrentTime': '2026-06-01T00:00:00Z'}},
    })
    await sandbox.setClock(Date.UTC(2026, 4, 31))
    await expect(ecrClient(sandbox, prod).send(getImage)).resolves.toBeDefined()
    await sandbox.setClock(Date.UTC(2026, 5, 1))
    await expect(ecrClient(sandbox, prod).send(getImage)).rejects.toMatchObject(
      denied('no resource-based policy'),
    )
  })
})

describe('the policy of a registry', () => {
  const Resource = `arn:aws:ecr:${region}:${dev}:repository/team/*`
  const put = (client: ECRClient, ...statements: object[]) =>
    client.send(new PutRegistryPolicyCommand({policyText: policy(...statements)}))

  test('allows another account what no repository does', async () => {
    const {sandbox, owner} = await seeded()
    await put(owner, {
      Effect: 'Allow',
      Principal: {AWS: prod},
      Action: ['ecr:BatchGetImage', 'ecr:Create*'],
      Resource,
    })
    const other = ecrClient(sandbox, prod)
    await expect(other.send(getImage)).resolves.toBeDefined()
    await expect(
      other.send(new CreateRepositoryCommand({registryId: dev, repositoryName: 'team/new'})),
    ).resolves.toMatchObject({repository: {registryId: dev}})
    await expect(
      other.send(new CreateRepositoryCommand({registryId: dev, repositoryName: 'other/new'})),
    ).rejects.toMatchObject(denied('no resource-based policy'))
  })

  test('is held against each request, also of its own account', async () => {
    const {owner} = await seeded()
    await put(owner, {
      Effect: 'Deny',
      Principal: '*',
      Action: ['ecr:BatchGetImage', 'ecr:DescribeRegistry'],
      Resource: '*',
    })
    const words = denied('with an explicit deny in a resource-based policy')
    await expect(owner.send(getImage)).rejects.toMatchObject(words)
    await expect(owner.send(new DescribeRegistryCommand({}))).rejects.toMatchObject(words)
    // The API reference names the permission of BatchGetImage for it.
    await expect(
      owner.send(new ListImageReferrersCommand({repositoryName, subjectId: {imageDigest: sha256('')}})),
    ).rejects.toMatchObject(words)
  })

  test('comes back as ECR prints it, and is gone once deleted', async () => {
    const {owner} = await seeded()
    const statement = {Effect: 'Allow', Principal: {AWS: prod}, Action: 'ecr:*', Resource}
    const printed = {registryId: dev, policyText: expect.stringContaining('  "Statement" : [ {\n')}
    expect(await put(owner, statement)).toMatchObject(printed)
    expect(await owner.send(new GetRegistryPolicyCommand({}))).toMatchObject(printed)
    expect(await owner.send(new DeleteRegistryPolicyCommand({}))).toMatchObject(printed)
    const gone = {
      name: 'RegistryPolicyNotFoundException',
      message: `Registry policy does not exist in the registry with id '${dev}'`,
    }
    await expect(owner.send(new GetRegistryPolicyCommand({}))).rejects.toMatchObject(gone)
    await expect(owner.send(new DeleteRegistryPolicyCommand({}))).rejects.toMatchObject(gone)
  })

  test('must be one', async () => {
    const {owner} = await seeded()
    await expect(put(owner, {Effect: 'Allow', Principal: '*', Action: 'ecr:*'})).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message:
        "Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid registry policy provided'",
    })
  })
})

describe('to make a repository with tags', () => {
  const tags = [{Key: 'env', Value: 'prod'}]
  const create = new CreateRepositoryCommand({repositoryName: 'tagged', tags})

  test('needs the permission to tag as well', async () => {
    const {owner} = await seeded({id: dev, user: {policy: identity('Allow', 'ecr:CreateRepository')}})
    await expect(owner.send(create)).rejects.toMatchObject(
      denied('not authorized to perform: ecr:TagResource on resource: '),
    )
    await expect(owner.send(new CreateRepositoryCommand({repositoryName: 'plain'}))).resolves.toBeDefined()
  })

  test('shows the tags to conditions', async () => {
    const Statement = [
      {Effect: 'Allow', Action: 'ecr:*', Resource: '*'},
      {
        Effect: 'Deny',
        Action: 'ecr:CreateRepository',
        Resource: '*',
        Condition: {StringNotEquals: {'aws:RequestTag/env': 'prod'}},
      },
    ]
    const {owner} = await seeded({id: dev, user: {policy: {Version: '2012-10-17', Statement}}})
    await expect(owner.send(create)).resolves.toBeDefined()
    await expect(owner.send(new CreateRepositoryCommand({repositoryName: 'plain'}))).rejects.toMatchObject(
      denied('with an explicit deny in an identity-based policy'),
    )
  })
})

describe('SetRepositoryPolicy', () => {
  const lockOut = policy({Effect: 'Deny', Principal: '*', Action: 'ecr:SetRepositoryPolicy'})

  test('needs force for a policy that would be the last of the caller', async () => {
    const {owner} = await seeded()
    const set = (force?: boolean) =>
      owner.send(new SetRepositoryPolicyCommand({repositoryName, policyText: lockOut, ...(force && {force})}))
    await expect(set()).rejects.toMatchObject({name: 'InvalidParameterException'})
    await expect(set(true)).resolves.toBeDefined()
    await expect(set(true)).rejects.toMatchObject(denied('explicit deny in a resource-based policy'))
  })

  test('refuses a principal that there is not', async () => {
    const {owner} = await seeded({id: prod, roles: [{name: 'release'}]})
    const share = (role: string) =>
      owner.send(
        new SetRepositoryPolicyCommand({
          repositoryName,
          policyText: policy({
            Effect: 'Allow',
            Principal: {AWS: `arn:aws:iam::${prod}:role/${role}`},
            Action: 'ecr:*',
          }),
        }),
      )
    await expect(share('teams/release')).resolves.toBeDefined()
    await expect(share('other')).rejects.toMatchObject({
      message: "Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Principal not found'",
    })
  })
})

test('a key id of a user, in AWS’s layout, is of its account', async () => {
  const {url} = await openSandbox()
  const answer = await http(`${url}/`, {
    method: 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=AKIAQNZGKIQY56JQ7WML/20260101/${region}/sts/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: 'Action=GetCallerIdentity&Version=2011-06-15',
  })
  expect(answer.text).toContain('<Arn>arn:aws:iam::029608264753:user/sandbox</Arn>')
})
