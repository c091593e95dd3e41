import {GantryError} from '../errors.ts'
import type {Descriptor} from '../oci/descriptor.ts'
import type {Digest} from '../oci/digest.ts'
import type {Manifest} from '../oci/manifest.ts'
import type {LookedUp, Registry, Repository, RepositorySettings} from '../oci/registry.ts'
import type {ImageGraph} from './model.ts'

/** What one destination repository holds of what is about to be promoted. */
export interface RepositoryState {
  /** Undefined when the repository does not exist; asked for only where a tag would move. */
  readonly settings: RepositorySettings | undefined
  readonly tags: ReadonlyMap<string, Digest>
  /** By tag, what stands under those of signatures and attestations that hold another digest than the source's. */
  readonly attached: ReadonlyMap<string, Manifest>
  readonly manifests: ReadonlySet<Digest>
  readonly blobs: ReadonlySet<Digest>
}

/** What will be promoted into one repository. */
export interface Wanted {
  readonly graphs: readonly ImageGraph[]
  /** With the root that each is to point to. */
  readonly tags: ReadonlyMap<string, Digest>
}

/**
 * Reads the state of the destination repositories, each question once for all images of a repository. A manifest that
 * is there has its children and blobs there too, for a registry takes it only after them; so what hangs below a
 * present manifest is not asked for. Settings are asked for only where a tag would move: they decide nothing else.
 */
export async function lookAt(
  registry: Registry,
  repositories: ReadonlyMap<string, Wanted>,
): Promise<ReadonlyMap<string, RepositoryState>> {
  const states = await Promise.all(
    [...repositories].map(
      async ([name, wanted]): Promise<[string, RepositoryState]> => [
        name,
        await lookOrMiss(registry.repository(name), wanted),
      ],
    ),
  )
  const moving = states.filter(([name, {tags}]) => movesTags(tags, repositories.get(name)))
  if (moving.length === 0) return new Map(states)
  const settings = await registry.describe(moving.map(([name]) => name))
  return new Map(
    states.map(([name, state]) => [name, {...state, settings: settings.get(name) ?? state.settings}]),
  )
}

function movesTags(now: ReadonlyMap<string, Digest>, wanted: Wanted | undefined): boolean {
  return [...now].some(([tag, digest]) => wanted?.tags.get(tag) !== digest)
}

async function lookOrMiss(repository: Repository, wanted: Wanted): Promise<RepositoryState> {
  try {
    return await lookAtRepository(repository, wanted)
  } catch (error) {
    if (error instanceof GantryError && error.code === 'REPOSITORY_NOT_FOUND') return nothing
    throw error
  }
}

/** Those of a repository in which no tag moves. */
const unasked: RepositorySettings = {tagMutability: 'unknown', exclusions: []}

const nothing: RepositoryState = {
  settings: undefined,
  tags: new Map(),
  attached: new Map(),
  manifests: new Set(),
  blobs: new Set(),
}

async function lookAtRepository(repository: Repository, {graphs, tags}: Wanted): Promise<RepositoryState> {
  const tops = unique(graphs.flatMap(({root, referrers}) => [root, ...referrers]))
  const {tags: resolved, manifests: presentTops} = await lookUp(repository, [...tags.keys()], tops)
  const below = unique(
    graphs
      .filter(({root}) => !presentTops.has(root.digest))
      .flatMap(({root, manifests}) => manifests.filter(({digest}) => digest !== root.digest)),
  )
  const presentBelow = await ask(below, manifests => repository.presentManifests(manifests))
  const manifests = new Set([...presentTops, ...presentBelow])
  const missing = [...tops, ...below].filter(({digest}) => !manifests.has(digest))
  const wantedBlobs = unique(missing.flatMap(({blobs}): readonly Descriptor[] => blobs))
  const blobs = await ask(
    wantedBlobs.toSorted((one, other) => other.size - one.size),
    blobs => repository.presentBlobs(blobs.map(({digest}) => digest)),
  )
  // Children of a present root are present: the plan asks for them by digest like any other manifest.
  for (const {root, manifests: all} of graphs)
    if (presentTops.has(root.digest)) all.forEach(({digest}) => manifests.add(digest))
  const differing = graphs
    .flatMap(({attachedTags}) => attachedTags)
    .filter(({tag, digest}) => (resolved.get(tag) ?? digest) !== digest)
  const attached =
    differing.length === 0 ? new Map() : await repository.manifests(differing.map(({tag}) => tag))
  return {settings: unasked, tags: resolved, attached, manifests, blobs}
}

/** Where questions are asked one by one, a manifest that a tag points to needs none of its own. */
async function lookUp(
  repository: Repository,
  tags: readonly string[],
  manifests: readonly Manifest[],
): Promise<LookedUp> {
  if (repository.lookUp !== undefined) return await repository.lookUp(tags, manifests)
  const resolved = await repository.resolve(tags)
  const tagged = new Set(resolved.values())
  const known = manifests.filter(({digest, subject}) => subject === undefined && tagged.has(digest))
  const others = await ask(
    manifests.filter(manifest => !known.includes(manifest)),
    rest => repository.presentManifests(rest),
  )
  return {tags: resolved, manifests: new Set([...known.map(({digest}) => digest), ...others])}
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
