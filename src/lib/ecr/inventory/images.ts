import type {Estate} from '../../config/estate.ts'
import {nearest} from '../../config/nearest.ts'
import {BugError, FailureError, GantryError} from '../../errors.ts'
import type {Digest} from '../../oci/digest.ts'
import {oneLine} from '../../oci/one-line.ts'
import {type ImageWord, readImageWord} from './image-word.ts'
import type {ImageRecord} from './model.ts'
import {readImagesNamed} from './read-images.ts'
import {
  type MeantRepository,
  type OpenRegistries,
  type OpenRegistry,
  openRegistries,
  type RegistriesOptions,
} from './registries.ts'

/** An image at the registry that has it, by digest. */
export interface OpenImage {
  /** As the user named it. */
  readonly text: string
  readonly at: OpenRegistry
  readonly repository: string
  /** The tag that was asked for; null when it was a digest. */
  readonly tag: string | null
  readonly digest: Digest
  readonly mediaType: string
  /** Milliseconds since the epoch. */
  readonly pushedAt: number
}

export interface OpenImages {
  /** In the order of the words; of one word, in that of the registries. */
  readonly images: readonly OpenImage[]
  /** Words that mean nothing that is there, and registries that could not be asked about one. */
  readonly missing: readonly {readonly text: string; readonly error: GantryError}[]
  readonly registries: OpenRegistries
}

/**
 * Opens the registries that words mean, and finds the images: each wherever it is among them. A word is `REPO:TAG` or
 * `REPO@DIGEST`, after `ALIAS/`, `ALIAS@REGION/` or `HOST/` where not all registries are meant. DescribeImages tells of
 * them, which is no pull.
 *
 * @throws {UsageError} INVALID_REFERENCE, and what `openRegistries` throws; what concerns one image alone is in `missing`.
 */
export async function openImages(
  texts: readonly string[],
  estate: Estate,
  options: RegistriesOptions,
): Promise<OpenImages> {
  const words = [...new Set(texts)].map(readImageWord)
  const repositories = words.map(({repository}) => repository)
  const registries = await openRegistries(repositories, estate, {...options, mayMiss: true})
  try {
    const found = await findAll(words, registries, options.context.signal)
    return {
      images: found.flatMap(({images}) => images),
      missing: found.flatMap(({text, errors}) => errors.map(error => ({text, error}))),
      registries,
    }
  } catch (error) {
    registries.close()
    throw error
  }
}

/** What was found of one word. */
interface Found {
  readonly text: string
  readonly images: readonly OpenImage[]
  readonly errors: readonly GantryError[]
}

/** A repository is asked once for all that words mean in it. */
async function findAll(
  words: readonly ImageWord[],
  registries: OpenRegistries,
  signal: AbortSignal,
): Promise<readonly Found[]> {
  const places = new Map(words.map(word => [word, registries.meant(word.repository)]))
  const wordsOf = Map.groupBy(
    [...places].flatMap(([word, repositories]) => repositories.map(repository => ({word, repository}))),
    ({repository}) => repository,
  )
  const records = new Map(
    await Promise.all(
      [...wordsOf].map(async ([repository, asked]) => {
        const references = asked.map(({word}) => word.digest ?? word.tag ?? '')
        return [repository, await recordsOf(repository, references, signal)] as const
      }),
    ),
  )
  return Promise.all(
    [...places].map(async ([word, repositories]) => {
      const found = repositories.map(repository => foundIn(repository, word, records.get(repository) ?? []))
      const images = found.flatMap(each => each.images)
      const errors = found.flatMap(each => each.errors)
      const isNowhere = images.length === 0 && errors.length === 0
      return {
        text: word.text,
        images,
        errors: isNowhere ? [await notFound(word, repositories, signal)] : errors,
      }
    }),
  )
}

/** A repository that cannot be read is the matter of the images that are meant in it. */
async function recordsOf(
  {at, name}: MeantRepository,
  references: readonly string[],
  signal: AbortSignal,
): Promise<readonly ImageRecord[] | GantryError> {
  try {
    return await readImagesNamed(at, name, references)
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof GantryError) || error instanceof BugError) throw error
    // A repository of another account that we may not ask about is taken to be there.
    return error.code === 'REPOSITORY_NOT_FOUND' ? [] : error
  }
}

function foundIn(
  {at, name: repository}: MeantRepository,
  {text, tag, digest: wanted}: ImageWord,
  records: readonly ImageRecord[] | GantryError,
): Pick<Found, 'images' | 'errors'> {
  if (records instanceof GantryError) return {images: [], errors: [records]}
  const meant = records.filter(({tags, digest}) => (tag === null ? digest === wanted : tags.includes(tag)))
  const images = meant.map(({digest, mediaType, pushedAt}) => ({
    text,
    at,
    repository,
    tag,
    digest,
    mediaType,
    pushedAt,
  }))
  return {images, errors: []}
}

/** The error for an image that is nowhere; with a tag that is near, where there is one. */
async function notFound(
  {text, repository, tag}: ImageWord,
  asked: readonly MeantRepository[],
  signal: AbortSignal,
): Promise<FailureError> {
  if (asked.length === 0) {
    return new FailureError('REPOSITORY_NOT_FOUND', `There is no repository ${oneLine(repository)}.`, {
      hints: ['gantry inventory lists those that there are.'],
    })
  }
  const tags = tag === null ? [] : await Promise.all(asked.map(each => someTags(each, signal)))
  const near = nearest(tag ?? '', tags.flat())
  const hint = near === undefined ? '' : ` Did you mean the tag "${oneLine(near)}"?`
  return new FailureError('IMAGE_NOT_FOUND', `There is no image ${oneLine(text)}.${hint}`)
}

/** Pages of tags among which near ones are looked for, 1,000 each. */
const mostPages = 10

/** None where they may not be listed: they are only for a hint. */
async function someTags({at, name}: MeantRepository, signal: AbortSignal): Promise<readonly string[]> {
  const tags: string[] = []
  let count = 0
  try {
    for await (const page of at.api.listTaggedImages(name)) {
      tags.push(...page.flatMap(({imageTag}) => imageTag ?? []))
      count += 1
      if (count === mostPages) break
    }
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof GantryError)) throw error
  }
  return tags
}
