import {readFile} from 'node:fs/promises'
import {Readable} from 'node:stream'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {basicAuthorizer} from '../../../src/lib/oci/auth.ts'
import {digestOf} from '../../../src/lib/oci/digest.ts'
import {openDistributionRegistry} from '../../../src/lib/oci/distribution.ts'
import {type Manifest, parseManifest} from '../../../src/lib/oci/manifest.ts'
import {mediaTypes} from '../../../src/lib/oci/media-types.ts'
import {referrersTag} from '../../../src/lib/oci/referrers-tag.ts'
import type {Repository} from '../../../src/lib/oci/registry.ts'
import {type HostileRegistry, startHostileRegistry} from '../../support/hostile-registry.ts'
import {type BuiltImage, buildImage, pushImage} from '../../support/images.ts'
import {dev, devHost, prod, prodHost, startWorld, type World} from '../../support/world.ts'
import {basicAuth, ecrClient, openSandbox} from '../sandbox/support.ts'

const platforms = [
  {os: 'linux', architecture: 'amd64'},
  {os: 'linux', architecture: 'arm64'},
]
const index = await buildImage({layers: [{'bin/hello': 'hello'}], platforms, sbom: true})
const single = await buildImage({layers: [{'bin/hello': 'single'}]})
const [amd64] = index.manifests
const [sbom] = index.referrers
if (amd64 === undefined || sbom === undefined) throw new TypeError('the index has these')

let world: World
let source: Repository
let target: Repository
/** A registry that lists no referrers. */
let plain: HostileRegistry

beforeEach(async () => {
  world = await startWorld()
  plain = await startHostileRegistry()
  await world.sandbox.seed({
    repositories: [
      {...dev, name: 'app'},
      {...prod, name: 'app'},
    ],
  })
  source = (await world.open(devHost)).repository('app')
  target = (await world.open(prodHost)).repository('app')
})

afterEach(() => Promise.all([world.close(), plain.close()]))

const payload = Buffer.from('{"critical":{}}')
const config = Buffer.from('{}')

/** A manifest as cosign writes it: one layer for each signature, which only its annotations tell from the others. */
function cosignManifest(...signatures: readonly string[]): Manifest {
  const layers = signatures.map(signature => ({
    mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json',
    digest: digestOf(payload),
    size: payload.length,
    annotations: {'dev.cosignproject.cosign/signature': signature},
  }))
  return parseManifest(
    Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: mediaTypes.ociManifest,
        config: {
          mediaType: 'application/vnd.oci.image.config.v1+json',
          digest: digestOf(config),
          size: config.length,
        },
        layers,
      }),
    ),
  )
}

async function pushArtifact(repository: Repository, manifest: Manifest, tag?: string): Promise<void> {
  for (const bytes of [payload, config]) {
    const blob = {mediaType: 'application/octet-stream', digest: digestOf(bytes), size: bytes.length}
    await repository.uploadBlob(blob, () => Promise.resolve(Readable.from([bytes])))
  }
  await repository.putManifest(manifest, tag)
}

function tagFor({digest}: Manifest, suffix = 'sig'): string {
  return `${referrersTag(digest)}.${suffix}`
}

/** An image in the registry without referrers API, with its referrers in the lists that clients keep. */
function addTo(server: HostileRegistry, image: BuiltImage, tag: string): void {
  for (const bytes of image.blobs.values()) server.addBlob(Buffer.from(bytes))
  for (const {bytes, mediaType, digest} of [...image.manifests, ...image.referrers])
    for (const reference of digest === image.root.digest ? [digest, tag] : [digest])
      server.manifests.set(reference, {bytes, mediaType})
  for (const {digest, mediaType, bytes, subject} of image.referrers) {
    const manifests = [{mediaType, digest, size: bytes.length}]
    server.addManifest(
      {schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests},
      mediaTypes.ociIndex,
      referrersTag(subject?.digest ?? digest),
    )
  }
}

describe("cosign's tags", () => {
  test('of an image and of its platforms go along, and are there before the tag of the image', async () => {
    await pushImage(source, index, 'v1')
    await pushArtifact(source, cosignManifest('root'), tagFor(index.root))
    await pushArtifact(source, cosignManifest('attested'), tagFor(index.root, 'att'))
    await pushArtifact(source, cosignManifest('child'), tagFor(amd64, 'sbom'))
    const tags = [tagFor(index.root), tagFor(index.root, 'att'), tagFor(amd64, 'sbom')]
    world.sandbox.clearRequests()
    const result = await world.promote(['app:v1'])
    expect(result).toMatchObject({exitCode: 0, items: [{outcome: 'promoted', referrers: 4, error: null}]})
    const outcomes = result.items.flatMap(({artifacts}) => artifacts.map(({tag, outcome}) => [tag, outcome]))
    expect(new Set(outcomes)).toEqual(new Set([[null, 'native'], ...tags.map(tag => [tag, 'tag'])]))
    expect((await target.resolve(tags)).get(tagFor(index.root))).toBe(cosignManifest('root').digest)
    // Each was put once, under its tag.
    const intents = (await readFile(result.record ?? '', 'utf8'))
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as Record<string, string>)
      .filter(({type, verb}) => type === 'intent' && (verb === 'tag' || verb === 'put-manifest'))
      .map(({verb, subject}) => [verb, subject])
    expect(intents.findLast(([verb]) => verb === 'tag')).toEqual(['tag', `${prodHost}/app:v1`])
    expect(intents).toHaveLength(8)
    expect(await world.promote(['app:v1'])).toMatchObject({exitCode: 0, items: [{outcome: 'unchanged'}]})
  })

  test('stay behind with --no-referrers', async () => {
    await pushImage(source, single, 'v1')
    await pushArtifact(source, cosignManifest('one'), tagFor(single.root))
    expect(await world.promote(['app:v1'], {referrers: false})).toMatchObject({items: [{referrers: 0}]})
    expect(await target.resolve([tagFor(single.root)])).toEqual(new Map())
  })

  test('are read off one list of tags, and only what it names is asked for', async () => {
    addTo(plain, single, 'v1')
    const signature = cosignManifest('one')
    for (const bytes of [payload, config]) plain.addBlob(bytes)
    for (const reference of [signature.digest, tagFor(single.root)])
      plain.manifests.set(reference, {bytes: signature.bytes, mediaType: signature.mediaType})
    expect(await world.promote([`${plain.host}/app:v1`], {from: undefined})).toMatchObject({
      exitCode: 0,
      items: [{artifacts: [{tag: tagFor(single.root), outcome: 'tag'}]}],
    })
    expect(plain.log().filter(line => /tags|\.(?:sig|att|sbom)$/.test(line))).toEqual([
      'GET /v2/app/tags/list',
      `GET /v2/app/manifests/${tagFor(single.root)}`,
    ])
  })

  test('that lack a signature of the source get it, and lose none', async () => {
    await pushImage(source, single, 'v1')
    await pushArtifact(source, cosignManifest('one', 'two'), tagFor(single.root))
    await pushArtifact(target, cosignManifest('one'), tagFor(single.root))
    expect(await world.promote(['app:v1'])).toMatchObject({exitCode: 0})
    expect(await target.resolve([tagFor(single.root)])).toEqual(
      new Map([[tagFor(single.root), cosignManifest('one', 'two').digest]]),
    )
  })

  test('to which the destination has added a signature are as they should be', async () => {
    await pushImage(source, single, 'v1')
    await pushArtifact(source, cosignManifest('one'), tagFor(single.root))
    await pushArtifact(target, cosignManifest('one', 'promoted'), tagFor(single.root))
    expect(await world.promote(['app:v1'])).toMatchObject({exitCode: 0, items: [{artifacts: []}]})
    expect(await world.promote(['app:v1'])).toMatchObject({items: [{outcome: 'unchanged'}]})
    expect(await target.resolve([tagFor(single.root)])).toEqual(
      new Map([[tagFor(single.root), cosignManifest('one', 'promoted').digest]]),
    )
  })

  test('that hold other signatures at the destination are left alone, and the run says so with 4', async () => {
    await pushImage(source, single, 'v1')
    await pushArtifact(source, cosignManifest('ours'), tagFor(single.root))
    await pushArtifact(target, cosignManifest('theirs'), tagFor(single.root))
    expect(await world.promote(['app:v1'])).toMatchObject({
      exitCode: 4,
      items: [
        {
          outcome: 'promoted',
          error: {code: 'REFERRERS_REFUSED'},
          artifacts: [{tag: tagFor(single.root), outcome: 'refused'}],
        },
      ],
    })
    const now = await target.resolve(['v1', tagFor(single.root)])
    expect(now.get('v1')).toBe(single.root.digest)
    expect(now.get(tagFor(single.root))).toBe(cosignManifest('theirs').digest)
  })
})

describe('a referrer', () => {
  test('from a registry without the referrers API is found in the list under the tag of its subject', async () => {
    addTo(plain, index, 'v1')
    expect(await world.promote([`${plain.host}/app:v1`], {from: undefined})).toMatchObject({
      exitCode: 0,
      items: [{artifacts: [{digest: sbom.digest, outcome: 'native', artifactType: 'application/spdx+json'}]}],
    })
    expect((await target.referrers(index.root.digest)).map(({digest}) => digest)).toEqual([sbom.digest])
  })

  test('to a registry without the referrers API is put in that list, and the result says so', async () => {
    await pushImage(source, index, 'v1')
    expect(await world.promote(['app:v1'], {to: [plain.host]})).toMatchObject({
      exitCode: 0,
      items: [{artifacts: [{digest: sbom.digest, outcome: 'fallback'}]}],
    })
    expect(plain.manifests.has(referrersTag(index.root.digest))).toBe(true)
  })

  test('that the registry refuses does not keep back the image: it is named, with exit 4', async () => {
    addTo(plain, index, 'v1')
    // ECR takes no parameters in media types (sigstore/sigstore-js#1058).
    const blob = plain.addBlob('{"report": 1}')
    const {mediaType, digest, bytes} = index.root
    const report = {
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      artifactType: 'application/json; charset=utf-8',
      config: {...blob, mediaType: 'application/vnd.oci.empty.v1+json'},
      layers: [{...blob, mediaType: 'application/json; charset=utf-8'}],
      subject: {mediaType, digest, size: bytes.length},
    }
    const refused = plain.addManifest(report, mediaTypes.ociManifest)
    const entries = [
      {mediaType: mediaTypes.ociManifest, digest: refused, size: JSON.stringify(report).length},
      {mediaType: sbom.mediaType, digest: sbom.digest, size: sbom.bytes.length},
    ]
    plain.addManifest(
      {schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: entries},
      mediaTypes.ociIndex,
      referrersTag(digest),
    )
    const result = await world.promote([`${plain.host}/app:v1`], {from: undefined})
    expect(result).toMatchObject({
      exitCode: 4,
      items: [{outcome: 'promoted', error: {code: 'REFERRERS_REFUSED', exitCode: 4}}],
    })
    expect(new Map(result.items[0]?.artifacts.map(({digest, outcome}) => [digest, outcome]))).toEqual(
      new Map([
        [refused, 'refused'],
        [sbom.digest, 'native'],
      ]),
    )
    expect((await target.resolve(['v1'])).get('v1')).toBe(digest)

    const ignored = await world.promote([`${plain.host}/app:v1`], {
      from: undefined,
      ignoreRefusedReferrers: true,
    })
    expect(ignored).toMatchObject({exitCode: 0, items: [{error: null, artifacts: [{outcome: 'refused'}]}]})
  })
})

test('between registries that hold to the specification the same goes along, listed by themselves', async () => {
  const registries = [dev, prod].map(({account}) => ({account, region: dev.region, port: 0}))
  const strict = await openSandbox({strictSpec: true, registries})
  await strict.seed({repositories: registries.map(({account, region}) => ({account, region, name: 'app'}))})
  const hosts = [...strict.registryUrls.values()].map(url => new URL(url).host)
  const [from, to] = hosts
  if (from === undefined || to === undefined) throw new TypeError('two registries were asked for')
  const logins = new Map<string, string>()
  for (const [number, {account}] of registries.entries())
    logins.set(hosts[number] ?? '', await basicAuth(ecrClient(strict, account)))
  const registry = openDistributionRegistry({
    host: from,
    authorizer: basicAuthorizer(
      async () => logins.get(from) ?? '',
      () => undefined,
    ),
    context: {
      signal: AbortSignal.timeout(20_000),
      now: Date.now,
      concurrency: 4,
      retryForMs: 5_000,
      onEvent: () => undefined,
    },
  })
  const origin = registry.repository('app')
  await pushImage(origin, index, 'v1')
  await pushArtifact(origin, cosignManifest('one'), tagFor(index.root))
  registry.close()

  const credentialsFor = async (host: string) => {
    const [username = '', password = ''] = Buffer.from(logins.get(host)?.slice(6) ?? '', 'base64')
      .toString()
      .split(':')
    return {username, password}
  }
  const result = await world.promote([`${from}/app:v1`], {from: undefined, to: [to]}, {credentialsFor})
  expect(result).toMatchObject({exitCode: 0, items: [{outcome: 'promoted'}]})
  expect(new Set(result.items[0]?.artifacts.map(({outcome}) => outcome))).toEqual(new Set(['native', 'tag']))
})
