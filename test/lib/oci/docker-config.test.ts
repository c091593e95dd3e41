import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {UsageError} from '../../../src/lib/errors.ts'
import {authFiles, findLogin} from '../../../src/lib/oci/docker-config.ts'
import {rejected} from './thrown.ts'

const auth = Buffer.from('user:pass:word').toString('base64')
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

async function find(content: unknown, host: string, helpers: Record<string, typeof login> = {}) {
  const asked: string[] = []
  const found = await findLogin(host, [await file(content)], async (name, server) => {
    asked.push(`${name} ${server}`)
    return helpers[name]
  })
  return {found, asked}
}

describe('a login is found', () => {
  test.each([
    ['quay.io', 'quay.io'],
    ['QUAY.io', 'quay.io'],
    ['https://quay.io', 'quay.io'],
    ['https://quay.io/v2/', 'quay.io'],
    ['localhost:5000', 'localhost:5000'],
    ['https://index.docker.io/v1/', 'docker.io'],
    ['docker.io', 'docker.io'],
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
    const list = [join(folder, 'missing.json'), without, first, second]
    expect(await findLogin('a', list, async () => undefined)).toEqual(login)
  })
})

test.each([
  'amazonaws.com',
  'ecr.us-east-1.amazonaws.com',
  `${ecr}.evil.example`,
  `evil-${ecr}`,
  `${ecr}:444`,
  '',
])('there is none for %j, which only looks like a host with one', async host => {
  expect((await find({auths: {[ecr]: {auth}, [`${ecr}/namespace`]: {auth}}}, host)).found).toBeUndefined()
})

test.each([
  ['no JSON', '{"auths": {"a": {"auth": "planted"', 'it is not JSON'],
  ['a list', '[]', 'it is not a JSON object'],
  ['auths as a list', {auths: []}, '"auths" is not a JSON object'],
  ['no base64 of two parts', {auths: {a: {auth: 'planted'}}}, 'is not base64 of USER:PASSWORD'],
  ['a number', {auths: {a: {auth: 7}}}, 'is not base64 of USER:PASSWORD'],
  ['an identity token', {auths: {a: {auth, identitytoken: 'planted'}}}, 'identity token'],
  ['a helper that is a path', {credHelpers: {a: '../../bin/sh'}}, 'is not the name of a credential helper'],
  ['a store that is a list', {credsStore: ['x']}, 'is not the name of a credential helper'],
])('a file with %s is an error that names the file and quotes no secret', async (_, content, problem) => {
  const path = await file(content)
  const error = await rejected(findLogin('a', [path], async () => undefined))
  expect(error).toBeInstanceOf(UsageError)
  expect(error?.message).toContain(path)
  expect(error?.message).toContain(problem)
  expect(error?.message).not.toContain('planted')
})

test('an identity token of a helper is refused as one of a file is', async () => {
  const token = {username: '<token>', password: 'planted'}
  const error = await rejected(find({credHelpers: {a: 'mine'}}, 'a', {mine: token}))
  expect(error?.message).toContain('identity token')
  expect(error?.message).not.toContain('planted')
})

test('the file is left as it is', async () => {
  const path = await file({auths: {a: {auth}}})
  const before = await readFile(path, 'utf8')
  await findLogin('a', [path], async () => undefined)
  expect(await readFile(path, 'utf8')).toBe(before)
})

test('REGISTRY_AUTH_FILE is the only file when it is set', () => {
  expect(authFiles({REGISTRY_AUTH_FILE: '/x/auth.json', DOCKER_CONFIG: '/d'}, '/home/u')).toEqual([
    '/x/auth.json',
  ])
  expect(authFiles({DOCKER_CONFIG: '/d', XDG_RUNTIME_DIR: '/run/u'}, '/home/u')).toEqual([
    join('/d', 'config.json'),
    join('/run/u', 'containers', 'auth.json'),
    join('/home/u', '.config', 'containers', 'auth.json'),
  ])
  expect(authFiles({}, '/home/u')[0]).toBe(join('/home/u', '.docker', 'config.json'))
})
