import {UsageError} from '../../errors.ts'
import {oneLine} from '../one-line.ts'
import {isValidTag, parseReference, type Reference} from '../reference.ts'

/** Where an image layout is: a folder, or a tar of one. */
export interface LayoutPlace {
  readonly kind: 'directory' | 'archive'
  /** As the user wrote it. */
  readonly path: string
  /** `oci:PATH` or `oci-archive:FILE`: what a layout has in place of a registry's host. */
  readonly host: string
}

/** An image of a layout by the name that the layout gives it. */
export interface ImageName {
  readonly repository: string
  readonly tag: string
}

/** The repository of images that their layout names by a tag alone, as skopeo, oras and regctl write it. */
export const unnamed = 'unnamed'

/** Of the image-spec (annotations.md): a tag, or a repository and a tag. */
export const refName = 'org.opencontainers.image.ref.name'
/** Of containerd, Docker and BuildKit: the whole name; `refName` is then the tag alone. */
export const containerdName = 'io.containerd.image.name'

const schemes = {'oci:': 'directory', 'oci-archive:': 'archive'} as const

/** Whether a text names a layout, or something in it, rather than a registry. */
export function isLayout(text: string): boolean {
  return Object.keys(schemes).some(scheme => text.startsWith(scheme))
}

/**
 * Splits `oci:PATH[:REST]` or `oci-archive:FILE[:REST]` at the colon where skopeo does: the first one that is not that
 * of a Windows drive. The rest may also follow an `@`.
 *
 * @throws {UsageError} INVALID_LAYOUT.
 */
export function splitLayout(text: string): {readonly place: LayoutPlace; readonly rest: string} {
  const [scheme, kind] = Object.entries(schemes).find(([scheme]) => text.startsWith(scheme)) ?? [
    '',
    'directory',
  ]
  const named = text.slice(scheme.length)
  const drive = /^[A-Za-z]:[\\/]/.test(named) ? 2 : 0
  const end = named.slice(drive).search(/:|@sha256:/)
  const path = end === -1 ? named : named.slice(0, drive + end)
  const rest = end === -1 ? '' : named.slice(drive + end).replace(/^:/, '')
  if (path === '') {
    throw new UsageError('INVALID_LAYOUT', `"${oneLine(text)}" names no ${kind}. Write ${scheme}PATH.`)
  }
  if (/^~(?:[\\/]|$)/.test(path)) {
    throw new UsageError(
      'INVALID_LAYOUT',
      `"${oneLine(text)}": the shell leaves this ~ as it is. Write "${scheme}$HOME${path.slice(1)}", or ./~ for a folder of that name.`,
    )
  }
  const shown = path.replace(/(?<=[^\\/])[\\/]+$/, '')
  return {place: {kind, path: shown, host: `${scheme}${shown}`}, rest}
}

/** A layout without an image of it. @throws {UsageError} INVALID_LAYOUT. */
export function layoutPlace(text: string): LayoutPlace {
  const {place, rest} = splitLayout(text)
  if (rest === '') return place
  throw new UsageError(
    'INVALID_LAYOUT',
    `"${oneLine(text)}" names an image, and a layout is wanted. Write ${place.host}, and the image apart from it.`,
  )
}

/**
 * Parses `oci:PATH:TAG`, `oci:PATH:REPOSITORY:TAG` or `oci:PATH@DIGEST`: the layout stands where a registry has its host.
 *
 * @throws {UsageError} INVALID_LAYOUT, NO_TAG, INVALID_REFERENCE.
 */
export function parseLayoutReference(text: string): Reference {
  const {place, rest} = splitLayout(text)
  if (rest !== '') return {...parseReference(referenceText(rest)), host: place.host}
  throw new UsageError('NO_TAG', `"${oneLine(text)}" names no image of the layout. Add :TAG or @sha256:…`)
}

/** What follows a layout's path, as a reference: a tag alone is that of an image without repository. */
export function referenceText(rest: string): string {
  const at = rest.indexOf('@')
  const tag = at === -1 ? rest : rest.slice(0, at)
  if (tag === '') return `${unnamed}${rest}`
  return isValidTag(tag) ? `${unnamed}:${rest}` : rest
}

/** The `refName` of an image. */
export function formatName({repository, tag}: ImageName): string {
  return repository === unnamed ? tag : `${repository}:${tag}`
}

/** The names that the annotations of a layout's entry give to its image, without registry hosts. */
export function namesOf(annotations: Readonly<Record<string, string>> = {}): readonly ImageName[] {
  const texts = [annotations[containerdName], annotations[refName]]
  const names = texts.flatMap(text => (text === undefined ? [] : parseName(text)))
  return names.filter(
    ({repository, tag}, index) =>
      names.findIndex(other => other.repository === repository && other.tag === tag) === index,
  )
}

function parseName(text: string): ImageName[] {
  if (isValidTag(text)) return [{repository: unnamed, tag: text}]
  try {
    const {host, repository, tag} = parseReference(text)
    // `docker build --tag api:v1` names it docker.io/library/api:v1.
    const known = host === 'docker.io' ? repository.replace(/^library\//, '') : repository
    return tag === undefined ? [] : [{repository: known, tag}]
  } catch (error) {
    // Whatever else stands there names nothing; the digest does.
    if (error instanceof UsageError) return []
    throw error
  }
}
