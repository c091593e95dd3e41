import type {Estate} from '../../config/estate.ts'
import {type ExitCode, exitCodes, type GantryError} from '../../errors.ts'
import type {Digest} from '../../oci/digest.ts'
import {isIndexType} from '../../oci/media-types.ts'
import type {RegistryContext, Traffic} from '../../oci/registry.ts'
import type {Caller} from '../../plan/document.ts'
import type {AwsEnvironment} from '../environment.ts'
import {recordInventory} from './file.ts'
import {liveInventory} from './live.ts'
import {
  type ImageContent,
  type InventoryRegistry,
  isUnreadable,
  type RepositoryInventory,
  type UnreadableRepository,
} from './model.ts'
import {openRegistries} from './registries.ts'
import {surveyed} from './survey.ts'

/** What `gantry inventory` was asked for. */
export interface InventoryOrder {
  /** As for `openRegistries`; none for every repository. */
  readonly words: readonly string[]
  /** `ALIAS[@REGION]` or hosts; none for all. */
  readonly accounts: readonly string[]
  /** File to record the inventory in. */
  readonly out: string | undefined
  /** Whether all manifests are read, too. */
  readonly manifests: boolean
  /** Requests in flight at each registry. */
  readonly concurrency: number
}

export interface InventoryWorld {
  readonly estate: Estate
  readonly aws: AwsEnvironment
  /** Region of the default identity's registry, where there is no repos.yaml. */
  readonly region: string | undefined
  /** Told of each repository when it is read. */
  readonly onRepository?: ((place: string, error: GantryError | null) => void) | undefined
}

/** What a repository holds, in figures. */
export interface RepositorySummary {
  readonly registry: InventoryRegistry
  readonly repository: string
  /** Archived ones too. */
  readonly images: number
  readonly archived: number
  /** Bytes that ECR says its images have, indexes aside; layers that images share count in each. */
  readonly size: number
  /**
   * Bytes of distinct configs and layers of the images that are not archived, whose manifests cannot be read; null when
   * manifests were not read, or one of them is not understood.
   */
  readonly unique: number | null
  readonly hasPolicy: boolean
  readonly error: null
}

/** A repository that could not be read, and why. */
export interface UnsummarizedRepository {
  readonly registry: InventoryRegistry
  readonly repository: string
  readonly error: Pick<GantryError, 'code' | 'message' | 'exitCode' | 'hints'>
}

export interface InventoryRun {
  readonly items: readonly (RepositorySummary | UnsummarizedRepository)[]
  /** Milliseconds since the epoch. */
  readonly takenAt: number
  readonly callers: readonly Caller[]
  readonly warnings: readonly string[]
  readonly traffic: Traffic
  readonly durationMs: number
  /** The file that was written; null when none was. */
  readonly file: string | null
  /** 0, or 4 when repositories are missing. */
  readonly exitCode: ExitCode
}

/**
 * Looks at repositories of all accounts and regions, sums up what each holds, and records it if a file is named. Changes
 * nothing. A repository that cannot be read is told beside the others.
 *
 * @throws what `openRegistries` and `recordInventory` throw.
 */
export async function runInventory(order: InventoryOrder, world: InventoryWorld): Promise<InventoryRun> {
  const {aws} = world
  const began = aws.now()
  const context = contextOf(order, aws)
  const open = await openRegistries(order.words, world.estate, {
    environment: aws,
    context,
    access: 'look',
    accounts: order.accounts,
    region: world.region,
  })
  try {
    const source = liveInventory(open, context)
    const items: InventoryRun['items'][number][] = []
    const onRepository = (
      repository: RepositoryInventory | UnreadableRepository,
      contents: ReadonlyMap<Digest, ImageContent>,
    ): void => {
      items.push(summaryOf(repository, order.manifests ? contents : null))
      const error = isUnreadable(repository) ? repository.error : null
      world.onRepository?.(`${repository.registry.label}/${repository.name}`, error)
    }
    const {callers, warnings} = open
    if (order.out === undefined) {
      for await (const [repository, contents] of surveyed(source, order.manifests)) {
        onRepository(repository, contents)
      }
    } else {
      const registries = open.registries.map(({registry}) => registry)
      await recordInventory(source, order.out, {
        callers,
        registries,
        manifests: order.manifests,
        onRepository,
      })
    }
    return {
      items,
      takenAt: source.takenAt,
      callers,
      warnings,
      traffic: open.traffic(),
      durationMs: aws.now() - began,
      file: order.out ?? null,
      exitCode: items.every(({error}) => error === null) ? exitCodes.done : exitCodes.partial,
    }
  } finally {
    open.close()
  }
}

function contextOf({concurrency}: InventoryOrder, aws: AwsEnvironment): RegistryContext {
  const {signal, now, wait, retryForMs = 60_000, onEvent = () => {}} = aws
  return {signal, now, wait, retryForMs, onEvent, concurrency}
}

function summaryOf(
  repository: RepositoryInventory | UnreadableRepository,
  contents: ReadonlyMap<Digest, ImageContent> | null,
): RepositorySummary | UnsummarizedRepository {
  const place = {registry: repository.registry, repository: repository.name}
  if (isUnreadable(repository)) {
    const {code, message, exitCode, hints} = repository.error
    return {...place, error: {code, message, exitCode, hints}}
  }
  const {images, policy} = repository
  return {
    ...place,
    images: images.length,
    archived: images.filter(({status}) => status === 'archived').length,
    size: images.reduce((sum, {mediaType, size}) => sum + (isIndexType(mediaType) ? 0 : size), 0),
    unique: contents === null ? null : uniqueBytes(repository, contents),
    hasPolicy: policy !== null,
    error: null,
  }
}

function uniqueBytes(
  {images}: RepositoryInventory,
  contents: ReadonlyMap<Digest, ImageContent>,
): number | null {
  const sizes = new Map<Digest, number>()
  for (const {digest, status} of images) {
    if (status === 'archived') continue
    const content = contents.get(digest)
    if (content === undefined) return null
    for (const blob of content.blobs) sizes.set(blob.digest, blob.size)
  }
  return [...sizes.values()].reduce((sum, size) => sum + size, 0)
}
