import {describe, expect, test} from 'vitest'
import {errorsOf, name, pushBlob, pushImage, putManifest, repository} from './registry-support.ts'
import {
  describe as descriptorOf,
  dev,
  ecrClient,
  indexType,
  manifestType,
  prod,
  putSmallImage,
  region,
  sha256,
  smallImage,
} from './support.ts'

describe('listings', () => {
  test('tags come in pages of n, each after the last', async () => {
    const {send} = await repository()
    for (const tag of ['v1', 'v10', 'v2', 'a']) await pushImage(send, tag)
    const first = await send('GET', `/v2/${name}/tags/list?n=3`)
    expect(JSON.parse(first.text)).toEqual({name, tags: ['a', 'v1', 'v10']})
    const [, next = ''] = /^<(.+)>; rel="next"$/.exec(String(first.headers['link'])) ?? []
    const rest = await send('GET', next)
    expect(JSON.parse(rest.text)).toEqual({name, tags: ['v2']})
    expect(rest.headers['link']).toBeUndefined()
  })

  test('n is a thousand at most', async () => {
    const {send} = await repository()
    const answer = await send('GET', `/v2/${name}/tags/list?n=1001`)
    expect(answer.status).toBe(405)
    expect(errorsOf(answer.text)).toEqual([
      {
        code: 'UNSUPPORTED',
        message:
          "Invalid parameter at 'maxResults' failed to satisfy constraint: 'Member must have value less than or equal to 1000'",
      },
    ])
  })

  test('n is one at least', async () => {
    const {send} = await repository()
    const answer = await send('GET', `/v2/${name}/tags/list?n=0`)
    expect(answer.status).toBe(405)
    expect(errorsOf(answer.text)).toEqual([
      {code: 'UNSUPPORTED', message: expect.stringContaining('greater than or equal to 1')},
    ])
  })

  test('a page has a hundred tags, in plain text', async () => {
    const {send, sandbox} = await repository()
    const {manifest, layer, config} = smallImage()
    const tags = Array.from({length: 101}, (_, index) => `v${String(index).padStart(3, '0')}`)
    const blobs = [layer, config].map(blob => Buffer.from(blob).toString('base64'))
    const images = tags.map(tag => ({tag, manifest}))
    await sandbox.seed({repositories: [{account: dev, region, name: 'many', blobs, images}]})
    const {text, headers} = await send('GET', '/v2/many/tags/list')
    expect(JSON.parse(text)).toEqual({name: 'many', tags: tags.slice(0, 100)})
    expect(headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      link: '</v2/many/tags/list?n=100&last=v099>; rel="next"',
    })
  })

  test('the catalog lists the registry’s repositories', async () => {
    const {send, sandbox} = await repository()
    await putSmallImage(ecrClient(sandbox, prod), 'elsewhere', 'v1')
    expect(JSON.parse((await send('GET', '/v2/_catalog')).text)).toEqual({repositories: [name]})
  })

  test('referrers are an index, filtered by type when asked', async () => {
    const {send} = await repository()
    const image = await pushImage(send, 'v1')
    await pushBlob(send, '{}')
    const refer = (artifactType: string) =>
      JSON.stringify({
        schemaVersion: 2,
        mediaType: manifestType,
        artifactType,
        config: descriptorOf('application/vnd.oci.empty.v1+json', '{}'),
        layers: [],
        subject: {...descriptorOf(manifestType, image.manifest), digest: image.digest},
      })
    const [sbom, signature] = [refer('application/sbom'), refer('application/signature')]
    const put = await putManifest(send, sha256(sbom), sbom)
    expect(put.headers['oci-subject']).toBe(image.digest)
    await putManifest(send, sha256(signature), signature)
    const list = async (query = '') => {
      const answer = await send('GET', `/v2/${name}/referrers/${image.digest}${query}`)
      const {manifests} = JSON.parse(answer.text) as {manifests: {digest: string}[]}
      return {digests: manifests.map(({digest}) => digest), ...answer}
    }
    const all = await list()
    expect(new Set(all.digests)).toEqual(new Set([sha256(sbom), sha256(signature)]))
    expect(all.headers['content-type']).toBe(indexType)
    const some = await list('?artifactType=application/sbom')
    expect(some.digests).toEqual([sha256(sbom)])
    expect(some.headers['oci-filters-applied']).toBe('artifactType')
  })
})
