import {DeniedError, type GantryError} from '../errors.ts'
import type {Digest} from '../oci/digest.ts'
import type {Registry, RepositorySettings} from '../oci/registry.ts'
import {type Candidate, targetOf} from './plan.ts'
import {findReplicating} from './replication.ts'

/** What decides about one image at one destination, besides what is there. */
export interface Circumstances {
  /** The source's registry is bringing the image already, and makes the repository for it. */
  readonly isReplicating?: boolean
  /** The registry makes the repository when the image is pushed. */
  readonly isMadeByPush?: boolean
  /** Of the source's repository, for one that is made at the destination. */
  readonly settings?: RepositorySettings
  /** Tags that the image will have in the end, as far as is known. */
  readonly tagCount?: number
  /** Why the blobs of the source cannot be read. */
  readonly unreadable?: GantryError
}

export interface LookAroundOptions {
  readonly createRepositories: boolean
  /** Also ask what a run finds out by itself before it writes anything to an image. */
  readonly thorough: boolean
}

/**
 * Asks what decides besides what the destinations have: each question once, and only where the answer changes something.
 */
export async function lookAround(
  candidates: readonly Candidate[],
  {createRepositories, thorough}: LookAroundOptions,
): Promise<ReadonlyMap<Candidate, Circumstances>> {
  const missing = candidates.filter(({state}) => state.settings === undefined)
  const [replicating, madeByPush, settings, tagsThere, unreadable] = await Promise.all([
    findReplicating(candidates),
    createRepositories ? new Set<string>() : findMadeByPush(missing),
    createRepositories ? settingsOfSources(missing) : new Map<string, RepositorySettings>(),
    thorough ? countTags(candidates) : new Map<string, number>(),
    thorough ? findUnreadable(candidates) : new Map<string, GantryError>(),
  ])
  const tags = tagsToCome(candidates)
  return new Map(
    candidates.map(candidate => {
      const image = imageAt(candidate)
      const made = settings.get(targetOf(candidate))
      const denied = wantsBlobs(candidate) ? unreadable.get(sourceOf(candidate)) : undefined
      const circumstances: Circumstances = {
        isReplicating: replicating.has(candidate),
        isMadeByPush: madeByPush.has(targetOf(candidate)),
        tagCount: (tagsThere.get(image) ?? 0) + (tags.get(image)?.size ?? 0),
        ...(made === undefined ? {} : {settings: made}),
        ...(denied === undefined ? {} : {unreadable: denied}),
      }
      return [candidate, circumstances]
    }),
  )
}

async function findMadeByPush(missing: readonly Candidate[]): Promise<ReadonlySet<string>> {
  const byRegistry = Map.groupBy(missing, ({destination}) => destination.registry)
  const found = await Promise.all(
    [...byRegistry].map(async ([registry, group]) => {
      const names = [...new Set(group.map(({repository}) => repository))]
      const made = (await registry.madeByPush?.(names)) ?? new Set()
      return names
        .filter(name => made.has(name))
        .map(repository => targetOf({destination: {registry}, repository}))
    }),
  )
  return new Set(found.flat())
}

/** By target; of several sources of one repository the first is taken. Only registries that have settings tell of them. */
async function settingsOfSources(
  missing: readonly Candidate[],
): Promise<ReadonlyMap<string, RepositorySettings>> {
  const bySource = Map.groupBy(missing, ({request}) => request.source.registry)
  const described = new Map<Registry, ReadonlyMap<string, RepositorySettings>>(
    await Promise.all(
      [...bySource].map(async ([registry, group]) => {
        const names = [...new Set(group.map(({request}) => request.repository))]
        return [registry, await registry.describe(names)] as const
      }),
    ),
  )
  const settings = new Map<string, RepositorySettings>()
  for (const candidate of missing) {
    const {source, repository} = candidate.request
    const found = described.get(source.registry)?.get(repository)
    const target = targetOf(candidate)
    if (found === undefined || found.tagMutability === 'unknown') continue
    if (!settings.has(target)) settings.set(target, found)
  }
  return settings
}

/** By image, the tags that it has besides those that it is to have. */
async function countTags(candidates: readonly Candidate[]): Promise<ReadonlyMap<string, number>> {
  const growing = candidates.filter(
    ({request, graph, state}) =>
      state.manifests.has(graph.root.digest) &&
      request.tags.some(tag => state.tags.get(tag) !== graph.root.digest),
  )
  const groups = Map.groupBy(growing, targetOf)
  const counts = new Map<string, number>()
  await Promise.all(
    [...groups.values()].map(async group => {
      const [first] = group
      if (first === undefined) return
      const repository = first.destination.registry.repository(first.repository)
      const found = await repository.tagsOf?.(group.map(({graph}) => graph.root.digest))
      const wanted = tagsToCome(group)
      for (const candidate of group) {
        const image = imageAt(candidate)
        const others = found?.get(candidate.graph.root.digest)?.filter(tag => !wanted.get(image)?.has(tag))
        counts.set(image, others?.length ?? 0)
      }
    }),
  )
  return counts
}

/** By source repository: its first blob that somebody wants says whether its blobs can be read. */
async function findUnreadable(candidates: readonly Candidate[]): Promise<ReadonlyMap<string, GantryError>> {
  const wanting = Map.groupBy(candidates.filter(wantsBlobs), sourceOf)
  const unreadable = new Map<string, GantryError>()
  await Promise.all(
    [...wanting].map(async ([source, [first]]) => {
      const [blob] = first === undefined ? [] : missingBlobs(first)
      if (first === undefined || blob === undefined) return
      const {request} = first
      try {
        await request.source.registry.repository(request.repository).assertReadable?.(blob)
      } catch (error) {
        if (!(error instanceof DeniedError)) throw error
        unreadable.set(source, error)
      }
    }),
  )
  return unreadable
}

function wantsBlobs(candidate: Candidate): boolean {
  return missingBlobs(candidate).length > 0
}

function missingBlobs({graph, state}: Candidate): readonly Digest[] {
  return graph.manifests
    .filter(({digest}) => !state.manifests.has(digest))
    .flatMap(({blobs}) => blobs.map(({digest}) => digest))
    .filter(digest => !state.blobs.has(digest))
}

/** By image at its destination, all tags that the run wants it to have. */
function tagsToCome(candidates: readonly Candidate[]): ReadonlyMap<string, ReadonlySet<string>> {
  const tags = new Map<string, Set<string>>()
  for (const candidate of candidates) {
    const image = imageAt(candidate)
    tags.set(image, new Set([...(tags.get(image) ?? []), ...candidate.request.tags]))
  }
  return tags
}

function imageAt(candidate: Candidate): string {
  return `${targetOf(candidate)}@${candidate.graph.root.digest}`
}

function sourceOf({request}: Candidate): string {
  return `${request.source.registry.host}/${request.repository}`
}
