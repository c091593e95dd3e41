import type {Estate} from '../config/estate.ts'
import {UsageError} from '../errors.ts'
import {oneLine} from '../oci/one-line.ts'
import {parseReference} from '../oci/reference.ts'
import {noTraffic, type Traffic} from '../oci/registry.ts'
import type {Side} from './model.ts'
import {Places} from './places.ts'
import type {NamedImage, RouteWords} from './route.ts'
import {findMatches, type Wanted} from './selection-matches.ts'
import {type ImagePattern, matchesImage, type Placed, parsePattern, placeOf} from './selection-pattern.ts'
import {assertPinned} from './selection-pins.ts'
import type {OpenSides} from './sides.ts'

/** Which images, in the words of `gantry promote`. */
export interface SelectionWords extends Pick<RouteWords, 'images' | 'from' | 'endpoints'> {
  /** The images are repositories, of which all tags are meant. */
  readonly allTags: boolean
  /** Patterns of what else is meant, each `[ALIAS|HOST/]REPOSITORIES:TAGS`. */
  readonly match: readonly string[]
  /** Patterns of what is not, each `REPOSITORIES[:TAGS]` of the source. */
  readonly exclude: readonly string[]
}

export interface Selection {
  readonly images: readonly (string | NamedImage)[]
  /** What asking for them took. */
  readonly traffic: Traffic
}

/**
 * Finds the images that are meant: those that are named, in their order, then what patterns match, by repository and
 * tag. Asks the source only where something must be looked up.
 *
 * @param open opens the sources, read-only.
 * @throws {UsageError} NOTHING_MATCHED, NOTHING_LEFT, INVALID_PATTERN, NO_SOURCE and the like.
 * @throws {RefusalError} DIGEST_MOVED: a tag of a release file no longer holds the digest that stands there.
 */
export async function selectImages(
  words: SelectionWords,
  estate: Estate,
  open: (sides: readonly Side[]) => Promise<Pick<OpenSides, 'registryOf' | 'traffic' | 'close'>>,
): Promise<Selection> {
  const places = new Places(estate, words.endpoints)
  const from = words.from === undefined ? undefined : places.source(words.from)
  const placed = (text: string) => placeOf(text, from, places)
  const excludes = words.exclude.map(text => parsePattern(text, text, '--exclude'))
  const wanted = [
    ...(words.allTags ? words.images.map(image => allTagsOf(textOf(image), placed)) : []),
    ...words.match.map(text => readMatch(text, placed)),
  ]
  const named = words.allTags ? [] : words.images
  const pinned = named.filter(image => typeof image !== 'string' && image.isPinned)
  const asked = [...wanted.map(({side}) => side), ...pinned.map(image => placed(textOf(image)).side)]

  const sources = asked.length === 0 ? undefined : await open(asked)
  try {
    const registryOf = (side: Side) => sources?.registryOf(side) ?? unopened(side)
    await assertPinned(
      pinned.map(image => placed(textOf(image))),
      registryOf,
    )
    const matched = await findMatches(wanted, registryOf)
    const images = [...named, ...matched].filter(image => !isExcluded(textOf(image), excludes, placed))
    if (images.length === 0 && (named.length > 0 || matched.length > 0)) {
      throw new UsageError('NOTHING_LEFT', `--exclude ${words.exclude.join(' ')} leaves no image.`)
    }
    return {images, traffic: sources?.traffic() ?? noTraffic()}
  } finally {
    sources?.close()
  }
}

type Place = (text: string) => Placed

function readMatch(text: string, place: Place): Wanted {
  const placed = place(text)
  const pattern = parsePattern(text, placed.rest, '--match')
  if (pattern.tag !== undefined) return {...placed, pattern}
  throw new UsageError(
    'INVALID_PATTERN',
    `--match "${oneLine(text)}" names no tags. Write '${oneLine(text)}:*' for all of them.`,
  )
}

function allTagsOf(text: string, place: Place): Wanted {
  const placed = place(text)
  const {tag, digest} = parseReference(placed.rest)
  if (tag !== undefined || digest !== undefined) {
    throw new UsageError(
      'ONE_TAG_AND_ALL',
      `--all-tags goes with repositories, and "${text}" is an image. Leave out one of the two.`,
    )
  }
  return {...placed, pattern: parsePattern(text, `${placed.rest}:*`, '--all-tags')}
}

function isExcluded(text: string, excludes: readonly ImagePattern[], place: Place): boolean {
  if (excludes.length === 0) return false
  const image = parseReference(place(text).rest)
  return excludes.some(pattern => matchesImage(pattern, image))
}

function textOf(image: string | NamedImage): string {
  return typeof image === 'string' ? image : image.text
}

function unopened(side: Side): never {
  throw new TypeError(`${side.label} was not opened`)
}
