import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {AssumeRoleCommand, STSClient} from '@aws-sdk/client-sts'
import {describe, expect, onTestFinished, test} from 'vitest'
import type {Sandbox} from '../../../src/lib/sandbox/index.ts'
import {temporaryFolder} from '../../support/temporary-folder.ts'
import {clientOptions, openSandbox} from '../sandbox/support.ts'
import {dev, examine, findingOf, secrets, statuses} from './support.ts'

const host = `${dev.account}.dkr.ecr.${dev.region}.amazonaws.com`
const seed = {repositories: [{...dev, name: 'app', images: [{tag: 'v1'}]}]}

/** Real names, real TLS, the real chain of credentials: only that the proxy leads to the sandbox. */
async function openWorld(): Promise<{sandbox: Sandbox; env: Record<string, string>}> {
  const sandbox = await openSandbox({proxy: 0})
  await sandbox.seed(seed)
  const env = {...sandbox.proxy?.env(dev.account, dev.region), AWS_SECRET_ACCESS_KEY: secrets.key}
  return {sandbox, env}
}

describe('where all is well', () => {
  test('every check is ok, and nothing was changed', async () => {
    const {sandbox, env} = await openWorld()
    const run = await examine({env})
    expect(new Set(Object.values(statuses(run)))).toEqual(new Set(['ok']))
    expect(run.exitCode).toBe(0)
    expect(findingOf(run, 'identity').message).toBe(`arn:aws:iam::${dev.account}:user/sandbox`)
    expect(findingOf(run, 'credentials').message).toBe('AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY')
    expect(findingOf(run, 'endpoints').message).toMatch(
      `sts.eu-west-1.amazonaws.com, api.ecr.eu-west-1.amazonaws.com, ${host} through the proxy 127.0.0.1:`,
    )
    expect(findingOf(run, 'permissions').message).toBe('19 of 19 reads allowed')
    expect(sandbox.requests.filter(({mutating}) => mutating)).toEqual([])
  })

  test('without repos.yaml the default identity is looked at, in the region of the environment', async () => {
    const {env} = await openWorld()
    const run = await examine({env, repos: null})
    expect(run.exitCode).toBe(0)
    expect(findingOf(run, 'registry')).toMatchObject({
      message: `${host} takes the token`,
      place: {alias: null, account: null, region: dev.region},
    })
  })

  test('in a sandbox a warning says that nothing goes to AWS, and no credential is read', async () => {
    const sandbox = await openSandbox()
    await sandbox.seed(seed)
    const run = await examine({sandboxUrl: sandbox.url})
    expect(run.exitCode).toBe(0)
    expect(findingOf(run, 'aws-settings')).toMatchObject({
      status: 'warning',
      message: `GANTRY_SANDBOX is set: everything goes to ${sandbox.url}, nothing to AWS`,
    })
    expect(findingOf(run, 'permissions').status).toBe('ok')
  })
})

test('an account that is reached via another one is asked as that, and its permissions are left to its policies', async () => {
  const {env} = await openWorld()
  const shared = `
version: 1
accounts:
  dev: {id: "${dev.account}", region: ${dev.region}}
  shared: {id: "222222222222", region: ${dev.region}, via: dev}
`
  const run = await examine({env, repos: shared}, ['shared'])
  expect(run.exitCode).toBe(0)
  expect(findingOf(run, 'identity').message).toBe(
    `arn:aws:iam::${dev.account}:user/sandbox, by the repository policies of 222222222222`,
  )
  expect(findingOf(run, 'registry').message).toBe(
    `${host.replace(dev.account, '222222222222')} takes the token`,
  )
  expect(findingOf(run, 'permissions').status).toBe('skipped')
})

describe('an identity that may not read everything', () => {
  const allow = (...Action: string[]) => ({
    Version: '2012-10-17',
    Statement: [{Effect: 'Allow', Action, Resource: '*'}] as object[],
  })

  test('hears which reads are denied, for which commands, and the statement that it prints mends it', async () => {
    const {sandbox, env} = await openWorld()
    const policy = allow('ecr:GetAuthorizationToken', 'ecr:DescribeRepositories', 'ecr:DescribeImages')
    await sandbox.seed({accounts: [{id: dev.account, user: {policy}}]})
    const run = await examine({env})
    expect(run.exitCode).toBe(5)
    const {status, trouble, message, fixes} = findingOf(run, 'permissions')
    expect({status, trouble}).toEqual({status: 'problem', trouble: 'access'})
    expect(message).toMatch(/^denied: .*ecr:GetLifecyclePolicy.*\(for .*lifecycle/)
    expect(message).not.toContain('ecr:DescribeImages,')
    expect(fixes).toHaveLength(1)
    const [line = ''] = fixes
    expect(line).toMatch(/^Add to the IAM policy of arn:aws:iam::111111111111:user\/sandbox: \{/)
    const statement = JSON.parse(line.slice(line.indexOf('{'))) as object
    await sandbox.seed({
      accounts: [{id: dev.account, user: {policy: {...policy, Statement: [...policy.Statement, statement]}}}],
    })
    expect(findingOf(await examine({env}), 'permissions')).toMatchObject({
      status: 'ok',
      message: '19 of 19 reads allowed',
    })
  })

  test('that may not even list repositories hears that, and what could not be tried', async () => {
    const {sandbox, env} = await openWorld()
    await sandbox.seed({accounts: [{id: dev.account, user: {policy: allow('ecr:GetAuthorizationToken')}}]})
    const {message} = findingOf(await examine({env}), 'permissions')
    expect(message).toMatch(/^denied: ecr:DescribeRepositories, .*ecr:DescribeRegistry/)
    expect(message).toMatch(/nothing there to try 10 more on$/)
  })

  test('that gets no token hears so of the registry', async () => {
    const {sandbox, env} = await openWorld()
    await sandbox.seed({accounts: [{id: dev.account, user: {policy: allow('ecr:Describe*')}}]})
    expect(findingOf(await examine({env}), 'registry')).toMatchObject({
      trouble: 'access',
      message: expect.stringContaining('ecr:GetAuthorizationToken'),
    })
  })
})

test.each([
  ['expired-token', 'access', / answered 40[13]/, 5],
  ['503', 'network', / answered 503/, 6],
] as const)(
  'a registry that does not take the token (%s) is told',
  async (kind, trouble, message, exitCode) => {
    const {sandbox, env} = await openWorld()
    sandbox.setFaults([{plane: 'registry', kind, times: 10}])
    const run = await examine({env})
    expect(findingOf(run, 'registry')).toMatchObject({trouble, message: expect.stringMatching(message)})
    expect(run.exitCode).toBe(exitCode)
  },
)

describe('credentials', () => {
  test('of another account: told which, and nothing is sent to the registry', async () => {
    const {sandbox, env} = await openWorld()
    const run = await examine({env: {...env, AWS_ACCESS_KEY_ID: '333333333333'}})
    expect(run.exitCode).toBe(5)
    expect(findingOf(run, 'identity')).toMatchObject({
      status: 'problem',
      message: expect.stringMatching(
        /^dev: these credentials belong to account 333333333333, repos.yaml says 111111111111/,
      ),
      fixes: [expect.stringContaining('Name the right profile or role in repos.yaml.')],
    })
    expect(statuses(run)).toMatchObject({registry: 'skipped', permissions: 'skipped', endpoints: 'ok'})
    expect(sandbox.requests.filter(({plane}) => plane === 'api')).toEqual([])
  })

  test('that have expired, from a file: the source is named, and how to get new ones', async () => {
    const {sandbox, env} = await openWorld()
    const sts = new STSClient(clientOptions(sandbox, dev.account))
    onTestFinished(() => sts.destroy())
    const {Credentials: given} = await sts.send(
      new AssumeRoleCommand({RoleArn: `arn:aws:iam::${dev.account}:role/release`, RoleSessionName: 'me'}),
    )
    const file = join(await temporaryFolder(), 'credentials')
    await writeFile(
      file,
      `[old]\naws_access_key_id=${given?.AccessKeyId}\naws_secret_access_key=${secrets.key}\naws_session_token=${given?.SessionToken}\n`,
    )
    const around = {
      env: {...env, AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_SHARED_CREDENTIALS_FILE: file},
      profile: 'old',
    }
    const fresh = await examine(around)
    expect(findingOf(fresh, 'credentials').message).toBe("profile old: keys in AWS's files")
    expect(findingOf(fresh, 'identity').status).toBe('ok')

    await sandbox.advanceClock(2 * 3_600_000)
    const run = await examine(around)
    expect(run.exitCode).toBe(5)
    expect(findingOf(run, 'identity')).toMatchObject({
      trouble: 'access',
      message: expect.stringMatching(/the credentials have expired.*aws sso login --profile old/),
    })
    expect(JSON.stringify(run)).not.toContain(given?.SessionToken)
  })

  test('that a profile has not: said once, with what to do, and nobody asks as nobody', async () => {
    const {sandbox, env} = await openWorld()
    const run = await examine({env: {...env, AWS_ACCESS_KEY_ID: ''}, profile: 'missing'})
    expect(findingOf(run, 'credentials')).toMatchObject({
      trouble: 'access',
      message: expect.stringMatching(/^No AWS credentials: .*aws sso login --profile missing/),
    })
    expect(findingOf(run, 'identity')).toMatchObject({
      status: 'skipped',
      message: 'not checked: there are no credentials',
    })
    expect(run.exitCode).toBe(5)
    expect(sandbox.requests.filter(({principal}) => principal !== undefined)).toEqual([])
  })
})
