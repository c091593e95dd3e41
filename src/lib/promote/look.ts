import {GantryError} from '../errors.ts'
import type {Descriptor} from '../oci/descriptor.ts'
import type {Digest} from '../oci/digest.ts'
import type {Manifest} from '../oci/manifest.ts'
import type {Registry, Repository, RepositorySettings} from '../oci/registry.ts'
import type {ImageGraph} from './model.ts'

/** What one destination repository holds of what is about to be promoted. */
export interface RepositoryState {
  /** Undefined when the repository does not exist. */
  readonly settings: RepositorySettings | undefined
  readonly tags: ReadonlyMap<string, Digest>
  readonly manifests: ReadonlySet<Digest>
  readonly blobs: ReadonlySet<Digest>
}

/** What will be promoted into one repository. */
export interface Wanted {
  readonly graphs: readonly ImageGraph[]
  readonly tags: readonly string[]
}

/**
 * Reads the state of the destination repositories, each question once for all images of a repository. A manifest that
 * is there has its children and blobs there too, for a registry takes it only after them; so what hangs below a
 * present manifest is not asked for.
 */
export async function lookAt(
  registry: Registry,
  repositories: ReadonlyMap<string, Wanted>,
): Promise<ReadonlyMap<string, RepositoryState>> {
  const settings = await registry.describe([...repositories.keys()])
  const states = await Promise.all(
    [...repositories].map(async ([name, wanted]): Promise<[string, RepositoryState]> => {
      const known = settings.get(name)
      return [
        name,
        known === undefined ? nothing : await lookOrMiss(registry.repository(name), known, wanted),
      ]
    }),
  )
  return new Map(states)
}

/** Whoever may not ask for settings learns only here that there is no such repository. */
async function lookOrMiss(
  repository: Repository,
  settings: RepositorySettings,
  wanted: Wanted,
): Promise<RepositoryState> {
  try {
    return await lookAtRepository(repository, settings, wanted)
  } catch (error) {
    if (error instanceof GantryError && error.code === 'REPOSITORY_NOT_FOUND') return nothing
    throw error
  }
}

const nothing: RepositoryState = {
  settings: undefined,
  tags: new Map(),
  manifests: new Set(),
  blobs: new Set(),
}

async function lookAtRepository(
  repository: Repository,
  settings: RepositorySettings,
  {graphs, tags}: Wanted,
): Promise<RepositoryState> {
  const tops = unique(graphs.flatMap(({root, referrers}) => [root, ...referrers]))
  const [resolved, presentTops] = await Promise.all([
    repository.resolve([...new Set(tags)]),
    repository.presentManifests(tops),
  ])
  const below = unique(
    graphs
      .filter(({root}) => !presentTops.has(root.digest))
      .flatMap(({root, manifests}) => manifests.filter(({digest}) => digest !== root.digest)),
  )
  const presentBelow = await ask(below, manifests => repository.presentManifests(manifests))
  const manifests = new Set([...presentTops, ...presentBelow])
  const missing = [...tops, ...below].filter(({digest}) => !manifests.has(digest))
  const blobs = await ask(unique(missing.flatMap(({blobs}): readonly Descriptor[] => blobs)), blobs =>
    repository.presentBlobs(blobs.map(({digest}) => digest)),
  )
  // Children of a present root are present: the plan asks for them by digest like any other manifest.
  for (const {root, manifests: all} of graphs)
    if (presentTops.has(root.digest)) all.forEach(({digest}) => manifests.add(digest))
  return {settings, tags: resolved, manifests, blobs}
}

/** Nothing is not asked for. */
async function ask<Content extends Manifest | Descriptor>(
  wanted: readonly Content[],
  question: (wanted: readonly Content[]) => Promise<ReadonlySet<Digest>>,
): Promise<ReadonlySet<Digest>> {
  return wanted.length === 0 ? new Set() : await question(wanted)
}

function unique<Content extends Manifest | Descriptor>(contents: readonly Content[]): Content[] {
  return [...new Map(contents.map(content => [content.digest, content])).values()]
}
