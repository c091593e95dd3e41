import type {ImageDetail} from '@aws-sdk/client-ecr'
import {GantryError} from '../../errors.ts'
import type {Digest} from '../../oci/digest.ts'
import {inBatches} from '../batches.ts'
import {toImageRecord} from './image-record.ts'
import type {ImageRecord} from './model.ts'
import type {OpenRegistry} from './registries.ts'
import {sharedTexts} from './shared-texts.ts'

type Place = Pick<OpenRegistry, 'api' | 'registry'>

/** Images that are asked for by name; for more of them the pages of the repository, 1,000 images each, are fewer calls. */
const mostByName = 300
/** Of so many images the one that does not exist is looked for by halves, which is at most twice as many calls. */
const mostByHalves = 16

/** All images of a repository, archived ones too. @throws {FailureError} REPOSITORY_NOT_FOUND, UNKNOWN_VALUE. */
export async function readImages(at: Place, name: string): Promise<ImageRecord[]> {
  const images = new Map<Digest, ImageRecord>()
  // An image that moves between two pages is told of twice.
  for await (const image of listed(at, name)) images.set(image.digest, image)
  return [...images.values()]
}

/**
 * Those images of a repository that exist, archived ones too, by digest or tag, as DescribeImages tells of them, which
 * is no pull.
 *
 * @throws {FailureError} REPOSITORY_NOT_FOUND, UNKNOWN_VALUE.
 */
export async function readImagesNamed(
  at: Place,
  name: string,
  references: readonly string[],
): Promise<ImageRecord[]> {
  const byName = references.length <= mostByName ? await describe(at, name, references) : undefined
  if (byName !== undefined) return byName
  const wanted = new Set(references)
  const missing = new Set(references)
  const found = new Map<Digest, ImageRecord>()
  for await (const image of listed(at, name)) {
    const names = [image.digest, ...image.tags].filter(each => wanted.has(each))
    if (names.length > 0) found.set(image.digest, image)
    for (const each of names) missing.delete(each)
    if (missing.size === 0) break
  }
  return [...found.values()]
}

/** Undefined when so many would have to be asked for, one by one, that all of the repository is read sooner. */
async function describe(
  at: Place,
  name: string,
  references: readonly string[],
): Promise<ImageRecord[] | undefined> {
  const batches = await inBatches(references, batch => describeBatch(at, name, batch))
  const read = reader(at, name)
  const found = new Map<Digest, ImageRecord>()
  for (const details of batches) {
    if (details === undefined) return undefined
    for (const image of details.map(read)) found.set(image.digest, image)
  }
  return [...found.values()]
}

/** One image that does not exist fails the whole call (ECR API, DescribeImages). */
async function describeBatch(
  at: Place,
  name: string,
  references: readonly string[],
): Promise<readonly ImageDetail[] | undefined> {
  try {
    return await at.api.facts.describeImages(name, references)
  } catch (error) {
    if (!(error instanceof GantryError) || error.code !== 'IMAGE_NOT_FOUND') throw error
    if (references.length === 1) return []
    if (references.length > mostByHalves) return undefined
    const middle = Math.ceil(references.length / 2)
    const halves = [references.slice(0, middle), references.slice(middle)]
    return (await Promise.all(halves.map(half => describeBatch(at, name, half)))).flatMap(half => half ?? [])
  }
}

async function* listed(at: Place, name: string): AsyncGenerator<ImageRecord> {
  const read = reader(at, name)
  for await (const page of at.api.facts.listImageDetails(name)) yield* page.map(read)
}

function reader({registry}: Place, name: string): (detail: ImageDetail) => ImageRecord {
  const share = sharedTexts()
  return detail => toImageRecord(detail, `${registry.label}/${name}`, share)
}
