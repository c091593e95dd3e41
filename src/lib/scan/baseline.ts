import type {Estate} from '../config/estate.ts'
import {type OpenImage, type OpenImages, openImages} from '../ecr/inventory/images.ts'
import {newestImages} from '../ecr/inventory/newest.ts'
import type {RegistriesOptions} from '../ecr/inventory/registries.ts'
import type {Digest} from '../oci/digest.ts'
import {oneLine} from '../oci/one-line.ts'
import {noTraffic, type Traffic} from '../oci/registry.ts'
import {ambiguousImage} from './ambiguous-image.ts'
import {type AwaitOptions, awaitEvidence} from './await-evidence.ts'
import {identityOf, platformPairs, whatIsWorse} from './compare.ts'
import type {ImageEvidence} from './evidence.ts'
import type {Baseline} from './judge-image.ts'

/** What an image was compared with, or why it was not. */
export interface ComparedWith {
  /** As the user named it; of an account, the image that was found there. */
  readonly text: string
  /** Null when there is no such image. */
  readonly digest: Digest | null
  /** One sentence: why nothing, or not everything, was compared; null when it was. */
  readonly problem: string | null
}

/** The findings of an image's baseline, and what is told of it. */
export interface ReadBaseline {
  readonly told: ComparedWith
  /** Those of the image that are judged by it; absent when there is nothing to compare with. */
  readonly findingsFor?: (image: ImageEvidence) => Baseline
}

export interface OpenBaselines {
  /** For each image, in the order of the images; none without a baseline. */
  read(options: AwaitOptions): Promise<readonly ReadBaseline[]>
  traffic(): Traffic
  close(): void
}

/**
 * Opens what images are compared with. Both are judged by what their scans say now: a stored result would make every
 * vulnerability that was published since look as if the image had brought it.
 *
 * No image is compared with itself, for it brings nothing that it has not: an account's is the newest of the others.
 *
 * @param word an image, or `ALIAS[@REGION]` for the newest tagged image of the same repository there.
 * @throws {UsageError} for a word that means nothing, AMBIGUOUS_IMAGE for one that means several images; what `openImages`
 *   throws.
 */
export async function openBaselines(
  word: string | undefined,
  images: readonly OpenImage[],
  estate: Estate,
  options: RegistriesOptions,
): Promise<OpenBaselines> {
  if (word === undefined) return {read: async () => [], traffic: noTraffic, close: () => {}}
  const {accounts: _everywhere, ...elsewhere} = options
  const isAccount = !word.includes('/') && !word.includes(':') && estate.accounts.has(aliasOf(word))
  const repositories = [...new Set(images.map(({repository}) => repository))]
  const open = isAccount
    ? await newestImages(word, repositories, new Set(images.map(({digest}) => digest)), estate, elsewhere)
    : await openOne(word, estate, elsewhere)
  const baselineOf = ({repository}: OpenImage) =>
    isAccount ? open.images.find(image => image.repository === repository) : open.images[0]
  const problemFor = ({repository}: OpenImage) => {
    const failed = open.missing.find(({text}) => !isAccount || text === `${word}/${repository}`)
    return failed?.error.message ?? `${oneLine(word)} has no tagged image of the repository.`
  }
  return {
    async read(awaiting) {
      const evidence = await awaitEvidence(open.images, awaiting)
      return images.map(image => {
        const baseline = baselineOf(image)
        const found = baseline === undefined ? undefined : evidence[open.images.indexOf(baseline)]
        if (baseline === undefined || found === undefined)
          return {told: {text: word, digest: null, problem: problemFor(image)}}
        const {text, digest} = found
        return isSame(baseline, image)
          ? {told: {text, digest, problem: isItself}}
          : {
              told: {text, digest, problem: problemOf(found)},
              findingsFor: after => toBaseline(found, after),
            }
      })
    },
    traffic: () => open.registries.traffic(),
    close: () => open.registries.close(),
  }
}

const isItself = 'It is the image itself, which has nothing that it has not: name another.'

/** In another repository, or registry, the same image says that nothing is new there. */
function isSame(one: OpenImage, other: OpenImage): boolean {
  const places = [one, other].map(({at, repository, digest}) => `${at.registry.host}/${repository}@${digest}`)
  return places[0] === places[1]
}

async function openOne(word: string, estate: Estate, options: RegistriesOptions): Promise<OpenImages> {
  const open = await openImages([word], estate, options)
  if (new Set(open.images.map(({digest}) => digest)).size <= 1) return open
  open.registries.close()
  throw ambiguousImage(word, open.images)
}

function aliasOf(word: string): string {
  return word.split('@')[0] ?? word
}

/** Where the baseline has no evidence nothing is inherited, which is the gate without a baseline. */
function problemOf({platforms}: ImageEvidence): string | null {
  const unread = platforms.flatMap(({platform, evidence}) =>
    evidence.kind === 'scanned'
      ? []
      : [platform === null ? evidence.reason : `${platform}: ${evidence.reason}`],
  )
  return unread[0] ?? null
}

/** What the later image has too is inherited, unless it is worse there. */
function toBaseline(before: ImageEvidence, after: ImageEvidence): Baseline {
  const pairs = new Map(platformPairs(before, after).map(pair => [pair.platform, pair.before]))
  return {
    text: before.text,
    has(finding, platform) {
      const earlier = pairs.get(platform)?.get(identityOf(finding))
      return earlier !== undefined && whatIsWorse(earlier, finding).length === 0
    },
  }
}
