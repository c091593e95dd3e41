import {createHash} from 'node:crypto'
import {mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {describe, expect, test, vi} from 'vitest'
import {temporaryFolder} from '../../support/temporary-folder.ts'
import {openSandbox} from '../sandbox/support.ts'
import {dev, examine, findingOf, secrets} from './support.ts'

const minute = 60_000

/** What the files of AWS in a home say, asked with this profile, through a proxy that leads nowhere unless one is given. */
async function lookAt(profile: string, config: string, more: Readonly<Record<string, string>> = {}) {
  const file = join(await temporaryFolder(), 'config')
  await writeFile(file, config)
  return examine({
    env: {HTTPS_PROXY: 'http://127.0.0.1:1', ...more, AWS_CONFIG_FILE: file},
    profile,
  })
}

/** A program that gives credentials which end so many milliseconds from now. */
async function credentialProcess(leftMs: number): Promise<string> {
  const file = join(await temporaryFolder(), 'credentials.mjs')
  const given = {
    Version: 1,
    AccessKeyId: dev.account,
    SecretAccessKey: secrets.key,
    SessionToken: secrets.token,
    Expiration: new Date(Date.now() + leftMs).toISOString(),
  }
  await writeFile(file, `console.log(${JSON.stringify(JSON.stringify(given))})`)
  return `[profile tool]\ncredential_process = "${process.execPath}" "${file}"\n`
}

describe('of a profile with a program', () => {
  test('the source is named, and until when they are good', async () => {
    const run = await lookAt('tool', await credentialProcess(60 * minute))
    expect(findingOf(run, 'credentials')).toMatchObject({
      status: 'ok',
      message: expect.stringMatching(/^profile tool: credential_process, until 20\d\d-.*Z$/),
    })
  })

  test('those that end soon are a warning, with how to get new ones', async () => {
    const run = await lookAt('tool', await credentialProcess(10 * minute))
    expect(findingOf(run, 'credentials')).toMatchObject({
      status: 'warning',
      message: expect.stringContaining('they expire soon, at 20'),
      fixes: [expect.stringContaining('aws sso login --profile tool')],
    })
  })
})

test('a chain of roles is told as one, and who comes of it', async () => {
  const sandbox = await openSandbox({proxy: 0})
  const {HTTPS_PROXY = '', NODE_EXTRA_CA_CERTS = ''} = sandbox.proxy?.env(dev.account, dev.region) ?? {}
  const run = await lookAt(
    'chain',
    `[profile base]\naws_access_key_id = 222222222222\naws_secret_access_key = ${secrets.key}\n` +
      `[profile chain]\nrole_arn = arn:aws:iam::${dev.account}:role/release\nsource_profile = base\nrole_session_name = me\n`,
    {HTTPS_PROXY, NODE_EXTRA_CA_CERTS},
  )
  expect(findingOf(run, 'credentials').message).toMatch(
    /^profile chain: a chain of roles that begins with another profile, until /,
  )
  expect(findingOf(run, 'identity').message).toBe(`arn:aws:sts::${dev.account}:assumed-role/release/me`)
})

test('a web identity of a profile goes by the proxy, too', async () => {
  const sandbox = await openSandbox({proxy: 0})
  const {HTTPS_PROXY = '', NODE_EXTRA_CA_CERTS = ''} = sandbox.proxy?.env(dev.account, dev.region) ?? {}
  const file = join(await temporaryFolder(), 'token')
  const claims = {iss: 'https://gitlab.com', aud: 'sts.amazonaws.com', sub: 'project', exp: 4_102_444_800}
  const parts = [{alg: 'RS256'}, claims].map(part => Buffer.from(JSON.stringify(part)).toString('base64url'))
  await writeFile(file, [...parts, 'c2lnbmF0dXJl'].join('.'))
  const run = await lookAt(
    'web',
    `[profile web]\nrole_arn = arn:aws:iam::${dev.account}:role/release\nweb_identity_token_file = ${file}\nrole_session_name = me\n`,
    {HTTPS_PROXY, NODE_EXTRA_CA_CERTS},
  )
  expect(findingOf(run, 'identity').message).toBe(`arn:aws:sts::${dev.account}:assumed-role/release/me`)
})

test('a session of IAM Identity Center that has expired, and cannot be refreshed, is told with the command for a new one', async () => {
  const home = await temporaryFolder()
  const cache = join(home, '.aws', 'sso', 'cache')
  await mkdir(cache, {recursive: true})
  const name = `${createHash('sha1').update('corp').digest('hex')}.json`
  const token = {accessToken: secrets.token, expiresAt: '2020-01-01T00:00:00Z'}
  await writeFile(join(cache, name), JSON.stringify(token))
  const config = `
[profile sso]
sso_session = corp
sso_account_id = ${dev.account}
sso_role_name = dev
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-west-1
`
  await writeFile(join(home, '.aws', 'config'), config)
  // The SDK looks for the session's token in the home of the process, by the configuration there.
  const variables = {HOME: home, USERPROFILE: home, AWS_CONFIG_FILE: join(home, '.aws', 'config')}
  for (const [variable, value] of Object.entries(variables)) vi.stubEnv(variable, value)
  try {
    const run = await lookAt('sso', config)
    expect(findingOf(run, 'credentials')).toMatchObject({
      trouble: 'access',
      message: expect.stringMatching(/^No AWS credentials: .*SSO.*Get them: aws sso login --profile sso/),
    })
    expect(findingOf(run, 'identity').status).toBe('skipped')
  } finally {
    vi.unstubAllEnvs()
  }
})

test('the file of a web identity token is named, and told when it is not there', async () => {
  const file = join(await temporaryFolder(), 'token')
  const repos = `
version: 1
accounts:
  dev:
    id: "${dev.account}"
    region: ${dev.region}
    role: {arn: "arn:aws:iam::${dev.account}:role/ci", webIdentityTokenFile: ${JSON.stringify(file)}}
`
  const around = {repos, env: {HTTPS_PROXY: 'http://127.0.0.1:1'}}
  expect(findingOf(await examine(around), 'credentials')).toMatchObject({
    trouble: 'access',
    message: `The web identity token file ${file}: ENOENT.`,
  })
  await writeFile(file, secrets.token)
  expect(findingOf(await examine(around), 'credentials')).toMatchObject({
    status: 'ok',
    message: `web identity token ${file}, for the role arn:aws:iam::${dev.account}:role/ci`,
  })
})
