import type {Descriptor} from '../oci/descriptor.ts'
import type {Digest} from '../oci/digest.ts'
import type {Registry} from '../oci/registry.ts'
import type {RepositoryState} from './look.ts'
import type {ImageDraft, ImageGraph} from './model.ts'

/** What the look at both sides found out about where blobs are. */
export interface KnownHomes {
  /** A repository of the registry at `host` that has the blob. */
  homeOf(host: string, digest: Digest): string | undefined
  /** Whether blobs may go from one repository to another at `host`, as far as is known. */
  mayMount(host: string): boolean
}

/** An image that goes to a destination, and what was seen there. */
export interface SeenImage {
  readonly plan: ImageDraft
  readonly graph: Pick<ImageGraph, 'manifests'>
  readonly state: Pick<RepositoryState, 'manifests' | 'blobs'>
}

/**
 * Repositories that are known to have a blob, those before others that have it as part of an image, as ECR wants it
 * (aws/containers-roadmap#2860): the source where it is in the destination's registry, those that have an image of the run
 * already, and those that have the blob. A registry is asked whether it mounts where there is something to mount.
 */
export async function findHomes(images: readonly SeenImage[]): Promise<KnownHomes> {
  const homes = new Map<string, string>()
  const add = (host: string, digests: Iterable<Digest>, repository: string) => {
    for (const digest of digests) {
      const key = `${host} ${digest}`
      if (!homes.has(key)) homes.set(key, repository)
    }
  }
  for (const {plan} of images) {
    const {source, repository} = plan.request
    const {host} = plan.destination.registry
    if (source.registry.host === host) add(host, digestsOf(plan.blobs), repository)
  }
  for (const {plan, graph, state} of images) {
    const present = graph.manifests.filter(({digest}) => state.manifests.has(digest))
    add(plan.destination.registry.host, digestsOf(present.flatMap(({blobs}) => blobs)), plan.repository)
  }
  for (const {plan, state} of images) add(plan.destination.registry.host, state.blobs, plan.repository)
  const homeOf = (host: string, digest: Digest) => homes.get(`${host} ${digest}`)
  const askable = new Map<string, Registry>()
  for (const {plan} of images) {
    const {registry} = plan.destination
    if (plan.blobs.some(({digest}) => homeOf(registry.host, digest) !== undefined))
      askable.set(registry.host, registry)
  }
  const answers = await Promise.all(
    [...askable].map(async ([host, registry]) => [host, (await registry.mayMount?.()) ?? true] as const),
  )
  const allowed = new Map(answers)
  return {homeOf, mayMount: host => allowed.get(host) ?? true}
}

function digestsOf(blobs: readonly Descriptor[]): readonly Digest[] {
  return blobs.map(({digest}) => digest)
}
