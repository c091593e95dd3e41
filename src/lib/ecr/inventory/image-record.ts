import type {ImageDetail} from '@aws-sdk/client-ecr'
import {FailureError} from '../../errors.ts'
import {isDigest} from '../../oci/digest.ts'
import {oneLine} from '../../oci/one-line.ts'
import {isValidTag} from '../../oci/reference.ts'
import type {ImageRecord, ImageStatus} from './model.ts'

const statuses: ReadonlyMap<unknown, ImageStatus> = new Map([
  ['ACTIVE', 'active'],
  ['ARCHIVED', 'archived'],
  ['ACTIVATING', 'activating'],
])

/**
 * Reads what DescribeImages tells of one image. What every image has must be there, and what is not known is not guessed.
 *
 * @param share those of `sharedTexts`.
 * @throws {FailureError} UNKNOWN_VALUE.
 */
export function toImageRecord(
  detail: ImageDetail,
  repository: string,
  share: (text: string) => string,
): ImageRecord {
  const {imageDigest, imageTags = [], imageSizeInBytes, imageManifestMediaType, artifactMediaType} = detail
  const wrong = (field: string, value: unknown): FailureError =>
    new FailureError(
      'UNKNOWN_VALUE',
      `ECR DescribeImages of ${repository}: ${oneLine(String(imageDigest), 80)} has ${oneLine(JSON.stringify(value ?? null), 80)} as "${field}". Treated as an error.`,
    )
  const time = (field: string, date: unknown): number => {
    if (date instanceof Date && !Number.isNaN(date.getTime())) return date.getTime()
    throw wrong(field, date)
  }
  const rare = <K extends string>(key: K, field: string, date: unknown): Partial<Record<K, number>> =>
    date === undefined ? {} : ({[key]: time(field, date)} as Record<K, number>)

  if (typeof imageDigest !== 'string' || !isDigest(imageDigest)) throw wrong('imageDigest', imageDigest)
  if (!Array.isArray(imageTags) || !imageTags.every(tag => typeof tag === 'string' && isValidTag(tag)))
    throw wrong('imageTags', imageTags)
  if (!Number.isSafeInteger(imageSizeInBytes) || imageSizeInBytes === undefined || imageSizeInBytes < 0)
    throw wrong('imageSizeInBytes', imageSizeInBytes)
  if (typeof imageManifestMediaType !== 'string' || imageManifestMediaType === '')
    throw wrong('imageManifestMediaType', imageManifestMediaType)
  if (artifactMediaType !== undefined && typeof artifactMediaType !== 'string')
    throw wrong('artifactMediaType', artifactMediaType)
  const {subjectManifestDigest: subject, lastArchivedAt} = detail
  if (subject !== undefined && (typeof subject !== 'string' || !isDigest(subject)))
    throw wrong('subjectManifestDigest', subject)
  // A region that knows no archive tells of no status (unconfirmed).
  const status =
    detail.imageStatus === undefined && lastArchivedAt === undefined
      ? 'active'
      : statuses.get(detail.imageStatus)
  if (status === undefined) throw wrong('imageStatus', detail.imageStatus)
  return {
    digest: imageDigest,
    tags: imageTags,
    mediaType: share(imageManifestMediaType),
    ...(artifactMediaType === undefined ? {} : {artifactType: share(artifactMediaType)}),
    size: imageSizeInBytes,
    status,
    pushedAt: time('imagePushedAt', detail.imagePushedAt),
    ...rare('pulledAt', 'lastRecordedPullTime', detail.lastRecordedPullTime),
    ...rare('archivedAt', 'lastArchivedAt', lastArchivedAt),
    ...rare('activatedAt', 'lastActivatedAt', detail.lastActivatedAt),
    ...(subject === undefined ? {} : {subject}),
  }
}
