// Made by tools/generate-model.ts out of botocore 1.44.5 ecr-public/2020-10-30/service-2.json. Do not edit.

/** What each operation takes and answers. */
export interface EcrPublicOperations {
  readonly BatchCheckLayerAvailability: {readonly input: BatchCheckLayerAvailabilityRequest; readonly output: BatchCheckLayerAvailabilityResponse}
  readonly BatchDeleteImage: {readonly input: BatchDeleteImageRequest; readonly output: BatchDeleteImageResponse}
  readonly CompleteLayerUpload: {readonly input: CompleteLayerUploadRequest; readonly output: CompleteLayerUploadResponse}
  readonly CreateRepository: {readonly input: CreateRepositoryRequest; readonly output: CreateRepositoryResponse}
  readonly DeleteRepository: {readonly input: DeleteRepositoryRequest; readonly output: DeleteRepositoryResponse}
  readonly DeleteRepositoryPolicy: {readonly input: DeleteRepositoryPolicyRequest; readonly output: DeleteRepositoryPolicyResponse}
  readonly DescribeImageTags: {readonly input: DescribeImageTagsRequest; readonly output: DescribeImageTagsResponse}
  readonly DescribeImages: {readonly input: DescribeImagesRequest; readonly output: DescribeImagesResponse}
  readonly DescribeRegistries: {readonly input: DescribeRegistriesRequest; readonly output: DescribeRegistriesResponse}
  readonly DescribeRepositories: {readonly input: DescribeRepositoriesRequest; readonly output: DescribeRepositoriesResponse}
  readonly GetAuthorizationToken: {readonly input: GetAuthorizationTokenRequest; readonly output: GetAuthorizationTokenResponse}
  readonly GetRegistryCatalogData: {readonly input: GetRegistryCatalogDataRequest; readonly output: GetRegistryCatalogDataResponse}
  readonly GetRepositoryCatalogData: {readonly input: GetRepositoryCatalogDataRequest; readonly output: GetRepositoryCatalogDataResponse}
  readonly GetRepositoryPolicy: {readonly input: GetRepositoryPolicyRequest; readonly output: GetRepositoryPolicyResponse}
  readonly InitiateLayerUpload: {readonly input: InitiateLayerUploadRequest; readonly output: InitiateLayerUploadResponse}
  readonly ListTagsForResource: {readonly input: ListTagsForResourceRequest; readonly output: ListTagsForResourceResponse}
  readonly PutImage: {readonly input: PutImageRequest; readonly output: PutImageResponse}
  readonly PutRegistryCatalogData: {readonly input: PutRegistryCatalogDataRequest; readonly output: PutRegistryCatalogDataResponse}
  readonly PutRepositoryCatalogData: {readonly input: PutRepositoryCatalogDataRequest; readonly output: PutRepositoryCatalogDataResponse}
  readonly SetRepositoryPolicy: {readonly input: SetRepositoryPolicyRequest; readonly output: SetRepositoryPolicyResponse}
  readonly TagResource: {readonly input: TagResourceRequest; readonly output: TagResourceResponse}
  readonly UntagResource: {readonly input: UntagResourceRequest; readonly output: UntagResourceResponse}
  readonly UploadLayerPart: {readonly input: UploadLayerPartRequest; readonly output: UploadLayerPartResponse}
}

export interface AuthorizationData {
  readonly authorizationToken?: string
  readonly expiresAt?: number
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

export interface CreateRepositoryRequest {
  readonly repositoryName: string
  readonly catalogData?: RepositoryCatalogDataInput
  readonly tags?: readonly Tag[]
}

export interface CreateRepositoryResponse {
  readonly repository?: Repository
  readonly catalogData?: RepositoryCatalogData
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

export interface DescribeImageTagsRequest {
  readonly registryId?: string
  readonly repositoryName: string
  readonly nextToken?: string
  readonly maxResults?: number
}

export interface DescribeImageTagsResponse {
  readonly imageTagDetails?: readonly ImageTagDetail[]
  readonly nextToken?: string
}

export interface DescribeImagesRequest {
  readonly registryId?: string
  readonly repositoryName: string
  readonly imageIds?: readonly ImageIdentifier[]
  readonly nextToken?: string
  readonly maxResults?: number
}

export interface DescribeImagesResponse {
  readonly imageDetails?: readonly ImageDetail[]
  readonly nextToken?: string
}

export interface DescribeRegistriesRequest {
  readonly nextToken?: string
  readonly maxResults?: number
}

export interface DescribeRegistriesResponse {
  readonly registries: readonly Registry[]
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

export interface GetAuthorizationTokenRequest {
}

export interface GetAuthorizationTokenResponse {
  readonly authorizationData?: AuthorizationData
}

export interface GetRegistryCatalogDataRequest {
}

export interface GetRegistryCatalogDataResponse {
  readonly registryCatalogData: RegistryCatalogData
}

export interface GetRepositoryCatalogDataRequest {
  readonly registryId?: string
  readonly repositoryName: string
}

export interface GetRepositoryCatalogDataResponse {
  readonly catalogData?: RepositoryCatalogData
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

export interface Image {
  readonly registryId?: string
  readonly repositoryName?: string
  readonly imageId?: ImageIdentifier
  readonly imageManifest?: string
  readonly imageManifestMediaType?: string
}

export interface ImageDetail {
  readonly registryId?: string
  readonly repositoryName?: string
  readonly imageDigest?: string
  readonly imageTags?: readonly string[]
  readonly imageSizeInBytes?: number
  readonly imagePushedAt?: number
  readonly imageManifestMediaType?: string
  readonly artifactMediaType?: string
}

export interface ImageFailure {
  readonly imageId?: ImageIdentifier
  readonly failureCode?: ImageFailureCode
  readonly failureReason?: string
}

export type ImageFailureCode = 'InvalidImageDigest' | 'InvalidImageTag' | 'ImageTagDoesNotMatchDigest' | 'ImageNotFound' | 'MissingDigestAndTag' | 'ImageReferencedByManifestList' | 'KmsError'

export interface ImageIdentifier {
  readonly imageDigest?: string
  readonly imageTag?: string
}

export interface ImageTagDetail {
  readonly imageTag?: string
  readonly createdAt?: number
  readonly imageDetail?: ReferencedImageDetail
}

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

export type LayerAvailability = 'AVAILABLE' | 'UNAVAILABLE'

export interface LayerFailure {
  readonly layerDigest?: string
  readonly failureCode?: LayerFailureCode
  readonly failureReason?: string
}

export type LayerFailureCode = 'InvalidLayerDigest' | 'MissingLayerDigest'

export interface ListTagsForResourceRequest {
  readonly resourceArn: string
}

export interface ListTagsForResourceResponse {
  readonly tags?: readonly Tag[]
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

export interface PutRegistryCatalogDataRequest {
  readonly displayName?: string
}

export interface PutRegistryCatalogDataResponse {
  readonly registryCatalogData: RegistryCatalogData
}

export interface PutRepositoryCatalogDataRequest {
  readonly registryId?: string
  readonly repositoryName: string
  readonly catalogData: RepositoryCatalogDataInput
}

export interface PutRepositoryCatalogDataResponse {
  readonly catalogData?: RepositoryCatalogData
}

export interface ReferencedImageDetail {
  readonly imageDigest?: string
  readonly imageSizeInBytes?: number
  readonly imagePushedAt?: number
  readonly imageManifestMediaType?: string
  readonly artifactMediaType?: string
}

export interface Registry {
  readonly registryId: string
  readonly registryArn: string
  readonly registryUri: string
  readonly verified: boolean
  readonly aliases: readonly RegistryAlias[]
}

export interface RegistryAlias {
  readonly name: string
  readonly status: RegistryAliasStatus
  readonly primaryRegistryAlias: boolean
  readonly defaultRegistryAlias: boolean
}

export type RegistryAliasStatus = 'ACTIVE' | 'PENDING' | 'REJECTED'

export interface RegistryCatalogData {
  readonly displayName?: string
}

export interface Repository {
  readonly repositoryArn?: string
  readonly registryId?: string
  readonly repositoryName?: string
  readonly repositoryUri?: string
  readonly createdAt?: number
}

export interface RepositoryCatalogData {
  readonly description?: string
  readonly architectures?: readonly string[]
  readonly operatingSystems?: readonly string[]
  readonly logoUrl?: string
  readonly aboutText?: string
  readonly usageText?: string
  readonly marketplaceCertified?: boolean
}

export interface RepositoryCatalogDataInput {
  readonly description?: string
  readonly architectures?: readonly string[]
  readonly operatingSystems?: readonly string[]
  readonly logoImageBlob?: Uint8Array
  readonly aboutText?: string
  readonly usageText?: string
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

export interface Tag {
  readonly Key?: string
  readonly Value?: string
}

export interface TagResourceRequest {
  readonly resourceArn: string
  readonly tags: readonly Tag[]
}

export interface TagResourceResponse {
}

export interface UntagResourceRequest {
  readonly resourceArn: string
  readonly tagKeys: readonly string[]
}

export interface UntagResourceResponse {
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
