import {parseEcrHost} from '../ecr/hosts.ts'
import {exitCodes, UsageError} from '../errors.ts'
import {noTraffic, type Traffic} from '../oci/registry.ts'
import type {Caller} from '../plan/document.ts'
import type {ItemError} from '../plan/items.ts'
import {
  type AwaitedImage,
  type AwaitReplicationOptions,
  awaitReplication,
  type PushedImage,
} from '../replication/await-replication.ts'
import type {PromotionItem} from './model.ts'
import type {Route} from './route.ts'
import type {ReplicationWord} from './words.ts'

/** Items with what became of them further on, and what it took to find out. */
export interface Replicated {
  readonly items: readonly PromotionItem[]
  readonly callers: readonly Caller[]
  readonly traffic: Traffic
}

/** @throws {UsageError} NO_REPLICATION when no route leads to a registry that replicates. */
export function assertReplicates(routes: readonly Route[]): void {
  const hosts = routes.flatMap(({destinations}) => destinations.map(({side}) => side.host))
  if (hosts.some(replicates)) return
  throw new UsageError(
    'NO_REPLICATION',
    '--wait-replication: only private registries of ECR replicate, and none of the destinations is one. Leave it out.',
  )
}

/**
 * Waits until the registries that the destinations' replication rules lead to have what is at the destinations now, or
 * time is over. An image that did not get further keeps what was promoted, and has an error: REPLICATION_FAILED or
 * REPLICATION_NOT_COVERED (exit 4), REPLICATION_UNDETERMINED (exit 8). Whoever is interrupted meanwhile has promoted all
 * the same.
 */
export async function withReplicas(
  items: readonly PromotionItem[],
  options: AwaitReplicationOptions,
): Promise<Replicated> {
  const images = new Map(items.flatMap(item => pushedBy(item).map(image => [item, image] as const)))
  const awaited = await awaitAll([...images.values()], options)
  const stands = new Map(awaited.images.map(stand => [stand.image, stand]))
  return {
    ...awaited,
    items: items.map(item => {
      const image = images.get(item)
      if (image === undefined) return item
      const stand = stands.get(image) ?? interrupted(image)
      const replication = wordOf(stand)
      return {...item, replication, error: errorOf(item, stand) ?? item.error}
    }),
  }
}

async function awaitAll(
  images: readonly PushedImage[],
  options: AwaitReplicationOptions,
): Promise<Pick<Awaited<ReturnType<typeof awaitReplication>>, 'images' | 'callers' | 'traffic'>> {
  const nothing = {images: [], callers: [], traffic: noTraffic()}
  if (images.length === 0) return nothing
  try {
    return await awaitReplication(images, options)
  } catch (error) {
    if (options.aws.signal.aborted) return nothing
    throw error
  }
}

/** What is at a destination that replicates. */
function pushedBy({outcome, target, digest, tags}: PromotionItem): PushedImage[] {
  const slash = target.indexOf('/')
  const [host, repository] = [target.slice(0, slash), target.slice(slash + 1)]
  const isThere = outcome === 'promoted' || outcome === 'unchanged'
  return isThere && digest !== null && replicates(host) ? [{host, repository, digest, tags}] : []
}

function replicates(host: string): boolean {
  return parseEcrHost(host)?.kind === 'private'
}

function interrupted(image: PushedImage): AwaitedImage {
  const error = {
    code: 'INTERRUPTED',
    message: 'Waiting was interrupted.',
    exitCode: exitCodes.undetermined,
    hints: [],
  }
  return {image, verdict: 'undetermined', destinations: [], error}
}

function wordOf({verdict, destinations}: AwaitedImage): ReplicationWord {
  return {
    verdict,
    destinations: destinations.map(({destination, class: kind, reported, failureCode, missing, reason}) => {
      const {label, host} = destination.registry
      return {registry: label, host, class: kind, reported, failureCode, missing, reason}
    }),
  }
}

/** An error that the item has already is among the hints. */
function errorOf(
  {target, digest, error: earlier}: PromotionItem,
  stand: AwaitedImage,
): ItemError | undefined {
  const {verdict, destinations, error} = stand
  if (verdict === 'yes') return undefined
  const image = `${target}@${digest}`
  const lacking = destinations.filter(status => status.class !== 'in-sync')
  const [first = 'Nothing is known of it.', ...others] = [
    ...(error === null ? [] : [error.message, ...error.hints]),
    ...lacking.map(({destination, reason}) => `${destination.registry.label}: ${reason}`),
  ]
  const hints = [...others, ...(earlier === null ? [] : [earlier.message, ...earlier.hints])]
  switch (verdict) {
    case 'no':
      return {
        code: 'REPLICATION_FAILED',
        message: `${image} is there, and not wherever it is replicated to: ${first}`,
        hints,
        exitCode: exitCodes.partial,
      }
    case 'not-covered':
      return {
        code: 'REPLICATION_NOT_COVERED',
        message: `${image} is there, and no replication rule of that registry covers the repository. Add one, or leave out --wait-replication.`,
        hints,
        exitCode: exitCodes.partial,
      }
    case 'undetermined':
      return {
        code: 'REPLICATION_UNDETERMINED',
        message: `${image} is there, and not known to be wherever it is replicated to: ${first}`,
        hints,
        exitCode: exitCodes.undetermined,
      }
  }
}
