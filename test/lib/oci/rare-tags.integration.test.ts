import {expect, test} from 'vitest'
import {mediaTypes} from '../../../src/lib/oci/media-types.ts'
import {type HostileRegistry, replies} from '../../support/hostile-registry.ts'
import {hostile, open} from './open.ts'
import {rejected} from './thrown.ts'

const index = {schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: []}
const wanted = ['one.sig', 'one.att', 'one.sbom']

async function serverWith(...tags: readonly string[]): Promise<HostileRegistry> {
  const server = await hostile()
  for (const tag of tags) server.addManifest({...index, annotations: {tag}}, mediaTypes.ociIndex, tag)
  return server
}

async function found(server: HostileRegistry, tags: readonly string[]): Promise<string[]> {
  return [...(await open(server.host).registry.repository('app').rareTags(tags)).keys()].toSorted()
}

const asked = (server: HostileRegistry) => server.log().filter(line => line.includes('/manifests/'))

test('only the tags that the list has are asked for', async () => {
  const server = await serverWith('v1', 'one.sig')
  expect(await found(server, wanted)).toEqual(['one.sig'])
  expect(server.log()).toEqual(['GET /v2/app/tags/list', 'GET /v2/app/manifests/one.sig'])
})

test('no tags and one tag are not worth a list', async () => {
  const server = await serverWith('one.sig')
  expect(await found(server, [])).toEqual([])
  expect(await found(server, ['one.sig'])).toEqual(['one.sig'])
  expect(server.log()).toEqual(['GET /v2/app/manifests/one.sig'])
})

test('a list that goes on for longer than asking for each takes is left', async () => {
  const server = await serverWith('one.sig')
  const page = (number: number) =>
    replies.status(200, {Link: `</v2/app/tags/list?page=${number}>; rel="next"`}, '{"tags": ["v1"]}')
  server.script('GET', '/v2/app/tags/list', ...Array.from({length: 100}, (_, number) => page(number)))
  expect(await found(server, wanted)).toEqual(['one.sig'])
  expect(server.log().filter(line => line.includes('/tags/'))).toHaveLength(2)
  expect(asked(server)).toHaveLength(3)
})

test.each([403, 404, 405])('where tags may not be listed (%i) each is asked for', async status => {
  const server = await serverWith('one.sig')
  server.always('GET', '/v2/app/tags/list', replies.status(status))
  expect(await found(server, wanted)).toEqual(['one.sig'])
  expect(asked(server)).toHaveLength(3)
})

test('a list that leads to another host is refused', async () => {
  const [server, other] = [await serverWith(), await hostile()]
  const link = {Link: `<${other.origin}/v2/app/tags/list?page=2>; rel="next"`}
  server.always('GET', '/v2/app/tags/list', replies.status(200, link, '{"tags": []}'))
  const tags = Array.from({length: 9}, (_, number) => `tag-${number}`)
  const error = await rejected(open(server.host).registry.repository('app').rareTags(tags))
  expect(error).toMatchObject({exitCode: 7})
  expect(other.requests).toEqual([])
})

test('what fills the memory is refused while it is read', async () => {
  const padding = 'x'.repeat(7 * 1024 * 1024)
  const server = await hostile()
  const tags = Array.from({length: 12}, (_, number) => `tag-${number}`)
  for (const tag of tags)
    server.addManifest({...index, annotations: {padding, tag}}, mediaTypes.ociIndex, tag)
  const error = await rejected(open(server.host).registry.repository('app').rareTags(tags))
  expect(error).toMatchObject({code: 'MANIFESTS_TOO_LARGE', exitCode: 7})
})
