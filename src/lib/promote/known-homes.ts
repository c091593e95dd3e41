import type {Digest} from '../oci/digest.ts'
import type {Registry} from '../oci/registry.ts'
import type {RepositoryState} from './look.ts'
import type {ImageDraft} from './model.ts'

/** What the look at both sides found out about where blobs are. */
export interface KnownHomes {
  /** A repository of the registry at `host` that has the blob. */
  homeOf(host: string, digest: Digest): string | undefined
  /** Whether blobs may go from one repository to another at `host`, as far as is known. */
  mayMount(host: string): boolean
}

/**
 * Repositories that are known to have a blob: the source where it is in the destination's registry, and those that were
 * looked at. A registry is asked whether it mounts where there is something that it could mount.
 */
export async function findHomes(
  images: readonly {readonly plan: ImageDraft; readonly state: RepositoryState}[],
): Promise<KnownHomes> {
  const homes = new Map<string, string>()
  for (const {plan, state} of images) {
    const {source, repository} = plan.request
    const {host} = plan.destination.registry
    for (const digest of state.blobs) homes.set(`${host} ${digest}`, plan.repository)
    if (source.registry.host === host)
      for (const {digest} of plan.blobs) homes.set(`${host} ${digest}`, repository)
  }
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
