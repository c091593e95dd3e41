import {GantryError} from '../errors.ts'
import type {Platform} from '../oci/descriptor.ts'
import type {Manifest} from '../oci/manifest.ts'
import type {Repository} from '../oci/registry.ts'
import {eachOrError, orError} from './graph/ask.ts'
import {assemble} from './graph/assemble.ts'
import {readAttachedTags} from './graph/attached-tags.ts'
import {notFound, whereOf} from './graph/errors.ts'
import {type Narrowed, narrow} from './graph/narrow.ts'
import {joinLevels, type Library, readChildren, readReferrers} from './graph/read.ts'
import {Reading} from './graph/reading.ts'
import type {ImageGraph} from './model.ts'

export interface GraphOptions {
  /** Also what refers to the images. */
  readonly referrers: boolean
  /** Of indexes only these; none means all. */
  readonly platforms: readonly Platform[]
}

/**
 * Reads the images that `references` name from one repository: every tag is resolved here, once, and each level of all
 * graphs is asked for together. An image that cannot be read is an error in its place; the others are not affected.
 *
 * @returns for each reference its graph or the {@link GantryError} that explains why there is none.
 */
export async function readGraphs(
  repository: Repository,
  references: readonly string[],
  options: GraphOptions,
): Promise<ReadonlyMap<string, ImageGraph | GantryError>> {
  const answers = await eachOrError(references, wanted => repository.manifests(wanted))
  const roots = new Map<string, Manifest>()
  const graphs = new Map<string, ImageGraph | GantryError>()
  for (const reference of references) {
    const root = answers.get(reference) ?? notFound(repository, reference)
    if (root instanceof GantryError) graphs.set(reference, root)
    else roots.set(reference, root)
  }
  const images: {reference: string; narrowed: Narrowed; reading: Reading}[] = []
  for (const [reference, narrowed] of await narrow(repository, roots, options.platforms)) {
    if (narrowed instanceof GantryError) graphs.set(reference, narrowed)
    else images.push({reference, narrowed, reading: new Reading(whereOf(repository), narrowed.root)})
  }

  const readings = images.map(({reading}) => reading)
  const library = await read(repository, readings, options)
  for (const {reference, narrowed, reading} of images) {
    const graph = await orError(() => ({...assemble(narrowed.root, library, repository), ...narrowed}))
    graphs.set(reference, reading.error ?? graph)
  }
  return graphs
}

async function read(
  repository: Repository,
  readings: readonly Reading[],
  options: GraphOptions,
): Promise<Library> {
  const tops = new Map(readings.map((reading): [Reading, readonly Manifest[]] => [reading, [reading.root]]))
  const library: Library = {
    manifests: new Map(readings.map(({root}) => [root.digest, root])),
    referrers: new Map(),
    attached: new Map(),
  }
  const below = await readChildren(repository, tops, library)
  if (options.referrers) {
    const all = joinLevels(tops, below)
    await Promise.all([readReferrers(repository, all, library), readAttachedTags(repository, all, library)])
  }
  return library
}
