import type {Estate} from '../config/estate.ts'
import type {AwsEnvironment} from '../ecr/environment.ts'
import {parseEcrHost} from '../ecr/hosts.ts'
import {registryAt} from '../ecr/inventory/known.ts'
import {type OtherRegistry, openOtherRegistry} from '../ecr/inventory/other-registry.ts'
import type {RegistriesOptions} from '../ecr/inventory/registries.ts'
import {GantryError} from '../errors.ts'
import type {Digest} from '../oci/digest.ts'
import {addTraffic, noTraffic, type Traffic} from '../oci/registry.ts'
import type {Caller} from '../plan/document.ts'
import {type Ends, failureOf} from './ends.ts'
import type {DestinationStatus} from './model.ts'
import type {SourceRepository, Sources} from './sources.ts'
import {plainError, type UnknownSource} from './status-plan.ts'
import {type OpenSources, type ReplicateStatusWorld, runStatusOf} from './status-run.ts'
import {type ReplicationVerdict, verdictOf} from './verdict.ts'

/** An image that is in a registry now, and that replication should bring further. */
export interface PushedImage {
  /** Of a private ECR registry. */
  readonly host: string
  readonly repository: string
  readonly digest: Digest
  /** Those that must name it everywhere. */
  readonly tags: readonly string[]
}

export interface AwaitReplicationOptions
  extends Pick<ReplicateStatusWorld, 'deadlineAfter' | 'random' | 'onLook'> {
  readonly estate: Estate
  readonly aws: AwsEnvironment
  /** Milliseconds to wait for all of them together. */
  readonly waitMs: number
  /** Requests in flight at each registry. */
  readonly concurrency: number
}

/** How an image stands when waiting ends. */
export interface AwaitedImage {
  readonly image: PushedImage
  /** `yes`: every expected destination has it, or it is itself the copy of another one. `not-covered`: it is expected nowhere. */
  readonly verdict: ReplicationVerdict
  /** In the order of the rules. */
  readonly destinations: readonly DestinationStatus[]
  /** Why nothing is known of it; then it is `undetermined`. */
  readonly error: UnknownSource['error'] | null
}

export interface AwaitedReplication {
  /** One for each image, in their order. */
  readonly images: readonly AwaitedImage[]
  /** Every identity that took part, once. */
  readonly callers: readonly Caller[]
  readonly traffic: Traffic
  readonly durationMs: number
}

/**
 * Waits until every registry that replication rules lead to has images that were just pushed, or their time is over.
 * Changes nothing; what cannot be read is told, image by image.
 *
 * @throws the reason of the end of `aws.signal`, and no other.
 */
export async function awaitReplication(
  images: readonly PushedImage[],
  options: AwaitReplicationOptions,
): Promise<AwaitedReplication> {
  const {aws, estate, waitMs, concurrency} = options
  const began = aws.now()
  const closed = new Map<string, GantryError>()
  const open: OpenSources = (registriesOptions, ends) =>
    openPushed(images, estate, registriesOptions, ends, closed)
  const order = {accounts: [], waitMs, thorough: false, allowUncovered: false, concurrency}
  try {
    const run = await runStatusOf(open, order, {...options, region: undefined})
    const {callers, traffic, durationMs} = run
    const seen = new Map(run.images.map(each => [keyOf({...each, ...each.registry}), each]))
    const unknown = new Map(run.unreadable.map(({name, error}) => [name, error]))
    const stand = (image: PushedImage): AwaitedImage => {
      const registry = registryOf(image, estate, aws)
      const found = seen.get(keyOf({...image, ...registry}))
      if (found !== undefined) {
        return {image, verdict: verdictOf(found), destinations: found.destinations, error: null}
      }
      const name = `${registry.label}/${image.repository}`
      if (run.copies.includes(name)) return {image, verdict: 'yes', destinations: [], error: null}
      const failure = closed.get(registry.host)
      const error = failure === undefined ? unknown.get(name) : plainError(failure)
      if (error === undefined) throw new TypeError(`${name} was not looked at`)
      return undetermined(image, error)
    }
    return {images: images.map(stand), callers, traffic, durationMs}
  } catch (error) {
    if (aws.signal.aborted || !(error instanceof GantryError) || error.code !== 'UNDETERMINED') throw error
    const reason = plainError(error)
    return {
      images: images.map(image => undetermined(image, reason)),
      callers: [],
      traffic: noTraffic(),
      durationMs: aws.now() - began,
    }
  }
}

function undetermined(image: PushedImage, error: UnknownSource['error']): AwaitedImage {
  return {image, verdict: 'undetermined', destinations: [], error}
}

/** Opens the registries that images were pushed to as their own accounts, which alone are told the rules. */
async function openPushed(
  images: readonly PushedImage[],
  estate: Estate,
  options: RegistriesOptions,
  ends: Ends,
  closed: Map<string, GantryError>,
): Promise<Sources> {
  const registries = images.map(image => registryOf(image, estate, options.environment))
  const byHost = new Map(registries.map(registry => [registry.host, registry]))
  const opened = new Map<string, OtherRegistry>()
  await Promise.all(
    [...byHost].map(async ([host, registry]) => {
      try {
        opened.set(host, await openOtherRegistry(registry, estate, options))
      } catch (error) {
        closed.set(host, failureOf(error, ends))
      }
    }),
  )
  const groups = Map.groupBy(images, image => {
    const {host} = registryOf(image, estate, options.environment)
    return `${host}/${image.repository}`
  })
  const repositories = [...groups.values()].flatMap((group): SourceRepository[] => {
    const [first] = group
    if (first === undefined) return []
    const at = opened.get(registryOf(first, estate, options.environment).host)
    const wanted = new Map<Digest, readonly string[]>()
    for (const {digest, tags} of group)
      wanted.set(digest, [...new Set([...(wanted.get(digest) ?? []), ...tags])])
    return at === undefined ? [] : [{at, repository: first.repository, wanted}]
  })
  const all = [...opened.values()]
  return {
    repositories,
    missing: [],
    named: [],
    registries: all,
    warnings: [],
    traffic: () => all.map(each => each.traffic()).reduce(addTraffic, noTraffic()),
    close: () => all.forEach(({api}) => api.close()),
  }
}

function registryOf({host}: PushedImage, estate: Estate, forms: AwsEnvironment) {
  const ecr = parseEcrHost(host)
  if (ecr?.kind !== 'private') throw new TypeError(`${host} is no private registry of ECR`)
  return registryAt(ecr, estate, forms)
}

function keyOf({host, repository, digest}: Pick<PushedImage, 'host' | 'repository' | 'digest'>): string {
  return `${host}/${repository}@${digest}`
}
