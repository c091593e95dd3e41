import type {Estate} from '../config/estate.ts'
import {UsageError} from '../errors.ts'
import {isLayout, parseLayoutReference, unnamed} from '../oci/layout/names.ts'
import {formatReference, isValidTag, parseReference, type Reference, repositoryAt} from '../oci/reference.ts'
import {promotionsFor} from './fence.ts'
import type {Side} from './model.ts'
import {checkRepository, type HostNames, Places} from './places.ts'

/** One image and where it goes; the registries are not open yet. */
export interface Route {
  readonly source: Side
  readonly repository: string
  /** Tag or digest. */
  readonly reference: string
  readonly tags: readonly string[]
  readonly destinations: readonly RouteEnd[]
  readonly immutable: boolean
}

/** Where an image goes. */
export interface RouteEnd {
  readonly side: Side
  readonly repository: string
  /** Gates of repos.yaml that it has to pass first, all of them. */
  readonly gates?: readonly string[]
}

/** An image with tags of its own at the destination. */
export interface NamedImage {
  /** As on the command line: `[ALIAS/]REPOSITORY[:TAG][@DIGEST]`, or with a host, or `oci:PATH:[REPOSITORY:]TAG`. */
  readonly text: string
  /** Tags at the destination, before those of all images and the one that the text names. */
  readonly tags?: readonly string[]
  /** With a tag and a digest: the tag must hold that digest still. */
  readonly isPinned?: boolean
}

/** The words of `gantry promote`. */
export interface RouteWords {
  readonly images: readonly (string | NamedImage)[]
  readonly from: string | undefined
  readonly to: readonly string[]
  /** Tags at the destination instead of the image's own. */
  readonly tags: readonly string[]
  /** Repository at the destination instead of the image's own. */
  readonly as: string | undefined
  readonly endpoints: HostNames
}

/**
 * Turns the words of the command line into routes, without asking anybody. What is named twice is one route.
 *
 * @throws {UsageError} INVALID_REFERENCE, UNKNOWN_ACCOUNT, NO_SOURCE, NO_TAG, NO_REPOSITORY and the like (exit 2).
 * @throws {RefusalError} ROUTE_NOT_ALLOWED when promotions of repos.yaml lead to a destination and none of them allows
 *   this image (exit 7).
 */
export function routeImages(words: RouteWords, estate: Estate): Route[] {
  const places = new Places(estate, words.endpoints)
  const destinations = words.to.flatMap(text => places.destinations(text))
  if (destinations.length === 0)
    throw new UsageError('NO_DESTINATION', 'Say where to: --to ALIAS or --to HOST.')
  const source = words.from === undefined ? undefined : places.source(words.from)
  for (const tag of words.tags) checkTag(tag)
  if (words.as !== undefined) checkRepository(words.as, '--as')

  const routes = words.images.map(named => {
    const {text, tags: own = []} = typeof named === 'string' ? {text: named} : named
    const image = readImage(text, source, places)
    const tags = tagsOf(image.reference, own.length > 0 ? own : words.tags, text)
    const {repository} = image.reference
    const targets = destinations.map(({side, prefix}) => ({
      side,
      repository: prefix + (words.as ?? repository),
    }))
    for (const target of targets) {
      assertElsewhere(image.side, repository, target, tags)
      if (words.as === undefined) assertNamed(text, image, target)
    }
    const going = {source: image.side, repository, tags}
    const promotions = targets.flatMap(({side}) => promotionsFor(estate, going, side))
    return {
      source: image.side,
      repository,
      reference: image.reference.digest ?? image.reference.tag ?? '',
      tags,
      destinations: targets,
      immutable: promotions.some(({immutable}) => immutable),
    }
  })
  return [...new Map(routes.map(route => [keyOf(route), route])).values()]
}

/** Two routes of one key are the same promotion, named twice. */
function keyOf({source, repository, reference, tags}: Route): string {
  return JSON.stringify([source.host, repository, reference, tags.toSorted()])
}

interface Image {
  readonly side: Side
  readonly reference: Reference
}

/** With --from an image is a repository of that registry; without it the image itself begins with an alias or a host. */
function readImage(text: string, source: Side | undefined, places: Places): Image {
  const {host, ...reference} = isLayout(text) ? parseLayoutReference(text) : parseReference(text)
  if (reference.tag === undefined && reference.digest === undefined) {
    throw new UsageError('NO_TAG', `"${text}" names no image of the repository. Add :TAG or @sha256:…`)
  }
  if (host !== undefined) {
    const side = places.host(host)
    if (source !== undefined && source.host !== side.host) {
      throw new UsageError(
        'TWO_SOURCES',
        `"${text}" is not in ${source.label}. Leave out --from, or the host.`,
      )
    }
    return {side, reference}
  }
  if (source !== undefined) {
    return {
      side: source,
      reference: {...reference, repository: repositoryAt(source.host, reference.repository)},
    }
  }
  const slash = reference.repository.indexOf('/')
  const alias = reference.repository.slice(0, Math.max(slash, 0))
  if (alias === '' || !places.knows(alias)) {
    throw new UsageError(
      'NO_SOURCE',
      `"${text}" does not say which registry it is in. Add --from ALIAS, or write ALIAS/${formatReference(reference)}.`,
    )
  }
  return {
    side: places.source(alias),
    reference: {...reference, repository: reference.repository.slice(slash + 1)},
  }
}

function tagsOf(reference: Reference, wanted: readonly string[], text: string): readonly string[] {
  if (wanted.length > 0) return [...new Set(wanted)]
  if (reference.tag !== undefined) return [reference.tag]
  if (reference.digest !== undefined) return []
  throw new UsageError('NO_TAG', `"${text}" names no tag.`)
}

function assertElsewhere(
  source: Side,
  repository: string,
  target: Route['destinations'][number],
  tags: readonly string[],
): void {
  if (source.host !== target.side.host || repository !== target.repository || tags.length > 0) return
  throw new UsageError(
    'SAME_PLACE',
    `${source.label}/${repository} is both source and destination. Add --tag or --as.`,
  )
}

/** An image that its layout names by a tag alone has no repository to go to elsewhere. */
function assertNamed(text: string, image: Image, target: Route['destinations'][number]): void {
  const isNamed = !isLayout(image.side.host) || image.reference.repository !== unnamed
  if (isNamed || isLayout(target.side.host)) return
  throw new UsageError(
    'NO_REPOSITORY',
    `"${text}" does not say which repository it goes to: ${image.side.label} names it by a tag alone. Add --as REPOSITORY.`,
  )
}

function checkTag(tag: string): void {
  if (!isValidTag(tag))
    throw new UsageError(
      'INVALID_TAG',
      `--tag "${tag}" is not a tag: 1 to 128 of A-Z a-z 0-9 . _ -, not beginning with . or -.`,
    )
}
