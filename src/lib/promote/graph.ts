import {GantryError} from '../errors.ts'
import type {Manifest} from '../oci/manifest.ts'
import type {Repository} from '../oci/registry.ts'
import {eachOrError, orError} from './graph/ask.ts'
import {assemble} from './graph/assemble.ts'
import {notFound, whereOf} from './graph/errors.ts'
import {joinLevels, type Library, readChildren, readReferrers} from './graph/read.ts'
import {Reading} from './graph/reading.ts'
import type {ImageGraph} from './model.ts'

/**
 * Reads the images that `references` name from one repository: every tag is resolved here, once, and each level of all
 * graphs is asked for together. An image that cannot be read is an error in its place; the others are not affected.
 *
 * @returns for each reference its graph or the {@link GantryError} that explains why there is none.
 */
export async function readGraphs(
  repository: Repository,
  references: readonly string[],
  options: {referrers: boolean},
): Promise<ReadonlyMap<string, ImageGraph | GantryError>> {
  const roots = await eachOrError(references, wanted => repository.manifests(wanted))
  const graphs = new Map<string, ImageGraph | GantryError>()
  const readings = new Map<string, Reading>()
  for (const reference of references) {
    const root = roots.get(reference)
    if (root instanceof GantryError) graphs.set(reference, root)
    else if (root === undefined) graphs.set(reference, notFound(repository, reference))
    else readings.set(reference, new Reading(whereOf(repository), root))
  }

  const library = await read(repository, [...readings.values()], options)
  for (const [reference, {root, error}] of readings)
    graphs.set(reference, error ?? (await orError(() => assemble(root, library, repository))))
  return graphs
}

async function read(
  repository: Repository,
  readings: readonly Reading[],
  options: {referrers: boolean},
): Promise<Library> {
  const tops = new Map(readings.map((reading): [Reading, readonly Manifest[]] => [reading, [reading.root]]))
  const library: Library = {
    manifests: new Map(readings.map(({root}) => [root.digest, root])),
    referrers: new Map(),
  }
  const below = await readChildren(repository, tops, library)
  if (options.referrers) await readReferrers(repository, joinLevels(tops, below), library)
  return library
}
