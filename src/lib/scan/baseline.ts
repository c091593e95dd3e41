import type {Estate} from '../config/estate.ts'
import {type OpenImage, openImages} from '../ecr/inventory/images.ts'
import {newestImages} from '../ecr/inventory/newest.ts'
import type {RegistriesOptions} from '../ecr/inventory/registries.ts'
import type {Digest} from '../oci/digest.ts'
import {noTraffic, type Traffic} from '../oci/registry.ts'
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
 * @param word an image, or `ALIAS[@REGION]` for the newest tagged image of the same repository there.
 * @throws {UsageError} for a word that means nothing; what `openImages` throws.
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
  const open = isAccount
    ? await newestImages(word, [...new Set(images.map(({repository}) => repository))], estate, elsewhere)
    : await openImages([word], estate, elsewhere)
  const baselineOf = ({repository}: OpenImage) =>
    isAccount ? open.images.find(image => image.repository === repository) : open.images[0]
  const missing = open.missing[0]?.error.message ?? `${word} has no tagged image of the repository.`
  return {
    async read(awaiting) {
      const evidence = await awaitEvidence(open.images, awaiting)
      return images.map(image => {
        const baseline = baselineOf(image)
        const found = baseline === undefined ? undefined : evidence[open.images.indexOf(baseline)]
        return found === undefined
          ? {told: {text: word, digest: null, problem: missing}}
          : {
              told: {text: found.text, digest: found.digest, problem: problemOf(found)},
              findingsFor: after => toBaseline(found, after),
            }
      })
    },
    traffic: () => open.registries.traffic(),
    close: () => open.registries.close(),
  }
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
