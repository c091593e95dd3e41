import {mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {profileOf, readProfileSettings} from '../../../src/lib/ecr/profile-settings.ts'
import {temporaryFolder} from '../../support/temporary-folder.ts'

const config = `
# use_fips_endpoint = true
[default]
region = eu-west-1
use_dualstack_endpoint=TRUE   # the office has no IPv4

[profile gov]
use_fips_endpoint = true
s3 =
  use_dualstack_endpoint = true
  addressing_style = path
ca_bundle = /etc/gov.pem
[ profile "two words" ]
use_fips_endpoint = true
[sso-session gov2]
use_fips_endpoint = true
[gov3]
use_fips_endpoint = true
`

async function home(text = config): Promise<string> {
  const folder = await temporaryFolder()
  await mkdir(join(folder, '.aws'))
  await writeFile(join(folder, '.aws', 'config'), text)
  return folder
}

test.each([
  ['default', {useFips: false, useDualstack: true}],
  ['gov', {useFips: true, useDualstack: false, caBundle: '/etc/gov.pem'}],
  ['two words', {useFips: true, useDualstack: false}],
  ['gov2', {useFips: false, useDualstack: false}],
  ['gov3', {useFips: false, useDualstack: false}],
  ['unknown', {useFips: false, useDualstack: false}],
])('the profile %s says %j', async (profile, settings) => {
  expect(await readProfileSettings({}, {profile, home: await home()})).toEqual(settings)
})

test('the profile is that of --profile, else AWS_PROFILE, else the default one', async () => {
  const folder = await home()
  const env = {AWS_PROFILE: 'gov'}
  expect(await readProfileSettings(env, {home: folder})).toMatchObject({useFips: true})
  expect(await readProfileSettings(env, {home: folder, profile: 'default'})).toMatchObject({useFips: false})
  expect(await readProfileSettings({}, {home: folder})).toMatchObject({useDualstack: true})
})

test('a variable goes before the file, in both directions', async () => {
  const folder = await home()
  const env = {AWS_USE_FIPS_ENDPOINT: 'true', AWS_USE_DUALSTACK_ENDPOINT: 'false'}
  expect(await readProfileSettings(env, {home: folder})).toEqual({useFips: true, useDualstack: false})
})

test('AWS_CONFIG_FILE is read instead; a file that is not there says nothing, one that cannot be read is refused', async () => {
  const folder = await home()
  const AWS_CONFIG_FILE = join(folder, 'other')
  await writeFile(AWS_CONFIG_FILE, '[default]\r\nuse_fips_endpoint = true\r\n')
  expect(await readProfileSettings({AWS_CONFIG_FILE}, {home: folder})).toEqual({
    useFips: true,
    useDualstack: false,
  })
  const nothing = {useFips: false, useDualstack: false}
  expect(await readProfileSettings({AWS_CONFIG_FILE: join(folder, 'none')}, {home: folder})).toEqual(nothing)
  expect(await readProfileSettings({AWS_CONFIG_FILE}, {})).toEqual(nothing)
  await expect(readProfileSettings({AWS_CONFIG_FILE: folder}, {home: folder})).rejects.toThrow(
    `${folder} cannot be read (EISDIR). Nothing was sent.`,
  )
})

test('the last word for a key counts, as for the AWS CLI', () => {
  expect(profileOf('[default]\na = 1\na = 2\n[profile default]\na = 3', 'default').get('a')).toBe('3')
})
