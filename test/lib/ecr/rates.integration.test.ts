import {Readable} from 'node:stream'
import {expect, onTestFinished, test} from 'vitest'
import {ecrHost} from '../../../src/lib/ecr/hosts.ts'
import {openRegistry} from '../../../src/lib/ecr/open.ts'
import {mapLimited} from '../../../src/lib/oci/limiter.ts'
import {createPaces} from '../../../src/lib/oci/pace.ts'
import type {Registry, RegistryContext} from '../../../src/lib/oci/registry.ts'
import {startSandbox} from '../../../src/lib/sandbox/index.ts'
import {buildImage, pushImage} from '../../support/images.ts'
import {virtualClock} from '../../support/virtual-clock.ts'

const prod = {account: '222222222222', region: 'eu-west-1'}
const image = await buildImage({layers: [{'bin/app': 'app'}]})
const tags = Array.from({length: 15}, (_, n) => `v${n}`)

/** A sandbox whose clock only waiting moves, and two doors to one of its registries. */
async function twoDoors() {
  const {clock} = virtualClock(Date.now())
  const sandbox = await startSandbox({now: clock.now})
  onTestFinished(() => sandbox.close())
  await sandbox.seed({repositories: [{...prod, name: 'app'}]})
  const {signal} = new AbortController()
  const environment = {env: {}, sandboxUrl: sandbox.url, signal, ...clock, paces: createPaces(clock)}
  const context: RegistryContext = {
    signal,
    now: clock.now,
    concurrency: 8,
    retryForMs: 60_000,
    onEvent: () => {},
  }
  const open = async (): Promise<Registry> => {
    const {registry} = await openRegistry({host: ecrHost(prod)}, {environment, context})
    onTestFinished(() => registry.close())
    return registry
  }
  return {sandbox, clock, registries: [await open(), await open()] as const}
}

test('two who write to one registry keep to its rate together', async () => {
  const {sandbox, registries} = await twoDoors()
  const [one, two] = registries
  await pushImage(one.repository('app'), image, 'v0')
  sandbox.clearRequests()
  sandbox.setRates({PutImage: {rate: 10}})
  await Promise.all(
    [one, two].map(async (registry, door) =>
      mapLimited(tags, 3, tag => registry.repository('app').putManifest(image.root, `${door}-${tag}`)),
    ),
  )
  const puts = sandbox.requests.filter(({operation}) => operation === 'PutImage')
  expect(puts).toHaveLength(2 * tags.length)
  expect(puts.filter(({hindrance}) => hindrance !== undefined)).toEqual([])
})

test('a refusal of the protocol holds back the calls of the API that consume the same rate', async () => {
  const {sandbox, registries, clock} = await twoDoors()
  const [one, two] = registries
  await pushImage(one.repository('app'), image, 'v0')
  const [blob] = image.root.blobs
  if (blob === undefined) throw new TypeError('an image has blobs')
  // An upload whose answer is lost asks by HEAD whether the blob was stored.
  sandbox.setFaults([
    {operation: 'upload.put', kind: '503'},
    {operation: 'blob.head', kind: '429'},
  ])
  await one.repository('app').uploadBlob(blob, async () => Readable.from([image.blobs.get(blob.digest)]))
  const before = clock.now()
  await two.repository('app').presentBlobs([blob.digest])
  expect(clock.now()).toBeGreaterThan(before)
})
