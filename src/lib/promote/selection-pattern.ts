import {matchesRepository, matchesTag, repositoryPattern, tagPattern} from '../config/match.ts'
import {UsageError} from '../errors.ts'
import {isLayout, referenceText, splitLayout} from '../oci/layout/names.ts'
import {oneLine} from '../oci/one-line.ts'
import {repositoryAt} from '../oci/reference.ts'
import type {Side} from './model.ts'
import {isHost, type Places} from './places.ts'

/** Images by a pattern of repositories and one of tags; see {@link matchesRepository} and {@link matchesTag}. */
export interface ImagePattern {
  /** As the user wrote it. */
  readonly text: string
  readonly repository: string
  /** Undefined for images whatever their tag is, and those without. */
  readonly tag: string | undefined
}

/** The source of an image or a pattern, and what is left of its text. */
export interface Placed {
  readonly side: Side
  /** The alias or host that the text began with, with its slash, or the layout with its colon; empty with --from. */
  readonly prefix: string
  readonly rest: string
}

/**
 * Finds the source registry of `[ALIAS|HOST/]REST` or `LAYOUT:REST`.
 *
 * @throws {UsageError} NO_SOURCE, TWO_SOURCES.
 */
export function placeOf(text: string, from: Side | undefined, places: Places): Placed {
  const inside = (side: Side, prefix: string, rest: string): Placed => {
    if (from === undefined || from.host === side.host) return {side, prefix, rest}
    throw new UsageError(
      'TWO_SOURCES',
      `"${oneLine(text)}" is not in ${from.label}. Leave out --from, or the host.`,
    )
  }
  if (isLayout(text)) {
    const {place, rest} = splitLayout(text)
    return inside(places.host(place.host), `${place.host}:`, referenceText(rest))
  }
  const slash = text.indexOf('/')
  const first = text.slice(0, Math.max(slash, 0))
  const path = text.slice(slash + 1)
  const rest = repositoryAt(first, path)
  if (isHost(first)) return inside(places.host(first), `${first}/`, rest)
  if (from !== undefined) {
    // A pattern means what it says; a name is one of this registry's.
    const isName = !/^[^:]*\*/.test(text)
    return {side: from, prefix: '', rest: isName ? repositoryAt(from.host, text) : text}
  }
  if (places.knows(first)) return {side: places.source(first), prefix: `${first}/`, rest}
  throw new UsageError(
    'NO_SOURCE',
    `"${oneLine(text)}" does not say which registry it is in. Add --from ALIAS, or write ALIAS/${oneLine(text)}.`,
  )
}

/**
 * Reads `REPOSITORIES:TAGS`, or `REPOSITORIES` alone.
 *
 * @param flag what the pattern stands with, for messages.
 * @throws {UsageError} INVALID_PATTERN.
 */
export function parsePattern(text: string, rest: string, flag: string): ImagePattern {
  const colon = rest.indexOf(':')
  const repository = colon === -1 ? rest : rest.slice(0, colon)
  const tag = colon === -1 ? undefined : rest.slice(colon + 1)
  if (repositoryPattern.test(repository) && (tag === undefined || tagPattern.test(tag))) {
    return {text, repository, tag}
  }
  throw new UsageError(
    'INVALID_PATTERN',
    `${flag} "${oneLine(text)}" is no pattern. Write repositories and tags, * within a segment and ** for whole segments: 'payments/**:v1.*'.`,
  )
}

/** Whether the pattern means this image; `tag` is undefined where an image is named by its digest alone. */
export function matchesImage(
  pattern: ImagePattern,
  {repository, tag}: {readonly repository: string; readonly tag?: string | undefined},
): boolean {
  if (!matchesRepository(pattern.repository, repository)) return false
  return pattern.tag === undefined || (tag !== undefined && matchesTag(pattern.tag, tag))
}
