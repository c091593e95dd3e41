import {describe, expect, test} from 'vitest'
import {cachedCredentials} from '../../../src/lib/ecr/credentials.ts'
import {getManifests, listReferrers, presentManifests, putManifest} from '../../../src/lib/ecr/manifests.ts'
import {createRepository, describeRepositories} from '../../../src/lib/ecr/repositories.ts'
import {type Digest, digestOf} from '../../../src/lib/oci/digest.ts'
import {parseManifest} from '../../../src/lib/oci/manifest.ts'
import {mediaTypes} from '../../../src/lib/oci/media-types.ts'
import {apiAt, fails, json, sessionFor, startStub} from './stub.ts'

const digest = (letter: string): Digest => `sha256:${letter.repeat(64)}`

const text = JSON.stringify({
  schemaVersion: 2,
  mediaType: mediaTypes.ociManifest,
  config: {mediaType: 'application/vnd.oci.image.config.v1+json', digest: digest('a'), size: 2},
  layers: [{mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest: digest('b'), size: 3}],
})
const manifest = parseManifest(Buffer.from(text), mediaTypes.ociManifest)

function found(reference: {imageTag?: string}, imageManifest = text, imageDigest: string = manifest.digest) {
  return {
    imageId: {...reference, imageDigest},
    imageManifest,
    imageManifestMediaType: mediaTypes.ociManifest,
  }
}

describe('an answer without what was asked for is an error, never "none"', () => {
  test('an empty 200', async () => {
    const {url} = await startStub(response => response.writeHead(200, {'x-amzn-RequestId': '7f'}).end())
    const {api} = apiAt(url)
    await expect(api.batchGetImage('app', [{imageTag: 'v1'}])).rejects.toMatchObject({
      code: 'MISSING_FIELD',
      message: 'The answer from ECR BatchGetImage had no "images" (request id 7f). Treated as an error.',
    })
  })

  test('a tag that is neither among the images nor among the failures', async () => {
    const {url} = await startStub(response =>
      json(response, {images: [found({imageTag: 'v1'})], failures: []}),
    )
    const {api} = apiAt(url)
    await expect(api.batchGetImage('app', [{imageTag: 'v1'}, {imageTag: 'v2'}])).rejects.toMatchObject({
      message: 'The answer from ECR BatchGetImage had no "v2" (request id request-7f). Treated as an error.',
    })
  })

  test.each([
    ['PutImage', (api: Api) => putManifest(api, 'app', manifest)],
    ['CreateRepository', (api: Api) => createRepository(api, 'app')],
    ['DescribeRepositories', (api: Api) => describeRepositories(api, ['app'])],
    ['ListImageReferrers', (api: Api) => listReferrers(api, 'app', manifest.digest)],
    ['BatchCheckLayerAvailability', (api: Api) => api.batchCheckLayerAvailability('app', [digest('a')])],
    ['GetAuthorizationToken', (api: Api) => api.getAuthorizationToken()],
  ])('%s with an empty object', async (operation, ask) => {
    const {url} = await startStub(response => json(response, {}))
    await expect(ask(apiAt(url).api)).rejects.toMatchObject({
      code: 'MISSING_FIELD',
      message: expect.stringContaining(`ECR ${operation} had no`),
    })
  })
})

type Api = ReturnType<typeof apiAt>['api']

describe('trouble', () => {
  test('a web page is named as one', async () => {
    const {url} = await startStub(response => {
      response.writeHead(200, {'Content-Type': 'text/html'}).end('<!DOCTYPE html><html>log in</html>')
    })
    await expect(apiAt(url).api.registry.createRepository('app')).rejects.toMatchObject({
      code: 'NOT_AWS',
      message: expect.stringMatching(/^Got an HTML page .* 127\.0\.0\.1\. Is a proxy login in the way\?/),
    })
  })

  test('a redirect is not followed', async () => {
    const {url, seen} = await startStub(response => {
      response.writeHead(307, {Location: 'http://127.0.0.1:1/'}).end()
    })
    await expect(apiAt(url).api.registry.createRepository('app')).rejects.toMatchObject({code: 'NOT_AWS'})
    expect(seen).toHaveLength(1)
  })

  test('throttling without end is over when the time is, and says so', async () => {
    const {url, seen} = await startStub(fails('ThrottlingException', 'Rate exceeded'))
    const {api, events, traffic} = apiAt(url, {retryForMs: 50})
    await expect(api.registry.createRepository('app')).rejects.toMatchObject({
      code: 'THROTTLED',
      exitCode: 6,
      message: expect.stringMatching(
        /^ECR throttled CreateRepository in 222222222222\/eu-west-1 for \d+ s \(\d+ (try|tries)\) \(request id request-7f\)/,
      ),
    })
    expect(traffic).toMatchObject({
      requests: seen.length,
      mutatingRequests: seen.length,
      retries: events.length,
    })
    expect(seen.length).toBe(events.length + 1)
  })

  test.each([
    ['429 as plain text', 429, 'toomanyrequests: Rate exceeded'],
    ['500 as a web page', 500, '<html>oops</html>'],
    ['503 without a body', 503, ''],
  ])('%s is tried again', async (_name, status, body) => {
    let requests = 0
    const {url} = await startStub(response => {
      requests += 1
      if (requests < 3) response.writeHead(status, {'Content-Type': 'text/plain'}).end(body)
      else json(response, {repository: {repositoryName: 'app'}})
    })
    const {api, traffic} = apiAt(url, {retryForMs: 10_000})
    await api.registry.createRepository('app')
    expect(traffic).toMatchObject({requests: 3, retries: 2})
  })

  test('a connection that is cut is tried again', async () => {
    let requests = 0
    const {url} = await startStub((response, {body}) => {
      requests += 1
      if (requests === 1) response.destroy()
      else if (requests === 2) {
        response.writeHead(200, {'Content-Length': 1000})
        response.write(body.slice(0, 3), () => response.destroy())
      } else json(response, {repository: {repositoryName: 'app'}})
    })
    const {api, traffic} = apiAt(url, {retryForMs: 10_000})
    await api.registry.createRepository('app')
    expect(traffic.requests).toBe(3)
  })

  test('a server that never answers is given up and asked again', async () => {
    let requests = 0
    const {url} = await startStub(response => {
      requests += 1
      if (requests > 1) json(response, {repository: {repositoryName: 'app'}})
    })
    const {api, events} = apiAt(url, {retryForMs: 10_000, timeouts: {headersMs: 250}})
    await api.registry.createRepository('app')
    expect(events).toMatchObject([{request: 'CreateRepository', reason: 'no answer in time'}])
  })

  test('an answer that stops in the middle is given up and asked again', async () => {
    let requests = 0
    const {url} = await startStub(response => {
      requests += 1
      if (requests > 1) json(response, {repository: {repositoryName: 'app'}})
      else response.writeHead(200, {'Content-Length': 1000}).write('{"repo')
    })
    const {api, events} = apiAt(url, {retryForMs: 10_000, timeouts: {stallMs: 250}})
    await api.registry.createRepository('app')
    expect(events).toHaveLength(1)
  })

  test('a quota is not a rate: LimitExceededException is asked once', async () => {
    const {url, seen} = await startStub(fails('LimitExceededException', 'No more repositories'))
    await expect(apiAt(url, {retryForMs: 10_000}).api.registry.createRepository('app')).rejects.toMatchObject(
      {
        code: 'LIMIT_EXCEEDED',
        exitCode: 4,
      },
    )
    expect(seen).toHaveLength(1)
  })

  test('an item that its upstream throttles is asked for again', async () => {
    const failures = [
      {imageId: {imageTag: 'v2'}, failureCode: 'UpstreamTooManyRequests', failureReason: 'slow down'},
    ]
    const images = [found({imageTag: 'v1'})]
    const {url, seen} = await startStub(response =>
      json(response, seen.length < 3 ? {images, failures} : {images: [...images, found({imageTag: 'v2'})]}),
    )
    const {api, events, traffic} = apiAt(url, {retryForMs: 10_000})
    expect((await getManifests(api, 'app', ['v1', 'v2'])).size).toBe(2)
    expect(traffic).toMatchObject({requests: 3, retries: 2})
    expect(events[0]).toMatchObject({
      request: 'BatchGetImage',
      reason: 'UpstreamTooManyRequests: slow down',
    })
  })

  test('an item that its upstream throttles for too long is a line that says so', async () => {
    const failures = [{imageId: {imageTag: 'v1'}, failureCode: 'UpstreamTooManyRequests'}]
    const {url} = await startStub(response => json(response, {images: [], failures}))
    await expect(getManifests(apiAt(url, {retryForMs: 50}).api, 'app', ['v1'])).rejects.toMatchObject({
      code: 'THROTTLED',
      exitCode: 6,
    })
  })

  test('Retry-After beyond the time ends the tries at once', async () => {
    const {url, seen} = await startStub(response => {
      response.writeHead(503, {'Retry-After': '3600'}).end()
    })
    await expect(apiAt(url, {retryForMs: 10_000}).api.registry.createRepository('app')).rejects.toMatchObject(
      {
        exitCode: 6,
      },
    )
    expect(seen).toHaveLength(1)
  })

  test('an aborted run throws the reason of the signal', async () => {
    const controller = new AbortController()
    const {url} = await startStub(() => controller.abort(new Error('interrupted')))
    await expect(
      apiAt(url, {signal: controller.signal}).api.registry.createRepository('app'),
    ).rejects.toThrow('interrupted')
  })

  test('a pair of pages that name each other ends', async () => {
    const {url, seen} = await startStub((response, {body}) => {
      const {nextToken = ''} = JSON.parse(body) as {nextToken?: string}
      json(response, {referrers: [], nextToken: nextToken === 'a' ? 'b' : 'a'})
    })
    await expect(listReferrers(apiAt(url).api, 'app', manifest.digest)).rejects.toMatchObject({
      code: 'ENDLESS_LISTING',
    })
    expect(seen).toHaveLength(3)
  })

  test('a missing repository is named with its account and region', async () => {
    const {url} = await startStub(fails('RepositoryNotFoundException', 'The repository does not exist'))
    await expect(putManifest(apiAt(url).api, 'app', manifest)).rejects.toMatchObject({
      code: 'REPOSITORY_NOT_FOUND',
      message: 'app does not exist in 222222222222/eu-west-1.',
    })
  })
})

describe('credentials', () => {
  function renewable() {
    let loads = 0
    const load = async () => {
      loads += 1
      return {accessKeyId: `AKID${loads}`, secretAccessKey: 'x', sessionToken: `token${loads}`}
    }
    return {session: {...sessionFor(), credentials: cachedCredentials(load, Date.now)}, loads: () => loads}
  }

  test('that have expired are renewed once, and the request is repeated with the new ones', async () => {
    const {session} = renewable()
    const {url, seen} = await startStub((response, {headers}) => {
      if (headers['x-amz-security-token'] === 'token1') {
        json(response, {__type: 'ExpiredTokenException', message: 'expired'}, 403)
      } else json(response, {repository: {repositoryName: 'app'}})
    })
    await apiAt(url, {session}).api.registry.createRepository('app')
    expect(seen.map(({headers}) => headers['x-amz-security-token'])).toEqual(['token1', 'token2'])
  })

  test('that stay expired are an error that says how to renew them', async () => {
    const {session, loads} = renewable()
    const {url, seen} = await startStub(fails('ExpiredTokenException', 'expired', 403))
    await expect(apiAt(url, {session}).api.registry.createRepository('app')).rejects.toMatchObject({
      code: 'CREDENTIALS_EXPIRED',
      exitCode: 5,
      message: expect.stringContaining('aws sso login --profile prod'),
    })
    expect({requests: seen.length, loads: loads()}).toEqual({requests: 2, loads: 2})
  })

  test('a clock that is off is corrected by the service’s', async () => {
    const ahead = new Date(Date.now() + 3_600_000)
    const {url, seen} = await startStub((response, {headers}) => {
      response.setHeader('Date', ahead.toUTCString())
      const stamp = String(headers['x-amz-date']).slice(0, 11)
      const expected = ahead.toISOString().replaceAll(/[-:]/g, '').slice(0, 11)
      if (stamp === expected) json(response, {repository: {repositoryName: 'app'}})
      else json(response, {__type: 'InvalidSignatureException', message: 'Signature not yet current'}, 403)
    })
    await apiAt(url).api.registry.createRepository('app')
    expect(seen).toHaveLength(2)
  })
})

test('a read-only run sends no mutating operation', async () => {
  const {url, seen} = await startStub(response => json(response, {images: [], failures: []}))
  const {api} = apiAt(url, {readOnly: true})
  await expect(putManifest(api, 'app', manifest)).rejects.toMatchObject({code: 'BUG'})
  await expect(api.registry.createRepository('app')).rejects.toMatchObject({code: 'BUG'})
  expect(seen).toEqual([])
  await api.batchGetImage('app', [])
  expect(seen).toHaveLength(1)
})

describe('manifests', () => {
  test('one that was converted on the way is asked for again by digest', async () => {
    const {url, seen} = await startStub((response, {body}) => {
      const {imageIds} = JSON.parse(body) as {imageIds: {imageTag?: string}[]}
      const byTag = imageIds[0]?.imageTag !== undefined
      json(response, {
        images: [found(byTag ? {imageTag: 'v1'} : {}, byTag ? '{"other":1}' : text)],
        failures: [],
      })
    })
    const answer = await getManifests(apiAt(url).api, 'app', ['v1'])
    expect(answer.get('v1')).toMatchObject({digest: manifest.digest, bytes: Buffer.from(text)})
    expect(seen).toHaveLength(2)
  })

  test('one that is not what its digest says is refused', async () => {
    const {url} = await startStub(response =>
      json(response, {images: [found({}, '{"other":1}')], failures: []}),
    )
    await expect(getManifests(apiAt(url).api, 'app', [manifest.digest])).rejects.toMatchObject({
      code: 'DIGEST_MISMATCH',
      exitCode: 7,
      message: expect.stringContaining(digestOf(Buffer.from('{"other":1}'))),
    })
  })

  test('one that is no UTF-8 is refused in both directions', async () => {
    const bytes = Buffer.from([...Buffer.from('{"a":"'), 0xff, ...Buffer.from('"}')])
    const {url, seen} = await startStub(response => {
      json(response, {images: [found({}, bytes.toString('utf8'), digestOf(bytes))], failures: []})
    })
    const {api} = apiAt(url)
    await expect(getManifests(api, 'app', [digestOf(bytes)])).rejects.toMatchObject({
      code: 'MANIFEST_NOT_TEXT',
    })
    const broken = {...manifest, bytes, digest: digestOf(bytes)}
    await expect(putManifest(api, 'app', broken)).rejects.toMatchObject({code: 'MANIFEST_NOT_TEXT'})
    expect(seen).toHaveLength(1)
  })

  test('250 of them are asked about in three calls', async () => {
    const digests = Array.from({length: 250}, (_, i) => digestOf(Buffer.from(String(i))))
    const {url, seen} = await startStub((response, {body}) => {
      const {imageIds} = JSON.parse(body) as {imageIds: {imageDigest: string}[]}
      const images = imageIds.map(({imageDigest}) => found({}, text, imageDigest))
      json(response, {images, failures: []})
    })
    expect(await presentManifests(apiAt(url).api, 'app', [...digests, ...digests])).toEqual(new Set(digests))
    expect(seen).toHaveLength(3)
  })

  test('an index whose manifests are not seen yet is put again, a few times', async () => {
    const refusal = fails('ReferencedImagesNotFoundException', 'Images with digests required do not exist')
    let requests = 0
    const {url} = await startStub((response, seen) => {
      requests += 1
      if (requests === 1) refusal(response, seen)
      else json(response, {image: {imageId: {imageDigest: manifest.digest}}})
    })
    await putManifest(apiAt(url, {retryForMs: 10_000}).api, 'app', manifest)
    expect(requests).toBe(2)

    const never = await startStub(refusal)
    await expect(
      putManifest(apiAt(never.url, {retryForMs: 60_000}).api, 'app', manifest),
    ).rejects.toMatchObject({code: 'REFERENCED_IMAGES_NOT_FOUND'})
    expect(never.seen).toHaveLength(4)
  })

  test('an item that failed for another reason than being missing fails the call', async () => {
    const {url} = await startStub(response => {
      const failure = {imageId: {imageTag: 'v1'}, failureCode: 'KmsError', failureReason: 'key disabled'}
      json(response, {images: [], failures: [failure]})
    })
    await expect(getManifests(apiAt(url).api, 'app', ['v1'])).rejects.toMatchObject({
      code: 'ITEM_FAILED',
      message: 'ECR cannot answer for app:v1: KmsError: key disabled',
    })
  })
})

describe('repositories', () => {
  test('the missing ones of many are found by halves', async () => {
    const missing = new Set(['r3', 'r60'])
    const {url} = await startStub((response, {body}) => {
      const {repositoryNames} = JSON.parse(body) as {repositoryNames: string[]}
      if (repositoryNames.some(name => missing.has(name))) {
        return json(response, {__type: 'RepositoryNotFoundException', message: 'no'}, 400)
      }
      const repositories = repositoryNames.map(repositoryName => ({
        repositoryName,
        imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
        imageTagMutabilityExclusionFilters: [{filterType: 'WILDCARD', filter: 'latest*'}],
      }))
      return json(response, {repositories})
    })
    const names = Array.from({length: 100}, (_, i) => `r${i}`)
    const settings = await describeRepositories(apiAt(url).api, names)
    expect([...settings.keys()].toSorted()).toEqual(names.filter(name => !missing.has(name)).toSorted())
    expect(settings.get('r1')).toEqual({tagMutability: 'IMMUTABLE_WITH_EXCLUSION', exclusions: ['latest*']})
  })

  test('those that we may not ask about have unknown settings', async () => {
    const {url} = await startStub(fails('AccessDeniedException', 'no', 400))
    expect(await describeRepositories(apiAt(url).api, ['app'])).toEqual(
      new Map([['app', {tagMutability: 'unknown', exclusions: []}]]),
    )
  })

  test('one that is there already was made', async () => {
    const {url} = await startStub(fails('RepositoryAlreadyExistsException', 'there'))
    await expect(createRepository(apiAt(url).api, 'app')).resolves.toBeUndefined()
  })
})
