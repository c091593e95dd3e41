import {mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {problem} from '../../../src/lib/doctor/check.ts'
import {sourceOf} from '../../../src/lib/doctor/credential-source.ts'
import {exitCodeOf, problemOf} from '../../../src/lib/doctor/trouble.ts'
import {DeniedError, FailureError, TransientError, UsageError} from '../../../src/lib/errors.ts'
import {temporaryFolder} from '../../support/temporary-folder.ts'
import {dev, examine, findingOf} from './support.ts'

const host = `${dev.account}.dkr.ecr.${dev.region}.amazonaws.com`
/** Nothing is sent: of these worlds only what is of the machine is looked at. */
const offline = {env: {HTTPS_PROXY: 'http://127.0.0.1:1', PATH: ''}, repos: null}

describe('repos.yaml', () => {
  test('that is wrong is told with all places, and no account is looked at', async () => {
    const run = await examine({
      ...offline,
      repos: 'version: 1\nacounts: {}\naccounts:\n  dev: {id: "1", region: eu-west-1}\n',
    })
    expect(run.exitCode).toBe(2)
    const {trouble, message, fixes} = findingOf(run, 'repos-yaml')
    expect(trouble).toBe('configuration')
    expect(message).toMatch(/^repos\.yaml:2:1 .*Did you mean "accounts"\?/)
    expect(fixes).toEqual([
      expect.stringMatching(/^repos\.yaml:4:\d+ /),
      'Then run this again: no account is checked before.',
    ])
    expect(run.findings.filter(({place}) => place !== null)).toEqual([])
  })

  test('without one, and without a region, there is nobody to look at', async () => {
    const run = await examine(offline)
    expect(run.exitCode).toBe(2)
    expect(findingOf(run, 'repos-yaml')).toMatchObject({
      message: 'there is none, and no region is named',
      fixes: [expect.stringContaining('--region eu-west-1')],
    })
  })

  test('--account picks, and one that there is not is an error', async () => {
    const repos = `
version: 1
accounts:
  dev: {id: "${dev.account}", regions: [eu-west-1, us-east-1]}
  shared: {id: "222222222222", region: eu-west-1, via: dev}
`
    const labels = async (...accounts: string[]) => {
      const run = await examine({...offline, repos}, accounts)
      const names = run.findings.flatMap(({place}) =>
        place === null ? [] : `${place.alias}@${place.region}`,
      )
      return [...new Set(names)]
    }
    expect(await labels()).toEqual(['dev@eu-west-1', 'dev@us-east-1', 'shared@eu-west-1'])
    expect(await labels('dev@us-east-1', 'shared')).toEqual(['dev@us-east-1', 'shared@eu-west-1'])
    await expect(labels('prod')).rejects.toMatchObject({code: 'UNKNOWN_ACCOUNT', exitCode: 2})
  })
})

test.each([
  ['22.12.0', 'problem'],
  ['22.13.0', 'ok'],
  ['20.20.2', 'problem'],
  ['26.1.0', 'ok'],
])('Node.js %s: %s', async (nodeVersion, status) => {
  expect(findingOf(await examine({...offline, nodeVersion}), 'node').status).toBe(status)
})

describe('the folder of records', () => {
  test('need not be there, and is not made', async () => {
    const folder = await temporaryFolder()
    const records = join(folder, 'a', 'b')
    expect(findingOf(await examine({...offline, records}), 'records').message).toBe(`${records} can be made`)
    await mkdir(records, {recursive: true})
    expect(findingOf(await examine({...offline, records}), 'records').message).toBe(
      `${records} can be written`,
    )
  })

  test('below what is no folder cannot be made', async () => {
    const file = join(await temporaryFolder(), 'file')
    await writeFile(file, '')
    const run = await examine({...offline, region: dev.region, records: join(file, 'records')})
    expect(findingOf(run, 'records')).toMatchObject({
      trouble: 'other',
      fixes: [expect.stringContaining('XDG_STATE_HOME')],
    })
  })
})

describe('the credential helper', () => {
  const repos = `version: 1\naccounts:\n  dev: {id: "${dev.account}", regions: [eu-west-1, us-east-1]}\n`
  const other = host.replace('eu-west-1', 'us-east-1')

  async function look(config: unknown, path = '') {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'config.json'), typeof config === 'string' ? config : JSON.stringify(config))
    const env = {...offline.env, DOCKER_CONFIG: folder, PATH: path}
    return findingOf(await examine({env, repos}), 'credential-helper')
  }

  async function installed(): Promise<string> {
    const folder = await temporaryFolder()
    const name = process.platform === 'win32' ? 'docker-credential-gantry.cmd' : 'docker-credential-gantry'
    await writeFile(join(folder, name), '', {mode: 0o755})
    return folder
  }

  test('need not be set up', async () => {
    expect(await look({})).toMatchObject({
      status: 'ok',
      message: expect.stringContaining('gantry login --helper'),
    })
  })

  test('that docker is to use and cannot find is a problem', async () => {
    expect(await look({credHelpers: {[host]: 'gantry'}})).toMatchObject({
      trouble: 'other',
      message: expect.stringContaining('docker-credential-gantry is not on PATH'),
    })
  })

  test('that is named for some registries is told of the others', async () => {
    expect(await look({credHelpers: {[host]: 'gantry'}}, await installed())).toMatchObject({
      status: 'warning',
      message: expect.stringMatching(new RegExp(`does not name it for ${other.replaceAll('.', '\\.')}$`)),
      fixes: ['gantry login --helper'],
    })
    const both = {credHelpers: {[host]: 'gantry', [other]: 'gantry'}}
    expect(await look(both, await installed())).toMatchObject({status: 'ok'})
  })

  test('a configuration of docker that is no JSON is told without its content', async () => {
    const found = await look('{"auths": {"x": {"auth": "pl4nted-')
    expect(found).toMatchObject({trouble: 'configuration', message: expect.stringContaining('is not JSON')})
  })
})

describe('the source of credentials', () => {
  test.each([
    [{CREDENTIALS_PROFILE_SSO: 'r', CREDENTIALS_SSO: 's'}, 'IAM Identity Center'],
    [{CREDENTIALS_HTTP: 'z'}, "the container's metadata"],
    [{CREDENTIALS_PROFILE: 'n', CREDENTIALS_IMDS: '0'}, "the instance's metadata"],
    [
      {CREDENTIALS_ENV_VARS_STS_WEB_ID_TOKEN: 'h', CREDENTIALS_STS_ASSUME_ROLE_WEB_ID: 'k'},
      'web identity of the environment (AWS_WEB_IDENTITY_TOKEN_FILE)',
    ],
    [
      {CREDENTIALS_PROFILE_SOURCE_PROFILE: 'o', CREDENTIALS_PROFILE: 'n', CREDENTIALS_STS_ASSUME_ROLE: 'i'},
      "a chain of roles that begins with keys in AWS's files",
    ],
    [undefined, undefined],
  ])('%j is %s', (marks, words) => {
    expect(sourceOf({accessKeyId: 'x', ...(marks && {$source: marks})})).toBe(words)
  })
})

describe('the exit code', () => {
  test('is that of the gravest', () => {
    const [configuration, access, network, other] = (
      ['configuration', 'access', 'network', 'other'] as const
    ).map(trouble => problem(trouble, 'x')) as [never, never, never, never]
    expect(exitCodeOf([])).toBe(0)
    expect(exitCodeOf([other])).toBe(4)
    expect(exitCodeOf([other, network])).toBe(6)
    expect(exitCodeOf([other, network, access])).toBe(5)
    expect(exitCodeOf([other, network, access, configuration])).toBe(2)
  })

  test.each([
    [new UsageError('X', 'm'), 'configuration'],
    [new DeniedError('X', 'm'), 'access'],
    [new TransientError('X', 'm'), 'network'],
    [new FailureError('CERTIFICATE_NOT_TRUSTED', 'm'), 'network'],
    [new FailureError('PROXY_REFUSED', 'm'), 'network'],
    [new FailureError('X', 'm'), 'other'],
    [new TypeError('m\nat x'), 'other'],
    ['thrown', 'other'],
  ])('%s is trouble of the kind %s', (error, trouble) => {
    expect(problemOf(error)).toMatchObject({status: 'problem', trouble})
  })
})
