import {createHash} from 'node:crypto'
import {once} from 'node:events'
import {setTimeout as wait} from 'node:timers/promises'
import {
  BatchCheckLayerAvailabilityCommand,
  BatchDeleteImageCommand,
  BatchGetImageCommand,
  CreateRepositoryCommand,
  type ECRClient,
  GetDownloadUrlForLayerCommand,
  type Image,
  PutImageCommand,
  paginateListImages,
} from '@aws-sdk/client-ecr'
import {expect, test} from 'vitest'
import {startSandbox} from '../../../src/lib/sandbox/index.ts'
import {temporaryFolder} from '../../support/temporary-folder.ts'
import {
  ecrClient,
  http,
  indexType,
  manifestType,
  sandboxProcess,
  sha256,
  smallImage,
  uploadLayer,
} from './support.ts'

const kills = 200
const writers = 4
const repositoryName = 'app'

test(`loses nothing that was acknowledged when it is killed at ${kills} random moments under load`, async () => {
  const data = await temporaryFolder()
  const seed = Number(process.env['GANTRY_TEST_SEED'] ?? Date.now() % 1_000_000)
  const random = randomFrom(seed)
  const load = Array.from({length: writers}, (_, id) => new Writer(id, random))
  let acknowledged = 0
  for (let kill = 1; kill <= kills; kill++) {
    const child = await sandboxProcess(data)
    const client = ecrClient(child)
    await client.send(new CreateRepositoryCommand({repositoryName})).catch(() => undefined)
    // A moment is a number of requests, whatever the speed of the machine, and what fits into a few milliseconds more.
    const moment = requestsSent(client, 4 + Math.floor(random() * 80))
    const broken = load.map(writer => writer.writeUntilBroken(client))
    await moment
    await wait(random() * 8)
    child.process.kill('SIGKILL')
    await once(child.process, 'exit')
    acknowledged += (await Promise.all(broken)).reduce((sum, count) => sum + count, 0)
    await inspect(data, load, `kill ${kill}, seed ${seed}`)
  }
  // Otherwise the moments were not under load.
  expect(acknowledged).toBeGreaterThan(kills)
})

/** Done when the client has sent this many requests. */
function requestsSent(client: ECRClient, count: number): Promise<void> {
  let sent = 0
  return new Promise(resolve => {
    client.middlewareStack.add(
      next => args => {
        if (++sent === count) resolve()
        return next(args)
      },
      {step: 'finalizeRequest'},
    )
  })
}

/** One client that pushes, moves and deletes tags of its own, and knows what was acknowledged. */
class Writer {
  readonly #id: number
  readonly #random: () => number
  #count = 0
  /** Digest of each tag, as the sandbox acknowledged it. */
  readonly tags = new Map<string, string>()
  /** What the last request wanted, which was not answered. */
  pending: {readonly tag: string; readonly digest: string | undefined} | undefined

  constructor(id: number, random: () => number) {
    this.#id = id
    this.#random = random
  }

  /** @returns how many changes were acknowledged. */
  async writeUntilBroken(client: ECRClient): Promise<number> {
    for (let acknowledged = 0; ; acknowledged++) {
      try {
        await this.#change(client)
      } catch {
        return acknowledged
      }
    }
  }

  async #change(client: ECRClient): Promise<void> {
    const [known] = this.tags.keys()
    if (known !== undefined && (this.tags.size > 12 || this.#random() < 0.3)) {
      return this.#expect(known, undefined, () =>
        client.send(new BatchDeleteImageCommand({repositoryName, imageIds: [{imageTag: known}]})),
      )
    }
    const content = `w${this.#id}-${this.#count++}`
    const {layer, config, manifest, digest} = smallImage(content)
    for (const blob of [layer, config]) await uploadLayer(client, repositoryName, blob)
    // A new tag, or one that moves; every other one is an index of the image.
    const tag = `w${this.#id}-${Math.floor(this.#random() * 8)}`
    if (this.#random() < 0.5) return this.#put(client, tag, manifest, digest)
    await client.send(new PutImageCommand({repositoryName, imageManifest: manifest}))
    const index = JSON.stringify({
      schemaVersion: 2,
      mediaType: indexType,
      manifests: [{mediaType: manifestType, digest, size: manifest.length}],
    })
    return this.#put(client, tag, index, sha256(index))
  }

  #put(client: ECRClient, imageTag: string, imageManifest: string, digest: string): Promise<void> {
    return this.#expect(imageTag, digest, () =>
      client.send(new PutImageCommand({repositoryName, imageManifest, imageTag})),
    )
  }

  async #expect(tag: string, digest: string | undefined, request: () => Promise<unknown>): Promise<void> {
    this.pending = {tag, digest}
    await request()
    this.settle(tag, digest)
    this.pending = undefined
  }

  settle(tag: string, digest: string | undefined): void {
    if (digest === undefined) this.tags.delete(tag)
    else this.tags.set(tag, digest)
  }
}

/** What the next sandbox finds is what was acknowledged, or what was asked for last; and all of it is whole. */
async function inspect(data: string, load: readonly Writer[], moment: string): Promise<void> {
  const sandbox = await startSandbox({data})
  try {
    const client = ecrClient(sandbox)
    const found = new Map<string, string>()
    const digests = new Set<string>()
    for await (const {imageIds = []} of paginateListImages({client, pageSize: 1000}, {repositoryName})) {
      for (const {imageTag, imageDigest = ''} of imageIds) {
        digests.add(imageDigest)
        if (imageTag !== undefined) found.set(imageTag, imageDigest)
      }
    }
    for (const writer of load) {
      const {pending} = writer
      if (pending !== undefined && found.get(pending.tag) === pending.digest) {
        writer.settle(pending.tag, pending.digest)
      }
      writer.pending = undefined
    }
    const expected = Object.fromEntries(load.flatMap(writer => [...writer.tags]))
    expect(Object.fromEntries(found), moment).toEqual(expected)
    for (const image of await manifestsOf(client, [...digests]))
      await requireWhole(client, image, digests, moment)
  } finally {
    await sandbox.close()
  }
}

async function manifestsOf(client: ECRClient, digests: readonly string[]): Promise<readonly Image[]> {
  const images: Image[] = []
  for (let at = 0; at < digests.length; at += 100) {
    const imageIds = digests.slice(at, at + 100).map(imageDigest => ({imageDigest}))
    const answer = await client.send(new BatchGetImageCommand({repositoryName, imageIds}))
    expect(answer.failures).toEqual([])
    images.push(...(answer.images ?? []))
  }
  return images
}

interface Manifest {
  readonly config?: {readonly digest: string}
  readonly layers?: readonly {readonly digest: string}[]
  readonly manifests?: readonly {readonly digest: string}[]
}

const wholeBlobs = new Set<string>()

/** Its bytes have its digest; all that it names is there, and its blobs are what they are called. */
async function requireWhole(
  client: ECRClient,
  {imageManifest = '', imageId}: Image,
  digests: ReadonlySet<string>,
  moment: string,
): Promise<void> {
  expect(sha256(imageManifest), moment).toBe(imageId?.imageDigest)
  const {config, layers = [], manifests = []} = JSON.parse(imageManifest) as Manifest
  for (const {digest} of manifests) expect(digests, moment).toContain(digest)
  const layerDigests = [...(config === undefined ? [] : [config]), ...layers].map(({digest}) => digest)
  const unseen = layerDigests.filter(digest => !wholeBlobs.has(digest))
  if (unseen.length === 0) return
  const {failures} = await client.send(
    new BatchCheckLayerAvailabilityCommand({repositoryName, layerDigests: unseen}),
  )
  expect(failures, moment).toEqual([])
  for (const layerDigest of unseen) {
    const {downloadUrl = ''} = await client.send(
      new GetDownloadUrlForLayerCommand({repositoryName, layerDigest}),
    )
    const {body} = await http(downloadUrl)
    expect(`sha256:${createHash('sha256').update(body).digest('hex')}`, moment).toBe(layerDigest)
    wholeBlobs.add(layerDigest)
  }
}

/** Numbers from 0 to 1 that one seed gives again and again (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
