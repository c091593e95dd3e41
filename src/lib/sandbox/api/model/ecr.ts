// Made by tools/generate-model.ts out of botocore 1.44.5 ecr/2015-09-21/service-2.json. Do not edit.

/** What each operation takes and answers. */
export interface EcrOperations {
  readonly BatchCheckLayerAvailability: {readonly input: BatchCheckLayerAvailabilityRequest; readonly output: BatchCheckLayerAvailabilityResponse}
  readonly BatchDeleteImage: {readonly input: BatchDeleteImageRequest; readonly output: BatchDeleteImageResponse}
  readonly BatchGetImage: {readonly input: BatchGetImageRequest; readonly output: BatchGetImageResponse}
  readonly BatchGetRepositoryScanningConfiguration: {readonly input: BatchGetRepositoryScanningConfigurationRequest; readonly output: BatchGetRepositoryScanningConfigurationResponse}
  readonly CompleteLayerUpload: {readonly input: CompleteLayerUploadRequest; readonly output: CompleteLayerUploadResponse}
  readonly CreatePullThroughCacheRule: {readonly input: CreatePullThroughCacheRuleRequest; readonly output: CreatePullThroughCacheRuleResponse}
  readonly CreateRepository: {readonly input: CreateRepositoryRequest; readonly output: CreateRepositoryResponse}
  readonly CreateRepositoryCreationTemplate: {readonly input: CreateRepositoryCreationTemplateRequest; readonly output: CreateRepositoryCreationTemplateResponse}
  readonly DeleteLifecyclePolicy: {readonly input: DeleteLifecyclePolicyRequest; readonly output: DeleteLifecyclePolicyResponse}
  readonly DeletePullThroughCacheRule: {readonly input: DeletePullThroughCacheRuleRequest; readonly output: DeletePullThroughCacheRuleResponse}
  readonly DeleteRegistryPolicy: {readonly input: DeleteRegistryPolicyRequest; readonly output: DeleteRegistryPolicyResponse}
  readonly DeleteRepository: {readonly input: DeleteRepositoryRequest; readonly output: DeleteRepositoryResponse}
  readonly DeleteRepositoryCreationTemplate: {readonly input: DeleteRepositoryCreationTemplateRequest; readonly output: DeleteRepositoryCreationTemplateResponse}
  readonly DeleteRepositoryPolicy: {readonly input: DeleteRepositoryPolicyRequest; readonly output: DeleteRepositoryPolicyResponse}
  readonly DeleteSigningConfiguration: {readonly input: DeleteSigningConfigurationRequest; readonly output: DeleteSigningConfigurationResponse}
  readonly DeregisterPullTimeUpdateExclusion: {readonly input: DeregisterPullTimeUpdateExclusionRequest; readonly output: DeregisterPullTimeUpdateExclusionResponse}
  readonly DescribeImageReplicationStatus: {readonly input: DescribeImageReplicationStatusRequest; readonly output: DescribeImageReplicationStatusResponse}
  readonly DescribeImageScanFindings: {readonly input: DescribeImageScanFindingsRequest; readonly output: DescribeImageScanFindingsResponse}
  readonly DescribeImageSigningStatus: {readonly input: DescribeImageSigningStatusRequest; readonly output: DescribeImageSigningStatusResponse}
  readonly DescribeImages: {readonly input: DescribeImagesRequest; readonly output: DescribeImagesResponse}
  readonly DescribePullThroughCacheRules: {readonly input: DescribePullThroughCacheRulesRequest; readonly output: DescribePullThroughCacheRulesResponse}
  readonly DescribeRegistry: {readonly input: DescribeRegistryRequest; readonly output: DescribeRegistryResponse}
  readonly DescribeReplicationBackfillResults: {readonly input: DescribeReplicationBackfillResultsRequest; readonly output: DescribeReplicationBackfillResultsResponse}
  readonly DescribeRepositories: {readonly input: DescribeRepositoriesRequest; readonly output: DescribeRepositoriesResponse}
  readonly DescribeRepositoryCreationTemplates: {readonly input: DescribeRepositoryCreationTemplatesRequest; readonly output: DescribeRepositoryCreationTemplatesResponse}
  readonly GetAccountSetting: {readonly input: GetAccountSettingRequest; readonly output: GetAccountSettingResponse}
  readonly GetAuthorizationToken: {readonly input: GetAuthorizationTokenRequest; readonly output: GetAuthorizationTokenResponse}
  readonly GetDownloadUrlForLayer: {readonly input: GetDownloadUrlForLayerRequest; readonly output: GetDownloadUrlForLayerResponse}
  readonly GetLifecyclePolicy: {readonly input: GetLifecyclePolicyRequest; readonly output: GetLifecyclePolicyResponse}
  readonly GetLifecyclePolicyPreview: {readonly input: GetLifecyclePolicyPreviewRequest; readonly output: GetLifecyclePolicyPreviewResponse}
  readonly GetRegistryPolicy: {readonly input: GetRegistryPolicyRequest; readonly output: GetRegistryPolicyResponse}
  readonly GetRegistryScanningConfiguration: {readonly input: GetRegistryScanningConfigurationRequest; readonly output: GetRegistryScanningConfigurationResponse}
  readonly GetRepositoryPolicy: {readonly input: GetRepositoryPolicyRequest; readonly output: GetRepositoryPolicyResponse}
  readonly GetSigningConfiguration: {readonly input: GetSigningConfigurationRequest; readonly output: GetSigningConfigurationResponse}
  readonly InitiateLayerUpload: {readonly input: InitiateLayerUploadRequest; readonly output: InitiateLayerUploadResponse}
  readonly ListImageReferrers: {readonly input: ListImageReferrersRequest; readonly output: ListImageReferrersResponse}
  readonly ListImages: {readonly input: ListImagesRequest; readonly output: ListImagesResponse}
  readonly ListPullTimeUpdateExclusions: {readonly input: ListPullTimeUpdateExclusionsRequest; readonly output: ListPullTimeUpdateExclusionsResponse}
  readonly ListReplicationBackfills: {readonly input: ListReplicationBackfillsRequest; readonly output: ListReplicationBackfillsResponse}
  readonly ListTagsForResource: {readonly input: ListTagsForResourceRequest; readonly output: ListTagsForResourceResponse}
  readonly PutAccountSetting: {readonly input: PutAccountSettingRequest; readonly output: PutAccountSettingResponse}
  readonly PutImage: {readonly input: PutImageRequest; readonly output: PutImageResponse}
  readonly PutImageScanningConfiguration: {readonly input: PutImageScanningConfigurationRequest; readonly output: PutImageScanningConfigurationResponse}
  readonly PutImageTagMutability: {readonly input: PutImageTagMutabilityRequest; readonly output: PutImageTagMutabilityResponse}
  readonly PutLifecyclePolicy: {readonly input: PutLifecyclePolicyRequest; readonly output: PutLifecyclePolicyResponse}
  readonly PutRegistryPolicy: {readonly input: PutRegistryPolicyRequest; readonly output: PutRegistryPolicyResponse}
  readonly PutRegistryScanningConfiguration: {readonly input: PutRegistryScanningConfigurationRequest; readonly output: PutRegistryScanningConfigurationResponse}
  readonly PutReplicationConfiguration: {readonly input: PutReplicationConfigurationRequest; readonly output: PutReplicationConfigurationResponse}
  readonly PutSigningConfiguration: {readonly input: PutSigningConfigurationRequest; readonly output: PutSigningConfigurationResponse}
  readonly RegisterPullTimeUpdateExclusion: {readonly input: RegisterPullTimeUpdateExclusionRequest; readonly output: RegisterPullTimeUpdateExclusionResponse}
  readonly SetRepositoryPolicy: {readonly input: SetRepositoryPolicyRequest; readonly output: SetRepositoryPolicyResponse}
  readonly StartImageScan: {readonly input: StartImageScanRequest; readonly output: StartImageScanResponse}
  readonly StartLifecyclePolicyPreview: {readonly input: StartLifecyclePolicyPreviewRequest; readonly output: StartLifecyclePolicyPreviewResponse}
  readonly StartReplicationBackfill: {readonly input: StartReplicationBackfillRequest; readonly output: StartReplicationBackfillResponse}
  readonly StopReplicationBackfill: {readonly input: StopReplicationBackfillRequest; readonly output: StopReplicationBackfillResponse}
  readonly TagResource: {readonly input: TagResourceRequest; readonly output: TagResourceResponse}
  readonly UntagResource: {readonly input: UntagResourceRequest; readonly output: UntagResourceResponse}
  readonly UpdateImageStorageClass: {readonly input: UpdateImageStorageClassRequest; readonly output: UpdateImageStorageClassResponse}
  readonly UpdatePullThroughCacheRule: {readonly input: UpdatePullThroughCacheRuleRequest; readonly output: UpdatePullThroughCacheRuleResponse}
  readonly UpdateRepositoryCreationTemplate: {readonly input: UpdateRepositoryCreationTemplateRequest; readonly output: UpdateRepositoryCreationTemplateResponse}
  readonly UploadLayerPart: {readonly input: UploadLayerPartRequest; readonly output: UploadLayerPartResponse}
  readonly ValidatePullThroughCacheRule: {readonly input: ValidatePullThroughCacheRuleRequest; readonly output: ValidatePullThroughCacheRuleResponse}
}

export type ArtifactStatus = 'ACTIVE' | 'ARCHIVED' | 'ACTIVATING'

export type ArtifactStatusFilter = 'ACTIVE' | 'ARCHIVED' | 'ACTIVATING' | 'ANY'

export interface Attribute {
  readonly key: string
  readonly value?: string
}

export interface AuthorizationData {
  readonly authorizationToken?: string
  readonly expiresAt?: number
  readonly proxyEndpoint?: string
}

export interface AwsEcrContainerImageDetails {
  readonly architecture?: string
  readonly author?: string
  readonly imageHash?: string
  readonly imageTags?: readonly string[]
  readonly platform?: string
  readonly pushedAt?: number
  readonly lastInUseAt?: number
  readonly inUseCount?: number
  readonly registry?: string
  readonly repositoryName?: string
}

export interface BatchCheckLayerAvailabilityRequest {
  readonly registryId?: string
  readonly repositoryName: string
  readonly layerDigests: readonly string[]
}

export interface BatchCheckLayerAvailabilityResponse {
  readonly layers?: readonly Layer[]
  readonly failures?: readonly LayerFailure[]
}

export interface BatchDeleteImageRequest {
  readonly registryId?: string
  readonly repositoryName: string
  readonly imageIds: readonly ImageIdentifier[]
}

export interface BatchDeleteImageResponse {
  readonly imageIds?: readonly ImageIdentifier[]
  readonly failures?: readonly ImageFailure[]
}

export interface BatchGetImageRequest {
  readonly registryId?: string
  readonly repositoryName: string
  readonly imageIds: readonly ImageIdentifier[]
  readonly acceptedMediaTypes?: readonly string[]
}

export interface BatchGetImageResponse {
  readonly images?: readonly Image[]
  readonly failures?: readonly ImageFailure[]
}

export interface BatchGetRepositoryScanningConfigurationRequest {
  readonly repositoryNames: readonly string[]
}

export interface BatchGetRepositoryScanningConfigurationResponse {
  readonly scanningConfigurations?: readonly RepositoryScanningConfiguration[]
  readonly failures?: readonly RepositoryScanningConfigurationFailure[]
}

export interface CompleteLayerUploadRequest {
  readonly registryId?: string
  readonly repositoryName: string
  readonly uploadId: string
  readonly layerDigests: readonly string[]
}

export interface CompleteLayerUploadResponse {
  readonly registryId?: string
  readonly repositoryName?: string
  readonly uploadId?: string
  readonly layerDigest?: string
}

export interface CreatePullThroughCacheRuleRequest {
  readonly ecrRepositoryPrefix: string
  readonly upstreamRegistryUrl: string
  readonly registryId?: string
  readonly upstreamRegistry?: UpstreamRegistry
  readonly credentialArn?: string
  readonly customRoleArn?: string
  readonly upstreamRepositoryPrefix?: string
}

export interface CreatePullThroughCacheRuleResponse {
  readonly ecrRepositoryPrefix?: string
  readonly upstreamRegistryUrl?: string
  readonly createdAt?: number
  readonly registryId?: string
  readonly upstreamRegistry?: UpstreamRegistry
  readonly credentialArn?: string
  readonly customRoleArn?: string
  readonly upstreamRepositoryPrefix?: string
}

export interface CreateRepositoryCreationTemplateRequest {
  readonly prefix: string
  readonly description?: string
  readonly encryptionConfiguration?: EncryptionConfigurationForRepositoryCreationTemplate
  readonly resourceTags?: readonly Tag[]
  readonly imageTagMutability?: ImageTagMutability
  readonly imageTagMutabilityExclusionFilters?: readonly ImageTagMutabilityExclusionFilter[]
  readonly repositoryPolicy?: string
  readonly lifecyclePolicy?: string
  readonly appliedFor: readonly RCTAppliedFor[]
  readonly customRoleArn?: string
}

export interface CreateRepositoryCreationTemplateResponse {
  readonly registryId?: string
  readonly repositoryCreationTemplate?: RepositoryCreationTemplate
}

export interface CreateRepositoryRequest {
  readonly registryId?: string
  readonly repositoryName: string
  readonly tags?: readonly Tag[]
  readonly imageTagMutability?: ImageTagMutability
  readonly imageTagMutabilityExclusionFilters?: readonly ImageTagMutabilityExclusionFilter[]
  readonly imageScanningConfiguration?: ImageScanningConfiguration
  readonly encryptionConfiguration?: EncryptionConfiguration
}

export interface CreateRepositoryResponse {
  readonly repository?: Repository
}

export interface CvssScore {
  readonly baseScore?: number
  readonly scoringVector?: string
  readonly source?: string
  readonly version?: string
}

export interface CvssScoreAdjustment {
  readonly metric?: string
  readonly reason?: string
}

export interface CvssScoreDetails {
  readonly adjustments?: readonly CvssScoreAdjustment[]
  readonly score?: number
  readonly scoreSource?: string
  readonly scoringVector?: string
  readonly version?: string
}

export interface DeleteLifecyclePolicyRequest {
  readonly registryId?: string
  readonly repositoryName: string
}

export interface DeleteLifecyclePolicyResponse {
  readonly registryId?: string
  readonly repositoryName?: string
  readonly lifecyclePolicyText?: string
  readonly lastEvaluatedAt?: number
}

export interface DeletePullThroughCacheRuleRequest {
  readonly ecrRepositoryPrefix: string
  readonly registryId?: string
}

export interface DeletePullThroughCacheRuleResponse {
  readonly ecrRepositoryPrefix?: string
  readonly upstreamRegistryUrl?: string
  readonly createdAt?: number
  readonly registryId?: string
  readonly credentialArn?: string
  readonly customRoleArn?: string
  readonly upstreamRepositoryPrefix?: string
}

export interface DeleteRegistryPolicyRequest {
}

export interface DeleteRegistryPolicyResponse {
  readonly registryId?: string
  readonly policyText?: string
}

export interface DeleteReplication {
  readonly enabled: boolean
}

export interface DeleteRepositoryCreationTemplateRequest {
  readonly prefix: string
}

export interface DeleteRepositoryCreationTemplateResponse {
  readonly registryId?: string
  readonly repositoryCreationTemplate?: RepositoryCreationTemplate
}

export interface DeleteRepositoryPolicyRequest {
  readonly registryId?: string
  readonly repositoryName: string
}

export interface DeleteRepositoryPolicyResponse {
  readonly registryId?: string
  readonly repositoryName?: string
  readonly policyText?: string
}

export interface DeleteRepositoryRequest {
  readonly registryId?: string
  readonly repositoryName: string
  readonly force?: boolean
}

export interface DeleteRepositoryResponse {
  readonly repository?: Repository
}

export interface DeleteSigningConfigurationRequest {
}

export interface DeleteSigningConfigurationResponse {
  readonly registryId?: string
  readonly signingConfiguration?: SigningConfiguration
}

export interface DeregisterPullTimeUpdateExclusionRequest {
  readonly principalArn: string
}

export interface DeregisterPullTimeUpdateExclusionResponse {
  readonly principalArn?: string
}

export interface DescribeImageReplicationStatusRequest {
  readonly repositoryName: string
  readonly imageId: ImageIdentifier
  readonly registryId?: string
}

export interface DescribeImageReplicationStatusResponse {
  readonly repositoryName?: string
  readonly imageId?: ImageIdentifier
  readonly replicationStatuses?: readonly ImageReplicationStatus[]
}

export interface DescribeImageScanFindingsRequest {
  readonly registryId?: string
  readonly repositoryName: string
  readonly imageId: ImageIdentifier
  readonly nextToken?: string
  readonly maxResults?: number
}

export interface DescribeImageScanFindingsResponse {
  readonly registryId?: string
  readonly repositoryName?: string
  readonly imageId?: ImageIdentifier
  readonly imageScanStatus?: ImageScanStatus
  readonly imageScanFindings?: ImageScanFindings
  readonly nextToken?: string
}

export interface DescribeImageSigningStatusRequest {
  readonly repositoryName: string
  readonly imageId: ImageIdentifier
  readonly registryId?: string
}

export interface DescribeImageSigningStatusResponse {
  readonly repositoryName?: string
  readonly imageId?: ImageIdentifier
  readonly registryId?: string
  readonly signingStatuses?: readonly ImageSigningStatus[]
}

export interface DescribeImagesFilter {
  readonly tagStatus?: TagStatus
  readonly imageStatus?: ImageStatusFilter
}

export interface DescribeImagesRequest {
  readonly registryId?: string
  readonly repositoryName: string
  readonly imageIds?: readonly ImageIdentifier[]
  readonly nextToken?: string
  readonly maxResults?: number
  readonly filter?: DescribeImagesFilter
}

export interface DescribeImagesResponse {
  readonly imageDetails?: readonly ImageDetail[]
  readonly nextToken?: string
}

export interface DescribePullThroughCacheRulesRequest {
  readonly registryId?: string
  readonly ecrRepositoryPrefixes?: readonly string[]
  readonly nextToken?: string
  readonly maxResults?: number
}

export interface DescribePullThroughCacheRulesResponse {
  readonly pullThroughCacheRules?: readonly PullThroughCacheRule[]
  readonly nextToken?: string
}

export interface DescribeRegistryRequest {
}

export interface DescribeRegistryResponse {
  readonly registryId?: string
  readonly replicationConfiguration?: ReplicationConfiguration
}

export interface DescribeReplicationBackfillResultsRequest {
  readonly registryId?: string
  readonly replicationBackfillId: string
  readonly resultStatusFilter?: ReplicationBackfillResultStatus
  readonly maxResults?: number
  readonly nextToken?: string
}

export interface DescribeReplicationBackfillResultsResponse {
  readonly registryId?: string
  readonly replicationBackfillId?: string
  readonly destination?: ReplicationDestination
  readonly status?: ReplicationBackfillStatus
  readonly failureCode?: string
  readonly progress?: ReplicationBackfillProgress
  readonly results?: readonly ReplicationBackfillResult[]
  readonly startedAt?: number
  readonly endedAt?: number
  readonly nextToken?: string
}

export interface DescribeRepositoriesRequest {
  readonly registryId?: string
  readonly repositoryNames?: readonly string[]
  readonly nextToken?: string
  readonly maxResults?: number
}

export interface DescribeRepositoriesResponse {
  readonly repositories?: readonly Repository[]
  readonly nextToken?: string
}

export interface DescribeRepositoryCreationTemplatesRequest {
  readonly prefixes?: readonly string[]
  readonly nextToken?: string
  readonly maxResults?: number
}

export interface DescribeRepositoryCreationTemplatesResponse {
  readonly registryId?: string
  readonly repositoryCreationTemplates?: readonly RepositoryCreationTemplate[]
  readonly nextToken?: string
}

export interface EncryptionConfiguration {
  readonly encryptionType: EncryptionType
  readonly kmsKey?: string
}

export interface EncryptionConfigurationForRepositoryCreationTemplate {
  readonly encryptionType: EncryptionType
  readonly kmsKey?: string
}

export type EncryptionType = 'AES256' | 'KMS' | 'KMS_DSSE'

export interface EnhancedImageScanFinding {
  readonly awsAccountId?: string
  readonly description?: string
  readonly findingArn?: string
  readonly firstObservedAt?: number
  readonly lastObservedAt?: number
  readonly packageVulnerabilityDetails?: PackageVulnerabilityDetails
  readonly remediation?: Remediation
  readonly resources?: readonly Resource[]
  readonly score?: number
  readonly scoreDetails?: ScoreDetails
  readonly severity?: string
  readonly status?: string
  readonly title?: string
  readonly type?: string
  readonly updatedAt?: number
  readonly fixAvailable?: string
  readonly exploitAvailable?: string
}

export type FindingSeverity = 'INFORMATIONAL' | 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL' | 'UNDEFINED'

export interface GetAccountSettingRequest {
  readonly name: string
}

export interface GetAccountSettingResponse {
  readonly name?: string
  readonly value?: string
}

export interface GetAuthorizationTokenRequest {
  readonly registryIds?: readonly string[]
}

export interface GetAuthorizationTokenResponse {
  readonly authorizationData?: readonly AuthorizationData[]
}

export interface GetDownloadUrlForLayerRequest {
  readonly registryId?: string
  readonly repositoryName: string
  readonly layerDigest: string
}

export interface GetDownloadUrlForLayerResponse {
  readonly downloadUrl?: string
  readonly layerDigest?: string
}

export interface GetLifecyclePolicyPreviewRequest {
  readonly registryId?: string
  readonly repositoryName: string
  readonly imageIds?: readonly ImageIdentifier[]
  readonly nextToken?: string
  readonly maxResults?: number
  readonly filter?: LifecyclePolicyPreviewFilter
}

export interface GetLifecyclePolicyPreviewResponse {
  readonly registryId?: string
  readonly repositoryName?: string
  readonly lifecyclePolicyText?: string
  readonly status?: LifecyclePolicyPreviewStatus
  readonly nextToken?: string
  readonly previewResults?: readonly LifecyclePolicyPreviewResult[]
  readonly summary?: LifecyclePolicyPreviewSummary
}

export interface GetLifecyclePolicyRequest {
  readonly registryId?: string
  readonly repositoryName: string
}

export interface GetLifecyclePolicyResponse {
  readonly registryId?: string
  readonly repositoryName?: string
  readonly lifecyclePolicyText?: string
  readonly lastEvaluatedAt?: number
}

export interface GetRegistryPolicyRequest {
}

export interface GetRegistryPolicyResponse {
  readonly registryId?: string
  readonly policyText?: string
}

export interface GetRegistryScanningConfigurationRequest {
}

export interface GetRegistryScanningConfigurationResponse {
  readonly registryId?: string
  readonly scanningConfiguration?: RegistryScanningConfiguration
}

export interface GetRepositoryPolicyRequest {
  readonly registryId?: string
  readonly repositoryName: string
}

export interface GetRepositoryPolicyResponse {
  readonly registryId?: string
  readonly repositoryName?: string
  readonly policyText?: string
}

export interface GetSigningConfigurationRequest {
}

export interface GetSigningConfigurationResponse {
  readonly registryId?: string
  readonly signingConfiguration?: SigningConfiguration
}

export interface Image {
  readonly registryId?: string
  readonly repositoryName?: string
  readonly imageId?: ImageIdentifier
  readonly imageManifest?: string
  readonly imageManifestMediaType?: string
}

export type ImageActionType = 'EXPIRE' | 'TRANSITION'

export interface ImageDetail {
  readonly registryId?: string
  readonly repositoryName?: string
  readonly imageDigest?: string
  readonly imageTags?: readonly string[]
  readonly imageSizeInBytes?: number
  readonly imagePushedAt?: number
  readonly imageScanStatus?: ImageScanStatus
  readonly imageScanFindingsSummary?: ImageScanFindingsSummary
  readonly imageManifestMediaType?: string
  readonly artifactMediaType?: string
  readonly lastRecordedPullTime?: number
  readonly subjectManifestDigest?: string
  readonly imageStatus?: ImageStatus
  readonly lastArchivedAt?: number
  readonly lastActivatedAt?: number
}

export interface ImageFailure {
  readonly imageId?: ImageIdentifier
  readonly failureCode?: ImageFailureCode
  readonly failureReason?: string
}

export type ImageFailureCode = 'InvalidImageDigest' | 'InvalidImageTag' | 'ImageTagDoesNotMatchDigest' | 'ImageNotFound' | 'MissingDigestAndTag' | 'ImageReferencedByManifestList' | 'KmsError' | 'UpstreamAccessDenied' | 'UpstreamTooManyRequests' | 'UpstreamUnavailable' | 'ImageInaccessible'

export interface ImageIdentifier {
  readonly imageDigest?: string
  readonly imageTag?: string
}

export interface ImageReferrer {
  readonly digest: string
  readonly mediaType: string
  readonly artifactType?: string
  readonly size: number
  readonly annotations?: Readonly<Partial<Record<string, string>>>
  readonly artifactStatus?: ArtifactStatus
}

export interface ImageReplicationStatus {
  readonly region?: string
  readonly registryId?: string
  readonly status?: ReplicationStatus
  readonly failureCode?: string
}

export interface ImageScanFinding {
  readonly name?: string
  readonly description?: string
  readonly uri?: string
  readonly severity?: FindingSeverity
  readonly attributes?: readonly Attribute[]
}

export interface ImageScanFindings {
  readonly imageScanCompletedAt?: number
  readonly vulnerabilitySourceUpdatedAt?: number
  readonly findingSeverityCounts?: Readonly<Partial<Record<FindingSeverity, number>>>
  readonly findings?: readonly ImageScanFinding[]
  readonly enhancedFindings?: readonly EnhancedImageScanFinding[]
}

export interface ImageScanFindingsSummary {
  readonly imageScanCompletedAt?: number
  readonly vulnerabilitySourceUpdatedAt?: number
  readonly findingSeverityCounts?: Readonly<Partial<Record<FindingSeverity, number>>>
}

export interface ImageScanStatus {
  readonly status?: ScanStatus
  readonly description?: string
}

export interface ImageScanningConfiguration {
  readonly scanOnPush?: boolean
}

export interface ImageSigningStatus {
  readonly signingProfileArn?: string
  readonly failureCode?: string
  readonly failureReason?: string
  readonly status?: SigningStatus
}

export type ImageStatus = 'ACTIVE' | 'ARCHIVED' | 'ACTIVATING'

export type ImageStatusFilter = 'ACTIVE' | 'ARCHIVED' | 'ACTIVATING' | 'ANY'

export type ImageTagMutability = 'MUTABLE' | 'IMMUTABLE' | 'IMMUTABLE_WITH_EXCLUSION' | 'MUTABLE_WITH_EXCLUSION'

export interface ImageTagMutabilityExclusionFilter {
  readonly filterType: ImageTagMutabilityExclusionFilterType
  readonly filter: string
}

export type ImageTagMutabilityExclusionFilterType = 'WILDCARD'

export interface InitiateLayerUploadRequest {
  readonly registryId?: string
  readonly repositoryName: string
}

export interface InitiateLayerUploadResponse {
  readonly uploadId?: string
  readonly partSize?: number
}

export interface Layer {
  readonly layerDigest?: string
  readonly layerAvailability?: LayerAvailability
  readonly layerSize?: number
  readonly mediaType?: string
}

export type LayerAvailability = 'AVAILABLE' | 'UNAVAILABLE' | 'ARCHIVED'

export interface LayerFailure {
  readonly layerDigest?: string
  readonly failureCode?: LayerFailureCode
  readonly failureReason?: string
}

export type LayerFailureCode = 'InvalidLayerDigest' | 'MissingLayerDigest'

export interface LifecyclePolicyPreviewFilter {
  readonly tagStatus?: TagStatus
}

export interface LifecyclePolicyPreviewResult {
  readonly imageTags?: readonly string[]
  readonly imageDigest?: string
  readonly imagePushedAt?: number
  readonly action?: LifecyclePolicyRuleAction
  readonly appliedRulePriority?: number
  readonly storageClass?: LifecyclePolicyStorageClass
}

export type LifecyclePolicyPreviewStatus = 'IN_PROGRESS' | 'COMPLETE' | 'EXPIRED' | 'FAILED'

export interface LifecyclePolicyPreviewSummary {
  readonly expiringImageTotalCount?: number
  readonly transitioningImageTotalCounts?: readonly TransitioningImageTotalCount[]
}

export interface LifecyclePolicyRuleAction {
  readonly type?: ImageActionType
  readonly targetStorageClass?: LifecyclePolicyTargetStorageClass
}

export type LifecyclePolicyStorageClass = 'ARCHIVE' | 'STANDARD'

export type LifecyclePolicyTargetStorageClass = 'ARCHIVE'

export interface ListImageReferrersFilter {
  readonly artifactTypes?: readonly string[]
  readonly artifactStatus?: ArtifactStatusFilter
}

export interface ListImageReferrersRequest {
  readonly registryId?: string
  readonly repositoryName: string
  readonly subjectId: SubjectIdentifier
  readonly filter?: ListImageReferrersFilter
  readonly nextToken?: string
  readonly maxResults?: number
}

export interface ListImageReferrersResponse {
  readonly referrers?: readonly ImageReferrer[]
  readonly nextToken?: string
}

export interface ListImagesFilter {
  readonly tagStatus?: TagStatus
  readonly imageStatus?: ImageStatusFilter
}

export interface ListImagesRequest {
  readonly registryId?: string
  readonly repositoryName: string
  readonly nextToken?: string
  readonly maxResults?: number
  readonly filter?: ListImagesFilter
}

export interface ListImagesResponse {
  readonly imageIds?: readonly ImageIdentifier[]
  readonly nextToken?: string
}

export interface ListPullTimeUpdateExclusionsRequest {
  readonly maxResults?: number
  readonly nextToken?: string
}

export interface ListPullTimeUpdateExclusionsResponse {
  readonly pullTimeUpdateExclusions?: readonly string[]
  readonly nextToken?: string
}

export interface ListReplicationBackfillsRequest {
  readonly registryId?: string
  readonly maxResults?: number
  readonly nextToken?: string
}

export interface ListReplicationBackfillsResponse {
  readonly registryId?: string
  readonly backfills?: readonly ReplicationBackfillSummary[]
  readonly nextToken?: string
}

export interface ListTagsForResourceRequest {
  readonly resourceArn: string
}

export interface ListTagsForResourceResponse {
  readonly tags?: readonly Tag[]
}

export interface PackageVulnerabilityDetails {
  readonly cvss?: readonly CvssScore[]
  readonly referenceUrls?: readonly string[]
  readonly relatedVulnerabilities?: readonly string[]
  readonly source?: string
  readonly sourceUrl?: string
  readonly vendorCreatedAt?: number
  readonly vendorSeverity?: string
  readonly vendorUpdatedAt?: number
  readonly vulnerabilityId?: string
  readonly vulnerablePackages?: readonly VulnerablePackage[]
}

export interface PullThroughCacheRule {
  readonly ecrRepositoryPrefix?: string
  readonly upstreamRegistryUrl?: string
  readonly createdAt?: number
  readonly registryId?: string
  readonly credentialArn?: string
  readonly customRoleArn?: string
  readonly upstreamRepositoryPrefix?: string
  readonly upstreamRegistry?: UpstreamRegistry
  readonly updatedAt?: number
}

export interface PutAccountSettingRequest {
  readonly name: string
  readonly value: string
}

export interface PutAccountSettingResponse {
  readonly name?: string
  readonly value?: string
}

export interface PutImageRequest {
  readonly registryId?: string
  readonly repositoryName: string
  readonly imageManifest: string
  readonly imageManifestMediaType?: string
  readonly imageTag?: string
  readonly imageDigest?: string
}

export interface PutImageResponse {
  readonly image?: Image
}

export interface PutImageScanningConfigurationRequest {
  readonly registryId?: string
  readonly repositoryName: string
  readonly imageScanningConfiguration: ImageScanningConfiguration
}

export interface PutImageScanningConfigurationResponse {
  readonly registryId?: string
  readonly repositoryName?: string
  readonly imageScanningConfiguration?: ImageScanningConfiguration
}

export interface PutImageTagMutabilityRequest {
  readonly registryId?: string
  readonly repositoryName: string
  readonly imageTagMutability: ImageTagMutability
  readonly imageTagMutabilityExclusionFilters?: readonly ImageTagMutabilityExclusionFilter[]
}

export interface PutImageTagMutabilityResponse {
  readonly registryId?: string
  readonly repositoryName?: string
  readonly imageTagMutability?: ImageTagMutability
  readonly imageTagMutabilityExclusionFilters?: readonly ImageTagMutabilityExclusionFilter[]
}

export interface PutLifecyclePolicyRequest {
  readonly registryId?: string
  readonly repositoryName: string
  readonly lifecyclePolicyText: string
}

export interface PutLifecyclePolicyResponse {
  readonly registryId?: string
  readonly repositoryName?: string
  readonly lifecyclePolicyText?: string
}

export interface PutRegistryPolicyRequest {
  readonly policyText: string
}

export interface PutRegistryPolicyResponse {
  readonly registryId?: string
  readonly policyText?: string
}

export interface PutRegistryScanningConfigurationRequest {
  readonly scanType?: ScanType
  readonly rules?: readonly RegistryScanningRule[]
}

export interface PutRegistryScanningConfigurationResponse {
  readonly registryScanningConfiguration?: RegistryScanningConfiguration
}

export interface PutReplicationConfigurationRequest {
  readonly replicationConfiguration: ReplicationConfiguration
}

export interface PutReplicationConfigurationResponse {
  readonly replicationConfiguration?: ReplicationConfiguration
}

export interface PutSigningConfigurationRequest {
  readonly signingConfiguration: SigningConfiguration
}

export interface PutSigningConfigurationResponse {
  readonly signingConfiguration?: SigningConfiguration
}

export type RCTAppliedFor = 'REPLICATION' | 'PULL_THROUGH_CACHE' | 'CREATE_ON_PUSH'

export interface Recommendation {
  readonly url?: string
  readonly text?: string
}

export interface RegisterPullTimeUpdateExclusionRequest {
  readonly principalArn: string
}

export interface RegisterPullTimeUpdateExclusionResponse {
  readonly principalArn?: string
  readonly createdAt?: number
}

export interface RegistryScanningConfiguration {
  readonly scanType?: ScanType
  readonly rules?: readonly RegistryScanningRule[]
}

export interface RegistryScanningRule {
  readonly scanFrequency: ScanFrequency
  readonly repositoryFilters: readonly ScanningRepositoryFilter[]
}

export interface Remediation {
  readonly recommendation?: Recommendation
}

export interface ReplicationBackfillProgress {
  readonly totalReplicationCount: number
  readonly completedReplicationCount: number
  readonly failedReplicationCount: number
  readonly failureCodes: readonly string[]
}

export interface ReplicationBackfillResult {
  readonly repositoryName: string
  readonly imageId: ImageIdentifier
  readonly status: ReplicationBackfillResultStatus
  readonly failureCode?: string
  readonly subImageFailureCodes?: readonly string[]
}

export type ReplicationBackfillResultStatus = 'COMPLETE' | 'FAILED'

export type ReplicationBackfillStatus = 'PREPARING' | 'IN_PROGRESS' | 'COMPLETE' | 'FAILED' | 'STOPPING' | 'STOPPED'

export interface ReplicationBackfillSummary {
  readonly replicationBackfillId: string
  readonly destination: ReplicationDestination
  readonly status: ReplicationBackfillStatus
  readonly failureCode?: string
  readonly progress?: ReplicationBackfillProgress
  readonly startedAt: number
  readonly endedAt?: number
}

export interface ReplicationConfiguration {
  readonly rules: readonly ReplicationRule[]
}

export interface ReplicationDestination {
  readonly region: string
  readonly registryId: string
}

export interface ReplicationRule {
  readonly destinations: readonly ReplicationDestination[]
  readonly repositoryFilters?: readonly RepositoryFilter[]
  readonly deleteReplication?: DeleteReplication
}

export type ReplicationStatus = 'IN_PROGRESS' | 'COMPLETE' | 'FAILED'

export interface Repository {
  readonly repositoryArn?: string
  readonly registryId?: string
  readonly repositoryName?: string
  readonly repositoryUri?: string
  readonly createdAt?: number
  readonly imageTagMutability?: ImageTagMutability
  readonly imageTagMutabilityExclusionFilters?: readonly ImageTagMutabilityExclusionFilter[]
  readonly imageScanningConfiguration?: ImageScanningConfiguration
  readonly encryptionConfiguration?: EncryptionConfiguration
}

export interface RepositoryCreationTemplate {
  readonly prefix?: string
  readonly description?: string
  readonly encryptionConfiguration?: EncryptionConfigurationForRepositoryCreationTemplate
  readonly resourceTags?: readonly Tag[]
  readonly imageTagMutability?: ImageTagMutability
  readonly imageTagMutabilityExclusionFilters?: readonly ImageTagMutabilityExclusionFilter[]
  readonly repositoryPolicy?: string
  readonly lifecyclePolicy?: string
  readonly appliedFor?: readonly RCTAppliedFor[]
  readonly customRoleArn?: string
  readonly createdAt?: number
  readonly updatedAt?: number
}

export interface RepositoryFilter {
  readonly filter: string
  readonly filterType: RepositoryFilterType
}

export type RepositoryFilterType = 'PREFIX_MATCH'

export interface RepositoryScanningConfiguration {
  readonly repositoryArn?: string
  readonly repositoryName?: string
  readonly scanOnPush?: boolean
  readonly scanFrequency?: ScanFrequency
  readonly appliedScanFilters?: readonly ScanningRepositoryFilter[]
}

export interface RepositoryScanningConfigurationFailure {
  readonly repositoryName?: string
  readonly failureCode?: ScanningConfigurationFailureCode
  readonly failureReason?: string
}

export interface Resource {
  readonly details?: ResourceDetails
  readonly id?: string
  readonly tags?: Readonly<Partial<Record<string, string>>>
  readonly type?: string
}

export interface ResourceDetails {
  readonly awsEcrContainerImage?: AwsEcrContainerImageDetails
}

export type ScanFrequency = 'SCAN_ON_PUSH' | 'CONTINUOUS_SCAN' | 'MANUAL'

export type ScanStatus = 'IN_PROGRESS' | 'COMPLETE' | 'FAILED' | 'UNSUPPORTED_IMAGE' | 'ACTIVE' | 'PENDING' | 'SCAN_ELIGIBILITY_EXPIRED' | 'FINDINGS_UNAVAILABLE' | 'LIMIT_EXCEEDED' | 'IMAGE_ARCHIVED' | 'IMAGE_SIZE_EXCEEDED'

export type ScanType = 'BASIC' | 'ENHANCED'

export type ScanningConfigurationFailureCode = 'REPOSITORY_NOT_FOUND'

export interface ScanningRepositoryFilter {
  readonly filter: string
  readonly filterType: ScanningRepositoryFilterType
}

export type ScanningRepositoryFilterType = 'WILDCARD'

export interface ScoreDetails {
  readonly cvss?: CvssScoreDetails
}

export interface SetRepositoryPolicyRequest {
  readonly registryId?: string
  readonly repositoryName: string
  readonly policyText: string
  readonly force?: boolean
}

export interface SetRepositoryPolicyResponse {
  readonly registryId?: string
  readonly repositoryName?: string
  readonly policyText?: string
}

export interface SigningConfiguration {
  readonly rules: readonly SigningRule[]
}

export interface SigningRepositoryFilter {
  readonly filter: string
  readonly filterType: SigningRepositoryFilterType
}

export type SigningRepositoryFilterType = 'WILDCARD_MATCH'

export interface SigningRule {
  readonly signingProfileArn: string
  readonly repositoryFilters?: readonly SigningRepositoryFilter[]
}

export type SigningStatus = 'IN_PROGRESS' | 'COMPLETE' | 'FAILED'

export interface StartImageScanRequest {
  readonly registryId?: string
  readonly repositoryName: string
  readonly imageId: ImageIdentifier
}

export interface StartImageScanResponse {
  readonly registryId?: string
  readonly repositoryName?: string
  readonly imageId?: ImageIdentifier
  readonly imageScanStatus?: ImageScanStatus
}

export interface StartLifecyclePolicyPreviewRequest {
  readonly registryId?: string
  readonly repositoryName: string
  readonly lifecyclePolicyText?: string
}

export interface StartLifecyclePolicyPreviewResponse {
  readonly registryId?: string
  readonly repositoryName?: string
  readonly lifecyclePolicyText?: string
  readonly status?: LifecyclePolicyPreviewStatus
}

export interface StartReplicationBackfillRequest {
  readonly registryId?: string
  readonly destination: ReplicationDestination
}

export interface StartReplicationBackfillResponse {
  readonly replicationBackfillId?: string
  readonly registryId?: string
  readonly destination?: ReplicationDestination
  readonly status?: ReplicationBackfillStatus
  readonly startedAt?: number
}

export interface StopReplicationBackfillRequest {
  readonly registryId?: string
  readonly replicationBackfillId: string
}

export interface StopReplicationBackfillResponse {
  readonly registryId?: string
  readonly replicationBackfillId?: string
  readonly destination?: ReplicationDestination
  readonly status?: ReplicationBackfillStatus
  readonly startedAt?: number
}

export interface SubjectIdentifier {
  readonly imageDigest: string
}

export interface Tag {
  readonly Key: string
  readonly Value: string
}

export interface TagResourceRequest {
  readonly resourceArn: string
  readonly tags: readonly Tag[]
}

export interface TagResourceResponse {
}

export type TagStatus = 'TAGGED' | 'UNTAGGED' | 'ANY'

export type TargetStorageClass = 'STANDARD' | 'ARCHIVE'

export interface TransitioningImageTotalCount {
  readonly targetStorageClass?: LifecyclePolicyTargetStorageClass
  readonly imageTotalCount?: number
}

export interface UntagResourceRequest {
  readonly resourceArn: string
  readonly tagKeys: readonly string[]
}

export interface UntagResourceResponse {
}

export interface UpdateImageStorageClassRequest {
  readonly registryId?: string
  readonly repositoryName: string
  readonly imageId: ImageIdentifier
  readonly targetStorageClass: TargetStorageClass
}

export interface UpdateImageStorageClassResponse {
  readonly registryId?: string
  readonly repositoryName?: string
  readonly imageId?: ImageIdentifier
  readonly imageStatus?: ImageStatus
}

export interface UpdatePullThroughCacheRuleRequest {
  readonly registryId?: string
  readonly ecrRepositoryPrefix: string
  readonly credentialArn?: string
  readonly customRoleArn?: string
}

export interface UpdatePullThroughCacheRuleResponse {
  readonly ecrRepositoryPrefix?: string
  readonly registryId?: string
  readonly updatedAt?: number
  readonly credentialArn?: string
  readonly customRoleArn?: string
  readonly upstreamRepositoryPrefix?: string
}

export interface UpdateRepositoryCreationTemplateRequest {
  readonly prefix: string
  readonly description?: string
  readonly encryptionConfiguration?: EncryptionConfigurationForRepositoryCreationTemplate
  readonly resourceTags?: readonly Tag[]
  readonly imageTagMutability?: ImageTagMutability
  readonly imageTagMutabilityExclusionFilters?: readonly ImageTagMutabilityExclusionFilter[]
  readonly repositoryPolicy?: string
  readonly lifecyclePolicy?: string
  readonly appliedFor?: readonly RCTAppliedFor[]
  readonly customRoleArn?: string
}

export interface UpdateRepositoryCreationTemplateResponse {
  readonly registryId?: string
  readonly repositoryCreationTemplate?: RepositoryCreationTemplate
}

export interface UploadLayerPartRequest {
  readonly registryId?: string
  readonly repositoryName: string
  readonly uploadId: string
  readonly partFirstByte: number
  readonly partLastByte: number
  readonly layerPartBlob: Uint8Array
}

export interface UploadLayerPartResponse {
  readonly registryId?: string
  readonly repositoryName?: string
  readonly uploadId?: string
  readonly lastByteReceived?: number
}

export type UpstreamRegistry = 'ecr' | 'ecr-public' | 'quay' | 'k8s' | 'docker-hub' | 'github-container-registry' | 'azure-container-registry' | 'gitlab-container-registry' | 'chainguard'

export interface ValidatePullThroughCacheRuleRequest {
  readonly ecrRepositoryPrefix: string
  readonly registryId?: string
}

export interface ValidatePullThroughCacheRuleResponse {
  readonly ecrRepositoryPrefix?: string
  readonly registryId?: string
  readonly upstreamRegistryUrl?: string
  readonly credentialArn?: string
  readonly customRoleArn?: string
  readonly upstreamRepositoryPrefix?: string
  readonly isValid?: boolean
  readonly failure?: string
}

export interface VulnerablePackage {
  readonly arch?: string
  readonly epoch?: number
  readonly filePath?: string
  readonly name?: string
  readonly packageManager?: string
  readonly release?: string
  readonly sourceLayerHash?: string
  readonly version?: string
  readonly fixedInVersion?: string
}
