import {writeFile} from 'node:fs/promises'
import {request} from 'node:http'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect, onTestFinished, test} from 'vitest'
import {loadEstate} from '../../../src/lib/config/load.ts'
import type {AwsEnvironment} from '../../../src/lib/ecr/environment.ts'
import {openHelperBackend} from '../../../src/lib/login/helper-backend.ts'
import {answerHelper} from '../../../src/lib/login/helper-protocol.ts'
import {loginTools} from '../../../src/lib/login/login.ts'
import {prepareLogin} from '../../../src/lib/login/prepare.ts'
import {chooseTools} from '../../../src/lib/login/tools.ts'
import {type Sandbox, startSandbox} from '../../../src/lib/sandbox/index.ts'
import {temporaryFolder} from '../../support/temporary-folder.ts'
import {fakeTools} from './fake-tools.ts'

const dev = {account: '111111111111', region: 'eu-west-1', port: 0}
const prod = {account: '222222222222', region: 'eu-west-1', port: 0}

const accounts = `
  dev: {id: "111111111111", region: eu-west-1, profile: dev}
  prod: {id: "222222222222", region: eu-west-1, profile: prod}
`

async function sandbox(): Promise<Sandbox> {
  const started = await startSandbox({registries: [dev, prod]})
  onTestFinished(async () => await started.close())
  return started
}

function environment({url}: Sandbox, env: AwsEnvironment['env'] = {}): AwsEnvironment {
  return {env, sandboxUrl: url, now: () => Date.now(), signal: new AbortController().signal}
}

async function estate(yaml: string | undefined) {
  const cwd = await temporaryFolder()
  if (yaml !== undefined) await writeFile(join(cwd, 'repos.yaml'), `version: 1\naccounts:${yaml}`)
  return await loadEstate({cwd})
}

async function login(names: readonly string[], yaml: string | undefined, world: AwsEnvironment) {
  const {env, calls} = await fakeTools({docker: ''})
  const prepared = await prepareLogin({
    names,
    region: 'eu-west-1',
    estate: await estate(yaml),
    environment: world,
  })
  const result = await loginTools(prepared.targets, await chooseTools([], env), prepared.issue, {
    env,
    cwd: tmpdir(),
    signal: world.signal,
    toolTimeoutMs: 30_000,
  })
  return {result, warning: prepared.warning, calls: await calls()}
}

/** The status of the registry's base with these credentials. */
async function statusOf(registry: string, password: string): Promise<number | undefined> {
  return await new Promise((resolve, reject) => {
    const sent = request(`http://${registry}/v2/`, {auth: `AWS:${password}`, agent: false}, response => {
      response.resume()
      resolve(response.statusCode)
    })
    sent.on('error', reject).end()
  })
}

function tokenRequests({requests}: Sandbox): number {
  return requests.filter(({operation}) => operation === 'GetAuthorizationToken').length
}

test('each account’s password opens its registry', async () => {
  const ecr = await sandbox()
  const {result, calls, warning} = await login([], accounts, environment(ecr))
  expect(result.exitCode).toBe(0)
  expect(result.items.map(({alias, principal}) => [alias, principal])).toEqual([
    ['dev', expect.stringMatching(/^arn:aws:iam::111111111111:/) as string],
    ['prod', expect.stringMatching(/^arn:aws:iam::222222222222:/) as string],
  ])
  expect(calls).toHaveLength(2)
  for (const {argv, stdin} of calls) {
    expect(await statusOf(argv.at(-1) ?? '', stdin)).toBe(200)
    expect(await statusOf(argv.at(-1) ?? '', stdin.slice(1))).toBe(401)
  }
  expect(warning).toBeUndefined()
})

test('one identity asks for one password a region, whatever the accounts', async () => {
  const ecr = await sandbox()
  const hosts = ['333333333333', '444444444444'].map(id => `${id}.dkr.ecr.eu-west-1.amazonaws.com`)
  const {result, warning} = await login(
    hosts,
    undefined,
    environment(ecr, {AWS_ACCESS_KEY_ID: '111111111111'}),
  )
  expect(result.items.map(({registry, principal}) => [registry, principal?.slice(0, 25)])).toEqual(
    hosts.map(host => [host, 'arn:aws:iam::111111111111']),
  )
  expect(tokenRequests(ecr)).toBe(1)
  expect(warning).toContain('--registry 333333333333/eu-west-1=PORT')
})

test('an account whose role may not be assumed fails alone: exit 4', async () => {
  const ecr = await sandbox()
  await ecr.seed({accounts: [{id: '222222222222', roles: [{name: 'release', trusts: ['999999999999']}]}]})
  const role = `
  dev: {id: "111111111111", region: eu-west-1, profile: dev}
  prod: {id: "222222222222", region: eu-west-1, role: "arn:aws:iam::222222222222:role/release"}
`
  const {result, calls} = await login([], role, environment(ecr, {AWS_ACCESS_KEY_ID: '111111111111'}))
  expect(result.items).toMatchObject([
    {alias: 'dev', outcome: 'logged in'},
    {alias: 'prod', outcome: 'failed', principal: null, error: {code: 'ACCESS_DENIED'}},
  ])
  expect(calls).toHaveLength(1)
  expect(result.exitCode).toBe(4)

  const alone = await login(['prod'], role, environment(ecr, {AWS_ACCESS_KEY_ID: '111111111111'}))
  expect(alone.result.exitCode).toBe(5)
})

test('without repos.yaml it is the registry of the default credentials', async () => {
  const ecr = await sandbox()
  const {result} = await login([], undefined, environment(ecr, {AWS_ACCESS_KEY_ID: '222222222222'}))
  expect(result.items).toMatchObject([{account: '222222222222', alias: null, outcome: 'logged in'}])
})

test('without repos.yaml and region the error says what to name', async () => {
  const ecr = await sandbox()
  const request = {
    names: [],
    region: undefined,
    estate: await estate(undefined),
    environment: environment(ecr),
  }
  await expect(prepareLogin(request)).rejects.toThrow('Name one with --region')
})

test('the credential helper gives the account’s own password, and none to strangers', async () => {
  const ecr = await sandbox()
  const known = await estate(accounts)
  const backend = await openHelperBackend({
    environment: environment(ecr),
    estate: async () => await Promise.resolve(known),
  })
  const registry = new URL(ecr.registryUrls.get('222222222222/eu-west-1') ?? '').host
  const ask = async (action: string, input = '') => await answerHelper({action, input, version: '1'}, backend)

  const {Secret} = JSON.parse((await ask('get', registry)).output) as {Secret: string}
  expect(await statusOf(registry, Secret)).toBe(200)
  expect(ecr.requests.filter(({principal}) => principal?.includes('111111111111'))).toEqual([])

  ecr.clearRequests()
  for (const stranger of ['docker.io', '127.0.0.1:1', 'amazonaws.com']) {
    expect((await ask('get', stranger)).output).toBe('credentials not found in native keychain\n')
  }
  expect(ecr.requests).toEqual([])
  expect(Object.keys(JSON.parse((await ask('list')).output) as object)).toEqual(
    [...ecr.registryUrls.values()].map(url => `https://${new URL(url).host}`),
  )
})
