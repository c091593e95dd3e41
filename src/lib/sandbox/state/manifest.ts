import {invalidParameter} from '../ecr-error.ts'
import {digestPattern} from './digest.ts'

/** What ECR reads from a manifest; the bytes themselves are kept as they came. */
export interface ManifestFacts {
  readonly mediaType: string
  /** Config and layers that must be in the repository. */
  readonly layers: readonly LayerReference[]
  /** Digests of the manifests that an index lists; undefined for anything else. */
  readonly children?: readonly string[]
  /** Bytes of config and layers as the manifest declares them. */
  readonly contentSize: number
  readonly configMediaType?: string
  readonly artifactType?: string
  readonly subject?: string
  readonly annotations?: Readonly<Record<string, string>>
}

export interface LayerReference {
  readonly digest: string
  readonly mediaType: string
}

type Fields = Readonly<Record<string, unknown>>

const schema1Types = new Set([
  'application/vnd.docker.distribution.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v1+prettyjws',
])
// Layers that clients need not push (Docker schema 2 foreign layers, OCI non-distributable layers). Whether ECR asks for
// them is unconfirmed.
const notPushed = /nondistributable|\.foreign\./
// Both are sent back in headers of the registry protocol.
const printable = /^[\x20-\x7e]+$/

/**
 * @param declaredType media type that the request named.
 * @param mediaTypeParameters whether its blobs may have media types with parameters, which ECR refuses
 *   (sigstore/sigstore-js#1058).
 * @throws {EcrError} InvalidParameterException.
 */
export function readManifest(
  bytes: Uint8Array,
  declaredType: string | undefined,
  mediaTypeParameters = false,
): ManifestFacts {
  const document = parse(bytes)
  const own = textOf(document['mediaType'])
  const mediaType = declaredType ?? own
  // unconfirmed: what ECR says to a manifest that contradicts its declared type, or that names none.
  if (mediaType === undefined) throw invalidParameter('imageManifestMediaType', 'Member must not be null')
  if (own !== undefined && own !== mediaType) {
    throw invalidParameter('ImageManifest', `manifest media type '${own}' does not match '${mediaType}'`)
  }
  // The wording is unconfirmed.
  if (!printable.test(mediaType)) throw invalidParameter('imageManifestMediaType', 'Invalid media type')
  const subject = textOf(fieldsOf(document['subject'])['digest'])
  if (subject !== undefined && !digestPattern.test(subject)) {
    throw invalidParameter('ImageManifest', 'Invalid JSON syntax')
  }
  const config = fieldsOf(document['config'])
  const configMediaType = textOf(config['mediaType'])
  const artifactType = textOf(document['artifactType']) ?? configMediaType
  const annotations = textsOf(document['annotations'])
  const blobs = blobsOf(document, mediaType)
  if (!mediaTypeParameters && blobs.some(blob => textOf(blob['mediaType'])?.includes(';'))) {
    throw invalidParameter('ImageManifest', 'Invalid JSON syntax')
  }
  return {
    mediaType,
    layers: blobs.flatMap(referenceOf),
    ...(Array.isArray(document['manifests']) ? {children: digestsOf(document['manifests'])} : {}),
    contentSize: blobs.reduce((sum, blob) => sum + sizeOf(blob), 0),
    ...(configMediaType === undefined ? {} : {configMediaType}),
    ...(artifactType === undefined ? {} : {artifactType}),
    ...(subject === undefined ? {} : {subject}),
    ...(subject === undefined || annotations === undefined ? {} : {annotations}),
  }
}

function parse(bytes: Uint8Array): Fields {
  let document: unknown
  try {
    document = JSON.parse(new TextDecoder('utf-8', {fatal: true}).decode(bytes))
  } catch {
    throw invalidParameter('ImageManifest', 'Invalid JSON syntax')
  }
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw invalidParameter('ImageManifest', 'Invalid JSON syntax')
  }
  return document as Fields
}

function blobsOf(document: Fields, mediaType: string): readonly Fields[] {
  if (schema1Types.has(mediaType)) {
    return listOf(document['fsLayers']).map(layer => ({digest: layer['blobSum']}))
  }
  const config = document['config'] === undefined ? [] : [fieldsOf(document['config'])]
  // `blobs` is what ORAS artifact manifests call their layers.
  return [...config, ...listOf(document['layers']), ...listOf(document['blobs'])]
}

function referenceOf(blob: Fields): readonly LayerReference[] {
  const mediaType = textOf(blob['mediaType']) ?? 'application/octet-stream'
  if (notPushed.test(mediaType)) return []
  const digest = textOf(blob['digest'])
  if (digest === undefined) throw invalidParameter('ImageManifest', 'Invalid JSON syntax')
  return [{digest, mediaType}]
}

function digestsOf(manifests: unknown): readonly string[] {
  return listOf(manifests).map(child => {
    const digest = textOf(child['digest'])
    if (digest === undefined) throw invalidParameter('ImageManifest', 'Invalid JSON syntax')
    return digest
  })
}

function sizeOf(blob: Fields): number {
  const size = blob['size']
  return typeof size === 'number' && Number.isSafeInteger(size) && size > 0 ? size : 0
}

function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : []
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {}
}

/** The members of an object that are texts. */
function textsOf(value: unknown): Readonly<Record<string, string>> | undefined {
  if (value === undefined) return undefined
  return Object.fromEntries(
    Object.entries(fieldsOf(value)).flatMap(([name, member]) => {
      const text = textOf(member)
      return text === undefined ? [] : [[name, text]]
    }),
  )
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
