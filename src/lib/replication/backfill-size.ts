import type {ReplicationRule} from '@aws-sdk/client-ecr'
import type {BackfillDestination} from '../ecr/backfill-api.ts'
import type {ImageRecord} from '../ecr/inventory/model.ts'
import {readImages} from '../ecr/inventory/read-images.ts'
import type {OpenRegistry} from '../ecr/inventory/registries.ts'
import {mapLimited} from '../oci/limiter.ts'
import {expectedDestinations} from './expected.ts'

/** What a backfill moves at most: what is there already is not known to ECR's answer, and counts. */
export interface BackfillSize {
  /** Those that the rules bring to the destination and that have images, the largest first. */
  readonly repositories: readonly RepositorySize[]
  readonly images: number
  /** Pairs of an image and a tag, as ECR counts them; an image without tags is one (unconfirmed). */
  readonly replications: number
  /** Compressed bytes that ECR says the images have; layers that images share count in each, for no manifest is read. */
  readonly bytes: number
}

export interface RepositorySize {
  readonly repository: string
  readonly images: number
  readonly replications: number
  readonly bytes: number
}

/** So many have their images in memory together. */
const repositoriesAtOnce = 8

/**
 * Counts what the rules of a registry bring to a destination, from one request for every thousand images.
 *
 * @throws {FailureError} UNKNOWN_VALUE for rules or images that are not understood, REPOSITORY_NOT_FOUND for what is deleted
 *   meanwhile: nothing is said of a part.
 */
export async function sizeOf(
  source: OpenRegistry,
  rules: readonly ReplicationRule[],
  destination: BackfillDestination,
): Promise<BackfillSize> {
  const names = await repositoriesTo(source, rules, destination)
  const sizes = await mapLimited(names, repositoriesAtOnce, async repository => ({
    repository,
    ...sum(await readImages(source, repository)),
  }))
  const repositories = sizes
    .filter(({images}) => images > 0)
    .toSorted((one, other) => other.bytes - one.bytes || (one.repository < other.repository ? -1 : 1))
  const total = (key: 'images' | 'replications' | 'bytes') =>
    repositories.reduce((all, each) => all + each[key], 0)
  return {
    repositories,
    images: total('images'),
    replications: total('replications'),
    bytes: total('bytes'),
  }
}

async function repositoriesTo(
  {api}: OpenRegistry,
  rules: readonly ReplicationRule[],
  {account, region}: BackfillDestination,
): Promise<string[]> {
  const names: string[] = []
  for await (const page of api.registry.listRepositories()) {
    for (const {repositoryName = ''} of page) {
      const places = expectedDestinations(rules, repositoryName)
      if (places.some(place => place.account === account && place.region === region))
        names.push(repositoryName)
    }
  }
  return names
}

/** Archived images are left out: they cannot be pulled, and that backfill leaves them is unconfirmed. */
function sum(records: readonly ImageRecord[]): Omit<RepositorySize, 'repository'> {
  const active = records.filter(({status}) => status === 'active')
  return {
    images: active.length,
    replications: active.reduce((all, {tags}) => all + Math.max(1, tags.length), 0),
    bytes: active.reduce((all, {size}) => all + size, 0),
  }
}
