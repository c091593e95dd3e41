import {expect, test} from 'vitest'
import {GantryError} from '../../../../src/lib/errors.ts'
import {mediaTypes} from '../../../../src/lib/oci/media-types.ts'
import {readGraphs} from '../../../../src/lib/promote/graph.ts'
import type {ImageGraph} from '../../../../src/lib/promote/model.ts'
import {type HostileRegistry, replies, sha256} from '../../../support/hostile-registry.ts'
import {hostile, open} from '../../oci/open.ts'

interface Entry {
  readonly mediaType: string
  readonly digest: `sha256:${string}`
  readonly size: number
}

function indexOf(children: readonly Entry[], extra: object = {}): object {
  return {schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: children, ...extra}
}

/** Children that nobody has, and that nobody must ask for. */
function invented(count: number, size: number, name: string): Entry[] {
  return Array.from({length: count}, (_, index) => ({
    mediaType: mediaTypes.ociManifest,
    digest: sha256(Buffer.from(`${name} ${index}`)),
    size,
  }))
}

function addIndex(server: HostileRegistry, document: object, tag?: string): Entry {
  const digest = server.addManifest(document, mediaTypes.ociIndex, tag)
  return {mediaType: mediaTypes.ociIndex, digest, size: JSON.stringify(document).length}
}

async function read(
  server: HostileRegistry,
  references: readonly string[],
): Promise<ReadonlyMap<string, ImageGraph | GantryError>> {
  return readGraphs(open(server.host).registry.repository('app'), references, {
    referrers: true,
    platforms: [],
  })
}

test('an image of more than a thousand manifests over all of its indexes is refused before they are asked for', async () => {
  const server = await hostile()
  const children = ['a', 'b'].map(name => addIndex(server, indexOf(invented(600, 10, name))))
  addIndex(server, indexOf(children), 'huge')
  addIndex(server, indexOf([]), 'small')
  const graphs = await read(server, ['huge', 'small'])
  expect(graphs.get('huge')).toMatchObject({
    code: 'IMAGE_TOO_LARGE',
    exitCode: 7,
    message: expect.stringMatching(/has 1203 manifests or more.*at most 1000 /) as string,
  })
  expect(graphs.get('small')).not.toBeInstanceOf(GantryError)
  // Two roots, the two indexes of the first, and where referrers of the second could be listed.
  expect(server.log().filter(line => line.includes('/manifests/'))).toHaveLength(5)
})

test('manifests that claim to be more than the memory for one image are not asked for', async () => {
  const server = await hostile()
  addIndex(server, indexOf(invented(9, 4 * 1024 * 1024, 'large')), 'v1')
  expect((await read(server, ['v1'])).get('v1')).toMatchObject({code: 'IMAGE_TOO_LARGE'})
  expect(server.log().filter(line => line.includes('/manifests/'))).toHaveLength(1)
})

test('a manifest that is much larger than its index says is not read to its end', async () => {
  const server = await hostile()
  const fat = addIndex(server, indexOf([], {annotations: {padding: 'x'.repeat(1024 * 1024)}}))
  addIndex(server, indexOf([{...fat, size: 100}]), 'lying')
  addIndex(server, indexOf([fat]), 'honest')
  expect((await read(server, ['lying'])).get('lying')).toMatchObject({code: 'ANSWER_TOO_LARGE', exitCode: 7})
  expect((await read(server, ['honest'])).get('honest')).not.toBeInstanceOf(GantryError)
})

test('more referrers of one subject than are copied are refused with their number', async () => {
  const server = await hostile()
  const {digest} = addIndex(server, indexOf([]), 'v1')
  server.always(
    'GET',
    `/v2/app/referrers/${digest}`,
    replies.status(
      200,
      {'Content-Type': mediaTypes.ociIndex},
      JSON.stringify(indexOf(invented(501, 10, 'referrer'))),
    ),
  )
  const refused = (await read(server, ['v1'])).get('v1')
  expect(refused).toMatchObject({code: 'IMAGE_TOO_LARGE'})
  expect(refused).toMatchObject({message: expect.stringContaining('has 501 referrers') as string})
})

test("an image in Docker's old format is refused in one line that names it", async () => {
  const server = await hostile()
  const type = 'application/vnd.docker.distribution.manifest.v1+prettyjws'
  server.addManifest({schemaVersion: 1, name: 'app', fsLayers: [], signatures: []}, type, 'old')
  expect((await read(server, ['old'])).get('old')).toMatchObject({
    code: 'UNSUPPORTED_MANIFEST',
    exitCode: 7,
    message: expect.stringMatching(
      new RegExp(`^${server.host}/app:old sha256:[0-9a-f]{64} is of Docker's old schema 1`),
    ) as string,
  })
})
