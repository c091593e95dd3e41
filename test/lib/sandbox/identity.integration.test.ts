import {ECRClient, GetAuthorizationTokenCommand} from '@aws-sdk/client-ecr'
import {
  ECRPUBLICClient,
  GetAuthorizationTokenCommand as GetPublicTokenCommand,
} from '@aws-sdk/client-ecr-public'
import {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
} from '@aws-sdk/client-sts'
import {describe, expect, test} from 'vitest'
import type {Sandbox} from '../../../src/lib/sandbox/index.ts'
import {stsClient, usable} from './sts-support.ts'
import {basicAuth, clientOptions, dev, devHost, ecrClient, http, openSandbox, prod} from './support.ts'

const RoleArn = `arn:aws:iam::${prod}:role/teams/release`
const RoleSessionName = 'ci'
const start = 1_700_000_000_000
const hour = 3_600_000

async function whoAmI(sandbox: Sandbox, identity?: Parameters<typeof clientOptions>[1]) {
  const {Arn, Account, UserId} = await stsClient(sandbox, identity).send(new GetCallerIdentityCommand({}))
  return {Arn, Account, UserId}
}

describe('GetCallerIdentity', () => {
  test('a key id of twelve digits is that account', async () => {
    expect(await whoAmI(await openSandbox())).toEqual({
      Account: dev,
      Arn: `arn:aws:iam::${dev}:user/sandbox`,
      UserId: expect.stringMatching(/^AIDA[A-Z2-7]{16}$/),
    })
  })

  test('keys that the sandbox did not make are unknown', async () => {
    const sandbox = await openSandbox()
    const stranger = {accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'x', sessionToken: 'x'}
    await expect(whoAmI(sandbox, stranger)).rejects.toMatchObject({
      name: 'InvalidClientTokenId',
      $metadata: {httpStatusCode: 403},
    })
  })
})

describe('AssumeRole', () => {
  test('makes credentials of the role, in AWS’s own layout', async () => {
    const sandbox = await openSandbox()
    await sandbox.setClock(start)
    const {Credentials, AssumedRoleUser} = await stsClient(sandbox).send(
      new AssumeRoleCommand({RoleArn, RoleSessionName, DurationSeconds: 900}),
    )
    const arn = `arn:aws:sts::${prod}:assumed-role/release/ci`
    expect(AssumedRoleUser).toEqual({Arn: arn, AssumedRoleId: expect.stringMatching(/^AROA[A-Z2-7]{16}:ci$/)})
    expect(Credentials?.AccessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/)
    expect(Credentials?.Expiration).toEqual(new Date(start + 900_000))
    expect(await whoAmI(sandbox, usable(Credentials))).toEqual({
      Account: prod,
      Arn: arn,
      UserId: AssumedRoleUser?.AssumedRoleId,
    })
  })

  test('the credentials end when they say', async () => {
    const sandbox = await openSandbox()
    await sandbox.setClock(start)
    const {Credentials} = await stsClient(sandbox).send(new AssumeRoleCommand({RoleArn, RoleSessionName}))
    await sandbox.setClock(start + hour)
    await expect(whoAmI(sandbox, usable(Credentials))).rejects.toMatchObject({
      name: 'ExpiredToken',
      message: 'The security token included in the request is expired',
    })
    const client = ecrClient(sandbox, usable(Credentials))
    await expect(client.send(new GetAuthorizationTokenCommand({}))).rejects.toMatchObject({
      name: 'ExpiredTokenException',
      message: 'The security token included in the request is expired',
    })
  })

  test('a session token counts with its own key id alone', async () => {
    const sandbox = await openSandbox()
    const assume = () => stsClient(sandbox).send(new AssumeRoleCommand({RoleArn, RoleSessionName}))
    const [one, other] = [await assume(), await assume()]
    const mixed = {...usable(one.Credentials), sessionToken: other.Credentials?.SessionToken ?? ''}
    await expect(whoAmI(sandbox, mixed)).rejects.toMatchObject({name: 'InvalidClientTokenId'})
  })

  test('a seeded account has the roles that were seeded, each for those it trusts', async () => {
    const sandbox = await openSandbox()
    await sandbox.seed({
      accounts: [
        {
          id: prod,
          roles: [
            {name: 'release', externalId: 'secret'},
            {name: 'ops', trusts: ['333333333333']},
            {name: 'pull', trusts: [`arn:aws:iam::${dev}:user/sandbox`]},
          ],
        },
      ],
    })
    const assume = (role: string, ExternalId?: string) =>
      stsClient(sandbox).send(
        new AssumeRoleCommand({RoleArn: `arn:aws:iam::${prod}:role/${role}`, RoleSessionName, ExternalId}),
      )
    const denied = (role: string) => ({
      name: 'AccessDenied',
      $metadata: {httpStatusCode: 403},
      message: `User: arn:aws:iam::${dev}:user/sandbox is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::${prod}:role/${role}`,
    })
    await expect(assume('release', 'secret')).resolves.toBeDefined()
    await expect(assume('release', 'wrong')).rejects.toMatchObject(denied('release'))
    await expect(assume('release')).rejects.toMatchObject(denied('release'))
    await expect(assume('pull')).resolves.toBeDefined()
    await expect(assume('ops')).rejects.toMatchObject(denied('ops'))
    await expect(assume('none')).rejects.toMatchObject(denied('none'))
  })

  test.each([
    ['a role ARN that is none', {RoleArn: 'release', RoleSessionName}],
    ['a role of another partition', {RoleArn: RoleArn.replace('aws', 'aws-cn'), RoleSessionName}],
    ['a session name that is none', {RoleArn, RoleSessionName: 'c i'}],
    ['a session of a minute', {RoleArn, RoleSessionName, DurationSeconds: 60}],
    ['a session of a day', {RoleArn, RoleSessionName, DurationSeconds: 86_400}],
  ])('refuses %s', async (_, input) => {
    const sandbox = await openSandbox()
    await expect(stsClient(sandbox).send(new AssumeRoleCommand(input))).rejects.toMatchObject({
      name: 'ValidationError',
    })
  })

  test('a role assumed from a role lasts an hour at most', async () => {
    const sandbox = await openSandbox()
    const {Credentials} = await stsClient(sandbox).send(new AssumeRoleCommand({RoleArn, RoleSessionName}))
    const chained = (DurationSeconds: number) =>
      stsClient(sandbox, usable(Credentials)).send(
        new AssumeRoleCommand({RoleArn, RoleSessionName, DurationSeconds}),
      )
    await expect(chained(3600)).resolves.toBeDefined()
    await expect(chained(3601)).rejects.toMatchObject({name: 'ValidationError'})
  })
})

describe('other credentials', () => {
  const claims = Buffer.from('{"sub":"repo:me","aud":"sts.amazonaws.com","iss":"https://issuer"}').toString(
    'base64url',
  )

  test('a web identity needs no signature', async () => {
    const sandbox = await openSandbox()
    const command = new AssumeRoleWithWebIdentityCommand({
      RoleArn,
      RoleSessionName,
      WebIdentityToken: `e30.${claims}.c2ln`,
    })
    const answer = await stsClient(sandbox).send(command)
    expect(answer).toMatchObject({SubjectFromWebIdentityToken: 'repo:me', Provider: 'https://issuer'})
    expect(await whoAmI(sandbox, usable(answer.Credentials))).toMatchObject({Account: prod})
  })

  test.each(['no-token', 'a.b.c.d', 'ab.c'])('the web identity %j is none', async WebIdentityToken => {
    const sandbox = await openSandbox()
    const command = new AssumeRoleWithWebIdentityCommand({RoleArn, RoleSessionName, WebIdentityToken})
    await expect(stsClient(sandbox).send(command)).rejects.toMatchObject({
      name: 'InvalidIdentityTokenException',
    })
  })

  test('GetSessionToken keeps the user, and is not for sessions of roles', async () => {
    const sandbox = await openSandbox()
    const {Credentials} = await stsClient(sandbox).send(new GetSessionTokenCommand({}))
    expect(await whoAmI(sandbox, usable(Credentials))).toEqual(await whoAmI(sandbox))
    const role = await stsClient(sandbox).send(new AssumeRoleCommand({RoleArn, RoleSessionName}))
    await expect(
      stsClient(sandbox, usable(role.Credentials)).send(new GetSessionTokenCommand({})),
    ).rejects.toMatchObject({name: 'AccessDenied'})
  })

  test('unknown actions are refused in XML', async () => {
    const {url} = await openSandbox()
    const answer = await http(`${url}/`, {method: 'POST', body: 'Action=Dance&Version=2011-06-15'})
    expect(answer).toMatchObject({status: 400, headers: {'content-type': 'text/xml'}})
    expect(answer.text).toContain('<Code>InvalidAction</Code>')
  })
})

describe('GetAuthorizationToken', () => {
  const ping = (sandbox: Sandbox, authorization: string, host = devHost) =>
    http(`${sandbox.url}/v2/`, {headers: {host, authorization}})

  test('is for AWS, and ends after twelve hours', async () => {
    const sandbox = await openSandbox()
    await sandbox.setClock(start)
    const client = ecrClient(sandbox)
    const {authorizationData} = await client.send(new GetAuthorizationTokenCommand({}))
    const [data] = authorizationData ?? []
    expect(data).toMatchObject({expiresAt: new Date(start + 12 * hour), proxyEndpoint: `https://${devHost}`})
    expect(Buffer.from(data?.authorizationToken ?? '', 'base64').toString()).toMatch(/^AWS:/)
    const authorization = `Basic ${data?.authorizationToken}`
    await sandbox.setClock(start + 12 * hour - 1)
    expect((await ping(sandbox, authorization)).status).toBe(200)
    await sandbox.setClock(start + 12 * hour)
    const late = await ping(sandbox, authorization)
    expect(late.status).toBe(403)
    expect(JSON.parse(late.text)).toEqual({
      errors: [
        {code: 'DENIED', message: 'Your authorization token has expired. Reauthenticate and try again.'},
      ],
    })
  })

  test('is good for all accounts of its region, and for no other region', async () => {
    const sandbox = await openSandbox()
    const authorization = await basicAuth(ecrClient(sandbox))
    expect((await ping(sandbox, authorization, devHost.replace(dev, prod))).status).toBe(200)
    expect((await ping(sandbox, authorization, devHost.replace('eu-west-1', 'us-east-1'))).status).toBe(403)
  })

  test('is not taken from another sandbox', async () => {
    const authorization = await basicAuth(ecrClient(await openSandbox()))
    expect((await ping(await openSandbox(), authorization)).status).toBe(401)
  })

  test('of ECR Public is one object, from us-east-1', async () => {
    const sandbox = await openSandbox()
    const ask = (region: string) =>
      new ECRPUBLICClient({...clientOptions(sandbox), region}).send(new GetPublicTokenCommand({}))
    const {authorizationData} = await ask('us-east-1')
    expect(authorizationData?.authorizationToken).toEqual(expect.any(String))
    expect(authorizationData?.expiresAt).toBeInstanceOf(Date)
    await expect(ask('eu-west-1')).rejects.toMatchObject({name: 'InvalidSignatureException'})
  })

  test('goes by the region of the signature', async () => {
    const sandbox = await openSandbox()
    const client = new ECRClient({...clientOptions(sandbox), region: 'cn-north-1'})
    const {authorizationData} = await client.send(new GetAuthorizationTokenCommand({}))
    expect(authorizationData?.[0]?.proxyEndpoint).toBe(`https://${dev}.dkr.ecr.cn-north-1.amazonaws.com.cn`)
  })
})
