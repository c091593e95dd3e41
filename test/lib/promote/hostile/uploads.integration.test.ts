import {uploading} from '../../../support/hostile/uploads.ts'
import {failed, promoted, promoteUnder, refused} from './support.ts'

promoteUnder(uploading, {
  'H22 has uploads go to another host': refused(
    'LOCATION_REFUSED',
    'REGISTRY answered with an upload location http://STRANGER/v2/app/blobs/uploads/1, which leaves the registry. Refused.',
  ),
  'H22 has uploads go to another host without a scheme': {
    destination: refused(
      'LOCATION_REFUSED',
      'REGISTRY answered with an upload location http://STRANGER/v2/app/blobs/uploads/1, which leaves the registry. Refused.',
    ),
    aws: refused(
      'LOCATION_REFUSED',
      'REGISTRY answered with an upload location https://STRANGER/v2/app/blobs/uploads/1, which leaves the registry. Refused.',
    ),
  },
  'H22 has uploads go to the metadata service': refused(
    'LOCATION_REFUSED',
    'REGISTRY answered with an upload location http://169.254.169.254/, which leaves the registry. Refused.',
  ),
  'H23 does not say where uploads go': failed(
    'NO_LOCATION',
    "REGISTRY: the answer to app's upload has no Location.",
  ),
  'H24 says where uploads go by a relative URL': promoted,
  'H25 tells of less than it was sent': promoted,
  'H26 finds fault with the range of an upload': failed(
    'REGISTRY_ERROR',
    'REGISTRY: POST /v2/app/blobs/uploads/ failed: 416',
  ),
  'H27 says that it stored another blob': refused(
    'DIGEST_MISMATCH',
    'DIGEST: REGISTRY says that it stored OTHER. Do not use what it stored.',
  ),
  'H27 says that it stored another manifest': refused(
    'DIGEST_MISMATCH',
    'IMAGE: REGISTRY says that it stored OTHER. Do not use what it stored.',
  ),
  'H27 says that it stored something with control characters': refused(
    'DIGEST_MISMATCH',
    'DIGEST: REGISTRY says that it stored sha256:\\u{9b}2K\\u{ad}::error::. Do not use what it stored.',
  ),
  'H28 knows nothing of the upload that it began': failed(
    'BLOB_UPLOAD_UNKNOWN',
    'REGISTRY: POST /v2/app/blobs/uploads/ failed: 404 BLOB_UPLOAD_UNKNOWN: no such upload',
  ),
  'H29 takes blobs and loses them': failed(
    'MANIFEST_BLOB_UNKNOWN',
    'REGISTRY: PUT /v2/app/manifests/v1 failed: 404 MANIFEST_BLOB_UNKNOWN: blob unknown',
  ),
  'H29 takes a manifest and loses it': failed(
    'NOT_THERE_AFTER_COPY',
    'REGISTRY/app: v1 was confirmed by the registry and cannot be read back. Run again.',
  ),
  'H29 takes a manifest and has another one': refused(
    'DIGEST_MISMATCH',
    'IMAGE: REGISTRY says that it stored OTHER. Do not use what it stored.',
  ),
})
