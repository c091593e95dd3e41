type Answer = readonly [status: number, code: string]

/** Where ECR's data plane and the OCI distribution specification part: all of it, in one place. */
export interface Dialect {
  /** What an upload's PATCH is answered with. */
  readonly patched: 201 | 202
  /** Bytes that each part of an upload has at least, but for the last. */
  readonly smallestPart: number
  /** Whether a blob without bytes can be found again once it was pushed. */
  readonly keepsEmptyBlobs: boolean
  /** Whether any blob that the caller may read is mounted, also without saying from where. */
  readonly mountsAnything: boolean
  /** Whether blobs come from an origin of their own. */
  readonly redirectsToBlobs: boolean
  readonly deletesBlobs: boolean
  /** Whether a GET of a manifest by its tag tells the digest. */
  readonly tellsDigestOfTag: boolean
  /** Whether a manifest may have media types with parameters. */
  readonly takesMediaTypeParameters: boolean
  /** Whether `?tag=` on a PUT by digest sets tags (in the specification since 1.1). */
  readonly takesTagParameters: boolean
  /** Whether an image goes with its last tag. */
  readonly deletesWithLastTag: boolean
  /** Whether an image can be deleted while an index lists it. */
  readonly deletesListedImages: boolean
  readonly tagList: {readonly contentType: string; readonly page: number}
  /** Most entries of a page that a client may ask for; who asks for more, or for none, is refused. */
  readonly refusesPagesBeyond: number | undefined
  /** What a manifest of more than 4 MiB is refused with. */
  readonly manifestTooLarge: Answer
  /** What an exception of ECR's API becomes. */
  readonly exceptions: Readonly<Record<string, Answer>>
  /** What InvalidParameterException becomes, by the parameter. */
  readonly parameters: Readonly<Record<string, Answer>>
  /** What any other exception becomes. */
  readonly others: Answer
}

const exceptions = {
  AccessDeniedException: [403, 'DENIED'],
  RepositoryNotFoundException: [404, 'NAME_UNKNOWN'],
  ImageNotFoundException: [404, 'MANIFEST_UNKNOWN'],
  ReferencedImagesNotFoundException: [404, 'MANIFEST_BLOB_UNKNOWN'],
  ImageTagAlreadyExistsException: [400, 'TAG_INVALID'],
  ImageDigestDoesNotMatchException: [400, 'DIGEST_INVALID'],
  UploadNotFoundException: [404, 'BLOB_UPLOAD_UNKNOWN'],
  // These three are unconfirmed.
  UnableToGetUpstreamImageException: [503, 'UNAVAILABLE'],
  UnableToGetUpstreamLayerException: [503, 'UNAVAILABLE'],
  UnableToListUpstreamImageReferrersException: [503, 'UNAVAILABLE'],
} as const

const fiveMebibytes = 5 * 1024 * 1024

/**
 * Amazon ECR. Unconfirmed: the statuses of BLOB_UPLOAD_UNKNOWN and MANIFEST_BLOB_UNKNOWN; the codes of
 * ImageDigestDoesNotMatchException and of parts that are too small; that blobs cannot be deleted; that pages of no tags
 * are refused.
 */
export const ecr: Dialect = {
  // regclient/regclient#81, openai/tart#273
  patched: 201,
  // ECR user guide, service-quotas; dotnet/sdk-container-builds#279
  smallestPart: fiveMebibytes,
  // oras-project/oras-py#54
  keepsEmptyBlobs: false,
  // ECR user guide, blob-mounting; aws/containers-roadmap#2860
  mountsAnything: false,
  redirectsToBlobs: true,
  deletesBlobs: false,
  // aws/containers-roadmap#1931
  tellsDigestOfTag: false,
  // sigstore/sigstore-js#1058
  takesMediaTypeParameters: false,
  takesTagParameters: false,
  // API reference, BatchDeleteImage
  deletesWithLastTag: true,
  // ECR user guide, logging-using-cloudtrail: ImageReferencedByManifestList
  deletesListedImages: false,
  // docker-archive/migrator#96
  tagList: {contentType: 'text/plain; charset=utf-8', page: 100},
  // google/go-containerregistry#681
  refusesPagesBeyond: 1000,
  manifestTooLarge: [405, 'UNSUPPORTED'],
  exceptions: {
    ...exceptions,
    // oras-project/oras-py#54
    LayersNotFoundException: [404, 'BLOB_UPLOAD_UNKNOWN'],
    // dotnet/sdk-container-builds#424
    InvalidLayerException: [400, 'BLOB_UPLOAD_INVALID'],
    LayerPartTooSmallException: [400, 'BLOB_UPLOAD_INVALID'],
  },
  parameters: {},
  // An exception that the data plane does not know, with the text of the API: opcr-io/policy#149
  others: [405, 'UNSUPPORTED'],
}

/** The OCI distribution specification 1.1; of its digests, those of SHA-256. */
export const specification: Dialect = {
  patched: 202,
  smallestPart: 0,
  keepsEmptyBlobs: true,
  mountsAnything: true,
  redirectsToBlobs: false,
  deletesBlobs: true,
  tellsDigestOfTag: true,
  takesMediaTypeParameters: true,
  takesTagParameters: true,
  deletesWithLastTag: false,
  deletesListedImages: true,
  tagList: {contentType: 'application/json', page: 1000},
  refusesPagesBeyond: undefined,
  manifestTooLarge: [413, 'MANIFEST_INVALID'],
  exceptions: {
    ...exceptions,
    LayersNotFoundException: [404, 'MANIFEST_BLOB_UNKNOWN'],
    InvalidLayerException: [400, 'DIGEST_INVALID'],
    LimitExceededException: [413, 'SIZE_INVALID'],
  },
  parameters: {
    repositoryName: [400, 'NAME_INVALID'],
    imageTag: [400, 'MANIFEST_INVALID'],
    imageDigest: [400, 'DIGEST_INVALID'],
    layerDigest: [400, 'DIGEST_INVALID'],
    ImageManifest: [400, 'MANIFEST_INVALID'],
    imageManifestMediaType: [400, 'MANIFEST_INVALID'],
  },
  others: [400, 'UNSUPPORTED'],
}
