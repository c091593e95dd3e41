/**
 * The actions of ECR: its operations, and what is a permission alone (service authorization reference, "Actions defined
 * by Amazon Elastic Container Registry"). A test holds the list to the operations of ECR's model.
 */
export const ecrActions: readonly string[] = [
  'BatchCheckLayerAvailability',
  'BatchDeleteImage',
  'BatchGetImage',
  'BatchGetRepositoryScanningConfiguration',
  'BatchImportUpstreamImage',
  'CompleteLayerUpload',
  'CreatePullThroughCacheRule',
  'CreateRepository',
  'CreateRepositoryCreationTemplate',
  'DeleteLifecyclePolicy',
  'DeletePullThroughCacheRule',
  'DeleteRegistryPolicy',
  'DeleteRepository',
  'DeleteRepositoryCreationTemplate',
  'DeleteRepositoryPolicy',
  'DeleteSigningConfiguration',
  'DeregisterPullTimeUpdateExclusion',
  'DescribeImageReplicationStatus',
  'DescribeImageScanFindings',
  'DescribeImageSigningStatus',
  'DescribeImages',
  'DescribePullThroughCacheRules',
  'DescribeRegistry',
  'DescribeReplicationBackfillResults',
  'DescribeRepositories',
  'DescribeRepositoryCreationTemplates',
  'GetAccountSetting',
  'GetAuthorizationToken',
  'GetDownloadUrlForLayer',
  // Policies for pull-through caches have it; what ECR asks it for is unconfirmed.
  'GetImageCopyStatus',
  'GetLifecyclePolicy',
  'GetLifecyclePolicyPreview',
  'GetRegistryPolicy',
  'GetRegistryScanningConfiguration',
  'GetRepositoryPolicy',
  'GetSigningConfiguration',
  'InitiateLayerUpload',
  'ListImageReferrers',
  'ListImages',
  'ListPullTimeUpdateExclusions',
  'ListReplicationBackfills',
  'ListTagsForResource',
  'PutAccountSetting',
  'PutImage',
  'PutImageScanningConfiguration',
  'PutImageTagMutability',
  'PutLifecyclePolicy',
  'PutRegistryPolicy',
  'PutRegistryScanningConfiguration',
  'PutReplicationConfiguration',
  'PutSigningConfiguration',
  'RegisterPullTimeUpdateExclusion',
  'ReplicateImage',
  'SetRepositoryPolicy',
  'StartImageScan',
  'StartLifecyclePolicyPreview',
  'StartReplicationBackfill',
  'StopReplicationBackfill',
  'TagResource',
  'UntagResource',
  'UpdateImageStorageClass',
  'UpdatePullThroughCacheRule',
  'UpdateRepositoryCreationTemplate',
  'UploadLayerPart',
  'ValidatePullThroughCacheRule',
]

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
