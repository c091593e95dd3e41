import {FailureError, GantryError, RefusalError} from '../errors.ts'
import type {Digest} from '../oci/digest.ts'
import type {Manifest} from '../oci/manifest.ts'
import type {Repository} from '../oci/registry.ts'
import type {ImageGraph} from './model.ts'

/** An index may hold indexes; deeper than this is refused (threats, nested indexes). */
const maxDepth = 3
/** A referrer may have referrers, for example the signature of an SBOM. */
const maxReferrerDepth = 3

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
  const found: [string, Manifest][] = []
  for (const reference of references) {
    const root = roots.get(reference)
    if (root instanceof GantryError) graphs.set(reference, root)
    else if (root === undefined) graphs.set(reference, notFound(repository, reference))
    else found.push([reference, root])
  }

  const library: Library = new Map()
  const rootsFound = found.map(([, root]) => root)
  await readChildren(repository, rootsFound, library)
  const referrers = options.referrers ? await readReferrers(repository, library) : new Map()
  for (const [reference, root] of found)
    graphs.set(
      reference,
      orError(() => assemble(root, library, referrers, repository)),
    )
  return graphs
}

type Library = Map<Digest, Manifest | GantryError>
type Referrers = ReadonlyMap<Digest, Manifest[] | GantryError>

/** Adds `roots` and all manifests below them to the library, a level at a time. */
async function readChildren(
  repository: Repository,
  roots: readonly Manifest[],
  library: Library,
): Promise<void> {
  for (const root of roots) library.set(root.digest, root)
  let level = roots
  for (let depth = 0; depth < maxDepth && level.length > 0; depth++) {
    const wanted = new Set(
      level
        .flatMap(({children}) => children.map(({digest}) => digest))
        .filter(digest => !library.has(digest)),
    )
    const answer = await eachOrError([...wanted], digests => repository.manifests(digests))
    for (const [digest, manifest] of answer) library.set(digest as Digest, manifest)
    level = manifestsOf(answer.values())
  }
}

/** What refers to each manifest of the library, and what refers to those; found manifests join the library. */
async function readReferrers(repository: Repository, library: Library): Promise<Referrers> {
  const referrers = new Map<Digest, Manifest[] | GantryError>()
  let subjects = manifestsOf(library.values())
  for (let depth = 0; depth < maxReferrerDepth && subjects.length > 0; depth++) {
    const listed = await Promise.all(
      subjects.map(async ({digest}) => ({subject: digest, digests: await listReferrers(repository, digest)})),
    )
    const wanted = new Set(
      listed
        .flatMap(({digests}) => (digests instanceof GantryError ? [] : digests))
        .filter(digest => !library.has(digest)),
    )
    const answer = await eachOrError([...wanted], digests => repository.manifests(digests))
    for (const [digest, manifest] of answer) library.set(digest as Digest, manifest)
    await readChildren(repository, manifestsOf(answer.values()), library)
    for (const {subject, digests} of listed)
      referrers.set(subject, digests instanceof GantryError ? digests : pick(library, subject, digests))
    subjects = manifestsOf(answer.values())
  }
  return referrers
}

async function listReferrers(repository: Repository, subject: Digest): Promise<Digest[] | GantryError> {
  try {
    return (await repository.referrers(subject)).map(({digest}) => digest)
  } catch (error) {
    if (isolable(error)) return error
    throw error
  }
}

/**
 * A referrer that was listed and is gone by now was deleted at the source: not ours to bring back. One that refers to
 * something else would be an image that nobody asked for.
 */
function pick(library: Library, subject: Digest, digests: readonly Digest[]): Manifest[] | GantryError {
  const found = digests.map(digest => library.get(digest))
  const unreadable = found.find(entry => entry instanceof GantryError)
  if (unreadable !== undefined) return unreadable
  const manifests = manifestsOf(found)
  const stranger = manifests.find(manifest => manifest.subject?.digest !== subject)
  return stranger === undefined ? manifests : wrongReferrer(subject, stranger.digest)
}

function assemble(
  root: Manifest,
  library: Library,
  referrers: Referrers,
  repository: Repository,
): ImageGraph {
  const manifests = new Map<Digest, Manifest>()
  const attached = new Map<Digest, Manifest>()
  const visit = (manifest: Manifest, into: Map<Digest, Manifest>, depth = 0) => {
    if (manifests.has(manifest.digest) || into.has(manifest.digest)) return
    for (const {digest} of manifest.children) {
      const child = library.get(digest)
      if (child instanceof GantryError) throw child
      if (child === undefined)
        throw depth < maxDepth ? incomplete(repository, manifest.digest, digest) : tooDeep(root.digest)
      visit(child, into, depth + 1)
    }
    into.set(manifest.digest, manifest)
  }
  visit(root, manifests)

  let subjects: Iterable<Manifest> = manifests.values()
  for (let depth = 0; depth < maxReferrerDepth; depth++) {
    const listed: Manifest[] = []
    for (const {digest} of subjects) {
      const found = referrers.get(digest) ?? []
      if (found instanceof GantryError) throw found
      listed.push(...found)
    }
    const next = listed.filter(({digest}) => !manifests.has(digest) && !attached.has(digest))
    for (const manifest of next) visit(manifest, attached)
    subjects = next
  }
  return {root, manifests: [...manifests.values()], referrers: [...attached.values()]}
}

/** One question for all; when it fails, one for each, so that a bad image fails alone. */
async function eachOrError(
  references: readonly string[],
  ask: (references: readonly string[]) => Promise<ReadonlyMap<string, Manifest>>,
): Promise<ReadonlyMap<string, Manifest | GantryError>> {
  try {
    return references.length === 0 ? new Map() : await ask(references)
  } catch (error) {
    if (!isolable(error)) throw error
    if (references.length === 1) return new Map(references.map(reference => [reference, error]))
    const half = Math.ceil(references.length / 2)
    const [left, right] = await Promise.all([
      eachOrError(references.slice(0, half), ask),
      eachOrError(references.slice(half), ask),
    ])
    return new Map([...left, ...right])
  }
}

/** A refusal or a failure that may concern one image alone; without permission or network the others fail as well. */
function isolable(error: unknown): error is GantryError {
  return error instanceof GantryError && error.exitCode !== 5 && error.exitCode !== 6
}

function orError(build: () => ImageGraph): ImageGraph | GantryError {
  try {
    return build()
  } catch (error) {
    if (error instanceof GantryError) return error
    throw error
  }
}

function manifestsOf(found: Iterable<Manifest | GantryError | undefined>): Manifest[] {
  return [...found].filter(
    (entry): entry is Manifest => entry !== undefined && !(entry instanceof GantryError),
  )
}

function tooDeep(root: Digest): RefusalError {
  return new RefusalError(
    'INDEX_TOO_DEEP',
    `${root}: indexes are nested deeper than ${maxDepth}. Nothing was written.`,
  )
}

function wrongReferrer(subject: Digest, listed: Digest): RefusalError {
  return new RefusalError(
    'WRONG_REFERRER',
    `${subject}: the registry lists ${listed} as what refers to it, and that does not. Nothing was written. Leave out what refers to images: --no-referrers.`,
  )
}

function notFound(repository: Repository, reference: string): FailureError {
  const separator = reference.startsWith('sha256:') ? '@' : ':'
  return new FailureError(
    'IMAGE_NOT_FOUND',
    `${repository.registry.host}/${repository.name}${separator}${reference} does not exist.`,
  )
}

function incomplete(repository: Repository, parent: Digest, child: Digest): FailureError {
  return new FailureError(
    'INCOMPLETE_SOURCE',
    `${repository.registry.host}/${repository.name}@${parent} names ${child}, which the registry does not have. Push the whole index again.`,
  )
}
