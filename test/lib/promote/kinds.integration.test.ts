import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {mediaTypes} from '../../../src/lib/oci/media-types.ts'
import {referrersTag} from '../../../src/lib/oci/referrers-tag.ts'
import {type HostileRegistry, startHostileRegistry} from '../../support/hostile-registry.ts'
import {dev, prod, prodHost, startWorld, type World} from '../../support/world.ts'

let world: World
/** Where an artifact comes from, and where it goes to after it was in ECR. */
let origin: HostileRegistry
let beyond: HostileRegistry

beforeEach(async () => {
  world = await startWorld()
  origin = await startHostileRegistry()
  beyond = await startHostileRegistry()
  await world.sandbox.seed({repositories: [dev, prod].map(registry => ({...registry, name: 'app'}))})
})

afterEach(() => Promise.all([world.close(), origin.close(), beyond.close()]))

const ociConfig = 'application/vnd.oci.image.config.v1+json'
const ociLayer = 'application/vnd.oci.image.layer.v1.tar+gzip'
const empty = 'application/vnd.oci.empty.v1+json'

function blob(mediaType: string, content: string, more: object = {}) {
  return {...origin.addBlob(content), mediaType, ...more}
}

/** Adds a manifest with a layout that no program would write, which has to arrive as it is. */
function manifest(document: {readonly mediaType: string; readonly [key: string]: unknown}, tag?: string) {
  const text = `${JSON.stringify(document, null, 3)}\n`
  const digest = origin.addManifest(text, document.mediaType, tag)
  return {mediaType: document.mediaType, digest, size: text.length}
}

/** An image, or an artifact by what `more` says. */
function image(
  name: string,
  more: {config?: object; layers?: object[]; [key: string]: unknown} = {},
  tag?: string,
) {
  const {
    config = blob(ociConfig, JSON.stringify({name, os: 'linux', architecture: 'amd64'})),
    layers = [blob(ociLayer, `layer of ${name}`)],
    ...rest
  } = more
  return manifest({schemaVersion: 2, mediaType: mediaTypes.ociManifest, config, layers, ...rest}, tag)
}

function index(manifests: readonly object[], tag?: string, mediaType: string = mediaTypes.ociIndex) {
  return manifest({schemaVersion: 2, mediaType, manifests}, tag)
}

/** Promotes `app:v1` into ECR and on from there to another registry, and compares all manifests and blobs with the source. */
async function expectTakenAlong(): Promise<void> {
  const into = await world.promote([`${origin.host}/app:v1`], {from: undefined})
  expect(into).toMatchObject({exitCode: 0, items: [{outcome: 'promoted', error: null}]})
  const on = await world.promote(['app:v1'], {from: prodHost, to: [beyond.host]})
  expect(on).toMatchObject({exitCode: 0, items: [{outcome: 'promoted', error: null}]})
  const kept = (server: HostileRegistry) =>
    new Map(
      [...server.manifests]
        .filter(([reference]) => reference.startsWith('sha256:') || reference === 'v1')
        .map(([reference, {bytes, mediaType}]) => [
          reference,
          {mediaType, text: Buffer.from(bytes).toString()},
        ]),
    )
  for (const [reference, stored] of kept(origin)) expect(kept(beyond).get(reference)).toEqual(stored)
  expect([...beyond.blobs.keys()].toSorted()).toEqual([...origin.blobs.keys()].toSorted())
}

describe('there and on, byte for byte with its media type, goes', () => {
  test('an index of indexes', async () => {
    const inner = index([image('one'), image('two')])
    index([inner, image('three')], 'v1')
    await expectTakenAlong()
  })

  test("Docker's list of Docker's images", async () => {
    const ofDocker = (name: string) =>
      manifest({
        schemaVersion: 2,
        mediaType: mediaTypes.dockerManifest,
        config: blob('application/vnd.docker.container.image.v1+json', `{"name":"${name}"}`),
        layers: [blob('application/vnd.docker.image.rootfs.diff.tar.gzip', name)],
      })
    index([ofDocker('one'), ofDocker('two')], 'v1', mediaTypes.dockerIndex)
    await expectTakenAlong()
  })

  test('an image with layers in zstd, and with one that was not to be distributed and is there all the same', async () => {
    const layers = [
      blob('application/vnd.oci.image.layer.v1.tar+zstd', 'zstd'),
      blob('application/vnd.oci.image.layer.nondistributable.v1.tar+gzip', 'windows'),
      blob('application/vnd.docker.image.rootfs.foreign.diff.tar.gzip', 'older windows', {urls: []}),
    ]
    image('windows', {layers}, 'v1')
    await expectTakenAlong()
  })

  test('a Helm chart', async () => {
    const config = blob('application/vnd.cncf.helm.config.v1+json', '{"name":"chart"}')
    const layers = [
      blob('application/vnd.cncf.helm.chart.content.v1.tar+gzip', 'chart'),
      blob('application/vnd.cncf.helm.chart.provenance.v1.prov', 'signed'),
    ]
    image('chart', {config, layers}, 'v1')
    await expectTakenAlong()
  })

  test('an artifact that has its type, an empty config and its content in descriptors', async () => {
    const config = blob(empty, '{}', {data: Buffer.from('{}').toString('base64')})
    const layers = [blob('application/wasm', 'code', {data: Buffer.from('code').toString('base64')})]
    image('wasm', {artifactType: 'application/wasm', config, layers, annotations: {a: 'ü'}}, 'v1')
    await expectTakenAlong()
  })

  test('an artifact whose config and only layer are one empty blob', async () => {
    const config = blob(empty, '{}')
    image('notes', {artifactType: 'application/vnd.example.notes', config, layers: [config]}, 'v1')
    await expectTakenAlong()
  })

  test('an index with attestations, and with one manifest under two platforms', async () => {
    const one = image('one')
    const attestation = image('provenance', {layers: [blob('application/vnd.in-toto+json', '{}')]})
    const of = {
      'vnd.docker.reference.type': 'attestation-manifest',
      'vnd.docker.reference.digest': one.digest,
    }
    index(
      [
        {...one, platform: {os: 'linux', architecture: 'amd64'}},
        {...one, platform: {os: 'linux', architecture: 'amd64', variant: 'v2'}},
        {...attestation, platform: {os: 'unknown', architecture: 'unknown'}, annotations: of},
      ],
      'v1',
    )
    await expectTakenAlong()
  })

  test('what refers to a child, to an inner index, and to what refers to it', async () => {
    const [one, two] = [image('one'), image('two')]
    const inner = index([one])
    index([inner, two], 'v1')
    const referTo = (subject: object & {digest: `sha256:${string}`}, name: string) => {
      const artifact = image(name, {
        artifactType: 'application/spdx+json',
        config: blob(empty, '{}'),
        layers: [blob('application/spdx+json', name)],
        subject,
      })
      index([{...artifact, artifactType: 'application/spdx+json'}], referrersTag(subject.digest))
      return artifact
    }
    const ofChild = referTo(one, 'of a child')
    referTo(ofChild, 'signature of that')
    referTo(inner, 'of the inner index')
    const into = await world.promote([`${origin.host}/app:v1`], {from: undefined})
    expect(into).toMatchObject({exitCode: 0, items: [{outcome: 'promoted', referrers: 3, error: null}]})
    const on = await world.promote(['app:v1'], {from: prodHost, to: [beyond.host]})
    expect(on).toMatchObject({exitCode: 0, items: [{outcome: 'promoted', referrers: 3, error: null}]})
    for (const subject of [one, ofChild, inner])
      expect(beyond.manifests.has(referrersTag(subject.digest))).toBe(true)
  })
})

describe('refused in one line, before anything is written, is', () => {
  async function refusal(): Promise<string> {
    const result = await world.promote([`${origin.host}/app:v1`], {from: undefined})
    expect(result.exitCode).not.toBe(0)
    const {error} = result.items[0] ?? {}
    expect(error?.message).not.toContain('\n')
    expect(world.sandbox.requests.filter(({mutating}) => mutating)).toEqual([])
    return `${error?.code}: ${error?.message}`
  }

  test('a layer that is only somewhere else', async () => {
    const foreign = blob('application/vnd.docker.image.rootfs.foreign.diff.tar.gzip', 'base')
    image('windows', {layers: [{...foreign, urls: ['https://mcr.example/base']}]}, 'v1')
    expect(await refusal()).toMatch(/^FOREIGN_LAYER: .* has external URLs; not supported\./)
  })

  test("an image in Docker's schema 1, also within a list", async () => {
    const old = {schemaVersion: 1, name: 'app', tag: 'v1', fsLayers: [], history: []}
    const text = JSON.stringify(old)
    const mediaType = 'application/vnd.docker.distribution.manifest.v1+json'
    const digest = origin.addManifest(text, mediaType)
    index([{mediaType, digest, size: text.length}], 'v1', mediaTypes.dockerIndex)
    expect(await refusal()).toMatch(/^UNSUPPORTED_MANIFEST: .*schema 1; not supported/)
  })

  test('an artifact manifest from before OCI 1.1 was settled', async () => {
    manifest({mediaType: 'application/vnd.oci.artifact.manifest.v1+json', blobs: []}, 'v1')
    expect(await refusal()).toMatch(/^(?:UNSUPPORTED_MANIFEST|INVALID_MANIFEST): /)
  })

  test('an index of layers, as BuildKit keeps its cache', async () => {
    const layer = blob(ociLayer, 'cache')
    const settings = blob('application/vnd.buildkit.cacheconfig.v0', '{"layers":[]}')
    index([layer, settings], 'v1')
    expect(await refusal()).toMatch(
      /^UNSUPPORTED_MANIFEST: .* names sha256:\w+ of type application\/vnd\.oci\.image\.layer\.v1\.tar\+gzip, which is no manifest; not supported\./,
    )
  })
})

test('an index that names a manifest of a type nobody knows is judged by what that manifest says it is', async () => {
  const one = image('one')
  index([{...one, mediaType: 'application/vnd.example.image'}], 'v1')
  const result = await world.promote([`${origin.host}/app:v1`], {from: undefined, to: [beyond.host]})
  expect(result).toMatchObject({exitCode: 0, items: [{outcome: 'promoted'}]})
  expect(beyond.manifests.has(one.digest)).toBe(true)
})
