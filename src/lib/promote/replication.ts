import {GantryError} from '../errors.ts'
import type {Digest} from '../oci/digest.ts'
import type {Manifest} from '../oci/manifest.ts'
import type {Repository} from '../oci/registry.ts'
import type {Wait} from '../oci/wait.ts'
import type {ImagePlan} from './model.ts'
import type {Candidate} from './plan.ts'

/**
 * The candidates that the source's registry is bringing to their destinations by itself, at this moment. Nobody is asked
 * unless bytes would have to move under the same name: replication does not rename (ECR user guide, replication).
 */
export async function findReplicating(candidates: readonly Candidate[]): Promise<ReadonlySet<Candidate>> {
  const byImage = Map.groupBy(candidates.filter(couldArrive), ({request}) => request)
  const found = await Promise.all(
    [...byImage].map(async ([{source, repository}, group]) => {
      const [first] = group
      const from = source.registry.repository(repository)
      if (first === undefined || from.replication === undefined) return []
      const hosts = group.map(({destination}) => destination.registry.host)
      const statuses = await from.replication(first.graph.root.digest, hosts)
      return group.filter(({destination}) => statuses.get(destination.registry.host) === 'in-progress')
    }),
  )
  return new Set(found.flat())
}

/** An image of which only some platforms go on is not one that the source has, and what is there need not come. */
function couldArrive({request, repository, graph, state}: Candidate): boolean {
  return (
    graph.narrowedFrom === undefined &&
    repository === request.repository &&
    graph.manifests.some(
      ({digest, blobs}) =>
        !state.manifests.has(digest) && blobs.some(({digest: blob}) => !state.blobs.has(blob)),
    )
  )
}

export interface ArrivalOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly wait: Wait
  readonly signal: AbortSignal
  /** Until when to wait, in milliseconds since the epoch: the same for all images of a run. */
  readonly deadline: number
}

/** Milliseconds between two looks: soon, for most images take seconds; then seldom. */
const firstPauseMs = 1_000
const longestPauseMs = 15_000

/**
 * Waits until replication has brought the image, has failed, or takes too long, and looks what came of it.
 *
 * @returns what is left to do: everything that is still missing is copied, as of any other image.
 */
export async function afterReplication(plan: ImagePlan, options: ArrivalOptions): Promise<ImagePlan> {
  const {now, wait, signal, deadline} = options
  const {request, destination, repository, root} = plan
  const {host} = destination.registry
  const from = request.source.registry.repository(request.repository)
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    const status = (await from.replication?.(root, [host]))?.get(host)
    if (status !== 'in-progress' || now() >= deadline) break
    await wait(Math.min(pauseMs, deadline - now()), signal)
  }
  return leftOf(plan, destination.registry.repository(repository))
}

async function leftOf(plan: ImagePlan, to: Repository): Promise<ImagePlan> {
  const wanted = [...plan.manifests, ...plan.referrers]
  const present = await orNothing(() => to.presentManifests(wanted))
  const isMissing = ({digest}: Manifest) => !present.has(digest)
  const needed = new Set(wanted.filter(isMissing).flatMap(({blobs}) => blobs.map(({digest}) => digest)))
  const blobs = plan.blobs.filter(({digest}) => needed.has(digest))
  const arrived =
    blobs.length === 0 ? new Set() : await orNothing(() => to.presentBlobs(blobs.map(({digest}) => digest)))
  return {
    ...plan,
    manifests: plan.manifests.filter(isMissing),
    referrers: plan.referrers.filter(isMissing),
    blobs: blobs.filter(({digest}) => !arrived.has(digest)),
  }
}

/** A repository that replication was to make may not be there. */
async function orNothing(ask: () => Promise<ReadonlySet<Digest>>): Promise<ReadonlySet<Digest>> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof GantryError && error.code === 'REPOSITORY_NOT_FOUND') return new Set()
    throw error
  }
}
