import {
  BatchDeleteImageCommand,
  ECRClient,
  PutImageCommand,
  PutRegistryPolicyCommand,
  PutReplicationConfigurationCommand,
  type RepositoryFilter,
} from '@aws-sdk/client-ecr'
import {onTestFinished} from 'vitest'
import {parseEstate} from '../../src/lib/config/parse.ts'
import type {AwsEnvironment} from '../../src/lib/ecr/environment.ts'
import type {Digest} from '../../src/lib/oci/digest.ts'
import type {ImageReplication} from '../../src/lib/replication/model.ts'
import {
  type ReplicateStatusOrder,
  type ReplicateStatusRun,
  type ReplicateStatusWorld,
  runReplicateStatus,
} from '../../src/lib/replication/status-run.ts'
import {type Sandbox, type SandboxOptions, startSandbox} from '../../src/lib/sandbox/index.ts'
import {type AgedImage, buildAll} from './lifecycle-world.ts'

interface Place {
  readonly account: string
  readonly region: string
}

/** The source, and a destination in each of three other regions, in three accounts. */
export const dev = {account: '111111111111', region: 'eu-west-1'}
export const near = {account: '111111111111', region: 'eu-central-1'}
export const prod = {account: '222222222222', region: 'us-east-1'}
export const dr = {account: '333333333333', region: 'ap-southeast-2'}
export const everywhere = [near, prod, dr]

export const repos = `
version: 1
accounts:
  dev: {id: "${dev.account}", regions: [${dev.region}, ${near.region}]}
  prod: {id: "${prod.account}", region: ${prod.region}}
  dr: {id: "${dr.account}", region: ${dr.region}}
`

/** How long a replication takes, in milliseconds. */
export const replicationMs = 5000
export const start = Date.UTC(2026, 10, 21)

/** An image to push; `pushed` and the like do not count. */
export type PushedImage = Pick<AgedImage, 'name' | 'tags' | 'layers' | 'lists' | 'refersTo'>

/** A sandbox whose clock stands still, but where a run waits, and whose registries replicate. */
export interface ReplicationWorld {
  readonly sandbox: Sandbox
  readonly aws: AwsEnvironment
  readonly clientOf: (place: Place) => ECRClient
  /** Lets the source replicate to these, all repositories or those that begin so; other accounts allow it. */
  readonly replicateTo: (destinations: readonly Place[], prefixes?: readonly string[]) => Promise<void>
  /** What the registry policy of an account of destinations allows the source to do. */
  readonly allow: (place: Place, ...actions: readonly string[]) => Promise<void>
  /** Pushes images to a repository of a registry, the source unless told. @returns their digests by name. */
  readonly push: (
    name: string,
    images: readonly PushedImage[],
    place?: Place,
  ) => Promise<ReadonlyMap<string, Digest>>
  /** Deletes an image, or a tag of one. */
  readonly remove: (place: Place, name: string, reference: string) => Promise<void>
  /** Lets all replications end that are under way. */
  readonly arrive: () => Promise<void>
  /** `gantry replicate-status WORDS`. */
  readonly status: (
    words: readonly string[],
    order?: Partial<ReplicateStatusOrder>,
    world?: Partial<ReplicateStatusWorld>,
  ) => Promise<ReplicateStatusRun>
}

export async function openReplicationWorld(options: SandboxOptions = {}): Promise<ReplicationWorld> {
  const sandbox = await startSandbox({durations: {replication: replicationMs}, ...options})
  onTestFinished(() => sandbox.close())
  await sandbox.setClock(start)
  const clients = new Map<string, ECRClient>()
  const clientOf = ({account, region}: Place): ECRClient => {
    const key = `${account}/${region}`
    const credentials = {accessKeyId: account, secretAccessKey: 'any'}
    const client =
      clients.get(key) ?? new ECRClient({endpoint: sandbox.url, region, credentials, maxAttempts: 1})
    if (!clients.has(key)) onTestFinished(() => client.destroy())
    clients.set(key, client)
    return client
  }
  const allow: ReplicationWorld['allow'] = async (place, ...actions) => {
    const statement = {
      Sid: 'replication',
      Effect: 'Allow',
      Principal: {AWS: `arn:aws:iam::${dev.account}:root`},
      Action: actions,
      Resource: '*',
    }
    const policyText = JSON.stringify({Version: '2012-10-17', Statement: [statement]})
    await clientOf(place).send(new PutRegistryPolicyCommand({policyText}))
  }
  const aws: AwsEnvironment = {
    env: {},
    sandboxUrl: sandbox.url,
    now: () => sandbox.now(),
    wait: ms => sandbox.advanceClock(ms),
    signal: AbortSignal.timeout(60_000),
  }
  return {
    sandbox,
    aws,
    clientOf,
    allow,
    async replicateTo(destinations, prefixes) {
      for (const place of destinations) {
        if (place.account !== dev.account) await allow(place, 'ecr:ReplicateImage', 'ecr:CreateRepository')
      }
      const filters = prefixes?.map((filter): RepositoryFilter => ({filter, filterType: 'PREFIX_MATCH'}))
      const rule = {
        destinations: destinations.map(({region, account: registryId}) => ({region, registryId})),
        ...(filters && {repositoryFilters: filters}),
      }
      const rules = destinations.length === 0 ? [] : [rule]
      await clientOf(dev).send(new PutReplicationConfigurationCommand({replicationConfiguration: {rules}}))
    },
    async push(name, images, place = dev) {
      const built = buildAll(images.map(image => ({...image, pushed: 0})))
      const blobs = built.flatMap(each => each.blobs.map(blob => Buffer.from(blob).toString('base64')))
      await sandbox.seed({repositories: [{...place, name, blobs}]})
      for (const [index, {manifest}] of built.entries()) {
        const {tags = []} = images[index] ?? {}
        for (const imageTag of tags.length === 0 ? [undefined] : tags) {
          await clientOf(place).send(
            new PutImageCommand({repositoryName: name, imageManifest: manifest, imageTag}),
          )
        }
      }
      return new Map(built.map(each => [each.name, each.digest]))
    },
    async remove(place, repositoryName, reference) {
      const id = reference.startsWith('sha256:') ? {imageDigest: reference} : {imageTag: reference}
      const {failures} = await clientOf(place).send(
        new BatchDeleteImageCommand({repositoryName, imageIds: [id]}),
      )
      if (failures?.length !== 0) throw new Error(JSON.stringify(failures))
    },
    arrive: () => sandbox.advanceClock(replicationMs),
    status: (words, order = {}, world = {}) =>
      runReplicateStatus(
        {...defaultOrder, words, ...order},
        {
          estate: parseEstate(repos, 'repos.yaml'),
          aws,
          region: undefined,
          deadlineAfter: () => new AbortController().signal,
          random: () => 0.5,
          ...world,
        },
      ),
  }
}

const defaultOrder: ReplicateStatusOrder = {
  words: [],
  accounts: [],
  waitMs: undefined,
  thorough: false,
  allowUncovered: false,
  concurrency: 8,
}

/** `{'near': 'in-sync', …}`: how an image stands, by the labels of its destinations. */
export function classesOf({destinations}: ImageReplication): Record<string, string> {
  return Object.fromEntries(
    destinations.map(({destination, class: kind}) => [destination.registry.label, kind]),
  )
}
