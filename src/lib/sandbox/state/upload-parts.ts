import {EcrError, invalidParameter} from '../ecr-error.ts'
import {type Upload, uploadNotFound} from './uploads.ts'

const mebibyte = 1024 * 1024
const smallestPart = 5 * mebibyte
// ECR user guide, service-quotas.
const largestLayer = 52_000 * mebibyte

/**
 * Appends a part to an upload. What came before it broke off stays; the next part goes on there.
 *
 * @param most parts that a layer may have.
 * @param bytes of the part, if that is known before it comes.
 * @throws {EcrError} LimitExceededException (its words are unconfirmed); UploadNotFoundException when it ended meanwhile.
 */
export async function receivePart(
  upload: Upload,
  part: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  most: number,
  bytes = 0,
): Promise<void> {
  const {writer, parts} = upload
  if (parts.length >= most) {
    throw new EcrError('LimitExceededException', `A layer has at most ${most} parts`)
  }
  requireSize(writer.size + bytes)
  upload.busy = true
  try {
    for await (const chunk of part) {
      if (upload.over) throw uploadNotFound(upload.repository, upload.id)
      requireSize(writer.size + chunk.length)
      await writer.write(chunk)
    }
  } finally {
    upload.busy = false
  }
  const received = writer.size - parts.reduce((sum, length) => sum + length, 0)
  if (received > 0) parts.push(received)
}

/** @throws {EcrError} InvalidParameterException, EmptyUploadException, LayerPartTooSmallException. */
export function requireParts(upload: Upload): void {
  if (upload.busy) throw invalidParameter('uploadId', 'a part is still being uploaded')
  if (upload.writer.size === 0) {
    throw new EcrError(
      'EmptyUploadException',
      `Upload with id '${upload.id}' does not contain any layer parts`,
    )
  }
  requirePartSizes(upload)
}

/** @throws {EcrError} LayerPartTooSmallException. */
export function requirePartSizes({parts}: Upload): void {
  if (parts.slice(0, -1).some(length => length < smallestPart)) {
    throw new EcrError(
      'LayerPartTooSmallException',
      'Layer parts must be at least 5 MiB in size, except for the last one',
    )
  }
}

function requireSize(bytes: number): void {
  if (bytes <= largestLayer) return
  throw new EcrError('LimitExceededException', `A layer has at most ${largestLayer / mebibyte} MiB`)
}
