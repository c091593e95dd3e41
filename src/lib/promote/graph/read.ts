import {GantryError} from '../../errors.ts'
import type {Descriptor} from '../../oci/descriptor.ts'
import type {Digest} from '../../oci/digest.ts'
import type {Manifest} from '../../oci/manifest.ts'
import type {Repository} from '../../oci/registry.ts'
import {eachOrError, manifestsOf, orError} from './ask.ts'
import {tooManyReferrers} from './errors.ts'
import {graphLimits, type Reading} from './reading.ts'

/** An index may hold indexes; deeper than this is refused (threats, nested indexes). */
export const maxDepth = 3
/** A referrer may have referrers, for example the signature of an SBOM. */
export const maxReferrerDepth = 3

/** Everything that was read of one repository, and what could not be. */
export interface Library {
  readonly manifests: Map<Digest, Manifest | GantryError>
  /** By subject. */
  readonly referrers: Map<Digest, readonly Descriptor[] | GantryError>
  /** By tag. */
  readonly attached: Map<string, Manifest>
}

/** Manifests of several images, each image's own. */
export type Level = ReadonlyMap<Reading, readonly Manifest[]>

/**
 * Reads what lies below the manifests, a level of all images at a time.
 *
 * @returns all of it.
 */
export async function readChildren(repository: Repository, tops: Level, library: Library): Promise<Level> {
  let all = new Map<Reading, readonly Manifest[]>()
  let level = tops
  for (let depth = 0; depth < maxDepth && level.size > 0; depth++) {
    level = await readLevel(
      repository,
      mapLevel(level, manifests => manifests.flatMap(({children}) => children)),
      library,
    )
    all = joinLevels(all, level)
  }
  return all
}

/** Reads what refers to the manifests, with its children, and what refers to that; nothing of an image that is refused already. */
export async function readReferrers(repository: Repository, tops: Level, library: Library): Promise<void> {
  let subjects: Level = new Map([...tops].filter(([{error}]) => error === undefined))
  for (let depth = 0; depth < maxReferrerDepth && subjects.size > 0; depth++) {
    await listReferrers(repository, subjects, library)
    const listed = mapLevel(subjects, manifests =>
      manifests.flatMap(({digest}) => {
        const found = library.referrers.get(digest) ?? []
        return found instanceof GantryError ? [] : found
      }),
    )
    subjects = await readLevel(repository, listed, library)
    await readChildren(repository, subjects, library)
  }
}

async function listReferrers(repository: Repository, subjects: Level, library: Library): Promise<void> {
  const digests = new Set([...subjects.values()].flat().map(({digest}) => digest))
  await Promise.all(
    [...digests]
      .filter(digest => !library.referrers.has(digest))
      .map(async digest => {
        const found = await orError(() => repository.referrers(digest))
        const count = found instanceof GantryError ? 0 : found.length
        library.referrers.set(
          digest,
          count > graphLimits.referrersPerSubject ? tooManyReferrers(repository, digest, count) : found,
        )
      }),
  )
}

/** Asks for what the images name and nobody has read yet, for all of them together. */
async function readLevel(
  repository: Repository,
  named: ReadonlyMap<Reading, readonly Descriptor[]>,
  {manifests: known}: Library,
): Promise<Level> {
  const admitted = new Map([...named].map(([reading, descriptors]) => [reading, reading.admit(descriptors)]))
  const sizes = new Map<string, number>()
  for (const {digest, size} of [...admitted.values()].flat())
    if (!known.has(digest)) sizes.set(digest, Math.max(size, sizes.get(digest) ?? 0))
  const answer = await eachOrError([...sizes.keys()], digests => repository.manifests(digests, sizes))
  for (const [digest, manifest] of answer) known.set(digest as Digest, manifest)
  return mapLevel(admitted, descriptors => manifestsOf(descriptors.map(({digest}) => known.get(digest))))
}

/** Images for which nothing comes out are left out. */
function mapLevel<From, To>(
  level: ReadonlyMap<Reading, readonly From[]>,
  map: (contents: readonly From[]) => readonly To[],
): Map<Reading, readonly To[]> {
  return new Map(
    [...level]
      .map(([reading, contents]) => [reading, map(contents)] as const)
      .filter(([, contents]) => contents.length > 0),
  )
}

/** Both, each image's manifests in one list. */
export function joinLevels(one: Level, other: Level): Map<Reading, readonly Manifest[]> {
  const readings = new Set([...one.keys(), ...other.keys()])
  return new Map(
    [...readings].map(reading => [reading, [...(one.get(reading) ?? []), ...(other.get(reading) ?? [])]]),
  )
}
