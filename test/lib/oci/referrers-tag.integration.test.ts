import {expect, test} from 'vitest'
import {type Manifest, parseManifest} from '../../../src/lib/oci/manifest.ts'
import {mediaTypes} from '../../../src/lib/oci/media-types.ts'
import {replies, sha256} from '../../support/hostile-registry.ts'
import {hostile, open} from './open.ts'
import {rejected} from './thrown.ts'

const config = {mediaType: 'application/vnd.oci.empty.v1+json', digest: sha256(Buffer.from('{}')), size: 2}
const subject = {mediaType: mediaTypes.ociManifest, digest: sha256(Buffer.from('subject')), size: 7}
const tag = subject.digest.replace(':', '-')

function referrer(extra: object): Manifest {
  const document = {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config,
    layers: [],
    subject,
    ...extra,
  }
  return parseManifest(Buffer.from(JSON.stringify(document)))
}

const sbom = referrer({artifactType: 'application/spdx+json', annotations: {made: 'today'}})
const signature = referrer({})

test('a registry that lists no referrers gets the list kept under the tag of the subject', async () => {
  const server = await hostile()
  const app = open(server.host).registry.repository('app')
  await app.putManifest(sbom)
  await app.putManifest(signature)
  expect(JSON.parse(Buffer.from(server.manifests.get(tag)?.bytes ?? []).toString())).toEqual({
    schemaVersion: 2,
    mediaType: mediaTypes.ociIndex,
    manifests: [
      {
        mediaType: sbom.mediaType,
        digest: sbom.digest,
        size: sbom.bytes.length,
        artifactType: 'application/spdx+json',
        annotations: {made: 'today'},
      },
      {
        mediaType: signature.mediaType,
        digest: signature.digest,
        size: signature.bytes.length,
        artifactType: config.mediaType,
      },
    ],
  })
  expect((await app.referrers(subject.digest)).map(({digest}) => digest)).toEqual([
    sbom.digest,
    signature.digest,
  ])
})

test('a registry that leads to its web site instead of a list, as GHCR does, has none', async () => {
  const [server, site] = [await hostile(), await hostile()]
  server.always('GET', '/v2/app/referrers/', replies.redirect(`${site.origin}/packages`, 303))
  const app = open(server.host).registry.repository('app')
  await app.putManifest(sbom)
  expect((await app.referrers(subject.digest)).map(({digest}) => digest)).toEqual([sbom.digest])
  expect(site.requests).toEqual([])
})

test('referrers that are put at the same moment are all listed', async () => {
  const server = await hostile()
  const app = open(server.host).registry.repository('app')
  const many = Array.from({length: 8}, (_, index) => referrer({annotations: {index: String(index)}}))
  await Promise.all(many.map(manifest => app.putManifest(manifest)))
  const listed = (await app.referrers(subject.digest)).map(({digest}) => digest)
  expect(listed.toSorted()).toEqual(many.map(({digest}) => digest).toSorted())
})

test('what is listed already is not written again, and what others wrote into the list stays', async () => {
  const server = await hostile()
  const app = open(server.host).registry.repository('app')
  const entry = {mediaType: sbom.mediaType, digest: sbom.digest, size: sbom.bytes.length, data: 'e30='}
  const index = {schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [entry], annotations: {a: 'b'}}
  server.addManifest(index, mediaTypes.ociIndex, tag)
  await app.putManifest(sbom)
  expect(server.log()).not.toContain(`PUT /v2/app/manifests/${tag}`)
  await app.putManifest(signature)
  expect(JSON.parse(Buffer.from(server.manifests.get(tag)?.bytes ?? []).toString())).toMatchObject({
    manifests: [entry, {digest: signature.digest}],
    annotations: {a: 'b'},
  })
})

test('a registry that lists the referrer itself is asked for nothing more', async () => {
  const server = await hostile()
  const headers = {'OCI-Subject': subject.digest, 'Docker-Content-Digest': sbom.digest}
  server.always('PUT', '/v2/app/manifests/', replies.status(201, headers))
  await open(server.host).registry.repository('app').putManifest(sbom)
  expect(server.log()).toEqual([`PUT /v2/app/manifests/${sbom.digest}`])
})

test('an image under the tag of the subject is not overwritten', async () => {
  const server = await hostile()
  const image = {schemaVersion: 2, mediaType: mediaTypes.ociManifest, config, layers: []}
  const digest = server.addManifest(image, mediaTypes.ociManifest, tag)
  const error = await rejected(open(server.host).registry.repository('app').putManifest(sbom))
  expect(error).toMatchObject({code: 'REFERRERS_TAG_TAKEN', exitCode: 7})
  expect(sha256(server.manifests.get(tag)?.bytes ?? Buffer.of())).toBe(digest)
})

test('a manifest that a run put and did not list is missing, so that the next run lists it', async () => {
  const server = await hostile()
  const app = open(server.host).registry.repository('app')
  await app.putManifest(sbom)
  expect(await app.presentManifests([sbom])).toEqual(new Set([sbom.digest]))
  server.manifests.delete(tag)
  expect(await app.presentManifests([sbom])).toEqual(new Set())
  await app.putManifest(sbom)
  expect(await app.presentManifests([sbom])).toEqual(new Set([sbom.digest]))
})

test('a registry without the endpoint is asked for it once, however many subjects there are', async () => {
  const server = await hostile()
  const app = open(server.host).registry.repository('app')
  const subjects = Array.from({length: 5}, (_, index) => sha256(Buffer.from(`subject ${index}`)))
  await Promise.all(subjects.map(digest => app.referrers(digest)))
  expect(server.log().filter(line => line.includes('/referrers/'))).toHaveLength(1)
  expect(server.log().filter(line => line.includes('/manifests/'))).toHaveLength(5)
})

test('trouble with the endpoint is no sign that there is none', async () => {
  const server = await hostile()
  const listed = {schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [entryOf(sbom)]}
  server.always('GET', `/v2/app/referrers/${sbom.digest}`, replies.error(403, 'DENIED'))
  server.always(
    'GET',
    '/v2/app/referrers/',
    replies.status(200, {'Content-Type': mediaTypes.ociIndex}, JSON.stringify(listed)),
  )
  const app = open(server.host).registry.repository('app')
  const answers = await Promise.allSettled([app.referrers(sbom.digest), app.referrers(subject.digest)])
  expect(answers.map(({status}) => status)).toEqual(['rejected', 'fulfilled'])
  expect(server.log().filter(line => line.includes('/manifests/'))).toEqual([])
})

test('a registry that has the subject itself under that tag has no list there', async () => {
  const server = await hostile()
  const image = {
    schemaVersion: 2,
    mediaType: mediaTypes.ociIndex,
    manifests: [entryOf(signature)],
  }
  const digest = server.addManifest(image, mediaTypes.ociIndex)
  const index = server.manifests.get(digest)
  if (index === undefined) throw new TypeError('it was added')
  server.manifests.set(digest.replace(':', '-'), index)
  const app = open(server.host).registry.repository('app')
  expect(await app.referrers(digest)).toEqual([])
  const late = referrer({subject: {mediaType: mediaTypes.ociIndex, digest, size: index.bytes.length}})
  expect(await app.putManifest(late)).toBe('fallback')
  expect((await app.referrers(digest)).map(entry => entry.digest)).toEqual([late.digest])
})

function entryOf({mediaType, digest, bytes}: Manifest): {mediaType: string; digest: string; size: number} {
  return {mediaType, digest, size: bytes.length}
}
