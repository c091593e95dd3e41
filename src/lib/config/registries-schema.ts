/** The shape of what `repos.yaml` says of registries as a whole. */
import * as z from 'zod/mini'
import {placePattern} from './account-names.ts'
import {roleArnPattern} from './aws-names.ts'
import {absent, exclusive, policySetting} from './policy-setting-schema.ts'
import {listOf, mapping, shown, text} from './schema-parts.ts'
import {encryption, lifecycle, tagMutability, tags} from './settings-schema.ts'

/** ECR API reference, ScanningRepositoryFilter, in a form that is checked in linear time. */
const scanFilterPattern = /^(?=.{1,255}$)[a-z0-9*](?:[._/-]?[a-z0-9*])*$/
/** ECR API reference, RepositoryFilter, in a form that is checked in linear time. */
const replicationPrefixPattern = /^(?=.{2,256}$)(?:[a-z0-9][a-z0-9._-]*\/)*[a-z0-9._-]*$/
const destinationPattern = /^(?:[a-z0-9][a-z0-9-]{0,63}@)?[0-9a-z-]{2,25}$/
const prefix = '[a-z0-9]+(?:[._-][a-z0-9]+)*(?:/[a-z0-9]+(?:[._-][a-z0-9]+)*)*/?'
/** ECR API reference, CreatePullThroughCacheRule. */
const cachePrefixPattern = new RegExp(`^(?:ROOT|(?=.{2,30}$)${prefix})$`)
/** ECR API reference, CreateRepositoryCreationTemplate. */
const templatePrefixPattern = new RegExp(`^(?:ROOT|(?=.{1,256}$)${prefix})$`)
const hostPattern = /^(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/
const secretArnPattern =
  /^(?=.{50,612}$)arn:aws(?:-[a-z]+)*:secretsmanager:[a-z0-9-]+:\d{12}:secret:ecr-pullthroughcache\/[\w/+=.@-]+$/
const profileArnPattern =
  /^(?=.{1,200}$)arn:aws(?:-[a-z]+)*:signer:[a-z0-9-]+:\d{12}:\/signing-profiles\/[\w/]+$/
const principalArnPattern = /^(?=.{1,200}$)arn:aws(?:-[a-z]+)*:iam::\d{12}:(?:role|user)\/[\x21-\x7e]+$/

/** ECR API reference, UpstreamRegistry. */
const upstreamKinds = [
  'ecr',
  'ecr-public',
  'quay',
  'k8s',
  'docker-hub',
  'github-container-registry',
  'azure-container-registry',
  'gitlab-container-registry',
  'chainguard',
] as const

const maybe = <Schema extends z.core.$ZodType>(schema: Schema, description: string) =>
  z.exactOptional(shown(schema, {description}))

const roleArn = () =>
  text(roleArnPattern, "a role's ARN", 'Write it as in arn:aws:iam::111111111111:role/name.')

const scanFilters = (description: string) =>
  maybe(
    z.array(
      text(scanFilterPattern, 'a scan filter', 'Use lower-case letters, digits, . _ - / and *: prod/*.'),
    ),
    description,
  )

const scanning = z.nullable(
  mapping({
    type: maybe(
      z.enum(['BASIC', 'ENHANCED'], {error: 'must be BASIC or ENHANCED.'}),
      'Who scans: ECR, or Amazon Inspector.',
    ),
    continuous: scanFilters(
      'Repositories that are scanned all the time, with ENHANCED; * stands for any text.',
    ),
    onPush: scanFilters('Repositories that are scanned when images are pushed; * stands for any text.'),
    exclusive: exclusive('filters'),
  }),
)

const replicationRule = mapping({
  prefixes: maybe(
    z.array(text(replicationPrefixPattern, 'a prefix', 'Write the start of repository names: prod/.')),
    'What the names of repositories start with, as plain text; none for all repositories.',
  ),
  to: maybe(
    listOf(
      text(
        destinationPattern,
        'a destination',
        'Write a region, an account of this file or an id with a region: prod@eu-west-1.',
      ),
    ),
    'Where images go: REGION, ALIAS@REGION or ACCOUNT@REGION.',
  ),
  deletions: maybe(z.boolean(), 'Whether deletions of images are replicated, too.'),
  state: absent('The rule of these prefixes is to go.'),
})

const replication = z.nullable(
  mapping({
    rules: maybe(z.array(replicationRule), 'Rules, told apart by their prefixes.'),
    exclusive: exclusive('rules'),
  }),
)

const pullThroughCache = z.record(
  text(
    cachePrefixPattern,
    'a prefix',
    'Use 2 to 30 lower-case letters and digits, with . _ - and / between them, or ROOT.',
  ),
  z.nullable(
    mapping({
      upstream: shown(text(hostPattern, 'a host', 'Write it without https://: registry-1.docker.io.'), {
        description: 'Host of the upstream registry: registry-1.docker.io.',
      }),
      kind: maybe(
        z.enum(upstreamKinds, {
          error: `is not a kind of upstream registry. Known: ${upstreamKinds.join(', ')}.`,
        }),
        'What kind of registry it is, where the host does not tell.',
      ),
      upstreamPrefix: maybe(
        text(/^[^\s\p{Cc}]{1,256}$/u, 'a prefix', 'Write the start of repository names there, or ROOT.'),
        'What names start with there, instead of the prefix here; ROOT for nothing.',
      ),
      credential: maybe(
        text(
          secretArnPattern,
          "a secret's ARN",
          'Its name starts with ecr-pullthroughcache/: arn:aws:secretsmanager:eu-west-1:111111111111:secret:ecr-pullthroughcache/hub-AbCdEf.',
        ),
        'ARN of the secret with the credentials of the upstream registry.',
      ),
      role: maybe(roleArn(), 'ARN of the role that pulls from another registry of ECR.'),
    }),
  ),
)

const template = {
  appliedFor: shown(
    listOf(
      z.enum(['PULL_THROUGH_CACHE', 'REPLICATION', 'CREATE_ON_PUSH'], {
        error: 'must be PULL_THROUGH_CACHE, REPLICATION or CREATE_ON_PUSH.',
      }),
    ),
    {description: 'Whatever makes repositories and takes this template.', uniqueItems: true},
  ),
  description: maybe(
    text(/^[^\p{Cc}]{0,256}$/u, 'a description', 'Use at most 256 characters on one line.'),
    'What it is for.',
  ),
  encryption: encryption(),
  tagMutability: tagMutability(),
  policy: policySetting('Policy of the repositories; null for none.'),
  lifecycle: lifecycle(),
  tags: tags(),
  role: maybe(roleArn(), 'ARN of the role that makes the repositories; ECR wants one for tags and for KMS.'),
  applyToExisting: maybe(
    z.boolean(),
    'Whether it holds for repositories of its prefix that exist, too: mutability, policies and tags.',
  ),
}

const creationTemplates = z.record(
  text(
    templatePrefixPattern,
    'a prefix',
    'Use lower-case letters and digits, with . _ - and / between them, or ROOT.',
  ),
  z.nullable(mapping(template)),
)

const signing = z.nullable(
  mapping({
    rules: maybe(
      z.array(
        mapping({
          profile: shown(
            text(
              profileArnPattern,
              "a signing profile's ARN",
              'Write it as in arn:aws:signer:eu-west-1:111111111111:/signing-profiles/name.',
            ),
            {description: 'ARN of the signing profile, in the same region.'},
          ),
          repositories: maybe(
            listOf(
              text(
                /^[a-z0-9*._/-]{1,256}$/,
                'a filter',
                'Use lower-case letters, digits, . _ - / and *: prod/*.',
              ),
            ),
            'Repositories whose images are signed; * stands for any text. All without.',
          ),
          state: absent('The rule of this profile is to go.'),
        }),
      ),
      'Rules, told apart by their profiles.',
    ),
    exclusive: exclusive('rules'),
  }),
)

const registry = {
  policy: policySetting('The registry policy; null removes it.'),
  scanning: maybe(scanning, "Who scans what; null for ECR's default."),
  replication: maybe(replication, 'Where images are copied to; null for no rules.'),
  pullThroughCache: maybe(pullThroughCache, 'Rules by prefix; null removes one, others stay.'),
  creationTemplates: maybe(
    creationTemplates,
    'What repositories are made like, by prefix; null removes one, others stay.',
  ),
  signing: maybe(signing, 'Which images ECR signs; null for none.'),
  settings: maybe(
    z.record(
      text(/^[A-Za-z0-9_]{1,64}$/, 'a setting', 'Write its name as ECR has it: BLOB_MOUNTING.'),
      text(/^[^\s\p{Cc}]{1,256}$/u, 'a value', 'Write it as ECR has it: ENABLED.'),
    ),
    "Settings of the account, by ECR's names: BLOB_MOUNTING.",
  ),
  pullTimeExclusions: maybe(
    z.record(
      text(
        principalArnPattern,
        'the ARN of a role or user',
        'Write it as in arn:aws:iam::111111111111:role/scanner.',
      ),
      z.nullable(z.literal(true, {error: 'must be true, or null to remove it.'})),
    ),
    'Roles and users whose pulls do not count as use; null removes one, others stay.',
  ),
}

const registryKeyPattern = new RegExp(`^\\*$|${placePattern.source}`)

export const registries = shown(
  z.record(
    text(
      registryKeyPattern,
      'a registry',
      'Write "*", an account of this file, or one with a region: prod@eu-west-1.',
    ),
    mapping(registry),
  ),
  {
    description:
      'What registries are configured with: of all (*), of an account, of an account and region; the later win.',
  },
)

export type RegistryData = z.infer<ReturnType<typeof mapping<typeof registry>>>
export type TemplateData = z.infer<ReturnType<typeof mapping<typeof template>>>
