import {buffer} from 'node:stream/consumers'
import {FailureError, GantryError, RefusalError} from '../../errors.ts'
import {type Descriptor, isFields, type Platform, parseDescriptor} from '../../oci/descriptor.ts'
import type {Digest} from '../../oci/digest.ts'
import {fieldsOf, type Manifest, maxManifestRead, parseManifest} from '../../oci/manifest.ts'
import {choosePlatforms, formatPlatform} from '../../oci/platform.ts'
import type {Repository} from '../../oci/registry.ts'
import {eachOrError, orError} from './ask.ts'
import {incomplete, whereOf} from './errors.ts'

/** What an image is promoted as. */
export interface Narrowed {
  readonly root: Manifest
  /** The digest that the reference names, where the root is another. */
  readonly narrowedFrom?: Digest
}

/**
 * Keeps of each image what runs on `platforms`. An index that is for these platforms alone stays as it is; of any other
 * one platform is promoted as its own manifest, and several as an index that is written anew with their descriptors and
 * those of their BuildKit attestations.
 *
 * @returns for each reference its root, or PLATFORM_NOT_FOUND, or why a manifest cannot be read.
 */
export async function narrow(
  repository: Repository,
  roots: ReadonlyMap<string, Manifest>,
  platforms: readonly Platform[],
): Promise<ReadonlyMap<string, Narrowed | GantryError>> {
  if (platforms.length === 0) return new Map([...roots].map(([reference, root]) => [reference, {root}]))
  const choices = await Promise.all(
    [...roots].map(async ([reference, root]) => ({
      reference,
      root,
      choice: await orError(() => chooseFrom(repository, root, platforms)),
    })),
  )
  const wanted = new Map<string, number>()
  for (const {choice} of choices) if ('size' in choice) wanted.set(choice.digest, choice.size)
  const children = await eachOrError([...wanted.keys()], digests => repository.manifests(digests, wanted))
  return new Map(
    choices.map(({reference, root, choice}) => {
      if (!('size' in choice)) return [reference, choice]
      const child = children.get(choice.digest) ?? incomplete(repository, root.digest, choice)
      return [reference, child instanceof GantryError ? child : {root: child, narrowedFrom: root.digest}]
    }),
  )
}

/** The child that is promoted in the image's stead, or what it is promoted as. */
async function chooseFrom(
  repository: Repository,
  root: Manifest,
  platforms: readonly Platform[],
): Promise<Descriptor | Narrowed> {
  if (root.kind === 'image') return ofOnePlatform(repository, root, platforms)
  const entries = entriesOf(root)
  const kept = new Set(platforms.flatMap(wanted => choose(repository, root, wanted, entries)))
  const digests = new Set<string | undefined>([...kept].map(({digest}) => digest))
  const remaining = entries.filter(entry => kept.has(entry) || digests.has(attestedBy(entry)))
  if (remaining.length === entries.length) return {root}
  const [only] = kept
  if (kept.size === 1 && only !== undefined) return only
  return {root: rewrite(root, remaining), narrowedFrom: root.digest}
}

interface Entry extends Descriptor {
  /** The descriptor as it is written, with the fields that Gantry does not read. */
  readonly written: unknown
}

/** The index's entries one by one: two of them may name one manifest for two platforms. */
function entriesOf(root: Manifest): Entry[] {
  const list = fieldsOf(root)['manifests']
  if (!Array.isArray(list)) throw new TypeError('an index has been parsed and has no manifests')
  return list.map((written: unknown, index) => ({
    ...parseDescriptor(written, `Manifest ${root.digest}, manifests[${index}]`),
    written,
  }))
}

function choose(
  repository: Repository,
  root: Manifest,
  wanted: Platform,
  entries: readonly Entry[],
): readonly Entry[] {
  const chosen = choosePlatforms(wanted, entries)
  if (chosen.length > 0) return chosen
  const offered = entries.flatMap(({platform}) => (platform === undefined ? [] : [formatPlatform(platform)]))
  throw notForPlatform(
    repository,
    root,
    wanted,
    offered.filter(name => name !== 'unknown/unknown'),
  )
}

/** The subject of an attestation manifest, as BuildKit names it in the index. */
function attestedBy({annotations}: Descriptor): string | undefined {
  return annotations?.['vnd.docker.reference.digest']
}

function rewrite(root: Manifest, entries: readonly Entry[]): Manifest {
  const document = {...fieldsOf(root), manifests: entries.map(({written}) => written)}
  return parseManifest(Buffer.from(JSON.stringify(document)), root.mediaType)
}

/** An image that is no index says in its config what it runs on. */
async function ofOnePlatform(
  repository: Repository,
  root: Manifest,
  platforms: readonly Platform[],
): Promise<Narrowed> {
  const platform = await readPlatform(repository, root)
  for (const wanted of platforms) {
    if (choosePlatforms(wanted, platform === undefined ? [] : [{platform}]).length === 0)
      throw notForPlatform(repository, root, wanted, platform === undefined ? [] : [formatPlatform(platform)])
  }
  return {root}
}

async function readPlatform(
  repository: Repository,
  {digest, blobs}: Manifest,
): Promise<Platform | undefined> {
  const [config] = blobs
  if (config === undefined) return undefined
  if (config.size > maxManifestRead) {
    throw new RefusalError(
      'CONFIG_TOO_LARGE',
      `${whereOf(repository)}@${digest} has a config of ${config.size} bytes; at most ${maxManifestRead} are read. Leave out --platform.`,
    )
  }
  const text = (await buffer(await repository.readBlob(config))).toString()
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isFields(document)) return undefined
  const {os, architecture, variant} = document
  if (typeof os !== 'string' || typeof architecture !== 'string') return undefined
  return {os, architecture, ...(typeof variant === 'string' && variant !== '' ? {variant} : {})}
}

function notForPlatform(
  repository: Repository,
  {digest}: Manifest,
  wanted: Platform,
  offered: readonly string[],
): FailureError {
  const names = [...new Set(offered)].slice(0, 20).join(', ')
  return new FailureError(
    'PLATFORM_NOT_FOUND',
    `${whereOf(repository)}@${digest} has nothing for ${formatPlatform(wanted)}${names === '' ? '' : `; it has ${names}`}. Nothing was written.`,
  )
}
