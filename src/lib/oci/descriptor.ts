import {RefusalError} from '../errors.ts'
import {type Digest, isDigest} from './digest.ts'
import {oneLine} from './one-line.ts'

/** What a child of an index runs on (OCI image-spec, image index, `platform`). */
export interface Platform {
  readonly os: string
  readonly architecture: string
  readonly variant?: string
  readonly 'os.version'?: string
}

/** Names content by type, digest and size in bytes (OCI image-spec, descriptor). Only fields that Gantry reads. */
export interface Descriptor {
  readonly mediaType: string
  readonly digest: Digest
  /** Bytes. A claim of whoever wrote the descriptor: never allocate from it. */
  readonly size: number
  readonly platform?: Platform
  readonly artifactType?: string
  readonly annotations?: Readonly<Record<string, string>>
}

/** A JSON object whose fields nobody has looked at yet. */
export type Fields = Readonly<Record<string, unknown>>

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Reads a descriptor out of parsed JSON.
 *
 * @param where how messages name it, for example `Manifest sha256:…, layers[3]`.
 * @throws {RefusalError} INVALID_MANIFEST, or FOREIGN_LAYER for content that lives outside the registry.
 */
export function parseDescriptor(value: unknown, where: string): Descriptor {
  const wrong = (problem: string): RefusalError =>
    new RefusalError('INVALID_MANIFEST', `${where}: ${problem}`)
  if (!isFields(value)) throw wrong('a descriptor must be a JSON object.')
  const {mediaType, digest, size, urls, platform, artifactType, annotations} = value
  if (typeof mediaType !== 'string' || mediaType === '') throw wrong('mediaType is missing.')
  if (typeof digest !== 'string' || !isDigest(digest)) {
    throw wrong(`digest ${shown(digest)} is not sha256: and 64 lower-case hex digits.`)
  }
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) {
    throw wrong(`size ${shown(size)} is not a number of bytes.`)
  }
  if (artifactType !== undefined && typeof artifactType !== 'string')
    throw wrong('artifactType must be text.')
  // A foreign layer's bytes are wherever the manifest's author says: never followed (CVE-2020-15157).
  if (urls !== undefined && !(Array.isArray(urls) && urls.length === 0)) {
    throw new RefusalError('FOREIGN_LAYER', `${where}: ${digest} has external URLs; not supported.`)
  }
  const runsOn = parsePlatform(platform, wrong)
  const notes = parseAnnotations(annotations, wrong)
  return {
    mediaType,
    digest,
    size,
    ...(runsOn === undefined ? {} : {platform: runsOn}),
    ...(artifactType === undefined ? {} : {artifactType}),
    ...(notes === undefined ? {} : {annotations: notes}),
  }
}

type Wrong = (problem: string) => RefusalError

/** Builders in the field write `{}` or empty strings here; a platform only chooses and labels, so that is none. */
function parsePlatform(value: unknown, wrong: Wrong): Platform | undefined {
  if (value === undefined || value === null) return undefined
  if (!isFields(value)) throw wrong('platform must be a JSON object.')
  const {os, architecture, variant, 'os.version': version} = value
  if (typeof os !== 'string' || typeof architecture !== 'string' || os === '' || architecture === '')
    return undefined
  return {
    os,
    architecture,
    ...(typeof variant === 'string' ? {variant} : {}),
    ...(typeof version === 'string' ? {'os.version': version} : {}),
  }
}

function parseAnnotations(value: unknown, wrong: Wrong): Record<string, string> | undefined {
  if (value === undefined || value === null) return undefined
  if (!isFields(value)) throw wrong('annotations must be a JSON object.')
  const entries: [string, string][] = []
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== 'string') throw wrong(`annotation "${oneLine(key)}" must be text.`)
    entries.push([key, text])
  }
  return Object.fromEntries(entries)
}

function shown(value: unknown): string {
  return value === undefined ? '(missing)' : oneLine(JSON.stringify(value), 80)
}
