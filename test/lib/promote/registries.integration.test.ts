import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from 'vitest'
import {credentialsReader} from '../../../src/lib/cli/docker-credentials.ts'
import type {PromotionOrder, PromotionResult} from '../../../src/lib/promote/run.ts'
import {type Dialect, plain} from '../../support/dialects/dialect.ts'
import {dialects} from '../../support/dialects/dialects.ts'
import {acr, ecrPublic, gar, ghcr, gitlab} from '../../support/dialects/hosted.ts'
import {type Internet, startInternet} from '../../support/dialects/internet.ts'
import {harbor, quay} from '../../support/dialects/products.ts'
import {
  expectFilled,
  expectSecretsAtHome,
  fill,
  type Standing,
  stand,
  storeLogins,
} from '../../support/dialects/scene.ts'
import {buildImage} from '../../support/images.ts'
import {temporaryFolder} from '../../support/temporary-folder.ts'
import {startWorld, type World} from '../../support/world.ts'

const domains = ['example', 'io', 'com', 'dev', 'net', 'aws']
const image = await buildImage({
  layers: [{'bin/app': 'app'}, {'etc/conf': 'x'}],
  platforms: [
    {os: 'linux', architecture: 'amd64'},
    {os: 'linux', architecture: 'arm64'},
  ],
  attestation: true,
  sbom: true,
})
const other = await buildImage({layers: [{'bin/other': 'other'}], sbom: true})

let world: World
let internet: Internet
const standing: Standing[] = []

beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  internet = await startInternet(domains)
})

afterEach(async () => {
  expectSecretsAtHome(internet, standing.splice(0))
  await internet.close()
})

/** Opens the registries, with nothing but the logins that their tools have stored. */
async function open(...places: readonly Dialect[]) {
  standing.push(...places.map(dialect => stand(internet, dialect)))
  const env = await storeLogins(await temporaryFolder(), places)
  const signal = AbortSignal.timeout(30_000)
  return async (
    from: string,
    to: string,
    words: Partial<PromotionOrder> = {},
    variables: Record<string, string> = {},
  ): Promise<PromotionResult> =>
    world.promote(
      [from],
      {from: undefined, to: [to], concurrency: 3, ...words},
      {
        aws: {env: {}, network: internet.network, now: Date.now, signal},
        credentialsFor: credentialsReader({env: {...env, ...variables}, signal}),
        retryForMs: 5000,
      },
    )
}

const at = (host: string): Standing => {
  const found = standing.find(({dialect}) => dialect.host === host)
  if (found === undefined) throw new TypeError(`${host} does not stand`)
  return found
}

const {digest} = image.root
const promoted = {exitCode: 0, items: [{outcome: 'promoted', digest, referrers: 1}]}

describe.skipIf(process.platform === 'win32').each(dialects)('$name', dialect => {
  const {host, repository} = dialect

  test('takes and gives an index with its attestations and what refers to it', async () => {
    const promote = await open(plain, dialect)
    fill(at(plain.host), 'team/app', image, 'v1')
    expect(await promote(`${plain.host}/team/app:v1`, host, {as: repository})).toMatchObject(promoted)
    expectFilled(at(host), repository, image, 'v1')
    expect(await promote(`${host}/${repository}:v1`, `${plain.host}/back`)).toMatchObject(promoted)
    expectFilled(at(plain.host), `back/${repository}`, image, 'v1')
    expect(await promote(`${plain.host}/team/app:v1`, host, {as: repository})).toMatchObject({
      exitCode: 0,
      items: [{outcome: 'unchanged', digest}],
      traffic: {mutatingRequests: 0},
    })
  })

  test('takes blobs over from another of its repositories', async () => {
    const promote = await open(dialect)
    fill(at(host), repository, image, 'v1')
    const to = `${repository}-copy`
    expect(await promote(`${host}/${repository}:v1`, host, {as: to})).toMatchObject(promoted)
    expectFilled(at(host), to, image, 'v1')
    const sent = internet.visits.filter(({method, url}) => method === 'PUT' && url.includes('/uploads/'))
    expect(sent).toEqual([])
  })
})

describe.skipIf(process.platform === 'win32')('what is special', () => {
  const source = `${plain.host}/team/app:v1`
  const openWith = async (dialect: Dialect) => {
    const promote = await open(plain, dialect)
    fill(at(plain.host), 'team/app', image, 'v1')
    return promote
  }
  const hosts = () => new Set(internet.visits.map(({host}) => host))

  test('GHCR’s list of referrers leads to a web site: nobody goes there', async () => {
    const promote = await open(plain, ghcr)
    fill(at(ghcr.host), 'team/app', image, 'v1')
    expect(await promote('ghcr.io/team/app:v1', plain.host)).toMatchObject(promoted)
    const lists = internet.visits.filter(({url}) => url.includes('/referrers/'))
    expect(lists.map(({host}) => host)).toContain('ghcr.io')
    expect(hosts()).not.toContain('github.com')
  })

  test('GitLab’s tokens end in the middle of a run: new ones are had', async () => {
    const promote = await openWith(gitlab)
    const to = gitlab.repository
    expect(await promote(source, 'registry.gitlab.com', {as: to})).toMatchObject(promoted)
    expect(at('registry.gitlab.com').tokens?.given.length).toBeGreaterThan(1)
  })

  test('Azure’s list of tags takes a right of its own', async () => {
    const promote = await open(plain, acr)
    fill(at(acr.host), 'team/app', image, 'v1')
    const words = {allTags: true}
    expect(await promote(`${acr.host}/team/app`, plain.host, words)).toMatchObject(promoted)
    expectFilled(at(plain.host), 'team/app', image, 'v1')
  })

  test('Quay makes a repository for whoever asks to push: a dry run does not', async () => {
    const promote = await openWith(quay)
    const dryRun = promote(source, 'quay.io', {as: 'team/new', dryRun: true})
    await expect(dryRun).rejects.toMatchObject({exitCode: 5})
    expect([...at('quay.io').store.keys()]).toEqual([])
    expect(await promote(source, 'quay.io', {as: 'team/new'})).toMatchObject(promoted)
  })

  test('Harbor’s immutable tag is left alone, and said to be', async () => {
    const promote = await openWith(harbor)
    const {host} = harbor
    fill(at(host), 'library/app', other, 'immutable')
    const words = {as: 'library/app', tags: ['immutable']}
    const {items} = await promote(source, host, words)
    expect(items[0]).toMatchObject({outcome: 'failed', error: {code: 'TAG_IMMUTABLE', exitCode: 7}})
    expectFilled(at(host), 'library/app', other, 'immutable')
  })

  test.each([
    [harbor, 'missing/app', /404 NOT_FOUND: project missing not found/],
    [gar, 'project/missing/app', /404 NAME_UNKNOWN: Repository not found/],
  ])('what $0.name does not have is not made: one line', async (dialect, as, message) => {
    const promote = await openWith(dialect)
    const {exitCode, items} = await promote(source, dialect.host, {as})
    expect([exitCode, items[0]?.outcome]).toEqual([4, 'failed'])
    expect(items[0]?.error?.message).toMatch(message)
  })

  test('GHCR gives nobody a token for what is not there or not public: one line', async () => {
    const promote = await open({...ghcr, stored: {kind: 'docker', auths: {}}}, plain)
    await expect(promote('ghcr.io/team/secret:v1', plain.host)).rejects.toMatchObject({
      exitCode: 5,
      message:
        'Token service ghcr.io of ghcr.io gave no token for team/secret: 403. ' +
        'Log in to it first; there may also be no such repository.',
    })
  })
})

test('ECR Public gives to whoever asks', async () => {
  const promote = await open(plain, ecrPublic)
  fill(at(ecrPublic.host), ecrPublic.repository, image, 'v1')
  const from = `${ecrPublic.host}/${ecrPublic.repository}:v1`
  expect(await promote(from, plain.host)).toMatchObject(promoted)
  expectFilled(at(plain.host), ecrPublic.repository, image, 'v1')
})

describe('a GitLab of one’s own, whose token service is on another host', () => {
  const own: Dialect = {
    ...plain,
    name: 'GitLab of one’s own',
    host: 'registry.corp.example',
    tokens: {
      host: 'gitlab.corp.example',
      words: () => ({
        realm: 'https://gitlab.corp.example/jwt/auth',
        service: 'container_registry',
        answer: token => ({token, expires_in: 300}),
      }),
    },
    words: {},
    stored: {
      kind: 'docker',
      auths: {'registry.corp.example': {username: plain.login.username, password: plain.login.password}},
    },
  }
  const from = `${own.host}/team/app:v1`

  test('gets the login when the user says that it is the token service', async () => {
    const promote = await open(own)
    fill(at(own.host), 'team/app', image, 'v1')
    const variables = {GANTRY_TOKEN_HOSTS: 'registry.corp.example=gitlab.corp.example'}
    expect(await promote(from, own.host, {as: 'team/copy'}, variables)).toMatchObject(promoted)
  })

  test('is shown nothing otherwise, and the error says how to say so', async () => {
    const promote = await open(own)
    fill(at(own.host), 'team/app', image, 'v1')
    const {exitCode, items} = await promote(from, own.host, {as: 'team/copy'})
    expect([exitCode, items[0]?.error?.code]).toEqual([7, 'REALM_REFUSED'])
    expect(items[0]?.error?.message).toContain(
      'set GANTRY_TOKEN_HOSTS=registry.corp.example=gitlab.corp.example.',
    )
    expect(internet.visits.map(({host}) => host)).not.toContain('gitlab.corp.example')
  })
})
