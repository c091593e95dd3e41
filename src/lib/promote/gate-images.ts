import {readImagesNamed} from '../ecr/inventory/read-images.ts'
import type {OpenRegistry} from '../ecr/inventory/registries.ts'
import {BugError, GantryError} from '../errors.ts'
import type {MeantImage} from '../scan/platforms.ts'
import {imageText} from './gate-errors.ts'
import type {Endpoint} from './model.ts'
import {type Candidate, sourceDigestOf} from './plan.ts'

/** The registry of a source, for questions alone; undefined where it knows of no scans. */
export type ScansOf = (source: Endpoint) => OpenRegistry | undefined

/** What is to be judged, or in one sentence why it cannot be looked at. */
type Found = MeantImage | string

interface FindOptions {
  readonly scansOf: ScansOf
  readonly signal: AbortSignal
}

/**
 * The images of candidates as their sources' registries know them, by {@link imageOf}. DescribeImages tells of them, which
 * is no pull.
 *
 * @throws the reason of the signal.
 */
export async function findImages(
  candidates: readonly Candidate[],
  options: FindOptions,
): Promise<ReadonlyMap<string, Found>> {
  const images = new Map(candidates.map(candidate => [imageOf(candidate), candidate]))
  const repositories = Map.groupBy(
    images.values(),
    ({request}) => `${request.source.registry.host}/${request.repository}`,
  )
  const found = await Promise.all([...repositories.values()].map(group => findInRepository(group, options)))
  return new Map(found.flat())
}

/** Candidates of one image: the same digest of the source, and the same of its platforms. */
export function imageOf({request, graph}: Candidate): string {
  const {source, repository} = request
  return `${source.registry.host}/${repository}@${sourceDigestOf(graph)} ${graph.root.digest}`
}

async function findInRepository(
  candidates: readonly Candidate[],
  {scansOf, signal}: FindOptions,
): Promise<readonly (readonly [string, Found])[]> {
  const [first] = candidates
  if (first === undefined) return []
  const {source, repository} = first.request
  const alike = (reason: string) => candidates.map(candidate => [imageOf(candidate), reason] as const)
  const at = scansOf(source)
  if (at === undefined) {
    return alike(
      `${source.registry.host} is no private registry of ECR, of which alone scans are read. Promote it to one without the gate first, and from there on through it.`,
    )
  }
  try {
    const digests = [...new Set(candidates.map(({graph}) => sourceDigestOf(graph)))]
    const records = await readImagesNamed(at, repository, digests)
    return candidates.map(candidate => {
      const digest = sourceDigestOf(candidate.graph)
      const record = records.find(each => each.digest === digest)
      if (record === undefined) return [imageOf(candidate), `${repository}@${digest} is not there any more.`]
      const {mediaType, pushedAt} = record
      return [imageOf(candidate), {...meantBy(candidate), at, mediaType, pushedAt}]
    })
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof GantryError) || error instanceof BugError) throw error
    return alike(error.message)
  }
}

/** Of an index that is narrowed to some platforms, only those that go are judged: as children of the source's index. */
function meantBy({request, graph}: Candidate): Omit<MeantImage, 'at' | 'mediaType' | 'pushedAt'> {
  const isNarrowed = graph.narrowedFrom !== undefined
  return {
    text: imageText(request),
    repository: request.repository,
    tag: null,
    digest: sourceDigestOf(graph),
    ...(isNarrowed && {only: new Set(graph.manifests.map(manifest => manifest.digest))}),
  }
}
