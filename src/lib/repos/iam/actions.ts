/**
 * The actions of ECR: its operations, and what is a permission alone (service authorization reference, "Actions defined
 * by Amazon Elastic Container Registry"). A test holds the list to the operations of ECR's model.
 */

/** Of which a request names a repository. */
const repositoryActions = [
  'BatchCheckLayerAvailability',
  'BatchDeleteImage',
  'BatchGetImage',
  'BatchGetRepositoryScanningConfiguration',
  'BatchImportUpstreamImage',
  'CompleteLayerUpload',
  'CreateRepository',
  'DeleteLifecyclePolicy',
  'DeleteRepository',
  'DeleteRepositoryPolicy',
  'DescribeImageReplicationStatus',
  'DescribeImageScanFindings',
  'DescribeImageSigningStatus',
  'DescribeImages',
  'DescribeRepositories',
  'GetDownloadUrlForLayer',
  // Policies for pull-through caches have it; what ECR asks it for is unconfirmed.
  'GetImageCopyStatus',
  'GetLifecyclePolicy',
  'GetLifecyclePolicyPreview',
  'GetRepositoryPolicy',
  'InitiateLayerUpload',
  'ListImageReferrers',
  'ListImages',
  'ListTagsForResource',
  'PutImage',
  'PutImageScanningConfiguration',
  'PutImageTagMutability',
  'PutLifecyclePolicy',
  'ReplicateImage',
  'SetRepositoryPolicy',
  'StartImageScan',
  'StartLifecyclePolicyPreview',
  'TagResource',
  'UntagResource',
  'UpdateImageStorageClass',
  'UploadLayerPart',
]

/** Of the registry as a whole: no request of theirs names a repository. */
export const registryActions: ReadonlySet<string> = new Set([
  'CreatePullThroughCacheRule',
  'CreateRepositoryCreationTemplate',
  'DeletePullThroughCacheRule',
  'DeleteRegistryPolicy',
  'DeleteRepositoryCreationTemplate',
  'DeleteSigningConfiguration',
  'DeregisterPullTimeUpdateExclusion',
  'DescribePullThroughCacheRules',
  'DescribeRegistry',
  'DescribeReplicationBackfillResults',
  'DescribeRepositoryCreationTemplates',
  'GetAccountSetting',
  'GetAuthorizationToken',
  'GetRegistryPolicy',
  'GetRegistryScanningConfiguration',
  'GetSigningConfiguration',
  'ListPullTimeUpdateExclusions',
  'ListReplicationBackfills',
  'PutAccountSetting',
  'PutRegistryPolicy',
  'PutRegistryScanningConfiguration',
  'PutReplicationConfiguration',
  'PutSigningConfiguration',
  'RegisterPullTimeUpdateExclusion',
  'StartReplicationBackfill',
  'StopReplicationBackfill',
  'UpdatePullThroughCacheRule',
  'UpdateRepositoryCreationTemplate',
  'ValidatePullThroughCacheRule',
])

/** All of them, in alphabetical order. */
export const ecrActions: readonly string[] = [...repositoryActions, ...registryActions].toSorted()

const byLowerCase = new Map(ecrActions.map(action => [action.toLowerCase(), action]))

/**
 * An action as it is compared: case does not count in IAM (IAM user guide, "IAM JSON policy elements: Action"). Those of ECR
 * are spelled as ECR does, up to the first wildcard; all else is in lower case.
 */
export function canonicalAction(action: string): string {
  const lower = action.toLowerCase()
  if (!lower.startsWith('ecr:')) return lower
  const name = lower.slice('ecr:'.length)
  return `ecr:${byLowerCase.get(name) ?? inCaseOf(name)}`
}

/** `describeim*` is `DescribeIm*`. */
function inCaseOf(pattern: string): string {
  const plain = pattern.split(/[*?]/, 1).join('')
  if (plain === pattern) return pattern
  for (const [lower, action] of byLowerCase) {
    if (lower.startsWith(plain)) return action.slice(0, plain.length) + pattern.slice(plain.length)
  }
  return pattern
}
