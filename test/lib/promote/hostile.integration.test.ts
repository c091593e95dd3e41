import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {GantryError} from '../../../src/lib/errors.ts'
import {basicValue} from '../../../src/lib/oci/auth.ts'
import {mediaTypes} from '../../../src/lib/oci/media-types.ts'
import type {ItemError} from '../../../src/lib/promote/model.ts'
import type {PromotionOrder, PromotionResult} from '../../../src/lib/promote/run.ts'
import {
  type HostileRegistry,
  type Reply,
  replies,
  requestsWith,
  startHostileRegistry,
} from '../../support/hostile-registry.ts'
import {type BuiltImage, buildImage, pushImage} from '../../support/images.ts'
import {dev, devHost, prod, prodHost, startWorld, type World} from '../../support/world.ts'

const platforms = [
  {os: 'linux', architecture: 'amd64'},
  {os: 'linux', architecture: 'arm64'},
]
const image = await buildImage({layers: [{'bin/app': 'app'}]})
const index = await buildImage({layers: [{'bin/app': 'app'}], platforms, sbom: true})
const stranger = await buildImage({layers: [{'bin/app': 'nobody asked for this'}]})
const [sbom] = index.referrers
const [layer] = image.root.blobs.slice(1)
if (sbom === undefined || layer === undefined) throw new TypeError('the images have these')

const login = {username: 'robot', password: 'planted-password'}
const typed = {'Content-Type': mediaTypes.ociManifest}

let world: World
/** Keeps its side of the protocol but for what a test has it do. It asks for a login at the first request, and so gets it with all others. */
let registry: HostileRegistry
/** Where it would like the credentials to go. */
let attacker: HostileRegistry

beforeEach(async () => {
  world = await startWorld()
  await world.sandbox.seed({
    repositories: [
      {...dev, name: 'app'},
      {...prod, name: 'app'},
    ],
  })
  registry = await startHostileRegistry()
  attacker = await startHostileRegistry()
})

afterEach(async () => {
  await Promise.all([world.close(), registry.close(), attacker.close()])
  expectSecretsAtHome()
})

/** Holds after every test: each secret was seen only where it belongs. */
function expectSecretsAtHome(): void {
  const secretHeaders = /^(authorization|proxy-authorization|cookie|x-amz-.*)$/
  const sent = (server: HostileRegistry) =>
    server.requests.flatMap(({headers}) =>
      Object.entries(headers).filter(([name]) => secretHeaders.test(name)),
    )
  expect(sent(attacker)).toEqual([])
  expect(requestsWith(login.password, [attacker])).toEqual([])
  // Of ECR's token and of AWS's signatures the registry saw nothing either: only its own login.
  for (const header of sent(registry)) expect(header).toEqual(['authorization', basicValue(login)])
}

function serve(server: HostileRegistry, {root, manifests, referrers, blobs}: BuiltImage, tag: string): void {
  for (const [digest, bytes] of blobs) server.blobs.set(digest, Buffer.from(bytes))
  for (const {digest, bytes, mediaType} of [...manifests, ...referrers])
    server.manifests.set(digest, {bytes, mediaType})
  server.manifests.set(tag, {bytes: root.bytes, mediaType: root.mediaType})
}

function run(images: readonly string[], words: Partial<PromotionOrder>): Promise<PromotionResult> {
  const credentialsFor = (host: string) => Promise.resolve(host === registry.host ? login : undefined)
  return world.promote(images, words, {credentialsFor})
}

/** From the hostile registry into the sandbox's prod account. */
const promoteFrom = () => run([`${registry.host}/app:v1`], {from: undefined, to: ['prod']})
/** From the sandbox's dev account into the hostile registry. */
const promoteInto = () => run(['app:v1'], {to: [registry.host]})

/** Why a promotion of one image failed, be it by its item or as a whole: one line that names a registry or an image. */
async function failure(promotion: Promise<PromotionResult>): Promise<ItemError> {
  const error = await promotion.then(
    ({items: [item], exitCode}) => {
      expect(item?.outcome).toBe('failed')
      expect(exitCode).toBe(item?.error?.exitCode)
      return item?.error
    },
    (error: unknown) => {
      if (error instanceof GantryError) return error
      throw error
    },
  )
  expect(error?.message).not.toMatch(/[\r\n]/)
  expect(error?.message).toMatch(/127\.0\.0\.1:\d+|sha256:[0-9a-f]{64}/)
  return error as ItemError
}

async function tagsAt(host: string): Promise<ReadonlyMap<string, string>> {
  return (await world.open(host)).repository('app').resolve(['v1'])
}

const mutations = () =>
  world.sandbox.requests.filter(({mutating}) => mutating).map(({operation}) => operation)

/** A manifest that a registry may say, and no honest client would have pushed. */
const manifest = (content: object): string =>
  JSON.stringify({
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: image.root.blobs[0],
    ...content,
  })

describe('a source that is not to be trusted: refused while it is read, and nothing is written', () => {
  test.each<[string, () => void, string, number]>([
    [
      'redirects to an address of the network we are in',
      () => registry.always('GET', '/v2/app/manifests/', replies.redirect('http://169.254.169.254/latest/')),
      'REDIRECT_REFUSED',
      7,
    ],
    [
      'redirects to another host, which asks for credentials',
      () => {
        registry.always('GET', '/v2/app/manifests/', replies.redirect(`${attacker.origin}/storage`))
        const realm = `Bearer realm="${attacker.origin}/token"`
        attacker.always('GET', '/', replies.status(401, {'WWW-Authenticate': realm}))
      },
      'FOREIGN_CHALLENGE',
      5,
    ],
    [
      'asks for the login to be sent to another domain',
      () => challenge(`http://localhost:${attacker.host.split(':')[1]}/token`),
      'REALM_REFUSED',
      7,
    ],
    [
      'asks for a token of the metadata service',
      () => challenge('http://169.254.169.254/latest/meta-data/'),
      'REALM_REFUSED',
      7,
    ],
    ['asks for a token of a file', () => challenge('file:///etc/passwd'), 'REALM_REFUSED', 7],
    ['never takes the login', () => registry.always('GET', '/', basicChallenge), 'UNAUTHORIZED', 5],
    [
      'continues a list of referrers elsewhere',
      () => referrersPage([], `<${attacker.origin}/v2/app/referrers/x>; rel="next"`),
      'LOCATION_REFUSED',
      7,
    ],
    [
      'continues a list of referrers with the same page for ever',
      () => referrersPage([], '</v2/app/referrers/same>; rel="next"'),
      'ENDLESS_LISTING',
      7,
    ],
    ['continues a list of referrers with new pages for ever', endlessReferrers, 'ENDLESS_LISTING', 7],
    ['lists more referrers than there can be', tooManyReferrers, 'TOO_MANY_REFERRERS', 7],
    [
      'lists another image as what refers to this one',
      () => {
        serve(registry, stranger, 'other')
        referrersPage([stranger.root])
      },
      'WRONG_REFERRER',
      7,
    ],
    ['answers for its referrers with nothing', () => answerReferrers(''), 'INVALID_MANIFEST', 7],
    ['answers for its referrers with a web page', () => answerReferrers('<html>'), 'INVALID_MANIFEST', 7],
    [
      'has a layer with urls of its own',
      () => document(manifest({layers: [{...layer, urls: [`${attacker.origin}/layer`]}]})),
      'FOREIGN_LAYER',
      7,
    ],
    [
      'says another digest than that of its answer',
      () => {
        const headers = {...typed, 'Docker-Content-Digest': stranger.root.digest}
        answer(replies.status(200, headers, Buffer.from(image.root.bytes).toString()))
      },
      'DIGEST_MISMATCH',
      7,
    ],
    [
      'has a child of an index that is another image',
      () => {
        serve(registry, index, 'v1')
        const [child] = index.root.children
        registry.manifests.set(child?.digest ?? '', {...stranger.root})
      },
      'DIGEST_MISMATCH',
      7,
    ],
    [
      'has an index that is its own child',
      () => {
        const child = {mediaType: mediaTypes.ociIndex, digest: stranger.root.digest, size: 300}
        const bytes = JSON.stringify({schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [child]})
        registry.addManifest(bytes, mediaTypes.ociIndex, 'v1')
        registry.manifests.set(child.digest, {bytes: Buffer.from(bytes), mediaType: mediaTypes.ociIndex})
      },
      'DIGEST_MISMATCH',
      7,
    ],
    ['has indexes in indexes in indexes', nestIndexes, 'INDEX_TOO_DEEP', 7],
    [
      'has an image that is an index, too',
      () => document(manifest({layers: [], manifests: []})),
      'AMBIGUOUS_MANIFEST',
      7,
    ],
    [
      'serves an image under the type of an index',
      () => answer(replies.status(200, {'Content-Type': mediaTypes.ociIndex}, manifest({layers: []}))),
      'AMBIGUOUS_MANIFEST',
      7,
    ],
    [
      'says a thing twice',
      () => document(manifest({layers: []}).replace('{', '{"layers":[],')),
      'INVALID_MANIFEST',
      7,
    ],
    ['answers with nothing', () => answer(replies.status(200, typed)), 'INVALID_MANIFEST', 7],
    [
      'answers with a web page',
      () => answer(replies.status(200, {'Content-Type': 'text/html'}, '<html>Log in</html>')),
      'INVALID_MANIFEST',
      7,
    ],
    ['answers without end', () => answer(replies.endless(200, typed)), 'ANSWER_TOO_LARGE', 7],
    [
      'has an image of Docker’s first schema',
      () => {
        const type = 'application/vnd.docker.distribution.manifest.v1+prettyjws'
        registry.addManifest({schemaVersion: 1, name: 'app', fsLayers: []}, type, 'v1')
      },
      'UNSUPPORTED_MANIFEST',
      7,
    ],
    [
      'has a manifest that no registry must take',
      () => document(manifest({layers: [], annotations: {padding: 'x'.repeat(5 * 1024 * 1024)}})),
      'MANIFEST_TOO_LARGE',
      7,
    ],
  ])('one that %s', async (_, misbehave, code, exitCode) => {
    serve(registry, image, 'v1')
    registry.script('GET', '/v2/', basicChallenge)
    misbehave()
    expect(await failure(promoteFrom())).toMatchObject({code, exitCode})
    expect(mutations()).toEqual([])
    expect(await tagsAt(prodHost)).toEqual(new Map())
    expect(requestsWith(basicValue(login), [registry]).length).toBeGreaterThan(0)
  })
})

describe('a source whose blobs are not what its manifest says: no manifest and no tag is written', () => {
  test.each<[string, Reply, string]>([
    ['other bytes', replies.status(200, {}, 'other bytes'), 'WRONG_BLOB'],
    ['a web page', replies.status(200, {'Content-Type': 'text/html'}, '<html>'), 'WRONG_BLOB'],
    ['nothing', replies.status(200), 'WRONG_BLOB'],
    ['coded bytes', replies.status(200, {'Content-Encoding': 'gzip'}, 'x'), 'CONTENT_ENCODING'],
    ['a redirect into our network', replies.redirect('https://10.0.0.1/layer'), 'REDIRECT_REFUSED'],
  ])('%s', async (_, reply, code) => {
    serve(registry, image, 'v1')
    registry.script('GET', '/v2/', basicChallenge)
    registry.always('GET', `/v2/app/blobs/${layer.digest}`, reply)
    expect(await failure(promoteFrom())).toMatchObject({code, exitCode: 7})
    expect(mutations()).not.toContain('PutImage')
    expect(await tagsAt(prodHost)).toEqual(new Map())
  })

  test('bytes that another host gives in its stead are taken when they are right, and it gets no credentials', async () => {
    serve(registry, image, 'v1')
    registry.script('GET', '/v2/', basicChallenge)
    attacker.blobs.set(layer.digest, Buffer.from(image.blobs.get(layer.digest) ?? []))
    const elsewhere = replies.redirect(`${attacker.origin}/v2/bucket/blobs/${layer.digest}`)
    registry.always('GET', `/v2/app/blobs/${layer.digest}`, elsewhere)
    expect(await promoteFrom()).toMatchObject({exitCode: 0, items: [{outcome: 'promoted'}]})
    expect(attacker.log()).toEqual([`GET /v2/bucket/blobs/${layer.digest}`])
  })
})

describe('a destination that is not to be trusted: no tag is written, and nothing goes elsewhere', () => {
  beforeEach(async () => {
    await pushImage((await world.open(devHost)).repository('app'), image, 'v1')
    world.sandbox.clearRequests()
    registry.script('HEAD', '/v2/', basicChallenge)
  })

  test.each<[string, () => void, string, number]>([
    [
      'wants uploads to go to another host',
      () => uploads(replies.status(202, {Location: `${attacker.origin}/v2/app/blobs/uploads/1`})),
      'LOCATION_REFUSED',
      7,
    ],
    ['does not say where uploads go', () => uploads(replies.status(202)), 'NO_LOCATION', 4],
    [
      'redirects the start of an upload',
      () => uploads(replies.redirect(attacker.origin)),
      'REDIRECT_REFUSED',
      7,
    ],
    [
      'redirects the bytes of a blob',
      () => registry.always('PUT', '/v2/app/blobs/uploads/', replies.redirect(attacker.origin)),
      'REDIRECT_REFUSED',
      7,
    ],
    [
      'redirects a manifest',
      () => registry.always('PUT', '/v2/app/manifests/', replies.redirect(attacker.origin)),
      'REDIRECT_REFUSED',
      7,
    ],
    [
      'says that it stored another blob',
      () => registry.always('PUT', '/v2/app/blobs/uploads/', stored(stranger.root.digest)),
      'DIGEST_MISMATCH',
      7,
    ],
    [
      'says that it stored another manifest',
      () => registry.always('PUT', '/v2/app/manifests/', stored(stranger.root.digest)),
      'DIGEST_MISMATCH',
      7,
    ],
    [
      'does not say what it stored, and has another manifest when it is read back',
      () => {
        registry.always('PUT', '/v2/app/manifests/', replies.status(201))
        const other = replies.status(200, typed, Buffer.from(stranger.root.bytes).toString())
        registry.always('GET', '/v2/app/manifests/', other)
      },
      'DIGEST_MISMATCH',
      7,
    ],
    [
      'asks for the login to be sent to another domain',
      () =>
        challenge(`http://localhost:${attacker.host.split(':')[1]}/token`, 'POST', '/v2/app/blobs/uploads/'),
      'REALM_REFUSED',
      7,
    ],
    ['never takes the login', () => registry.always('HEAD', '/', basicChallenge), 'UNAUTHORIZED', 5],
    [
      'answers with a web page what a tag holds',
      () => {
        registry.always('HEAD', '/v2/app/manifests/v1', replies.status(200, {'Content-Type': 'text/html'}))
        registry.always('GET', '/v2/app/manifests/v1', replies.status(200, {}, '<html>Log in</html>'))
      },
      'INVALID_MANIFEST',
      7,
    ],
  ])('one that %s', async (_, misbehave, code, exitCode) => {
    misbehave()
    expect(await failure(promoteInto())).toMatchObject({code, exitCode})
    expect(registry.manifests.has('v1')).toBe(false)
    expect(attacker.requests).toEqual([])
    expect(mutations()).toEqual([])
    expect(requestsWith(basicValue(login), [registry]).length).toBeGreaterThan(0)
  })
})

test('a login is for its own registry: between two of them, each sees its own', async () => {
  const other = {username: 'other', password: 'other-password'}
  serve(registry, image, 'v1')
  registry.script('GET', '/v2/', basicChallenge)
  attacker.script('HEAD', '/v2/', basicChallenge)
  const credentialsFor = (host: string) => Promise.resolve(host === registry.host ? login : other)
  const words = {from: undefined, to: [attacker.host]}
  expect(await world.promote([`${registry.host}/app:v1`], words, {credentialsFor})).toMatchObject({
    exitCode: 0,
  })
  const seen = (server: HostileRegistry) =>
    new Set(server.requests.map(({headers}) => headers.authorization).filter(value => value !== undefined))
  expect(seen(registry)).toEqual(new Set([basicValue(login)]))
  expect(seen(attacker)).toEqual(new Set([basicValue(other)]))
  // Here it is no attacker, and its own login is expected there.
  attacker.requests.length = 0
})

const basicChallenge: Reply = replies.status(401, {'WWW-Authenticate': 'Basic realm="registry"'})
const stored = (digest: string): Reply => replies.status(201, {'Docker-Content-Digest': digest})

/** After it has had the login, the registry would rather have a token. */
function challenge(realm: string, method = 'GET', path = '/v2/app/referrers/'): void {
  registry.always(
    method,
    path,
    replies.status(401, {'WWW-Authenticate': `Bearer realm="${realm}",service="s"`}),
  )
}

function uploads(reply: Reply): void {
  registry.always('POST', '/v2/app/blobs/uploads/', reply)
}

function answer(reply: Reply): void {
  registry.always('GET', '/v2/app/manifests/', reply)
}

function document(text: string): void {
  registry.addManifest(text, mediaTypes.ociManifest, 'v1')
}

function answerReferrers(body: string, headers: Record<string, string> = {}): void {
  registry.always('GET', '/v2/app/referrers/', replies.status(200, headers, body))
}

function referrersPage(manifests: readonly BuiltImage['root'][], link?: string): void {
  const descriptors = manifests.map(({mediaType, digest, bytes}) => ({mediaType, digest, size: bytes.length}))
  answerReferrers(
    JSON.stringify({schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: descriptors}),
    link === undefined ? {} : {Link: link},
  )
}

function endlessReferrers(): void {
  let page = 0
  registry.always('GET', '/v2/app/referrers/', (_, response) => {
    response.writeHead(200, {Link: `</v2/app/referrers/${++page}>; rel="next"`})
    response.end(JSON.stringify({schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: []}))
  })
}

function tooManyReferrers(): void {
  let page = 0
  registry.always('GET', '/v2/app/referrers/', (_, response) => {
    const manifests = Array.from({length: 1000}, (_, entry) => ({
      mediaType: mediaTypes.ociManifest,
      digest: `sha256:${(page * 1000 + entry).toString(16).padStart(64, '0')}`,
      size: 100,
    }))
    response.writeHead(200, {Link: `</v2/app/referrers/${++page}>; rel="next"`})
    response.end(JSON.stringify({schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests}))
  })
}

function nestIndexes(): void {
  let digest = registry.addManifest(manifest({layers: []}), mediaTypes.ociManifest)
  let mediaType: string = mediaTypes.ociManifest
  for (let depth = 0; depth < 5; depth++) {
    const child = {mediaType, digest, size: registry.manifests.get(digest)?.bytes.length}
    mediaType = mediaTypes.ociIndex
    digest = registry.addManifest({schemaVersion: 2, mediaType, manifests: [child]}, mediaType, 'v1')
  }
}
