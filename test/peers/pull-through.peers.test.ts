import {join} from 'node:path'
import {
  BatchGetImageCommand,
  CreatePullThroughCacheRuleCommand,
  DescribeImagesCommand,
} from '@aws-sdk/client-ecr'
import {expect, onTestFinished, test} from 'vitest'
import {
  describe,
  ecrClient,
  http,
  indexType,
  manifestType,
  openSandbox,
  sha256,
  smallImage,
} from '../lib/sandbox/support.ts'
import {startDockerRegistry} from '../support/docker-registry.ts'
import {temporaryFolder} from '../support/temporary-folder.ts'

test("an index is pulled through from Docker's own registry, once", async () => {
  const registry = await startDockerRegistry(join(await temporaryFolder(), 'registry'))
  onTestFinished(() => registry.close())
  const origin = `http://${registry.host}`
  const images = [smallImage('amd'), smallImage('arm')]
  for (const {layer, config, manifest, digest} of images) {
    for (const blob of [layer, config]) await push(`${origin}/v2/org/app`, blob)
    await put(`${origin}/v2/org/app/manifests/${digest}`, manifestType, manifest)
  }
  const index = JSON.stringify({
    schemaVersion: 2,
    mediaType: indexType,
    manifests: images.map(({manifest}) => describe(manifestType, manifest)),
  })
  await put(`${origin}/v2/org/app/manifests/v1`, indexType, index)

  const sandbox = await openSandbox({upstreams: {'quay.io': origin}})
  const ecr = ecrClient(sandbox)
  const rule = {ecrRepositoryPrefix: 'quay', upstreamRegistryUrl: 'quay.io'}
  await ecr.send(new CreatePullThroughCacheRuleCommand(rule))
  const pull = new BatchGetImageCommand({repositoryName: 'quay/org/app', imageIds: [{imageTag: 'v1'}]})
  const {images: pulled} = await ecr.send(pull)
  expect(pulled).toMatchObject([{imageManifest: index, imageManifestMediaType: indexType}])
  const {imageDetails = []} = await ecr.send(new DescribeImagesCommand({repositoryName: 'quay/org/app'}))
  expect(new Set(imageDetails.map(({imageDigest}) => imageDigest))).toEqual(
    new Set([sha256(index), ...images.map(({digest}) => digest)]),
  )
  await registry.close()
  expect((await ecr.send(pull)).images).toEqual(pulled)
})

async function push(repository: string, blob: string): Promise<void> {
  const {headers} = await http(`${repository}/blobs/uploads/`, {method: 'POST'})
  const target = new URL(headers.location ?? '')
  target.searchParams.set('digest', sha256(blob))
  expect((await http(target.href, {method: 'PUT', body: blob})).status).toBe(201)
}

async function put(url: string, mediaType: string, body: string): Promise<void> {
  const sent = {method: 'PUT', headers: {'content-type': mediaType}, body}
  expect((await http(url, sent)).status).toBe(201)
}
