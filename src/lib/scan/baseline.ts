import type {Estate} from '../config/estate.ts'
import type {OpenImage} from '../ecr/inventory/images.ts'
import type {RegistriesOptions} from '../ecr/inventory/registries.ts'
import type {Digest} from '../oci/digest.ts'
import {noTraffic, type Traffic} from '../oci/registry.ts'
import type {AwaitOptions} from './await-evidence.ts'
import type {Baseline} from './judge-image.ts'

/** What an image was compared with, or why it was not. */
export interface ComparedWith {
  /** As the user named it. */
  readonly text: string
  /** Null when there is no such image, or no evidence of it: then nothing is inherited. */
  readonly digest: Digest | null
  /** One sentence: why nothing was compared; null when it was. */
  readonly problem: string | null
}

/** The findings of an image's baseline, and what is told of it. */
export interface ReadBaseline {
  readonly told: ComparedWith
  /** Absent when nothing is inherited. */
  readonly findings?: Baseline
}

export interface OpenBaselines {
  readonly warnings: readonly string[]
  /** For each image, in the order of the images; none without a baseline. */
  read(options: AwaitOptions): Promise<readonly ReadBaseline[]>
  traffic(): Traffic
  close(): void
}

/**
 * Opens what images are compared with.
 *
 * @param word an image, or `ALIAS[@REGION]` for the newest tagged image of the same repository there.
 * @throws {UsageError} for a word that means nothing; what `openImages` throws.
 */
export async function openBaselines(
  _word: string | undefined,
  _images: readonly OpenImage[],
  _estate: Estate,
  _options: RegistriesOptions,
): Promise<OpenBaselines> {
  return {warnings: [], read: async () => [], traffic: noTraffic, close: () => {}}
}
