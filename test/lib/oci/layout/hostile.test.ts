import {mkdir, rename, rm, symlink, truncate, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {buffer} from 'node:stream/consumers'
import {gzipSync} from 'node:zlib'
import {type Header, pack} from 'tar-stream'
import {beforeEach, describe, expect, onTestFinished, test} from 'vitest'
import {GantryError} from '../../../../src/lib/errors.ts'
import {openLayout} from '../../../../src/lib/oci/layout/open.ts'
import type {Repository} from '../../../../src/lib/oci/registry.ts'
import {buildImage} from '../../../support/images.ts'
import {writeLayout} from '../../../support/layout.ts'
import {temporaryFolder} from '../../../support/temporary-folder.ts'

const image = await buildImage({layers: [{'bin/hello': 'hello'}]})
const [blob = {mediaType: '', digest: image.root.digest, size: 0}] = image.root.blobs
const manifestEntry = {
  mediaType: image.root.mediaType,
  digest: image.root.digest,
  size: image.root.bytes.length,
}
const refName = 'org.opencontainers.image.ref.name'
const named = (name: string, entry: object = manifestEntry) => ({...entry, annotations: {[refName]: name}})

let folder: string

beforeEach(async () => {
  folder = join(await temporaryFolder(), 'layout')
  await writeLayout(folder, image, 'v1')
})

const fileOf = (digest: string) => join('blobs', 'sha256', digest.slice('sha256:'.length))
const at = (path: string) => join(folder, path)
const put = (path: string, content: string | Uint8Array) => writeFile(at(path), content)
const putIndex = (...manifests: object[]) => put('index.json', JSON.stringify({schemaVersion: 2, manifests}))

/** Opens a layout, reads `v1` of the images without repository, and all of its blobs. */
async function readAll(host: string): Promise<void> {
  const registry = await openLayout(host, {isWritten: false, signal: AbortSignal.timeout(10_000)})
  onTestFinished(() => registry.close())
  const repository = registry.repository('unnamed')
  const manifests = await repository.manifests(['v1'])
  for (const {blobs} of manifests.values()) for (const each of blobs) await read(repository, each)
  if (manifests.size === 0) throw new Error('there is no v1')
}

const read = async (repository: Repository, ...[each]: Parameters<Repository['readBlob']>) =>
  buffer(await repository.readBlob(each))

/** What reading it says, which must be one line of an error that a user may meet. */
async function refusal(host: string): Promise<string> {
  const error = await readAll(host).catch((error: unknown) => error)
  expect(error).toBeInstanceOf(GantryError)
  const {code, message} = error as GantryError
  expect(message).not.toMatch(/[\r\n]/)
  return `${code} ${message}`
}

describe('a folder', () => {
  test('that is right is read', async () => {
    await expect(readAll(`oci:${folder}`)).resolves.toBeUndefined()
  })

  test.each<[what: string, spoil: () => Promise<unknown>, said: RegExp]>([
    ['is not there', () => rm(folder, {recursive: true}), /^LAYOUT_NOT_FOUND .*there is no folder/],
    ['has no oci-layout', () => rm(at('oci-layout')), /^NOT_A_LAYOUT .*no file oci-layout/],
    [
      'is of another version',
      () => put('oci-layout', '{"imageLayoutVersion":"2.0.0"}'),
      /^UNSUPPORTED_LAYOUT .*version 2\.0\.0/,
    ],
    ['has no JSON in oci-layout', () => put('oci-layout', '1.0.0\n'), /^INVALID_LAYOUT .*not JSON/],
    ['has a gigantic oci-layout', () => truncate(at('oci-layout'), 2 ** 20), /^LAYOUT_TOO_LARGE/],
    ['has no index.json', () => rm(at('index.json')), /^INVALID_LAYOUT .*no index\.json/],
    ['has no JSON in index.json', () => put('index.json', '{'), /^INVALID_LAYOUT .*not JSON/],
    [
      'has a key of index.json twice',
      () => put('index.json', '{"schemaVersion":2,"manifests":[],"manifests":[]}'),
      /^INVALID_LAYOUT .*"manifests" is there twice/,
    ],
    ['has another schema in index.json', () => put('index.json', '{}'), /^INVALID_LAYOUT .*schemaVersion/],
    ['has a gigantic index.json', () => truncate(at('index.json'), 2 ** 40), /^LAYOUT_TOO_LARGE/],
    [
      'names too many manifests',
      () => putIndex(...Array.from({length: 20_001}, () => manifestEntry)),
      /^INVALID_LAYOUT .*20001 manifests/,
    ],
    [
      'has a digest that leads elsewhere',
      () => putIndex(named('v1', {...manifestEntry, digest: 'sha256:../../../../etc/passwd'})),
      /^INVALID_MANIFEST .*is not sha256:/,
    ],
    [
      'gives a name to two images',
      () => putIndex(named('v1'), named('v1', {...blob, mediaType: manifestEntry.mediaType})),
      /^AMBIGUOUS_NAME .*:v1 is 2 images/,
    ],
    [
      'says that a manifest is something else',
      () => putIndex(named('v1', {...manifestEntry, mediaType: 'application/vnd.oci.image.index.v1+json'})),
      /^AMBIGUOUS_MANIFEST/,
    ],
    ['has another manifest than its name says', () => put(fileOf(image.root.digest), '{}'), /^WRONG_BLOB/],
    [
      'has a gigantic manifest',
      () => truncate(at(fileOf(image.root.digest)), 2 ** 30),
      /^MANIFEST_TOO_LARGE/,
    ],
    ['lacks a blob', () => rm(at(fileOf(blob.digest))), /^CONTENT_NOT_FOUND .*incomplete/],
    [
      'has other bytes in a blob',
      () => put(fileOf(blob.digest), Buffer.alloc(blob.size)),
      /^WRONG_BLOB .*has the digest/,
    ],
    ['has a blob that is cut', () => truncate(at(fileOf(blob.digest)), 1), /^WRONG_BLOB .*there are 1\b/],
    [
      'has a blob that is too long',
      () => truncate(at(fileOf(blob.digest)), 2 ** 40),
      /^WRONG_BLOB .*there are more/,
    ],
    ['has a folder for a blob', () => replaceBlob(path => mkdir(path)), /^INVALID_LAYOUT .*is no file/],
    [
      'has a link for a blob',
      () => replaceBlob(path => symlink('/etc/hostname', path)),
      /^INVALID_LAYOUT .*is a link/,
    ],
    [
      'has a link for its blobs',
      async () => {
        await rename(at('blobs'), at('elsewhere'))
        await symlink(at('elsewhere'), at('blobs'))
      },
      /^INVALID_LAYOUT .*is no folder/,
    ],
    [
      'has a link for its index',
      async () => {
        await rename(at('index.json'), at('elsewhere'))
        await symlink(at('elsewhere'), at('index.json'))
      },
      /^INVALID_LAYOUT .*is a link/,
    ],
  ])('that %s is refused in one line', async (_, spoil, said) => {
    await spoil()
    expect(await refusal(`oci:${folder}`)).toMatch(said)
  })

  test('that is not empty and no layout is not written into', async () => {
    await rm(at('oci-layout'))
    await expect(openLayout(`oci:${folder}`, {isWritten: true, signal: neverAborted})).rejects.toThrow(
      'Name an empty folder or a new one.',
    )
  })
})

describe('a tar', () => {
  const layout: readonly (readonly [Partial<Header> & {name: string}, string | Uint8Array])[] = [
    [{name: './oci-layout'}, '{"imageLayoutVersion":"1.0.0"}'],
    [{name: './index.json'}, JSON.stringify({schemaVersion: 2, manifests: [named('v1')]})],
    ...[[image.root.digest, image.root.bytes] as const, ...image.blobs].map(
      ([digest, bytes]) => [{name: `blobs/sha256/${digest.slice(7)}`}, bytes] as const,
    ),
  ]
  const blobName = `blobs/sha256/${blob.digest.slice(7)}`
  const but = (name: string) => layout.filter(([header]) => header.name !== name)

  test.each([
    ['plain', layout],
    [
      'with folders and files of others',
      [[{name: 'blobs', type: 'directory'}, ''], [{name: 'x'}, 'x'], ...layout],
    ],
    ['with long names', [[{name: `${'long/'.repeat(60)}name`}, 'x'], ...layout]],
    ['with pax records', layout.map(([header, bytes]) => [{...header, pax: {comment: 'x'}}, bytes] as const)],
  ] as const)('%s is read', async (_, entries) => {
    await writeFile(`${folder}.tar`, await tarOf(entries))
    await expect(readAll(`oci-archive:${folder}.tar`)).resolves.toBeUndefined()
  })

  test.each<[what: string, tar: () => Promise<Uint8Array>, said: RegExp]>([
    ['is compressed', async () => gzipSync(await tarOf(layout)), /^NOT_A_LAYOUT .*compressed/],
    ['is no tar', async () => Buffer.alloc(2048, 'x'), /^INVALID_LAYOUT .*cannot be read as a tar/],
    ['is empty', async () => Buffer.alloc(0), /^NOT_A_LAYOUT/],
    [
      'an old Docker saved',
      () => tarOf([[{name: 'manifest.json'}, '[]'], ...but('./oci-layout')]),
      /^NOT_A_LAYOUT .*before version 25/,
    ],
    ['has no index.json', () => tarOf(but('./index.json')), /^INVALID_LAYOUT .*no index\.json/],
    [
      'has an entry above it',
      () => tarOf([...layout, [{name: 'blobs/../../evil'}, 'x']]),
      /^INVALID_LAYOUT .*leads out of it: blobs/,
    ],
    [
      'has an entry of the root',
      () => tarOf([...layout, [{name: '/etc/evil'}, 'x']]),
      /^INVALID_LAYOUT .*leads out/,
    ],
    [
      'has a link for a blob',
      () => tarOf([...but(blobName), [{name: blobName, type: 'symlink', linkname: '/etc/passwd'}, '']]),
      /^INVALID_LAYOUT .*is a link/,
    ],
    [
      'has a hard link for a blob',
      () => tarOf([...but(blobName), [{name: blobName, type: 'link', linkname: 'index.json'}, '']]),
      /^INVALID_LAYOUT .*is a link/,
    ],
    ['has an entry twice', () => tarOf([...layout, [{name: 'index.json'}, '{}']]), /^INVALID_LAYOUT .*twice/],
    ['is cut', async () => (await tarOf(layout)).subarray(0, -2000), /^INVALID_LAYOUT .*cut off/],
    ['lacks a blob', () => tarOf(but(blobName)), /^CONTENT_NOT_FOUND/],
    [
      'has other bytes in a blob',
      () => tarOf([...but(blobName), [{name: blobName}, Buffer.alloc(blob.size)]]),
      /^WRONG_BLOB/,
    ],
    [
      'has a gigantic index.json',
      () => tarOf([...but('./index.json'), [{name: 'index.json'}, Buffer.alloc(9 * 2 ** 20)]]),
      /^LAYOUT_TOO_LARGE/,
    ],
    [
      'has a pax size that is no number',
      () => tarOf([[{name: 'x', pax: {size: '-1'}}, 'x'], ...layout]),
      /^INVALID_LAYOUT .*pax size/,
    ],
  ])('that %s is refused in one line', async (_, tar, said) => {
    await writeFile(`${folder}.tar`, await tar())
    expect(await refusal(`oci-archive:${folder}.tar`)).toMatch(said)
  })

  test('that is a folder, or not there, is refused in one line', async () => {
    expect(await refusal(`oci-archive:${folder}`)).toMatch(/^NOT_A_LAYOUT .*A folder is oci:PATH/)
    expect(await refusal(`oci-archive:${folder}.none`)).toMatch(/^LAYOUT_NOT_FOUND/)
  })
})

const neverAborted = new AbortController().signal

async function replaceBlob(make: (path: string) => Promise<unknown>): Promise<void> {
  await rm(at(fileOf(blob.digest)))
  await make(at(fileOf(blob.digest)))
}

async function tarOf(
  entries: readonly (readonly [Partial<Header> & {name: string}, string | Uint8Array])[],
): Promise<Buffer> {
  const archive = pack()
  for (const [header, bytes] of entries) archive.entry({...header}, Buffer.from(bytes as Uint8Array))
  archive.finalize()
  return await buffer(archive)
}
