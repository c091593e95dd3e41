import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import type {ServerResponse} from 'node:http'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, expect, onTestFinished, test} from 'vitest'
import {connectAccount} from '../../../src/lib/ecr/accounts.ts'
import {environmentFor, type Seen, startStub} from './stub.ts'

const region = 'eu-west-1'
const keys = {AWS_ACCESS_KEY_ID: 'AKIDBASE', AWS_SECRET_ACCESS_KEY: 'x'}
const role = {arn: 'arn:aws:iam::222222222222:role/release'}

function xml(response: ServerResponse, action: string, result: string, status = 200): void {
  response.writeHead(status, {'Content-Type': 'text/xml'})
  const body = status === 200 ? `<${action}Result>${result}</${action}Result>` : result
  const root = status === 200 ? `${action}Response` : 'ErrorResponse'
  response.end(`<${root} xmlns="https://sts.amazonaws.com/doc/2011-06-15/">${body}</${root}>`)
}

/** Whoever signs with a session token is in 222222222222, others are in the account of their key, or 111111111111. */
async function startSts() {
  let roles = 0
  return startStub((response, {operation, headers}) => {
    if (operation !== 'GetCallerIdentity') {
      roles += 1
      const expiration = new Date(Date.now() + 3_600_000).toISOString()
      const credentials = `<AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>y</SecretAccessKey><SessionToken>session${roles}</SessionToken><Expiration>${expiration}</Expiration>`
      return xml(response, operation, `<Credentials>${credentials}</Credentials>`)
    }
    const key = keyOf(headers)
    const assumed = headers['x-amz-security-token'] !== undefined
    const own = /^\d{12}$/.test(key) ? key : '111111111111'
    const account = assumed ? '222222222222' : own
    const arn = `arn:aws:iam::${account}:${assumed ? 'role/release' : 'user/ci'}`
    return xml(response, operation, `<Arn>${arn}</Arn><UserId>U</UserId><Account>${account}</Account>`)
  })
}

function keyOf(headers: Seen['headers']): string {
  return /Credential=([^/]+)\//.exec(String(headers.authorization))?.[1] ?? ''
}

async function temporaryFile(name: string, content: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'gantry-test-'))
  onTestFinished(() => rm(directory, {recursive: true}))
  const file = join(directory, name)
  await writeFile(file, content)
  return file
}

describe('an account', () => {
  test('is connected when the credentials are its own', async () => {
    const {url} = await startSts()
    const environment = environmentFor({...keys, AWS_ENDPOINT_URL_STS: url})
    expect(await connectAccount({alias: 'dev', id: '111111111111', region}, environment)).toMatchObject({
      account: '111111111111',
      arn: 'arn:aws:iam::111111111111:user/ci',
      partition: 'aws',
      region,
    })
  })

  test('is refused when they are another account’s', async () => {
    const {url, seen} = await startSts()
    const environment = environmentFor({...keys, AWS_ENDPOINT_URL: url})
    await expect(
      connectAccount({alias: 'prod', id: '222222222222', region}, environment),
    ).rejects.toMatchObject({
      code: 'WRONG_ACCOUNT',
      exitCode: 5,
      message:
        'prod: these credentials belong to account 111111111111, repos.yaml says 222222222222. Nothing was sent to 222222222222.',
    })
    expect(seen.map(({operation}) => operation)).toEqual(['GetCallerIdentity'])
  })

  test('is entered by its role, with external id and session name, from the base identity', async () => {
    const {url, seen} = await startSts()
    const environment = environmentFor({...keys, AWS_ENDPOINT_URL_STS: url})
    const spec = {
      id: '222222222222',
      role: {...role, externalId: 'hand shake', sessionName: 'night'},
      region,
    }
    const session = await connectAccount(spec, environment)
    expect(session).toMatchObject({account: '222222222222', expiresAt: expect.any(Number)})
    const [assume, identity] = seen
    expect(Object.fromEntries(new URLSearchParams(assume?.body))).toMatchObject({
      Action: 'AssumeRole',
      RoleArn: role.arn,
      ExternalId: 'hand shake',
      RoleSessionName: 'night',
    })
    expect(assume && keyOf(assume.headers)).toBe('AKIDBASE')
    expect(identity?.headers['x-amz-security-token']).toBe('session1')
  })

  test('is entered by web identity, with the token that the file holds at the time', async () => {
    const {url, seen} = await startSts()
    const webIdentityTokenFile = await temporaryFile('token', 'first\n')
    const environment = environmentFor({AWS_ENDPOINT_URL_STS: url})
    const {credentials} = await connectAccount({role: {...role, webIdentityTokenFile}, region}, environment)
    await writeFile(webIdentityTokenFile, 'second')
    credentials.renew()
    await credentials.get()
    const tokens = seen
      .filter(({operation}) => operation === 'AssumeRoleWithWebIdentity')
      .map(({body, headers}) => [new URLSearchParams(body).get('WebIdentityToken'), headers.authorization])
    expect(tokens).toEqual([
      ['first', undefined],
      ['second', undefined],
    ])
  })

  test('whose web identity token cannot be read names the file', async () => {
    const environment = environmentFor({AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:9'})
    const webIdentityTokenFile = '/nowhere/token'
    await expect(
      connectAccount({role: {...role, webIdentityTokenFile}, region}, environment),
    ).rejects.toMatchObject({
      code: 'NO_CREDENTIALS',
      message: 'The web identity token file /nowhere/token: ENOENT.',
    })
  })

  test('that is reached via another one has the other’s identity, which is checked', async () => {
    const {url} = await startSts()
    const environment = environmentFor({...keys, AWS_ENDPOINT_URL_STS: url})
    const via = {alias: 'ci', id: '111111111111', region: 'us-east-1'}
    expect(await connectAccount({id: '222222222222', via, region}, environment)).toMatchObject({
      account: '111111111111',
      region,
    })
    await expect(
      connectAccount({id: '222222222222', via: {...via, id: '333333333333'}, region}, environment),
    ).rejects.toMatchObject({code: 'WRONG_ACCOUNT', message: expect.stringMatching(/^ci: /)})
  })

  test('whose role may not be assumed names who asked and the trust policy', async () => {
    const {url} = await startStub((response, {operation}) => {
      const message = `User: arn:aws:iam::111111111111:user/ci is not authorized to perform: sts:AssumeRole on resource: ${role.arn}`
      xml(
        response,
        operation,
        `<Error><Type>Sender</Type><Code>AccessDenied</Code><Message>${message}</Message></Error>`,
        403,
      )
    })
    const environment = environmentFor({...keys, AWS_ENDPOINT_URL_STS: url})
    await expect(connectAccount({role, region}, environment)).rejects.toMatchObject({
      code: 'ACCESS_DENIED',
      message: `arn:aws:iam::111111111111:user/ci is not allowed sts:AssumeRole on ${role.arn}.`,
      hints: [expect.stringContaining('trust policy')],
    })
  })
})

describe('a profile', () => {
  test('wins over the key in the environment, which wins over AWS_PROFILE', async () => {
    const {url, seen} = await startSts()
    const file = await temporaryFile(
      'credentials',
      '[prod]\naws_access_key_id = AKIDPROD\naws_secret_access_key = x\n',
    )
    const env = {AWS_SHARED_CREDENTIALS_FILE: file, AWS_CONFIG_FILE: file, AWS_ENDPOINT_URL_STS: url}
    const named = {...env, AWS_PROFILE: 'prod'}
    await connectAccount({profile: 'prod', region}, environmentFor({...env, ...keys}))
    await connectAccount({region}, environmentFor({...env, ...keys}, {defaultProfile: 'prod'}))
    await connectAccount({region}, environmentFor({...named, ...keys}))
    await connectAccount({region}, environmentFor(named))
    expect(seen.map(({headers}) => keyOf(headers))).toEqual(['AKIDPROD', 'AKIDPROD', 'AKIDBASE', 'AKIDPROD'])
  })

  test.each([
    ['that does not exist', ''],
    [
      'without a session of IAM Identity Center',
      '[profile prod]\nsso_session = none\nsso_account_id = 111111111111\nsso_role_name = r\n[sso-session none]\nsso_region = eu-west-1\nsso_start_url = https://example.invalid/start-gantry-test\n',
    ],
  ])('%s tells how to log in', async (_name, content) => {
    const file = await temporaryFile('config', content)
    const env = {AWS_SHARED_CREDENTIALS_FILE: `${file}.none`, AWS_CONFIG_FILE: file}
    await expect(connectAccount({profile: 'prod', region}, environmentFor(env))).rejects.toMatchObject({
      code: 'NO_CREDENTIALS',
      exitCode: 5,
      message: expect.stringContaining('aws sso login --profile prod'),
    })
  })
})

describe('in a sandbox', () => {
  const real = {
    AWS_ACCESS_KEY_ID: 'AKIAREALREALREALREAL',
    AWS_SECRET_ACCESS_KEY: 'real',
    AWS_SESSION_TOKEN: 'real',
  }

  test.each([
    ['the expected account', {id: '222222222222'}, real, '222222222222'],
    [
      'the account of the registry when none is expected',
      {registryAccount: '333333333333'},
      real,
      '333333333333',
    ],
    [
      'the key of 12 digits',
      {registryAccount: '222222222222'},
      {AWS_ACCESS_KEY_ID: '111111111111'},
      '111111111111',
    ],
    [
      'the account of its profile',
      {id: '222222222222', profile: 'prod'},
      {AWS_ACCESS_KEY_ID: '111111111111'},
      '222222222222',
    ],
    [
      'the account that is gone through',
      {id: '222222222222', via: {id: '111111111111', region}},
      real,
      '111111111111',
    ],
  ])('the identity is %s, and nothing real is read or sent', async (_name, spec, env, expected) => {
    const {url, seen} = await startSts()
    const environment = environmentFor(
      {...env, AWS_ENDPOINT_URL: 'http://127.0.0.1:9', AWS_CONFIG_FILE: '/nowhere'},
      {sandboxUrl: url},
    )
    expect(await connectAccount({...spec, region}, environment)).toMatchObject({account: expected})
    expect(seen.map(({headers}) => keyOf(headers))).toEqual([expected])
    expect(JSON.stringify(seen)).not.toContain('real')
  })

  test.each([
    'https://127.0.0.1:1',
    'http://10.0.0.1:1',
    'http://example.com',
    'http://u:p@127.0.0.1:1',
    'http://127.0.0.1:1/x',
    '127.0.0.1:1',
    '',
  ])('that is at %j nothing is sent', async sandboxUrl => {
    await expect(
      connectAccount({id: '111111111111', region}, environmentFor({}, {sandboxUrl})),
    ).rejects.toMatchObject({
      code: 'INVALID_SANDBOX',
      exitCode: 2,
    })
  })

  test('an account must be known', async () => {
    const {url} = await startSts()
    await expect(connectAccount({region}, environmentFor({}, {sandboxUrl: url}))).rejects.toMatchObject({
      code: 'NO_SANDBOX_ACCOUNT',
    })
  })
})

test.each([
  ['AWS_ENDPOINT_URL', 'http://10.0.0.1'],
  ['AWS_ENDPOINT_URL_STS', 'http://example.com'],
  ['AWS_ENDPOINT_URL', 'ftp://127.0.0.1'],
  ['AWS_ENDPOINT_URL', 'nonsense'],
])('%s=%s is refused before anything is sent', async (name, value) => {
  await expect(connectAccount({region}, environmentFor({...keys, [name]: value}))).rejects.toMatchObject({
    code: 'ENDPOINT_NOT_HTTPS',
    exitCode: 2,
    message: expect.stringContaining(name),
  })
})

test.each(['*', 'us-east-1.evil.com', 'us-east-1/x', 'evil.com#', ''])('region %j is refused', async text => {
  await expect(connectAccount({region: text}, environmentFor(keys))).rejects.toMatchObject({
    code: 'INVALID_REGION',
    exitCode: 2,
  })
})
