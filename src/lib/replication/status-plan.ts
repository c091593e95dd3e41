import type {Estate} from '../config/estate.ts'
import type {AwsEnvironment} from '../ecr/environment.ts'
import {registryAt} from '../ecr/inventory/known.ts'
import type {InventoryRegistry} from '../ecr/inventory/model.ts'
import {FailureError, GantryError} from '../errors.ts'
import type {Digest} from '../oci/digest.ts'
import {oneLine} from '../oci/one-line.ts'
import type {Destinations} from './destinations.ts'
import {type Ends, failureOf} from './ends.ts'
import {expectedDestinations} from './expected.ts'
import type {Subject} from './look.ts'
import {readSourceImages, type SourceImage, type Wanted} from './source-images.ts'
import type {Rules, SourceRepository, Sources} from './sources.ts'

/** An image, and each destination that it is expected at. */
interface PlannedImage {
  readonly registry: InventoryRegistry
  readonly repository: string
  readonly image: SourceImage
  readonly subjects: readonly Subject[]
}

/** A repository, or a word for an image, of which nothing can be said. */
export interface UnknownSource {
  /** The word, or `REGISTRY/REPOSITORY`. */
  readonly name: string
  readonly error: Pick<GantryError, 'code' | 'message' | 'exitCode' | 'hints'>
}

interface StatusPlan {
  readonly images: readonly PlannedImage[]
  readonly unreadable: readonly UnknownSource[]
  /** `REGISTRY/REPOSITORY` that rules of other registries lead to, and none of its own lead further. */
  readonly copies: readonly string[]
}

interface PlanWorld extends Ends {
  readonly estate: Estate
  readonly aws: AwsEnvironment
  readonly destinations: Destinations
}

/**
 * What is to be looked at where. A repository that cannot be read leaves the others alone; one that is the copy of another
 * that is looked at is expected nowhere, and left out, but for images that words name and the other has not.
 *
 * @throws the reason of the run's end.
 */
export async function planStatus(
  repositories: readonly SourceRepository[],
  rules: Rules,
  world: PlanWorld,
): Promise<StatusPlan> {
  const planAll = (some: readonly SourceRepository[]) =>
    Promise.all(
      some.map(async source => ({source, read: await planRepository(source, rules, world)}) as const),
    )
  const copies = repositories.filter(each => isCopyOfAny(each, repositories, rules, world))
  const sources = await planAll(repositories.filter(each => !copies.includes(each)))
  const rests = copies.map(copy => ({...copy, wanted: restOf(copy, sources)}))
  const read = [...sources, ...(await planAll(rests.filter(({wanted}) => wanted.size > 0)))]
  // A pattern may mean what another word names: all of its tags are looked for then.
  const images = new Map<string, PlannedImage>()
  for (const image of read.flatMap(imagesOf)) {
    const key = `${image.registry.host}/${image.repository}@${image.image.digest}`
    if (!images.has(key)) images.set(key, image)
  }
  const leftOut = copies.filter(({wanted}, index) => wanted?.size !== rests[index]?.wanted.size)
  return {
    images: [...images.values()],
    unreadable: read.flatMap(each => ('error' in each.read ? [each.read] : [])),
    copies: [...new Set(leftOut.map(nameOf))],
  }
}

/** What a repository comes to. */
interface Planned {
  readonly source: SourceRepository
  readonly read: readonly PlannedImage[] | UnknownSource
}

function imagesOf({read}: Planned): readonly PlannedImage[] {
  return 'error' in read ? [] : read
}

/** Of the images that words name in a copy, those that no source brings there: unless one cannot be read, which may. */
function restOf({at, repository, wanted}: SourceRepository, sources: readonly Planned[]): Wanted {
  const alike = sources.filter(({source}) => source.repository === repository)
  if (wanted === undefined || alike.some(({read}) => 'error' in read)) return new Map()
  const brought = alike
    .flatMap(imagesOf)
    .filter(({subjects}) => subjects.some(({destination}) => destination.registry.host === at.registry.host))
  const isBrought = (digest: Digest, tags: readonly string[] | null) =>
    brought.some(({image}) => image.digest === digest || image.tags.some(tag => tags?.includes(tag)))
  return new Map([...wanted].filter(([digest, tags]) => !isBrought(digest, tags)))
}

/** Words that mean nothing that is there: images that are nowhere, and repositories in which no image has a tag. */
export function unmetWords(
  {missing, named}: Pick<Sources, 'missing' | 'named'>,
  {images, unreadable, copies}: StatusPlan,
): UnknownSource[] {
  const told = new Set([
    ...images.map(({registry, repository}) => `${registry.label}/${repository}`),
    ...unreadable.map(({name}) => name),
  ])
  const repositories = new Set(images.map(({repository}) => repository))
  // A copy stands for what it was copied from, where there is any of it.
  const isTold = (place: Pick<SourceRepository, 'at' | 'repository'>) =>
    told.has(nameOf(place)) || (copies.includes(nameOf(place)) && repositories.has(place.repository))
  const empty = named.filter(({places}) => !places.some(isTold))
  const noImage = (text: string) =>
    new FailureError('IMAGE_NOT_FOUND', `${oneLine(text)} has no image with a tag.`)
  return [
    ...missing.map(({text, error}) => ({name: text, error: plainError(error)})),
    ...empty.map(({text}) => ({name: text, error: plainError(noImage(text))})),
  ]
}

/** An error as results tell of it. */
export function plainError({code, message, exitCode, hints}: GantryError): UnknownSource['error'] {
  return {code, message, exitCode, hints}
}

async function planRepository(
  source: SourceRepository,
  rules: Rules,
  world: PlanWorld,
): Promise<readonly PlannedImage[] | UnknownSource> {
  const {at, repository, wanted} = source
  const {estate, aws, destinations} = world
  try {
    const expected = await Promise.all(
      expectedDestinations(rulesOf(rules, at.registry), repository).map(async ({account, region, rule}) => {
        const registry = registryAt({account, region}, estate, aws)
        return {destination: {registry, rule}, target: await destinations.target(registry, at)}
      }),
    )
    const images = await readSourceImages(at, repository, wanted)
    return images.map(image => ({
      registry: at.registry,
      repository,
      image,
      subjects: expected.map(each => ({source: at, repository, image, ...each})),
    }))
  } catch (error) {
    return {name: nameOf(source), error: plainError(failureOf(error, world))}
  }
}

function rulesOf(rules: Rules, {host}: InventoryRegistry) {
  const known = rules.get(host)
  if (known === undefined) throw new TypeError(`the rules of ${host} were not read`)
  if (known instanceof GantryError) throw known
  return known
}

function isCopyOfAny(
  {at, repository}: SourceRepository,
  others: readonly SourceRepository[],
  rules: Rules,
  {estate, aws}: PlanWorld,
): boolean {
  const {host} = at.registry
  const destinationsFrom = (from: InventoryRegistry): readonly string[] | undefined => {
    const known = rules.get(from.host)
    if (known === undefined || known instanceof GantryError) return undefined
    try {
      return expectedDestinations(known, repository).map(each => registryAt(each, estate, aws).host)
    } catch {
      // Rules that are not understood are told where the repository is read.
      return undefined
    }
  }
  if (destinationsFrom(at.registry)?.length !== 0) return false
  return others.some(
    other =>
      other.repository === repository &&
      other.at.registry.host !== host &&
      destinationsFrom(other.at.registry)?.includes(host) === true,
  )
}

function nameOf({at, repository}: Pick<SourceRepository, 'at' | 'repository'>): string {
  return `${at.registry.label}/${repository}`
}
