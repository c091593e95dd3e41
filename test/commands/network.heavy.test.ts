import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {beforeAll, describe, expect, test} from 'vitest'
import {ecrHost} from '../../src/lib/ecr/hosts.ts'
import {type Sandbox, startSandbox} from '../../src/lib/sandbox/index.ts'
import {ecrClient, putSmallImage} from '../lib/sandbox/support.ts'
import {program, runGantry, runJson} from '../support/cli.ts'
import {startConnectProxy} from '../support/connect-proxy.ts'
import {temporaryFolder} from '../support/temporary-folder.ts'

const account = '111111111111'
const from = {account, region: 'eu-west-1'}
const to = {account, region: 'us-east-1'}
const keys = {AWS_ACCESS_KEY_ID: account, AWS_SECRET_ACCESS_KEY: 'any'}
const promotion = ['promote', `${ecrHost(from)}/app:v1`, '--to', ecrHost(to)]
const helper = join(program, '..', 'docker-credential-gantry.js')

let sandbox: Sandbox
let environment: Record<string, string>

beforeAll(async () => {
  sandbox = await startSandbox({proxy: 0})
  await sandbox.seed({
    repositories: [from, to].map(registry => ({...registry, name: 'app'})),
  })
  environment = sandbox.proxy?.env(account, from.region) ?? {}
  return async () => await sandbox.close()
})

describe('by a proxy under a private authority', () => {
  test('an image is promoted between names of AWS', async () => {
    await putSmallImage(ecrClient(sandbox, account), 'app', 'v1')
    const {exitCode, items} = await runJson(promotion, {env: environment})
    expect({exitCode, items}).toMatchObject({exitCode: 0, items: [{outcome: 'promoted', error: null}]})
  })

  test('the credential helper has a password for docker', async () => {
    const result = await runGantry(['get'], {
      command: [process.execPath, helper],
      env: environment,
      input: ecrHost(from),
    })
    expect(result.status).toBe(0)
    expect(JSON.parse(result.stdout)).toMatchObject({Username: 'AWS', Secret: expect.stringMatching(/./)})
  })

  test('whose authority nobody named: one line that says how to name it', async () => {
    const env = {...environment, AWS_CA_BUNDLE: '', SSL_CERT_FILE: '', NODE_EXTRA_CA_CERTS: ''}
    const {status, stderr} = await runGantry(promotion, {env})
    expect(status).toBe(4)
    expect(stderr.trim().split('\n')).toEqual([
      expect.stringMatching(/STS GetCallerIdentity in .*: .*NODE_EXTRA_CA_CERTS.*--use-system-ca/),
    ])
  })
})

test('a proxy that wants a login is told in one line, without the password that it was given', async () => {
  const proxy = await startConnectProxy({login: 'someone:else'})
  const env = {...keys, HTTPS_PROXY: `http://me:pr0xy-pass@127.0.0.1:${proxy.port}`}
  const {status, stdout, stderr} = await runGantry(promotion, {env})
  expect(status).toBe(4)
  expect(stderr).toContain(
    `the proxy 127.0.0.1:${proxy.port} does not take the user and password in HTTPS_PROXY (407).`,
  )
  expect(stderr.trim().split('\n')).toHaveLength(1)
  expect(stdout + stderr).not.toContain('pr0xy-pass')
})

test.each([
  [{HTTPS_PROXY: 'socks5://127.0.0.1:1080'}, 'HTTPS_PROXY names a proxy of the kind socks5'],
  [{AWS_CA_BUNDLE: '/nowhere/ca.pem'}, 'AWS_CA_BUNDLE names /nowhere/ca.pem, which cannot be read (ENOENT)'],
])('with %j nothing is sent, and the line says what is wrong', async (env, message) => {
  const {status, stderr} = await runGantry(promotion, {env: {...keys, ...env}})
  expect(status).toBe(2)
  expect(stderr).toContain(message)
})

test('FIPS and dual-stack of the profile are asked for, and a variable goes before them', async () => {
  const proxy = await startConnectProxy()
  const AWS_CONFIG_FILE = join(await temporaryFolder(), 'config')
  await writeFile(AWS_CONFIG_FILE, '[profile gov]\nuse_fips_endpoint = true\nuse_dualstack_endpoint = true\n')
  const env = {
    ...keys,
    AWS_CONFIG_FILE,
    AWS_PROFILE: 'gov',
    HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`,
  }
  await runGantry(promotion, {env})
  expect(new Set(proxy.targets)).toEqual(
    new Set(['sts-fips.eu-west-1.api.aws:443', 'sts-fips.us-east-1.api.aws:443']),
  )
  proxy.targets.length = 0
  await runGantry(promotion, {env: {...env, AWS_USE_FIPS_ENDPOINT: 'false'}})
  expect(new Set(proxy.targets)).toEqual(new Set(['sts.eu-west-1.api.aws:443', 'sts.us-east-1.api.aws:443']))
})
