import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {UsageError} from '../../../src/lib/errors.ts'
import {storedCredentials} from '../../../src/lib/oci/docker-config.ts'
import {rejected} from './thrown.ts'

const base64 = (text: string) => Buffer.from(text).toString('base64')
const auth = base64('user:pass:word')
const login = {username: 'user', password: 'pass:word'}
const ecr = '123456789012.dkr.ecr.us-east-1.amazonaws.com'
let folder = ''
let files = 0

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gantry-'))
})
afterAll(() => rm(folder, {recursive: true}))

async function file(content: unknown): Promise<string> {
  const path = join(folder, `${files++}.json`)
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

async function open(content: unknown, helpers: Record<string, typeof login> = {}) {
  const asked: string[] = []
  const find = storedCredentials([{path: await file(content)}], async (name, server) => {
    asked.push(`${name} ${server}`)
    return helpers[name]
  })
  return {find, asked}
}

async function find(content: unknown, host: string, helpers: Record<string, typeof login> = {}) {
  const opened = await open(content, helpers)
  return {found: await opened.find(host, ''), asked: opened.asked}
}

describe('a login is found', () => {
  test.each([
    ['quay.io', 'quay.io'],
    ['QUAY.io', 'quay.io'],
    ['quay.io/', 'quay.io'],
    ['https://quay.io', 'quay.io'],
    ['https://quay.io/v2/', 'quay.io'],
    ['localhost:5000', 'localhost:5000'],
    ['https://index.docker.io/v1/', 'docker.io'],
    ['index.docker.io/v1/', 'docker.io'],
    ['docker.io', 'docker.io'],
    ['docker.io', 'registry-1.docker.io'],
  ])('under %s for %s', async (key, host) => {
    expect((await find({auths: {[key]: {auth}}}, host)).found).toEqual(login)
  })

  test('in a helper of that host, before anything else', async () => {
    const config = {auths: {'quay.io': {auth}}, credHelpers: {'quay.io': 'mine'}, credsStore: 'desktop'}
    const other = {username: 'helper', password: 'p'}
    expect(await find(config, 'quay.io', {mine: other})).toEqual({found: other, asked: ['mine quay.io']})
  })

  test('in the store, where the file has nothing of its own', async () => {
    const config = {auths: {'https://index.docker.io/v1/': {}}, credsStore: 'desktop'}
    const {found, asked} = await find(config, 'docker.io', {desktop: login})
    expect(found).toEqual(login)
    expect(asked).toEqual(['desktop https://index.docker.io/v1/'])
  })

  test('in the first file that has one', async () => {
    const [without, first, second] = [
      await file({}),
      await file({auths: {a: {auth}}}),
      await file({auths: {a: {auth: 'eDp5'}}}),
    ]
    const list = [join(folder, 'missing.json'), without, first, second].map(path => ({path}))
    expect(await storedCredentials(list, async () => undefined)('a', '')).toEqual(login)
  })

  test.each([
    ['a user and a password beside each other', {username: 'user', password: 'pass:word'}, login],
    ['base64 padded with zeros', {auth: base64('user:pass:word\0\0')}, login],
    [
      'an identity token',
      {auth: base64('00000000-0000-0000-0000-000000000000:'), identitytoken: 'refresh'},
      {identityToken: 'refresh'},
    ],
    ['an identity token as a password', {auth: base64('<token>:refresh')}, {identityToken: 'refresh'}],
    ['a token for the registry', {registrytoken: 'abc.def'}, {registryToken: 'abc.def'}],
    ['a user alone', {username: 'user'}, undefined],
    ['nothing', {auth: ''}, undefined],
  ])('as %s', async (_, entry, credential) => {
    expect((await find({auths: {'quay.io': entry}}, 'quay.io')).found).toEqual(credential)
  })

  test('as an identity token that a helper has', async () => {
    const helpers = {mine: {username: '<token>', password: 'refresh'}}
    expect((await find({credHelpers: {a: 'mine'}}, 'a', helpers)).found).toEqual({identityToken: 'refresh'})
  })
})

describe('of keys with namespaces', () => {
  const named = (name: string) => ({auth: base64(`${name}:p`)})
  const auths = {
    'https://quay.io/team': named('url'),
    'quay.io/team': named('team'),
    'quay.io/team/app': named('app'),
    'quay.io/team/empty': {},
    'docker.io/library': named('official'),
  }

  test.each([
    ['quay.io', 'team/app', 'app'],
    ['quay.io', 'team/app/part', 'app'],
    ['quay.io', 'team/application', 'team'],
    ['quay.io', 'team/empty', 'team'],
    ['quay.io', 'teams/app', 'url'],
    ['quay.io', '', 'url'],
    ['docker.io', 'library/nginx', 'official'],
    ['docker.io', 'team/app', undefined],
    ['ghcr.io', 'team/app', undefined],
  ])('the one that says most about %s/%s is taken: %s', async (host, repository, username) => {
    const {find} = await open({auths})
    expect(await find(host, repository)).toEqual(username && {username, password: 'p'})
  })

  test('none is for a helper, which is named for a whole host', async () => {
    const {find, asked} = await open({credHelpers: {'quay.io/team': 'mine', 'quay.io': 'all'}}, {all: login})
    expect(await find('quay.io', 'team/app')).toEqual(login)
    expect(asked).toEqual(['all quay.io'])
  })
})

test('a file is read once, and a helper asked once, for any number of repositories', async () => {
  const path = await file({auths: {b: {auth}}, credsStore: 'store'})
  let asked = 0
  const find = storedCredentials([{path}], async () => {
    asked++
    return login
  })
  await Promise.all(['x', 'y', 'z'].map(repository => find('a', repository)))
  await rm(path)
  expect(await find('b', 'x')).toEqual(login)
  expect(asked).toBe(1)
})

test.each([
  'amazonaws.com',
  'ecr.us-east-1.amazonaws.com',
  `${ecr}.evil.example`,
  `evil-${ecr}`,
  `${ecr}:444`,
  '',
])('there is none for %j, which only looks like a host with one', async host => {
  const {find} = await open({auths: {[ecr]: {auth}, [`${ecr}/namespace`]: {auth}}})
  for (const repository of ['', 'namespace', 'namespace/app']) {
    expect(await find(host, repository)).toBeUndefined()
  }
})

test.each([
  ['no JSON', '{"auths":\n  {"a": {"auth": "planted"', ':2:27: it is not JSON'],
  ['a password instead of it', 'planted', ':1:1: it is not JSON'],
  ['nothing in it', '', ':1:1: it is not JSON'],
  ['a list', '["planted"]', ':1:1: it is not a JSON object'],
  ['auths as a list', '{"auths": ["planted"]}', ':1:11: "auths" is not a JSON object'],
  ['a password instead of a login', '{"auths": {"a": "planted"}}', ':1:17: this login is not a JSON object'],
  [
    'a password instead of base64',
    '{"auths": {"a": {"auth": "user:planted"}}}',
    ':1:26: this "auth" is not base64 of USER:PASSWORD',
  ],
  [
    'no base64 of two parts',
    '{"auths": {"a":\n{"auth": "planted"}}}',
    ':2:10: this "auth" is not base64 of USER:PASSWORD',
  ],
  ['a number', '{"auths": {"a": {"auth": 7}}}', ':1:26: this "auth" is not a text'],
  [
    'a password that is a list',
    '{"auths": {"a": {"username": "u", "password": ["planted"]}}}',
    'is not a text',
  ],
  [
    'a registry token that would be two headers',
    '{"auths": {"a": {"registrytoken": "planted\\r\\nX: y"}}}',
    ':1:35: this "registrytoken" is no token',
  ],
  [
    'a helper that is a path',
    '{"credHelpers": {"a": "../../bin/planted"}}',
    ':1:23: this is not the name of a credential helper',
  ],
  [
    'a password instead of a store',
    '{"credsStore": "planted!"}',
    ':1:16: this is not the name of a credential helper',
  ],
  ['a store that is a list', '{"credsStore": ["x"]}', ':1:16: this is not the name of a credential helper'],
])('a file with %s is an error that names the place and quotes nothing', async (_, content, problem) => {
  const path = await file(content)
  const error = await rejected(storedCredentials([{path}], async () => undefined)('a', ''))
  expect(error).toBeInstanceOf(UsageError)
  expect(error?.message).toContain(path)
  expect(error?.message).toContain(problem)
  expect(error?.message).not.toMatch(/planted|\n/)
})

test('a file that a variable names has to be there', async () => {
  const path = join(folder, 'nowhere.json')
  const find = storedCredentials([{path, namedBy: 'REGISTRY_AUTH_FILE'}], async () => undefined)
  expect((await rejected(find('a', '')))?.message).toContain(
    'REGISTRY_AUTH_FILE names it, and it is not there',
  )
})

test('the file is left as it is', async () => {
  const path = await file({auths: {a: {auth}}})
  const before = await readFile(path, 'utf8')
  await storedCredentials([{path}], async () => undefined)('a', '')
  expect(await readFile(path, 'utf8')).toBe(before)
})
