import {
  CreateRepositoryCommand,
  PutAccountSettingCommand,
  PutImageTagMutabilityCommand,
} from '@aws-sdk/client-ecr'
import {describe, expect, test} from 'vitest'
import {
  basicAuth,
  describe as descriptorOf,
  dev,
  devHost,
  ecrClient,
  http,
  indexType,
  manifestType,
  openSandbox,
  prod,
  putSmallImage,
  type RegistryClient,
  region,
  registryClient,
  sha256,
  smallImage,
} from './support.ts'

const name = 'team/app'

async function repository() {
  const sandbox = await openSandbox()
  const client = ecrClient(sandbox)
  await client.send(new CreateRepositoryCommand({repositoryName: name}))
  return {sandbox, client, send: await registryClient(sandbox)}
}

async function pushBlob(send: RegistryClient, content: string, to = name): Promise<void> {
  const {headers} = await send('POST', `/v2/${to}/blobs/uploads/`)
  const location = headers.location ?? ''
  await send('PATCH', location, {body: content})
  expect((await send('PUT', `${location}?digest=${sha256(content)}`)).status).toBe(201)
}

async function pushImage(send: RegistryClient, reference: string, to = name) {
  const image = smallImage()
  for (const blob of [image.layer, image.config]) await pushBlob(send, blob, to)
  const put = await putManifest(send, reference, image.manifest, manifestType, to)
  expect(put.status).toBe(201)
  return {...image, put}
}

function putManifest(send: RegistryClient, reference: string, body: string, type = manifestType, to = name) {
  return send('PUT', `/v2/${to}/manifests/${reference}`, {body, headers: {'content-type': type}})
}

function errorsOf(text: string): unknown {
  return (JSON.parse(text) as {errors: unknown}).errors
}

describe('which registry', () => {
  test.each([
    devHost,
    `${dev}.dkr.ecr-fips.us-east-1.amazonaws.com`,
    `${dev}.dkr-ecr.eu-west-1.on.aws`,
    `${dev}.dkr.ecr.cn-north-1.amazonaws.com.cn`,
    `${dev}.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn`,
    `${devHost}:443`,
  ])('the host name %s names one', async host => {
    const {url} = await openSandbox()
    expect((await http(`${url}/v2/`, {headers: {host}})).status).toBe(401)
  })

  test('a loopback host names none', async () => {
    const {url} = await openSandbox()
    expect(await http(`${url}/v2/`)).toMatchObject({
      status: 400,
      text: 'Could not resolve registry id from host 127.0.0.1\n',
    })
  })

  test('a port of its own is one', async () => {
    const sandbox = await openSandbox({registries: [{account: prod, region, port: 0}]})
    const client = ecrClient(sandbox, prod)
    await putSmallImage(client, name, 'v1')
    const url = sandbox.registryUrls.get(`${prod}/${region}`) ?? ''
    const authorization = await basicAuth(client)
    expect((await http(`${url}/v2/${name}/manifests/v1`, {headers: {authorization}})).status).toBe(200)
  })
})

describe('authentication', () => {
  test('without it, the answer is ECR’s challenge', async () => {
    const {url} = await openSandbox()
    const answer = await http(`${url}/v2/`, {headers: {host: devHost}})
    expect(answer).toMatchObject({
      status: 401,
      text: 'Not Authorized\n',
      headers: {'www-authenticate': `Basic realm="https://${devHost}/",service="ecr.amazonaws.com"`},
    })
  })

  test.each([
    ['another user', `Basic ${Buffer.from('me:password').toString('base64')}`],
    ['a made-up password', `Basic ${Buffer.from('AWS:password').toString('base64')}`],
    ['a bearer token', 'Bearer abc'],
  ])('%s is not authorized', async (_, authorization) => {
    const {url} = await openSandbox()
    expect((await http(`${url}/v2/`, {headers: {host: devHost, authorization}})).status).toBe(401)
  })
})

describe('manifests', () => {
  test('come back byte for byte with the type they were pushed with', async () => {
    const {send} = await repository()
    const {layer, config, manifest} = smallImage()
    for (const blob of [layer, config]) await pushBlob(send, blob)
    const odd = `${manifest}\n\n`
    await putManifest(send, 'v1', odd)
    for (const reference of ['v1', sha256(odd)]) {
      const answer = await send('GET', `/v2/${name}/manifests/${reference}`)
      expect(answer).toMatchObject({status: 200, text: odd, headers: {'content-type': manifestType}})
    }
  })

  test('a GET by tag does not tell the digest; HEAD and a GET by digest do', async () => {
    const {send} = await repository()
    const {digest, manifest} = await pushImage(send, 'v1')
    const told = async (method: string, reference: string) =>
      (await send(method, `/v2/${name}/manifests/${reference}`)).headers['docker-content-digest']
    expect(await told('GET', 'v1')).toBeUndefined()
    expect(await told('HEAD', 'v1')).toBe(digest)
    expect(await told('GET', digest)).toBe(digest)
    const head = await send('HEAD', `/v2/${name}/manifests/v1`)
    expect(head.headers['content-length']).toBe(String(manifest.length))
    expect(head.body).toHaveLength(0)
  })

  test('pushed by digest, the bytes must have it', async () => {
    const {send} = await repository()
    const {digest, manifest, put} = await pushImage(send, smallImage().digest)
    expect(put.headers).toMatchObject({
      'docker-content-digest': digest,
      location: `/v2/${name}/manifests/${digest}`,
    })
    expect((await putManifest(send, sha256('other'), manifest)).status).toBe(400)
  })

  test('missing layers are BLOB_UPLOAD_UNKNOWN, missing images of an index MANIFEST_BLOB_UNKNOWN', async () => {
    const {send} = await repository()
    const image = await putManifest(send, 'v1', smallImage().manifest)
    expect(image.status).toBe(404)
    expect(errorsOf(image.text)).toEqual([
      {code: 'BLOB_UPLOAD_UNKNOWN', message: expect.stringContaining(`Layers with digests '[sha256:`)},
    ])
    const index = JSON.stringify({schemaVersion: 2, mediaType: indexType, manifests: [{digest: sha256('x')}]})
    const all = await putManifest(send, 'v1', index, indexType)
    expect(errorsOf(all.text)).toEqual([
      {
        code: 'MANIFEST_BLOB_UNKNOWN',
        message: `Images with digests '[${sha256('x')}]' required for pushing image into repository with name '${name}' in the registry with id '${dev}' do not exist`,
      },
    ])
  })

  test.each([
    [
      'text that is not JSON',
      'v1',
      '{',
      "'ImageManifest' failed to satisfy constraint: 'Invalid JSON syntax'",
    ],
    ['a tag that is none', 'v+1', '{}', "'imageTag' failed to satisfy constraint: "],
    [
      'more than 4 MiB',
      'v1',
      ' '.repeat(4 * 1024 * 1024 + 1),
      "'ImageManifest' failed to satisfy constraint: ",
    ],
  ])('%s is 405 UNSUPPORTED with the text of the API', async (_, reference, body, message) => {
    const {send} = await repository()
    const answer = await putManifest(send, reference, body)
    expect(answer.status).toBe(405)
    expect(errorsOf(answer.text)).toEqual([
      {code: 'UNSUPPORTED', message: expect.stringContaining(`Invalid parameter at ${message}`)},
    ])
  })

  test('an immutable tag is TAG_INVALID, even for the image that has it', async () => {
    const {send, client} = await repository()
    const {manifest} = await pushImage(send, 'v1')
    await client.send(
      new PutImageTagMutabilityCommand({repositoryName: name, imageTagMutability: 'IMMUTABLE'}),
    )
    for (const body of [manifest, `${manifest} `]) {
      const answer = await putManifest(send, 'v1', body)
      expect(answer.status).toBe(400)
      expect(errorsOf(answer.text)).toEqual([
        {
          code: 'TAG_INVALID',
          message: `The image tag 'v1' already exists in the '${name}' repository and cannot be overwritten because the tag is immutable.`,
        },
      ])
    }
  })

  test('what is not there is MANIFEST_UNKNOWN or NAME_UNKNOWN', async () => {
    const {send} = await repository()
    const image = await send('GET', `/v2/${name}/manifests/v1`)
    expect(image.status).toBe(404)
    expect(errorsOf(image.text)).toEqual([{code: 'MANIFEST_UNKNOWN', message: 'Requested image not found'}])
    const none = await send('GET', '/v2/none/manifests/v1')
    expect(none.status).toBe(404)
    expect(errorsOf(none.text)).toEqual([
      {
        code: 'NAME_UNKNOWN',
        message: `The repository with name 'none' does not exist in the registry with id '${dev}'`,
      },
    ])
  })

  test('can be deleted, but not from under an index', async () => {
    const {send} = await repository()
    const {digest} = await pushImage(send, 'v1')
    const manifests = [{...descriptorOf(manifestType, smallImage().manifest), digest}]
    const index = JSON.stringify({schemaVersion: 2, mediaType: indexType, manifests})
    await putManifest(send, 'all', index, indexType)
    const kept = await send('DELETE', `/v2/${name}/manifests/${digest}`)
    expect(kept.status).toBe(405)
    expect(errorsOf(kept.text)).toEqual([
      {code: 'UNSUPPORTED', message: `Requested image referenced by manifest list: [${sha256(index)}]`},
    ])
    expect((await send('DELETE', `/v2/${name}/manifests/all`)).status).toBe(202)
    expect((await send('DELETE', `/v2/${name}/manifests/${digest}`)).status).toBe(202)
    expect((await send('DELETE', `/v2/${name}/manifests/${digest}`)).status).toBe(404)
  })
})

describe('blobs', () => {
  test('are answered from another origin', async () => {
    const {send, sandbox} = await repository()
    await pushBlob(send, 'content')
    const answer = await send('GET', `/v2/${name}/blobs/${sha256('content')}`)
    expect(answer.status).toBe(307)
    const location = answer.headers.location ?? ''
    expect(new URL(location).origin).not.toBe(new URL(sandbox.url).origin)
    expect((await http(location)).text).toBe('content')
  })

  test('HEAD tells size and digest', async () => {
    const {send} = await repository()
    await pushBlob(send, 'content')
    const {status, headers} = await send('HEAD', `/v2/${name}/blobs/${sha256('content')}`)
    expect({status, ...headers}).toMatchObject({
      status: 200,
      'content-length': '7',
      'docker-content-digest': sha256('content'),
    })
    expect((await send('HEAD', `/v2/${name}/blobs/${sha256('other')}`)).status).toBe(404)
  })

  test('cannot be deleted', async () => {
    const {send} = await repository()
    await pushBlob(send, 'content')
    expect((await send('DELETE', `/v2/${name}/blobs/${sha256('content')}`)).status).toBe(405)
  })
})

describe('uploads', () => {
  test('PATCH answers 201, as ECR does', async () => {
    const {send} = await repository()
    const {status, headers} = await send('POST', `/v2/${name}/blobs/uploads/`)
    expect(status).toBe(202)
    const patched = await send('PATCH', headers.location ?? '', {body: 'content'})
    expect(patched).toMatchObject({status: 201, headers: {range: '0-6'}})
  })

  test('in one request, by PUT and by POST', async () => {
    const {send} = await repository()
    const {headers} = await send('POST', `/v2/${name}/blobs/uploads/`)
    const put = await send('PUT', `${headers.location}?digest=${sha256('put')}`, {body: 'put'})
    expect(put).toMatchObject({status: 201, headers: {'docker-content-digest': sha256('put')}})
    const post = await send('POST', `/v2/${name}/blobs/uploads/?digest=${sha256('post')}`, {body: 'post'})
    expect(post.status).toBe(201)
    for (const content of ['put', 'post']) {
      expect((await send('HEAD', `/v2/${name}/blobs/${sha256(content)}`)).status).toBe(200)
    }
  })

  test('in chunks that follow each other', async () => {
    const {send} = await repository()
    const {headers} = await send('POST', `/v2/${name}/blobs/uploads/`)
    const location = headers.location ?? ''
    const chunk = (body: string, range: string) =>
      send('PATCH', location, {body, headers: {'content-range': range}})
    expect((await chunk('abc', '0-2')).status).toBe(201)
    expect((await chunk('def', '3-5')).status).toBe(201)
    expect((await chunk('x', '9-9')).status).toBe(416)
    expect((await send('PUT', `${location}?digest=${sha256('abcdef')}`)).status).toBe(201)
  })

  test('a stream that begins anew on the same upload is 416, and where it stands', async () => {
    const {send} = await repository()
    const {headers} = await send('POST', `/v2/${name}/blobs/uploads/`)
    await send('PATCH', headers.location ?? '', {body: 'content'})
    const again = await send('PATCH', headers.location ?? '', {body: 'content'})
    expect(again).toMatchObject({status: 416, headers: {range: '0-6'}})
    const state = await send('GET', headers.location ?? '')
    expect(state).toMatchObject({status: 204, headers: {range: '0-6'}})
  })

  test('other bytes than the digest says are BLOB_UPLOAD_INVALID', async () => {
    const {send} = await repository()
    const {headers} = await send('POST', `/v2/${name}/blobs/uploads/`)
    const answer = await send('PUT', `${headers.location}?digest=${sha256('other')}`, {body: 'content'})
    expect(answer.status).toBe(400)
    expect(errorsOf(answer.text)).toEqual([
      {
        code: 'BLOB_UPLOAD_INVALID',
        message: 'None of the provided layer digests match the calculated layer digest',
      },
    ])
    expect((await send('HEAD', `/v2/${name}/blobs/${sha256('content')}`)).status).toBe(404)
  })

  test('a blob without bytes is taken and never found', async () => {
    const {send} = await repository()
    await pushBlob(send, '')
    expect((await send('HEAD', `/v2/${name}/blobs/${sha256('')}`)).status).toBe(404)
  })

  test('one that was cancelled or never began is BLOB_UPLOAD_UNKNOWN', async () => {
    const {send} = await repository()
    const {headers} = await send('POST', `/v2/${name}/blobs/uploads/`)
    expect((await send('DELETE', headers.location ?? '')).status).toBe(204)
    const gone = await send('PATCH', headers.location ?? '', {body: 'x'})
    expect(gone.status).toBe(404)
    expect(errorsOf(gone.text)).toEqual([
      {code: 'BLOB_UPLOAD_UNKNOWN', message: expect.stringContaining('Upload with id')},
    ])
  })

  test('are absolute where the client knows this machine by address', async () => {
    const sandbox = await openSandbox({registries: [{account: dev, region, port: 0}]})
    const client = ecrClient(sandbox)
    await client.send(new CreateRepositoryCommand({repositoryName: name}))
    const url = sandbox.registryUrls.get(`${dev}/${region}`) ?? ''
    const authorization = await basicAuth(client)
    const answer = await http(`${url}/v2/${name}/blobs/uploads/`, {method: 'POST', headers: {authorization}})
    expect(answer.headers.location?.startsWith(`${url}/v2/${name}/blobs/uploads/`)).toBe(true)
  })
})

describe('mounting', () => {
  async function twoRepositories(setting?: string) {
    const {sandbox, client, send} = await repository()
    await client.send(new CreateRepositoryCommand({repositoryName: 'other'}))
    if (setting !== undefined) {
      await client.send(new PutAccountSettingCommand({name: 'BLOB_MOUNTING', value: setting}))
    }
    const mount = (content: string, from = name) =>
      send('POST', `/v2/other/blobs/uploads/?mount=${sha256(content)}&from=${from}`)
    return {sandbox, client, send, mount}
  }

  test('is an upload until the account turns it on', async () => {
    const {send, mount} = await twoRepositories()
    const {layer} = await pushImage(send, 'v1')
    expect((await mount(layer)).status).toBe(202)
  })

  test('takes a blob over that an image of the source lists', async () => {
    const {send, mount} = await twoRepositories('ENABLED')
    const {layer} = await pushImage(send, 'v1')
    expect(await mount(layer)).toMatchObject({status: 201, headers: {'docker-content-digest': sha256(layer)}})
    expect((await send('HEAD', `/v2/other/blobs/${sha256(layer)}`)).status).toBe(200)
  })

  test('is an upload for a blob that no image lists, or a source that is not there', async () => {
    const {send, mount} = await twoRepositories('ENABLED')
    await pushBlob(send, 'alone')
    expect((await mount('alone')).status).toBe(202)
    expect((await mount('alone', 'none')).status).toBe(202)
    expect((await mount('alone', 'N/../')).status).toBe(202)
  })
})

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

test.each([
  ['GET', '/v2/nothing/here/at/all', 404],
  ['POST', '/v2/team/app/manifests/v1', 405],
  ['GET', '/v2/..%2f..%2fetc/manifests/v1', 405],
  ['GET', '/v2/team/app/blobs/sha256:../../etc/passwd', 404],
  ['HEAD', '/v2/team/app/blobs/sha512:abc', 405],
])('%s %s is %i', async (method, path, status) => {
  const {send} = await repository()
  expect((await send(method, path)).status).toBe(status)
})
