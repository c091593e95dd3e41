import type {RepositoryCreationTemplate} from '@aws-sdk/client-ecr'
import {readContents} from '../ecr/inventory/contents.ts'
import type {ImageContent, ImageRecord} from '../ecr/inventory/model.ts'
import {readImages} from '../ecr/inventory/read-images.ts'
import type {OpenRegistry} from '../ecr/inventory/registries.ts'
import {describeRepositories} from '../ecr/repositories.ts'
import {DeniedError, FailureError} from '../errors.ts'
import {lifecycleImages} from '../lifecycle/lifecycle-images.ts'
import type {LifecycleRule} from '../lifecycle/policy.ts'
import {policyOfEcr} from '../lifecycle/read-policy.ts'
import type {Digest} from '../oci/digest.ts'
import {isIndexType} from '../oci/media-types.ts'
import type {RepositorySettings} from '../oci/registry.ts'
import type {CreationTemplate, LintedImages, LintedRepository, SizedImage} from './lint/route.ts'
import {templateFor} from './lint/templates.ts'

/** What is known of a destination's registry. */
export interface DestinationFacts {
  readonly policy: string | null
  readonly templates: readonly CreationTemplate[]
}

/**
 * Reads what a registry says about what is replicated to it.
 *
 * @throws {DeniedError} SETTINGS_UNKNOWN when another account asks: ECR tells its own alone.
 */
export async function readFacts({api, registry, caller}: OpenRegistry): Promise<DestinationFacts> {
  if (caller.account !== registry.account) {
    throw new DeniedError(
      'SETTINGS_UNKNOWN',
      `${registry.label}: ECR tells the policy and the templates of a registry to its own account alone, and account ${caller.account} asks. Name credentials of ${registry.account}.`,
    )
  }
  const templates: CreationTemplate[] = []
  for await (const page of api.registry.creationTemplates()) templates.push(...page.map(toTemplate))
  return {policy: await api.registry.policy(), templates}
}

/** ECR describes so many by name in one call; one that is missing fails it, and its halves are asked. */
const mostByName = 100

/** Settings of those repositories that exist: of many they are listed first, which is fewer calls than to miss them. */
export async function readSettings(
  {api}: OpenRegistry,
  names: readonly string[],
): Promise<ReadonlyMap<string, RepositorySettings>> {
  if (names.length <= mostByName) return describeRepositories(api, names)
  const listed = new Set<string | undefined>()
  for await (const page of api.registry.listRepositories())
    for (const {repositoryName} of page) listed.add(repositoryName)
  return describeRepositories(
    api,
    names.filter(name => listed.has(name)),
  )
}

/** A repository of both registries of a route. */
export interface RepositoryPair {
  readonly name: string
  readonly source: OpenRegistry
  readonly sourceSettings: RepositorySettings
  readonly destination: OpenRegistry
  /** Undefined when it is not there. */
  readonly destinationSettings: RepositorySettings | undefined
}

/**
 * Reads what decides about copies of a repository: no images unless a lifecycle policy or immutable tags could matter, and
 * only the manifests of indexes.
 *
 * @throws {FailureError} SETTINGS_UNKNOWN; {RefusalError} UNKNOWN_POLICY; what reading images throws.
 */
export async function readRepository(
  pair: RepositoryPair,
  {templates}: DestinationFacts,
  now: number,
): Promise<LintedRepository> {
  const {name, sourceSettings, destinationSettings, source, destination} = pair
  requireKnown(source, name, sourceSettings)
  if (destinationSettings !== undefined) requireKnown(destination, name, destinationSettings)
  const template = destinationSettings === undefined ? templateFor(templates, name) : undefined
  const settings = destinationSettings ?? template?.settings ?? null
  const text =
    destinationSettings === undefined
      ? (template?.lifecyclePolicy ?? null)
      : ((await destination.api.lifecycle.getPolicy(name))?.text ?? null)
  const destinationRules = rulesOf(text, destination, name)
  const linted = {
    name,
    isThere: destinationSettings !== undefined,
    source: sourceSettings,
    destination: settings,
  }
  const mayFreeze = settings !== null && settings.tagMutability !== 'MUTABLE'
  if (destinationRules.length === 0 && !mayFreeze) return linted
  return {...linted, images: await readBoth(pair, destinationRules, now)}
}

async function readBoth(
  {name, source, destination, destinationSettings}: RepositoryPair,
  destinationRules: readonly LifecycleRule[],
  now: number,
): Promise<LintedImages> {
  const judges = destinationRules.length > 0
  const [sourceRecords, destinationRecords, policy] = await Promise.all([
    readImages(source, name),
    judges && destinationSettings !== undefined ? readImages(destination, name) : [],
    judges ? source.api.lifecycle.getPolicy(name) : null,
  ])
  const sourceRules = rulesOf(policy?.text ?? null, source, name)
  // Reading manifests may count as a pull (unconfirmed), by which such rules go.
  const mayRead = judges && ![...sourceRules, ...destinationRules].some(countsPulls)
  const atSource = indexesOf(sourceRecords)
  const elsewhere = indexesOf(destinationRecords).filter(digest => !atSource.includes(digest))
  const contents: ReadonlyMap<Digest, ImageContent> = mayRead
    ? new Map([
        ...(await readContents(source.api, name, atSource)),
        ...(await readContents(destination.api, name, elsewhere)),
      ])
    : new Map()
  return {
    source: sized(sourceRecords, contents),
    sourceRules,
    destination: sized(destinationRecords, contents),
    destinationRules,
    now,
  }
}

function rulesOf(text: string | null, {registry}: OpenRegistry, name: string): readonly LifecycleRule[] {
  return text === null ? [] : policyOfEcr(text, `${registry.label}/${name}`).rules
}

function countsPulls({selection}: LifecycleRule): boolean {
  return selection.countType === 'sinceImagePulled'
}

function indexesOf(records: readonly ImageRecord[]): Digest[] {
  return records
    .filter(({mediaType, status}) => isIndexType(mediaType) && status === 'active')
    .map(({digest}) => digest)
}

function sized(records: readonly ImageRecord[], contents: ReadonlyMap<Digest, ImageContent>): SizedImage[] {
  const sizes = new Map<string, number>(records.map(({digest, size}) => [digest, size]))
  return lifecycleImages(records, contents).map(image => ({...image, size: sizes.get(image.digest) ?? 0}))
}

function requireKnown({registry}: OpenRegistry, name: string, {tagMutability}: RepositorySettings): void {
  if (tagMutability !== 'unknown') return
  throw new FailureError(
    'SETTINGS_UNKNOWN',
    `${registry.label}/${name}: its settings cannot be read. Allow ecr:DescribeRepositories.`,
  )
}

function toTemplate(template: RepositoryCreationTemplate): CreationTemplate {
  const {prefix = '', appliedFor = [], imageTagMutability, lifecyclePolicy, resourceTags = []} = template
  const filters = template.imageTagMutabilityExclusionFilters ?? []
  const encryption = template.encryptionConfiguration?.encryptionType
  return {
    prefix,
    appliedFor,
    settings: {
      tagMutability: imageTagMutability ?? 'MUTABLE',
      exclusions: filters.flatMap(({filter}) => filter ?? []),
      ...(encryption === undefined ? {} : {encryption}),
    },
    lifecyclePolicy: lifecyclePolicy === undefined || lifecyclePolicy === '' ? null : lifecyclePolicy,
    hasResourceTags: resourceTags.length > 0,
    hasRole: (template.customRoleArn ?? '') !== '',
  }
}
