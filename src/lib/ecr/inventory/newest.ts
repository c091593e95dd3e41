import type {Estate} from '../../config/estate.ts'
import {BugError, FailureError, GantryError} from '../../errors.ts'
import type {Digest} from '../../oci/digest.ts'
import {oneLine} from '../../oci/one-line.ts'
import type {OpenImage, OpenImages} from './images.ts'
import type {ImageRecord} from './model.ts'
import {readImages} from './read-images.ts'
import {type MeantRepository, openRegistries, type RegistriesOptions} from './registries.ts'

/**
 * Opens the newest tagged image of each of some repositories in an account: of several regions, in the first that has
 * the repository. What refers to an image, and what is archived, is left out.
 *
 * @param place `ALIAS` or `ALIAS@REGION`.
 * @param besides images that are left out too.
 * @throws what `openRegistries` throws; what concerns one repository alone is in `missing`.
 */
export async function newestImages(
  place: string,
  repositories: readonly string[],
  besides: ReadonlySet<Digest>,
  estate: Estate,
  options: RegistriesOptions,
): Promise<OpenImages> {
  const words = repositories.map(repository => `${place}/${repository}`)
  const registries = await openRegistries(words, estate, {...options, mayMiss: true})
  try {
    const found = await Promise.all(
      words.map(async word => ({text: word, result: await newestOf(word, registries.meant(word), besides)})),
    )
    return {
      images: found.flatMap(({result}) => (result instanceof GantryError ? [] : [result])),
      missing: found.flatMap(({text, result}) =>
        result instanceof GantryError ? [{text, error: result}] : [],
      ),
      registries,
    }
  } catch (error) {
    registries.close()
    throw error
  }
}

async function newestOf(
  word: string,
  [first]: readonly MeantRepository[],
  besides: ReadonlySet<Digest>,
): Promise<OpenImage | GantryError> {
  if (first === undefined) {
    return new FailureError('REPOSITORY_NOT_FOUND', `There is no repository ${oneLine(word)}.`)
  }
  const {at, name: repository} = first
  try {
    const releases = (await readImages(at, repository)).filter(isRelease)
    const images = releases.filter(image => !besides.has(image.digest))
    const [newest] = images.toSorted((a, b) => b.pushedAt - a.pushedAt)
    if (newest === undefined) {
      const what = releases.length === 0 ? 'tagged image' : 'other tagged image'
      return new FailureError('IMAGE_NOT_FOUND', `${oneLine(word)} has no ${what}.`)
    }
    const {digest, mediaType, pushedAt, tags} = newest
    const [tag = null] = tags
    return {text: `${word}:${tag}`, at, repository, tag, digest, mediaType, pushedAt}
  } catch (error) {
    if (!(error instanceof GantryError) || error instanceof BugError) throw error
    return error
  }
}

function isRelease({tags, status, subject, artifactType}: ImageRecord): boolean {
  return tags.length > 0 && status === 'active' && subject === undefined && !isArtifact(artifactType)
}

/** The artifact type of an image is the media type of its config (ECR API, ImageDetail). */
function isArtifact(artifactType: string | undefined): boolean {
  return artifactType !== undefined && !/\.(image|container\.image)\..*\+json$/.test(artifactType)
}
