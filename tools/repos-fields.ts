/**
 * Which key of repos.yaml says each member of ECR's API, as the resources tell it, and what is no configuration. What is
 * neither fails `test/lib/repos/fields.test.ts`.
 */
import {earlyResources, lateResources, repositoryResources} from '../src/lib/repos/resources.ts'
import type {ApiModel, ModelShape} from '../src/lib/sandbox/api/api-model.ts'

/** A member of a request and the key that says it. */
export interface ReposField {
  /** What people call the resource: `lifecycle policy`. */
  readonly title: string
  /** `PutImageTagMutability` */
  readonly operation: string
  /** Through structures and lists: `imageTagMutabilityExclusionFilters.filter`. */
  readonly member: string
  /** From the root of the file, `*` for a name: `repositories.*.tagMutability.except`. */
  readonly key: string
}

/** What all resources say, in the order in which they are applied. */
export function reposFields(): readonly ReposField[] {
  return [
    ...earlyResources.flatMap(fieldsBelow('registries.*')),
    ...repositoryResources.flatMap(fieldsBelow('repositories.*')),
    ...lateResources.flatMap(fieldsBelow('registries.*')),
  ]
}

function fieldsBelow(root: string) {
  return ({title, fields}: {readonly title: string; readonly fields: Readonly<Record<string, string>>}) =>
    Object.entries(fields).map(([name, key]): ReposField => {
      const dot = name.indexOf('.')
      return {title, operation: name.slice(0, dot), member: name.slice(dot + 1), key: `${root}.${key}`}
    })
}

/** Members whose text is a document, so that the key holds more keys than the API has members. */
export const documents: ReadonlySet<string> = new Set([
  'policyText',
  'lifecyclePolicyText',
  'repositoryPolicy',
  'lifecyclePolicy',
])

const images = 'Content: images and their layers.'
const scans = 'Evidence: what scans found.'
const lifecycleRuns = 'A preview of a lifecycle policy; it changes nothing.'
const backfill = 'A run, which `gantry backfill` starts and watches.'
const signing = 'What became of the signature of an image.'

/** Operations that configure nothing, with the reason. */
export const otherOperations: Readonly<Record<string, string>> = {
  GetAuthorizationToken: 'Credentials.',
  BatchCheckLayerAvailability: images,
  InitiateLayerUpload: images,
  UploadLayerPart: images,
  CompleteLayerUpload: images,
  GetDownloadUrlForLayer: images,
  BatchGetImage: images,
  PutImage: images,
  BatchDeleteImage: images,
  DescribeImages: images,
  ListImages: images,
  ListImageReferrers: images,
  UpdateImageStorageClass: images,
  StartLifecyclePolicyPreview: lifecycleRuns,
  GetLifecyclePolicyPreview: lifecycleRuns,
  StartImageScan: scans,
  DescribeImageScanFindings: scans,
  DescribeImageReplicationStatus: 'How far replication has brought an image.',
  StartReplicationBackfill: backfill,
  StopReplicationBackfill: backfill,
  ListReplicationBackfills: backfill,
  DescribeReplicationBackfillResults: backfill,
  DescribeImageSigningStatus: signing,
  BatchGetRepositoryScanningConfiguration: "What follows for a repository from the registry's filters.",
  ValidatePullThroughCacheRule: 'A question: whether the upstream of a rule lets ECR in.',
}

/** Members of requests that configure nothing, in whichever operation, with the reason. */
export const otherMembers: Readonly<Record<string, string>> = {
  registryId: 'Where: the account of the registry.',
  repositoryName: 'Where: the key below `repositories`.',
  repositoryNames: 'Where: which repositories are asked for.',
  resourceArn: 'Where: the repository whose tags are meant.',
  ecrRepositoryPrefixes: 'Where: which rules are asked for.',
  prefixes: 'Where: which templates are asked for.',
  nextToken: 'A page of an answer.',
  maxResults: 'A page of an answer.',
}

/** Members of structures of which ECR knows one value: nothing to choose. */
export const soleValues: Readonly<Record<string, string>> = {
  filterType: 'Filters of each kind have one type.',
}

/** Members of one operation's request that configure nothing, with the reason. */
export const otherFields: Readonly<Record<string, string>> = {
  'DeleteRepository.force': 'Consent to losing images: `images: delete` in the file and `--delete-images`.',
  'SetRepositoryPolicy.force': 'Consent to locking oneself out, which Gantry never gives.',
  'GetAccountSetting.name': 'Where: which setting is asked for.',
}

/** Members of answers alone, which say what ECR knows and not what somebody wanted, with the reason. */
export const answeredMembers: Readonly<Record<string, string>> = {
  createdAt: 'When.',
  updatedAt: 'When.',
  lastEvaluatedAt: 'When.',
  pullTimeUpdateExclusions: 'A list of each `principalArn`.',
  repositoryArn: 'A name that follows from the place.',
  repositoryUri: 'A name that follows from the place.',
}

const exclusive = 'Whether entries that the file does not name are removed.'
const absent = 'Whether the entry is to go.'

/** Keys of repos.yaml that no member of the API says, with what they are for. */
export const ownKeys: Readonly<Record<string, string>> = {
  'repositories.*.in': 'Where the repository is meant.',
  'repositories.*.state': '`DeleteRepository`.',
  'repositories.*.images': '`DeleteRepository`, with images.',
  'registries.*.scanning.exclusive': exclusive,
  'registries.*.replication.exclusive': exclusive,
  'registries.*.replication.rules.state': absent,
  'registries.*.signing.exclusive': exclusive,
  'registries.*.signing.rules.state': absent,
  'registries.*.creationTemplates.*.applyToExisting': 'Whether it holds for repositories that exist, too.',
}

/**
 * All members of a request or an answer that hold values, through structures, lists and mappings, with their shapes:
 * `rules.scanFrequency`.
 *
 * @throws {Error} for an operation that the model does not have.
 */
export function membersOf(
  model: ApiModel,
  operation: string,
  side: 'input' | 'output',
): ReadonlyMap<string, ModelShape> {
  const root = model.operations[operation]?.[side]
  if (root === undefined) throw new Error(`${model.source} has no operation ${operation}`)
  return new Map(root === '' ? [] : leavesOf(model, '', root, []))
}

function leavesOf(
  model: ApiModel,
  path: string,
  name: string,
  above: readonly string[],
): readonly (readonly [string, ModelShape])[] {
  const shape = model.shapes[name]
  if (shape === undefined || above.includes(name)) return []
  const within = shape.member ?? shape.value
  if (within !== undefined) return leavesOf(model, path, within, [...above, name])
  if (shape.type !== 'structure') return [[path, shape]]
  return Object.entries(shape.members ?? {}).flatMap(([member, of]) =>
    leavesOf(model, path === '' ? member : `${path}.${member}`, of, [...above, name]),
  )
}
