/** The shape of what `repos.yaml` says of repositories. */
import * as z from 'zod/mini'
import {placePattern} from './account-names.ts'
import {settingSchema} from './lifecycle/readable-schema.ts'
import {absent, policySetting} from './policy-setting-schema.ts'
import {listOf, mapping, shown, text} from './schema-parts.ts'

export const place = () =>
  text(placePattern, 'a place', 'Write an account of this file, or one with a region: prod, prod@eu-west-1.')

/** ECR API reference, EncryptionConfiguration. */
const encryptionTypes = ['AES256', 'KMS', 'KMS_DSSE'] as const
const encryptionType = () => z.enum(encryptionTypes, {error: 'must be AES256, KMS or KMS_DSSE.'})

export const encryption = () =>
  z.exactOptional(
    shown(
      z.union([
        encryptionType(),
        mapping({
          type: shown(encryptionType(), {description: 'AES256, KMS or KMS_DSSE.'}),
          key: z.exactOptional(
            shown(
              text(/^[^\s\p{Cc}]{1,2048}$/u, 'a key', 'Write the id or ARN of a KMS key, or alias/NAME.'),
              {
                description: "KMS key: its id, its ARN or alias/NAME; AWS's own key without.",
              },
            ),
          ),
        }),
      ]),
      {description: 'How images are encrypted; fixed when a repository is made.'},
    ),
  )

const mutabilityModes = [
  'MUTABLE',
  'IMMUTABLE',
  'MUTABLE_WITH_EXCLUSION',
  'IMMUTABLE_WITH_EXCLUSION',
] as const
const mutabilityMode = () => z.enum(mutabilityModes, {error: `must be ${orOf(mutabilityModes)}.`})

export const tagMutability = () =>
  z.exactOptional(
    shown(
      z.union([
        mutabilityMode(),
        mapping({
          mode: shown(mutabilityMode(), {description: `${orOf(mutabilityModes)}.`}),
          except: z.exactOptional(
            shown(
              z
                .array(
                  // ECR API reference, ImageTagMutabilityExclusionFilter.
                  text(
                    /^[0-9a-zA-Z._*-]{1,128}$/,
                    'a pattern of tags',
                    'Use letters, digits, . _ - and *: dev-*.',
                  ),
                )
                .check(
                  z.maxLength(5, {
                    error: 'has more than 5 patterns, the most that ECR takes. Leave some out.',
                  }),
                ),
              {
                description:
                  'Tags for which the opposite holds, with a mode ..._WITH_EXCLUSION; * stands for any text.',
              },
            ),
          ),
        }),
      ]),
      {description: 'Whether tags may move.'},
    ),
  )

export const tags = () =>
  z.exactOptional(
    shown(
      z.record(
        // AWS general reference, tag naming limits.
        text(
          /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u,
          'a tag key',
          'Use 1 to 128 letters, digits, spaces and any of _.:/=+-@.',
        ),
        z.nullable(
          text(
            /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u,
            'a tag value',
            'Use at most 256 letters, digits, spaces and any of _.:/=+-@.',
          ),
        ),
      ),
      {description: 'AWS tags; null removes one, others stay.', maxProperties: 50},
    ),
  )

export const lifecycle = () => z.exactOptional(z.clone(settingSchema))

/** What is said of repositories, of all, of some or of one. */
export const settings = {
  in: z.exactOptional(
    shown(listOf(place()), {
      description:
        'Where they are meant: ALIAS or ALIAS@REGION; missing ones are made there. Without it: wherever they are.',
      uniqueItems: true,
    }),
  ),
  encryption: encryption(),
  tagMutability: tagMutability(),
  scanOnPush: z.exactOptional(
    shown(z.boolean(), {
      description: 'Whether images are scanned when they are pushed. ECR prefers scanning of the registry.',
    }),
  ),
  policy: policySetting('The repository policy; null removes it.'),
  lifecycle: z.exactOptional(settingSchema),
  tags: tags(),
}

/** What is said of one repository by its name. */
export const ownSettings = {
  ...settings,
  state: absent('A tombstone: the repository is to go.'),
  images: z.exactOptional(
    shown(z.literal('delete', {error: 'must be delete. Write delete, or take it out.'}), {
      description: 'With a tombstone: lets it go with its images, when the command line says so too.',
    }),
  ),
}

export type OwnSettingsData = z.infer<ReturnType<typeof mapping<typeof ownSettings>>>

function orOf(words: readonly string[]): string {
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}
