import {
  BatchGetImageCommand,
  DeleteLifecyclePolicyCommand,
  ECRClient,
  PutLifecyclePolicyCommand,
  UpdateImageStorageClassCommand,
} from '@aws-sdk/client-ecr'
import {expect, onTestFinished} from 'vitest'
import type {AwsEnvironment} from '../../src/lib/ecr/environment.ts'
import type {LifecycleRule, Selection} from '../../src/lib/lifecycle/policy.ts'
import {type Digest, digestOf} from '../../src/lib/oci/digest.ts'
import {mediaTypes} from '../../src/lib/oci/media-types.ts'
import {type Sandbox, type SandboxOptions, startSandbox} from '../../src/lib/sandbox/index.ts'
import {temporaryFolder} from './temporary-folder.ts'

export const dayMs = 24 * 60 * 60 * 1000
/** What the sandbox's clock shows when a test begins. */
export const today = Date.UTC(2026, 10, 1)

/** Where a repository is. */
export interface Place {
  readonly account: string
  readonly region: string
  readonly name: string
}

/** An image to put into a repository; days are counted back from now. */
export interface AgedImage {
  /** Names it in what other images say and in what is returned; its content too, unless that is given. */
  readonly name: string
  readonly tags?: readonly string[]
  readonly pushed: number
  readonly pulled?: number
  readonly archived?: number
  /** Contents of its layers. */
  readonly layers?: readonly string[]
  /** Names of earlier images that it lists: then it is an index. */
  readonly lists?: readonly string[]
  /** Name of an earlier image that it refers to. */
  readonly refersTo?: string
}

/** A sandbox whose clock stands still, but where a run waits, and everything that a run takes from around it. */
export interface LifecycleWorld {
  readonly sandbox: Sandbox
  readonly folder: string
  readonly aws: AwsEnvironment
  /** Makes repositories with images, the oldest first. @returns digests by name, of each repository. */
  readonly fill: (
    ...repositories: (Place & {readonly images: readonly AgedImage[]})[]
  ) => Promise<Map<string, Digest>[]>
  readonly putPolicy: (place: Place, ...rules: readonly LifecycleRule[]) => Promise<void>
  readonly deletePolicy: (place: Place) => Promise<void>
  /** What was asked since the last `fill`, `putPolicy` or `clearRequests`. */
  readonly operations: () => ReadonlyMap<string, number>
  /** Fails unless no request since then could have changed a registry, but to start previews. */
  readonly expectOnlyPreviews: () => void
  /** Fails unless no request since then could have changed a registry, previews included. */
  readonly expectNoMutation: () => void
}

export async function openLifecycleWorld(options: SandboxOptions = {}): Promise<LifecycleWorld> {
  const sandbox = await startSandbox(options)
  onTestFinished(() => sandbox.close())
  await sandbox.setClock(today)
  const clients = new Map<string, ECRClient>()
  const clientOf = ({account, region}: Place): ECRClient => {
    const key = `${account}/${region}`
    const client =
      clients.get(key) ??
      new ECRClient({
        endpoint: sandbox.url,
        region,
        credentials: {accessKeyId: account, secretAccessKey: 'any'},
        maxAttempts: 1,
      })
    if (!clients.has(key)) onTestFinished(() => client.destroy())
    clients.set(key, client)
    return client
  }
  const mutations = () =>
    sandbox.requests.flatMap(({mutating, operation}) => (mutating ? [operation ?? 'unknown'] : []))
  return {
    sandbox,
    folder: await temporaryFolder(),
    aws: {
      env: {},
      sandboxUrl: sandbox.url,
      now: () => sandbox.now(),
      wait: ms => sandbox.advanceClock(ms),
      signal: AbortSignal.timeout(60_000),
    },
    async fill(...repositories) {
      const now = sandbox.now()
      const steps = repositories.flatMap(repository => stepsOf(repository, now))
      for (const {time, group} of inTime(steps)) {
        await sandbox.setClock(time)
        const seeds = group.flatMap(({seed}) => seed ?? [])
        if (seeds.length > 0) await sandbox.seed({repositories: seeds})
        for (const {call, place} of group) if (call !== undefined) await call(clientOf(place))
      }
      await sandbox.setClock(now)
      sandbox.clearRequests()
      return repositories.map(({images}) => new Map(buildAll(images).map(({name, digest}) => [name, digest])))
    },
    async putPolicy(place, ...rules) {
      const lifecyclePolicyText = policyText(...rules)
      await clientOf(place).send(
        new PutLifecyclePolicyCommand({repositoryName: place.name, lifecyclePolicyText}),
      )
      sandbox.clearRequests()
    },
    async deletePolicy(place) {
      await clientOf(place).send(new DeleteLifecyclePolicyCommand({repositoryName: place.name}))
      sandbox.clearRequests()
    },
    operations: () => countsOf(sandbox.requests.map(({operation = 'unknown'}) => operation)),
    expectOnlyPreviews() {
      expect(mutations().filter(operation => operation !== 'StartLifecyclePolicyPreview')).toEqual([])
    },
    expectNoMutation() {
      expect(mutations()).toEqual([])
    },
  }
}

export function policyText(...rules: readonly LifecycleRule[]): string {
  return JSON.stringify({rules})
}

/** A rule that keeps the newest of what it selects and lets the others expire. */
export function keepNewest(
  countNumber: number,
  selection: Partial<Selection> = {},
  rulePriority = 1,
): LifecycleRule {
  return {
    rulePriority,
    selection: {tagStatus: 'any', countType: 'imageCountMoreThan', countNumber, ...selection},
    action: {type: 'expire'},
  }
}

/** A rule that lets expire what was pushed more than so many days ago. */
export function expireAfter(
  countNumber: number,
  selection: Partial<Selection> = {},
  rulePriority = 1,
): LifecycleRule {
  return {
    rulePriority,
    selection: {
      tagStatus: 'any',
      countType: 'sinceImagePushed',
      countUnit: 'days',
      countNumber,
      ...selection,
    },
    action: {type: 'expire'},
  }
}

interface BuiltImage {
  readonly name: string
  readonly manifest: string
  readonly digest: Digest
  readonly blobs: readonly string[]
}

/** The digest that an image of these gets; the same images give the same digests. */
export function buildAll(images: readonly AgedImage[]): readonly BuiltImage[] {
  const built = new Map<string, BuiltImage>()
  for (const image of images) built.set(image.name, build(image, built))
  return [...built.values()]
}

function build({name, layers = [name], lists, refersTo}: AgedImage, earlier: Map<string, BuiltImage>) {
  const refer = (other: string) => {
    const image = earlier.get(other)
    if (image === undefined) throw new TypeError(`${name} names ${other}, which comes later or not at all`)
    const mediaType = JSON.parse(image.manifest).mediaType as string
    return {mediaType, digest: image.digest, size: Buffer.byteLength(image.manifest)}
  }
  const blobs = lists === undefined ? [JSON.stringify({made: name}), ...layers] : []
  const [config = '', ...contents] = blobs
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: lists === undefined ? mediaTypes.ociManifest : mediaTypes.ociIndex,
    ...(refersTo === undefined ? {} : {artifactType: 'application/example'}),
    ...(lists === undefined
      ? {
          config: described('application/vnd.oci.image.config.v1+json', config),
          layers: contents.map(content => described('application/vnd.oci.image.layer.v1.tar', content)),
        }
      : {manifests: lists.map(refer)}),
    ...(refersTo === undefined ? {} : {subject: refer(refersTo)}),
  })
  return {name, manifest, digest: digestOf(Buffer.from(manifest)), blobs}
}

function described(mediaType: string, content: string) {
  return {mediaType, digest: digestOf(Buffer.from(content)), size: Buffer.byteLength(content)}
}

type Seeds = NonNullable<Parameters<Sandbox['seed']>[0]['repositories']>

/** What happens to a repository at a time. */
interface Step {
  readonly time: number
  readonly place: Place
  readonly seed?: Seeds[number]
  readonly call?: (client: ECRClient) => Promise<unknown>
}

function stepsOf({images, ...place}: Place & {readonly images: readonly AgedImage[]}, now: number): Step[] {
  const built = buildAll(images)
  const made = {time: Math.min(now, ...images.map(({pushed}) => now - pushed * dayMs)), place, seed: place}
  const {name: repositoryName} = place
  const changes = images.flatMap(({tags = [], pushed, pulled, archived}, index): Step[] => {
    const {manifest, blobs, digest} = built[index] ?? {manifest: '', blobs: [], digest: ''}
    const seed = {
      ...place,
      blobs: blobs.map(blob => Buffer.from(blob).toString('base64')),
      images: [{...(tags.length === 0 ? {} : {tag: tags}), manifest}],
    }
    const pull = (client: ECRClient) =>
      client.send(new BatchGetImageCommand({repositoryName, imageIds: [{imageDigest: digest}]}))
    const archive = (client: ECRClient) =>
      client.send(
        new UpdateImageStorageClassCommand({
          repositoryName,
          imageId: {imageDigest: digest},
          targetStorageClass: 'ARCHIVE',
        }),
      )
    return [
      {time: now - pushed * dayMs, place, seed},
      ...(pulled === undefined ? [] : [{time: now - pulled * dayMs, place, call: pull}]),
      ...(archived === undefined ? [] : [{time: now - archived * dayMs, place, call: archive}]),
    ]
  })
  return [made, ...changes]
}

function inTime(steps: readonly Step[]): {readonly time: number; readonly group: readonly Step[]}[] {
  const groups = Map.groupBy(steps, ({time}) => time)
  return [...groups].toSorted(([a], [b]) => a - b).map(([time, group]) => ({time, group}))
}

function countsOf(names: readonly string[]): Map<string, number> {
  return new Map([...Map.groupBy(names, name => name)].map(([name, same]) => [name, same.length]))
}
