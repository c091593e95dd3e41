import {RefusalError} from '../../errors.ts'
import {type Descriptor, type Fields, isFields, parseDescriptor} from '../descriptor.ts'
import type {Digest} from '../digest.ts'
import type {Manifest} from '../manifest.ts'
import {mediaTypes} from '../media-types.ts'
import {oneLine} from '../one-line.ts'
import {parseStrictJson} from '../strict-json.ts'
import {containerdName, formatName, type ImageName, namesOf, refName} from './names.ts'

/** Bytes of the largest `index.json` that is read or written. */
export const maxIndexBytes = 8 * 1024 * 1024
const maxEntries = 20_000

/** An `index.json`, with all that others wrote into it. Never changed: each change is a new one. */
export interface LayoutIndex {
  readonly fields: Fields
  readonly entries: readonly Entry[]
}

/** What `index.json` says of one manifest. */
export interface Entry {
  readonly fields: Fields
  readonly descriptor: Descriptor
  readonly names: readonly ImageName[]
}

export const emptyIndex: LayoutIndex = {
  fields: {schemaVersion: 2, mediaType: mediaTypes.ociIndex},
  entries: [],
}

/**
 * Reads an `index.json` (image-spec, image-layout.md).
 *
 * @param where how messages call it.
 * @throws {RefusalError} INVALID_LAYOUT, and as {@link parseDescriptor}.
 */
export function parseIndex(bytes: Uint8Array, where: string): LayoutIndex {
  const wrong = (problem: string) => new RefusalError('INVALID_LAYOUT', `${where}: ${problem}.`)
  let document: unknown
  try {
    document = parseStrictJson(bytes)
  } catch (error) {
    if (error instanceof SyntaxError) throw wrong(oneLine(error.message))
    throw error
  }
  if (!isFields(document) || document['schemaVersion'] !== 2) throw wrong('schemaVersion must be 2')
  const {manifests = []} = document
  if (!Array.isArray(manifests)) throw wrong('"manifests" must be a list')
  if (manifests.length > maxEntries)
    throw wrong(`it has ${manifests.length} manifests; at most ${maxEntries} are read`)
  return {
    fields: document,
    entries: manifests.map((value: unknown, number) => {
      const descriptor = parseDescriptor(value, `${where}, manifests[${number}]`)
      return {fields: value as Fields, descriptor, names: namesOf(descriptor.annotations)}
    }),
  }
}

/** @throws {RefusalError} LAYOUT_TOO_LARGE. */
export function formatIndex({fields, entries}: LayoutIndex, where: string): Uint8Array {
  const bytes = Buffer.from(JSON.stringify({...fields, manifests: entries.map(({fields}) => fields)}))
  if (bytes.length <= maxIndexBytes) return bytes
  throw new RefusalError(
    'LAYOUT_TOO_LARGE',
    `${where} would be larger than 8 MiB. Write into several layouts.`,
  )
}

/**
 * The entry of a name; undefined when there is none.
 *
 * @throws {RefusalError} AMBIGUOUS_NAME when several images have it.
 */
export function findName({entries}: LayoutIndex, name: ImageName, where: string): Descriptor | undefined {
  const found = entries.filter(entry => hasName(entry, name)).map(({descriptor}) => descriptor)
  const digests = [...new Set(found.map(({digest}) => digest))]
  if (digests.length <= 1) return found[0]
  throw new RefusalError(
    'AMBIGUOUS_NAME',
    `${where}:${formatName(name)} is ${digests.length} images: ${digests.slice(0, 3).join(', ')}. Name one by its digest.`,
  )
}

/** With the name at this manifest and nowhere else; what had the name before stays, by its digest. */
export function withName(index: LayoutIndex, name: ImageName, manifest: Manifest): LayoutIndex {
  const holders = index.entries.filter(entry => hasName(entry, name))
  if (holders.length > 0 && holders.every(({descriptor}) => descriptor.digest === manifest.digest))
    return index
  const fields = {...descriptorOf(manifest), annotations: {[refName]: formatName(name)}}
  const others = index.entries.map(entry => (hasName(entry, name) ? withoutNames(entry) : entry))
  return {...index, entries: [...dropReached(others, manifest), toEntry(fields)]}
}

/** With the manifest in reach: listed by its digest alone, unless it is already. */
export function withManifest(index: LayoutIndex, manifest: Manifest): LayoutIndex {
  if (index.entries.some(({descriptor}) => descriptor.digest === manifest.digest)) return index
  return {...index, entries: [...dropReached(index.entries, manifest), toEntry(descriptorOf(manifest))]}
}

/** Entries that say nothing but what is there are not needed for what another entry leads to. */
function dropReached(entries: readonly Entry[], {digest, children}: Manifest): Entry[] {
  const reached = new Set<Digest>([digest, ...children.map(child => child.digest)])
  return entries.filter(
    ({descriptor, fields}) => fields['annotations'] !== undefined || !reached.has(descriptor.digest),
  )
}

function hasName({names}: Entry, {repository, tag}: ImageName): boolean {
  return names.some(name => name.repository === repository && name.tag === tag)
}

function withoutNames({fields}: Entry): Entry {
  const {[refName]: _, [containerdName]: __, ...rest} = fields['annotations'] as Fields
  const {annotations: ___, ...bare} = fields
  return toEntry(Object.keys(rest).length === 0 ? bare : {...bare, annotations: rest})
}

function toEntry(fields: Fields): Entry {
  const descriptor = parseDescriptor(fields, 'index.json')
  return {fields, descriptor, names: namesOf(descriptor.annotations)}
}

function descriptorOf({mediaType, digest, bytes}: Manifest): Fields {
  return {mediaType, digest, size: bytes.length}
}
