import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  AssumeRoleWithWebIdentityCommand,
  GetSessionTokenCommand,
} from '@aws-sdk/client-sts'
import {describe, expect, test} from 'vitest'
import type {Sandbox} from '../../../src/lib/sandbox/index.ts'
import {stsClient, usable} from './sts-support.ts'
import {dev, http, openSandbox, prod, region} from './support.ts'

const RoleArn = `arn:aws:iam::${prod}:role/release`
const RoleSessionName = 'ci'
const user = `arn:aws:iam::${dev}:user/sandbox`

function assume(sandbox: Sandbox, input: Partial<AssumeRoleCommandInput> = {}, as = dev) {
  return stsClient(sandbox, as).send(new AssumeRoleCommand({RoleArn, RoleSessionName, ...input}))
}

function invalid(value: string, member: string, constraint: string) {
  return {
    name: 'ValidationError',
    message: `1 validation error detected: Value ${value} at '${member}' failed to satisfy constraint: ${constraint}`,
  }
}

describe('AssumeRole is held to the model', () => {
  const long = (length: number) => 'x'.repeat(length)

  test.each<[Partial<AssumeRoleCommandInput>, ReturnType<typeof invalid>]>([
    [{RoleArn: undefined}, invalid('null', 'roleArn', 'Member must not be null')],
    [{RoleArn: 'arn'}, invalid("'arn'", 'roleArn', 'Member must have length greater than or equal to 20')],
    [{RoleSessionName: undefined}, invalid('null', 'roleSessionName', 'Member must not be null')],
    [
      {RoleSessionName: 'x'},
      invalid("'x'", 'roleSessionName', 'Member must have length greater than or equal to 2'),
    ],
    [
      {RoleSessionName: long(65)},
      invalid(`'${long(65)}'`, 'roleSessionName', 'Member must have length less than or equal to 64'),
    ],
    [
      {RoleSessionName: 'c i'},
      invalid("'c i'", 'roleSessionName', 'Member must satisfy regular expression pattern: [\\w+=,.@-]*'),
    ],
    [{ExternalId: 'x'}, invalid("'x'", 'externalId', 'Member must have length greater than or equal to 2')],
    [
      {DurationSeconds: 899},
      invalid("'899'", 'durationSeconds', 'Member must have value greater than or equal to 900'),
    ],
    [
      {DurationSeconds: 43_201},
      invalid("'43201'", 'durationSeconds', 'Member must have value less than or equal to 43200'),
    ],
    [
      {Policy: long(2049)},
      invalid(`'${long(2049)}'`, 'policy', 'Member must have length less than or equal to 2048'),
    ],
    [
      {TokenCode: '12345'},
      invalid("'12345'", 'tokenCode', 'Member must have length greater than or equal to 6'),
    ],
    [
      {Tags: Array.from({length: 51}, (_, index) => ({Key: `k${index}`, Value: 'v'}))},
      invalid("'[...]'", 'tags', 'Member must have length less than or equal to 50'),
    ],
  ])('%j', async (input, refusal) => {
    await expect(assume(await openSandbox(), input)).rejects.toMatchObject(refusal)
  })

  test.each([
    ['{', 'The policy is not in the valid JSON format.'],
    ['{}', 'Syntax errors in policy.'],
    [
      '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}}',
      'Syntax errors in policy.',
    ],
  ])('the session policy %s is none', async (Policy, message) => {
    await expect(assume(await openSandbox(), {Policy})).rejects.toMatchObject({
      name: 'MalformedPolicyDocumentException',
      message,
    })
  })

  test('managed policies, which nobody knows here, are refused rather than left out', async () => {
    const PolicyArns = [{arn: 'arn:aws:iam::aws:policy/ReadOnlyAccess'}]
    await expect(assume(await openSandbox(), {PolicyArns})).rejects.toMatchObject({
      name: 'MalformedPolicyDocumentException',
    })
  })
})

describe('whether a role can be assumed', () => {
  const identity = (Effect: 'Allow' | 'Deny', Action: string) => ({
    policy: {Version: '2012-10-17', Statement: {Effect, Action, Resource: '*'}},
  })
  const refused = {
    name: 'AccessDenied',
    message: `User: ${user} is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`,
  }

  test('the identity policy of a user of another account has a say', async () => {
    const sandbox = await openSandbox()
    const as = async (user: object) => {
      await sandbox.seed({accounts: [{id: dev, user}]})
      return assume(sandbox)
    }
    await expect(as({})).resolves.toBeDefined()
    await expect(as(identity('Allow', 'sts:AssumeRole'))).resolves.toBeDefined()
    await expect(as(identity('Allow', 'ecr:*'))).rejects.toMatchObject(refused)
    await expect(as(identity('Deny', 'sts:*'))).rejects.toMatchObject(refused)
  })

  test('within an account, to be trusted by name is enough, and needed', async () => {
    const sandbox = await openSandbox()
    const own = `arn:aws:iam::${dev}:role/release`
    const as = async (trusts: string[]) => {
      await sandbox.seed({
        accounts: [{id: dev, user: identity('Allow', 'ecr:*'), roles: [{name: 'release', trusts}]}],
      })
      return assume(sandbox, {RoleArn: own})
    }
    await expect(as([user])).resolves.toBeDefined()
    await expect(as([dev])).rejects.toMatchObject({name: 'AccessDenied'})
    await expect(as([prod])).rejects.toMatchObject({name: 'AccessDenied'})
  })

  test('a role that trusts some is assumed with a token of an identity provider among them', async () => {
    const sandbox = await openSandbox()
    const provider = `arn:aws:iam::${prod}:oidc-provider/token.example.com/ci`
    await sandbox.seed({accounts: [{id: prod, roles: [{name: 'release', trusts: [dev, provider]}]}]})
    const bring = (iss: string) => {
      const claims = Buffer.from(JSON.stringify({iss, sub: 'me'})).toString('base64url')
      const WebIdentityToken = `e30.${claims}.c2ln`
      return stsClient(sandbox).send(
        new AssumeRoleWithWebIdentityCommand({RoleArn, RoleSessionName, WebIdentityToken}),
      )
    }
    await expect(bring('https://token.example.com/ci')).resolves.toMatchObject({
      SubjectFromWebIdentityToken: 'me',
    })
    await expect(bring('https://example.com/ci')).rejects.toMatchObject({
      name: 'AccessDenied',
      message: 'Not authorized to perform sts:AssumeRoleWithWebIdentity',
    })
  })

  test('a code of a device counts as multi-factor authentication', async () => {
    const sandbox = await openSandbox()
    const policy = {
      Version: '2012-10-17',
      Statement: [
        {Effect: 'Allow', Action: '*', Resource: '*'},
        {
          Effect: 'Deny',
          Action: '*',
          Resource: '*',
          Condition: {BoolIfExists: {'aws:MultiFactorAuthPresent': 'false'}},
        },
      ],
    }
    await sandbox.seed({accounts: [{id: dev, user: {policy}}]})
    const session = async (TokenCode?: string) => {
      const {Credentials} = await stsClient(sandbox).send(new GetSessionTokenCommand({TokenCode}))
      return stsClient(sandbox, usable(Credentials)).send(new AssumeRoleCommand({RoleArn, RoleSessionName}))
    }
    await expect(session('123456')).resolves.toBeDefined()
    await expect(session()).rejects.toMatchObject({name: 'AccessDenied'})
  })
})

describe('GetSessionToken', () => {
  test.each([899, 129_601])('is not for %d seconds', async DurationSeconds => {
    const sandbox = await openSandbox()
    await expect(
      stsClient(sandbox).send(new GetSessionTokenCommand({DurationSeconds})),
    ).rejects.toMatchObject({
      name: 'ValidationError',
    })
  })

  test('lasts twelve hours unless told otherwise', async () => {
    const sandbox = await openSandbox()
    await sandbox.setClock(1_700_000_000_000)
    const {Credentials} = await stsClient(sandbox).send(new GetSessionTokenCommand({}))
    expect(Credentials?.Expiration).toEqual(new Date(1_700_000_000_000 + 43_200_000))
  })

  test('needs credentials that are not temporary', async () => {
    const sandbox = await openSandbox()
    const {Credentials} = await stsClient(sandbox).send(new GetSessionTokenCommand({}))
    const temporary = usable(Credentials)
    await expect(stsClient(sandbox, temporary).send(new GetSessionTokenCommand({}))).rejects.toMatchObject({
      name: 'AccessDenied',
      message: 'Cannot call GetSessionToken with session credentials',
    })
  })
})

describe('a request that nobody signed well', () => {
  const signed = (credential: string) => `AWS4-HMAC-SHA256 Credential=${credential}, Signature=0`

  test.each([
    ['missing', undefined, 'MissingAuthenticationToken', 'MissingAuthenticationTokenException'],
    ['malformed', signed(`${dev}/${region}`), 'IncompleteSignature', 'IncompleteSignatureException'],
    [
      'by an unknown key',
      signed(`AKIAIOSFODNN7EXAMPLE/20260101/${region}/ecr/aws4_request`),
      'InvalidClientTokenId',
      'UnrecognizedClientException',
    ],
  ])('%s is told in XML by STS and in JSON by ECR', async (_, authorization, ofSts, ofEcr) => {
    const {url} = await openSandbox()
    const headers = authorization === undefined ? {} : {authorization}
    const xml = await http(url, {
      method: 'POST',
      headers,
      body: 'Action=GetCallerIdentity&Version=2011-06-15',
    })
    expect(xml.text).toContain(`<Code>${ofSts}</Code>`)
    const target = {'x-amz-target': 'AmazonEC2ContainerRegistry_V20150921.DescribeRegistry'}
    const json = await http(url, {method: 'POST', headers: {...headers, ...target}, body: '{}'})
    expect(JSON.parse(json.text)).toMatchObject({__type: ofEcr})
  })
})
