/** What one word of a list of needed images means. */
import {parseEcrHost} from '../ecr/hosts.ts'
import {GantryError} from '../errors.ts'
import {type Digest, isDigest} from '../oci/digest.ts'
import {oneLine} from '../oci/one-line.ts'
import {parseReference} from '../oci/reference.ts'
import type {PlacedWord} from './protection-file.ts'

/** What a word protects; neither member for an image of another registry than ECR's that has only a tag. */
export interface Protected {
  /** Wherever it is: a replica or a promoted image has the same digest. */
  readonly digest?: Digest
  readonly tag?: {
    /** Account and region; absent for every registry. */
    readonly registry?: string
    readonly repository: string
    readonly name: string
  }
}

/** How container runtimes begin an `imageID`. */
const runtime = /^docker(?:-pullable)?:\/\//

/**
 * Reads `sha256:...`, `[HOST/]REPO@sha256:...` or `[HOST/]REPO:TAG`; a name of JSON without a tag has `latest`, as for
 * whoever runs it. A tag at an ECR host protects there alone.
 *
 * @throws {SyntaxError} `FILE:LINE:COLUMN: what is wrong`.
 */
export function readProtectedWord({word, place, isValue}: PlacedWord): Protected {
  const name = word.replace(runtime, '')
  if (isDigest(name)) return {digest: name}
  if (/^sha\d+:/i.test(name))
    throw new SyntaxError(`${place}: "${oneLine(word, 80)}" is not a digest: sha256: and 64 of 0-9 a-f.`)
  const {host, repository, tag, digest} = parse(name, place)
  const ecr = host === undefined ? undefined : parseEcrHost(host)
  const isForeign = host !== undefined && ecr?.kind !== 'private'
  if (tag === undefined && digest === undefined && !isValue && !isForeign)
    throw new SyntaxError(
      `${place}: "${oneLine(word, 80)}" names no image: the tag or digest is missing. Write NAME:TAG or NAME@sha256:…`,
    )
  const effective = tag ?? (digest === undefined ? 'latest' : undefined)
  const registry = ecr?.kind === 'private' ? {registry: registryKey(ecr)} : {}
  return {
    ...(digest === undefined ? {} : {digest}),
    ...(isForeign || effective === undefined ? {} : {tag: {...registry, repository, name: effective}}),
  }
}

/** Tells a registry by what it is, whichever of its host names is used. */
export function registryKey({account, region}: {readonly account: string; readonly region: string}): string {
  return `${account}/${region}`
}

function parse(name: string, place: string) {
  try {
    return parseReference(name)
  } catch (error) {
    if (error instanceof GantryError) throw new SyntaxError(`${place}: ${error.message}`, {cause: error})
    throw error
  }
}
