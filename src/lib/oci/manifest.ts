import {RefusalError} from '../errors.ts'
import {type Descriptor, type Fields, isFields, parseDescriptor} from './descriptor.ts'
import {type Digest, digestOf} from './digest.ts'
import {isIndexType, isSchema1, manifestTypes, mediaTypes} from './media-types.ts'
import {oneLine} from './one-line.ts'
import {parseStrictJson} from './strict-json.ts'

/** A manifest or index: its bytes exactly as they were served, and what Gantry reads from them. */
export interface Manifest {
  readonly bytes: Uint8Array
  /** Digest of `bytes`. */
  readonly digest: Digest
  readonly mediaType: string
  readonly kind: 'image' | 'index'
  /** Config and layers of an image, each digest once; empty for an index. */
  readonly blobs: readonly Descriptor[]
  /** Manifests of an index, each digest once; empty for an image. */
  readonly children: readonly Descriptor[]
  readonly subject?: Descriptor
  readonly artifactType?: string
}

/** Bytes of the largest manifest that is read. */
export const maxManifestRead = 8 * 1024 * 1024
/** Bytes of the largest manifest that is written: what registries must take at least (OCI distribution-spec), and ECR's limit. */
export const maxManifestWrite = 4 * 1024 * 1024

const maxChildren = 1000
// Real images stop at 127 layers (overlayfs); artifacts may have more.
const maxLayers = 1000

/**
 * Reads a manifest as strictly as a thing must be read that is trusted by its digest: a document that two readers
 * could take for different things is refused (CVE-2021-41190). The bytes are kept as they are.
 *
 * @param contentType the type that the registry served it with, if it said.
 * @param name how messages call it, for example `ghcr.io/app:v1`.
 * @throws {RefusalError} MANIFEST_TOO_LARGE, INVALID_MANIFEST, AMBIGUOUS_MANIFEST, UNSUPPORTED_MANIFEST, FOREIGN_LAYER.
 */
export function parseManifest(bytes: Uint8Array, contentType?: string, name = 'Manifest'): Manifest {
  const digest = digestOf(bytes)
  const where = name.endsWith(digest) ? name : `${name} ${digest}`
  if (bytes.length > maxManifestRead) {
    throw new RefusalError(
      'MANIFEST_TOO_LARGE',
      `${where} has ${bytes.length} bytes; at most 8 MiB are read.`,
    )
  }
  const document = parseDocument(bytes, where)
  const mediaType = decideType(document, contentType, where)
  const subject =
    document['subject'] === undefined ? undefined : parseDescriptor(document['subject'], `${where}, subject`)
  const artifactType = document['artifactType']
  if (artifactType !== undefined && typeof artifactType !== 'string') {
    throw new RefusalError('INVALID_MANIFEST', `${where}: artifactType must be text.`)
  }
  const common = {
    bytes,
    digest,
    mediaType,
    ...(subject === undefined ? {} : {subject}),
    ...(artifactType === undefined ? {} : {artifactType}),
  }
  if (isIndexType(mediaType)) {
    return {
      ...common,
      kind: 'index',
      blobs: [],
      children: parseList(document, 'manifests', maxChildren, where),
    }
  }
  const config = parseDescriptor(document['config'], `${where}, config`)
  const layers = parseList(document, 'layers', maxLayers, where)
  return {...common, kind: 'image', blobs: eachDigestOnce([config, ...layers], where), children: []}
}

/** All fields of a manifest, also those that Gantry does not read; it has been parsed strictly before. */
export function fieldsOf({bytes}: Manifest): Fields {
  return JSON.parse(new TextDecoder().decode(bytes)) as Fields
}

function parseDocument(bytes: Uint8Array, where: string): Fields {
  let document: unknown
  try {
    document = parseStrictJson(bytes)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new RefusalError('INVALID_MANIFEST', `${where} cannot be trusted: ${oneLine(error.message)}.`)
  }
  if (!isFields(document)) throw new RefusalError('INVALID_MANIFEST', `${where} is not a JSON object.`)
  return document
}

function decideType(document: Fields, contentType: string | undefined, where: string): string {
  const embedded = document['mediaType']
  const served = contentType?.split(';', 1)[0]?.trim().toLowerCase() || undefined
  if (document['schemaVersion'] === 1 || isSchema1(served)) {
    throw new RefusalError(
      'UNSUPPORTED_MANIFEST',
      `${where} is of Docker's old schema 1; not supported. Push the image again with a current tool.`,
    )
  }
  if (document['schemaVersion'] !== 2) {
    throw new RefusalError('INVALID_MANIFEST', `${where}: schemaVersion must be 2.`)
  }
  if (embedded !== undefined && typeof embedded !== 'string') {
    throw new RefusalError('INVALID_MANIFEST', `${where}: mediaType must be text.`)
  }
  const hasChildren = Object.hasOwn(document, 'manifests')
  const hasBlobs = Object.hasOwn(document, 'layers') || Object.hasOwn(document, 'config')
  if (hasChildren && hasBlobs) {
    throw ambiguous(
      where,
      'it has both "manifests" and "layers" or "config", so it could be an index or an image',
    )
  }
  if (embedded !== undefined && served !== undefined && embedded !== served) {
    throw ambiguous(where, `it says it is ${oneLine(embedded)}, the registry says ${oneLine(served)}`)
  }
  const mediaType = embedded ?? served ?? (hasChildren ? mediaTypes.ociIndex : mediaTypes.ociManifest)
  if (!manifestTypes.includes(mediaType)) {
    throw new RefusalError(
      'UNSUPPORTED_MANIFEST',
      `${where} is of type ${oneLine(mediaType)}; not supported.`,
    )
  }
  if (isIndexType(mediaType) ? hasBlobs : hasChildren) {
    throw ambiguous(where, `its type ${mediaType} and its content are not of one kind`)
  }
  return mediaType
}

function ambiguous(where: string, problem: string): RefusalError {
  return new RefusalError('AMBIGUOUS_MANIFEST', `${where} is ambiguous: ${problem}. Refused.`)
}

function parseList(document: Fields, key: string, limit: number, where: string): readonly Descriptor[] {
  const list = document[key]
  if (!Array.isArray(list)) throw new RefusalError('INVALID_MANIFEST', `${where}: "${key}" must be a list.`)
  if (list.length > limit) {
    throw new RefusalError(
      'INVALID_MANIFEST',
      `${where}: "${key}" has ${list.length} entries; at most ${limit} are read.`,
    )
  }
  const descriptors = list.map((value, index) => parseDescriptor(value, `${where}, ${key}[${index}]`))
  return eachDigestOnce(descriptors, where)
}

function eachDigestOnce(descriptors: readonly Descriptor[], where: string): readonly Descriptor[] {
  const byDigest = new Map<Digest, Descriptor>()
  for (const descriptor of descriptors) {
    const known = byDigest.get(descriptor.digest)
    if (known === undefined) byDigest.set(descriptor.digest, descriptor)
    else if (known.size !== descriptor.size) {
      throw ambiguous(where, `it gives ${descriptor.digest} the sizes ${known.size} and ${descriptor.size}`)
    }
  }
  return [...byDigest.values()]
}
