/**
 * The shape of `repos.yaml`: the one source of what is checked and of the JSON Schema that editors read. What ties one
 * value to another is in `checks.ts`.
 */
import * as z from 'zod/mini'
import {
  accountIdPattern,
  externalIdPattern,
  regionPattern,
  roleArnPattern,
  sessionNamePattern,
} from './aws-names.ts'
import {promoteDefaults} from './estate.ts'
import {gates} from './gates-schema.ts'
import {tagPattern} from './match.ts'
import {registries} from './registries-schema.ts'
import {levels, overlays, presets, repositoryPatterns} from './repository-schema.ts'
import {listOf, mapping, name, shown, text} from './schema-parts.ts'
import {settings} from './settings-schema.ts'
import {referencePattern, variableSections} from './variables.ts'
import {vars} from './variables-schema.ts'

const profilePattern = /^[^\s\p{Cc}[\]]([^\p{Cc}[\]]{0,126}[^\s\p{Cc}[\]])?$/u
const filePattern = /^[^\p{Cc}]{1,4096}$/u

const region = text(regionPattern, 'an AWS region', 'Write one as in eu-west-1.')
const roleArn = text(roleArnPattern, "a role's ARN", 'Write it as in arn:aws:iam::111111111111:role/name.')

const role = mapping({
  arn: shown(z.clone(roleArn), {description: 'ARN of the role.'}),
  externalId: z.exactOptional(
    shown(
      text(externalIdPattern, 'an external id', 'It has 2 to 1224 letters, digits and any of +=,.@:/-_.'),
      {description: "External id that the role's trust policy asks for."},
    ),
  ),
  sessionName: z.exactOptional(
    shown(text(sessionNamePattern, 'a session name', 'It has 2 to 64 letters, digits and any of +=,.@-_.'), {
      description: 'Name of the session in CloudTrail.',
    }),
  ),
  webIdentityTokenFile: z.exactOptional(
    shown(text(filePattern, 'a path', 'Write the path of the token file.'), {
      description: 'Token file: the role is assumed by web identity. Give the full path.',
    }),
  ),
})

const account = shown(
  mapping({
    id: shown(text(accountIdPattern, 'an account id', 'Account ids have 12 digits: "111111111111".'), {
      description: 'The 12 digits of the account, in quotes.',
    }),
    region: z.exactOptional(shown(z.clone(region), {description: 'The one region of its registries.'})),
    regions: z.exactOptional(
      shown(listOf(region), {
        description: 'The regions of its registries; the first is the default.',
        uniqueItems: true,
      }),
    ),
    profile: z.exactOptional(
      shown(text(profilePattern, 'a profile name', 'Write a name from the AWS config file.'), {
        description: 'Profile of the AWS config file: the identity, or the one that assumes the role.',
      }),
    ),
    role: z.exactOptional(
      shown(z.union([roleArn, role]), {
        description: 'Role to assume: its ARN, or a mapping with an external id and more.',
      }),
    ),
    via: z.exactOptional(
      shown(z.string(), {
        description: "Account whose credentials are used here, by this account's repository policies.",
      }),
    ),
  }),
  {
    oneOf: [{required: ['region']}, {required: ['regions']}],
    not: {anyOf: [{required: ['via', 'profile']}, {required: ['via', 'role']}]},
  },
)

const promotion = mapping({
  from: shown(z.string(), {description: 'Account that images come from.'}),
  to: shown(listOf(z.string()), {description: 'Accounts that images go to.', uniqueItems: true}),
  repositories: z._default(
    repositoryPatterns('Repositories that may go: * within a segment, ** for whole segments.'),
    ['**'],
  ),
  tags: z._default(
    shown(listOf(text(tagPattern, 'a tag pattern', 'Use letters, digits, _ . - and *: v*.')), {
      description: 'Tags that may go; * stands for any text.',
    }),
    ['*'],
  ),
  immutable: z._default(
    shown(z.boolean(), {description: 'Whether a tag that exists at the destination may never move.'}),
    false,
  ),
  gate: z.exactOptional(
    shown(z.string(), {description: 'Gate that images have to pass before anything of them goes.'}),
  ),
})

const concurrency = z
  .int({error: 'must be a whole number from 1 to 64.'})
  .check(
    z.gte(1, {error: issue => `${String(issue.input)} is too few. Use 1 to 64.`}),
    z.lte(64, {error: issue => `${String(issue.input)} is too many. Use 1 to 64.`}),
  )

const promote = mapping({
  createRepositories: z._default(
    shown(z.boolean(), {description: 'Create repositories that are missing at the destination.'}),
    promoteDefaults.createRepositories,
  ),
  referrers: z._default(
    shown(z.boolean(), {description: 'Take signatures, SBOMs and other referrers along.'}),
    promoteDefaults.referrers,
  ),
  concurrency: z._default(
    shown(concurrency, {description: 'Transfers at a time.'}),
    promoteDefaults.concurrency,
  ),
})

const price = (description: string) =>
  z.exactOptional(
    shown(
      z
        .number({error: 'must be a number of US dollars, as in 0.02.'})
        .check(z.gte(0, {error: issue => `${String(issue.input)} is less than nothing.`})),
      {description},
    ),
  )

const rates = {
  toRegion: price('US dollars for a GB to another region of AWS.'),
  toInternet: price('US dollars for a GB to the internet.'),
}

const transfer = mapping({
  ...rates,
  from: z.exactOptional(
    shown(z.record(z.clone(region), mapping(rates)), {
      description: 'Prices of what leaves these regions, where they are others.',
    }),
  ),
})

const storage = mapping({
  standard: price('US dollars for a GB and month of storage.'),
  archive: price('US dollars for a GB and month in the archive.'),
  restore: price('US dollars for a GB that is restored from the archive.'),
})

export const estateSchema = mapping({
  version: shown(z.literal(1, {error: 'must be the number 1.'}), {description: 'Version of the language.'}),
  vars: z.prefault(vars, {}),
  accounts: z.prefault(shown(z.record(name, account), {description: 'The AWS accounts by alias.'}), {}),
  promotions: z.prefault(
    shown(z.record(z.clone(name), promotion), {
      description: 'Named routes: what may go from where to where.',
    }),
    {},
  ),
  gates: z.prefault(gates, {}),
  defaults: z.prefault(
    shown(
      mapping({
        promote: z.prefault(shown(promote, {description: 'What gantry promote does.'}), {}),
        ...settings,
      }),
      {
        description: 'What commands do and what holds for repositories, unless told otherwise.',
      },
    ),
    {},
  ),
  registries: z.prefault(registries, {}),
  presets: z.prefault(presets, {}),
  ...levels,
  overlays: z.prefault(overlays, {}),
  prices: z.prefault(
    shown(
      mapping({
        transfer: z.prefault(shown(transfer, {description: 'For 10^9 bytes.'}), {}),
        storage: z.prefault(shown(storage, {description: 'For 2^30 bytes.'}), {}),
      }),
      {
        description:
          'What AWS charges, for estimates of what a promotion costs and what a lifecycle policy saves.',
      },
    ),
    {},
  ),
})

export type EstateFile = z.infer<typeof estateSchema>

/** The JSON Schema (draft 7, which editors know best) of `repos.yaml`. */
export function estateJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(estateSchema, {target: 'draft-7', io: 'input', reused: 'inline'})
  return {title: 'repos.yaml of Gantry', ...variableSections.reduce<JsonSchema>(withVariablesAt, schema)}
}

interface JsonSchema {
  readonly properties?: Readonly<Record<string, unknown>>
}

function withVariablesAt(schema: JsonSchema, [step, ...rest]: readonly string[]): JsonSchema {
  if (step === undefined) return withVariables(schema) as JsonSchema
  const section = schema.properties?.[step] as JsonSchema
  return {...schema, properties: {...schema.properties, [step]: withVariablesAt(section, rest)}}
}

/** Where texts may have variables, editors take one for any text that is to have a pattern. */
function withVariables(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withVariables)
  if (typeof schema !== 'object' || schema === null) return schema
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [
      key,
      key === 'pattern' && typeof value === 'string'
        ? `${referencePattern.source}|${value}`
        : withVariables(value),
    ]),
  )
}
