import {content} from '../../../support/hostile/content.ts'
import {failed, promoted, promoteUnder, refused, unavailable} from './support.ts'

promoteUnder(content, {
  'H30 has another image as the child of an index': refused(
    'DIGEST_MISMATCH',
    'IMAGE: REGISTRY returned content with digest OTHER. Do not promote from this registry until this is explained.',
  ),
  'H30 has an index that is its own child': refused(
    'DIGEST_MISMATCH',
    'OTHER: REGISTRY returned content with digest DIGEST. Do not promote from this registry until this is explained.',
  ),
  'H30 has other bytes under the digest of a blob': refused(
    'WRONG_BLOB',
    'LAYER: expected 143 bytes, the registry sent 11. Do not promote from REGISTRY until this is explained.',
  ),
  'H30 has as many other bytes under the digest of a blob': refused(
    'WRONG_BLOB',
    'LAYER: the registry returned content with digest DIGEST. Do not promote from REGISTRY until this is explained.',
  ),
  'H30 has an image under the digest of another': {
    destination: refused(
      'DIGEST_MISMATCH',
      'IMAGE: REGISTRY returned content with digest OTHER. Do not promote from this registry until this is explained.',
    ),
    aws: refused(
      'DIGEST_MISMATCH',
      'app@IMAGE: the registry returned content with digest OTHER. Nothing was written. Do not promote from this registry until this is explained.',
    ),
  },
  'H31 says another digest than that of its answer': refused(
    'DIGEST_MISMATCH',
    'OTHER: REGISTRY returned content with digest IMAGE. Do not promote from this registry until this is explained.',
  ),
  'H31 says what is no digest': {
    source: refused(
      'DIGEST_MISMATCH',
      'sha256:../../etc/passwd: REGISTRY returned content with digest IMAGE. Do not promote from this registry until this is explained.',
    ),
    destination: promoted,
  },
  'H32 has an image that is an index, too': refused(
    'AMBIGUOUS_MANIFEST',
    'REGISTRY/app:v1 DIGEST is ambiguous: it has both "manifests" and "layers" or "config", so it could be an index or an image. Refused.',
  ),
  'H32 says a thing twice': refused(
    'INVALID_MANIFEST',
    'REGISTRY/app:v1 DIGEST cannot be trusted: the key "layers" is there twice.',
  ),
  'H33 serves an image under the type of an index': refused(
    'AMBIGUOUS_MANIFEST',
    'REGISTRY/app:v1 IMAGE is ambiguous: it says it is application/vnd.oci.image.manifest.v1+json, the registry says application/vnd.oci.image.index.v1+json. Refused.',
  ),
  'H33 serves a web page': {
    source: refused('INVALID_MANIFEST', 'REGISTRY/app:v1 DIGEST cannot be trusted: it is not JSON.'),
    destination: refused('INVALID_MANIFEST', 'REGISTRY/app:v1 DIGEST cannot be trusted: it is not JSON.'),
    aws: failed(
      'NOT_AWS',
      'Got an HTML page instead of an answer of AWS from 127.0.0.1. Is a proxy login in the way? (the proxy is PROXY)',
    ),
  },
  'H33 serves a web page for a blob': refused(
    'WRONG_BLOB',
    'LAYER: expected 143 bytes, the registry sent 19. Do not promote from REGISTRY until this is explained.',
  ),
  'H34 codes a manifest': {
    source: refused(
      'CONTENT_ENCODING',
      'http://REGISTRY/v2/app/manifests/v1 is encoded (gzip, gzip) though plain bytes were asked for. Refused.',
    ),
    destination: refused(
      'CONTENT_ENCODING',
      'http://REGISTRY/v2/app/manifests/v1 is encoded (br) though plain bytes were asked for. Refused.',
    ),
  },
  'H34 codes a blob': refused(
    'CONTENT_ENCODING',
    'http://REGISTRY/v2/app/blobs/LAYER is encoded (gzip) though plain bytes were asked for. Refused.',
  ),
  'H35 cuts a blob, each time at the same place': unavailable(
    'REGISTRY_UNAVAILABLE',
    'REGISTRY: GET /v2/app/blobs/LAYER failed for N s (N tries): the answer was cut. Run the same command again.',
  ),
  'H35 has a blob that ends too early': refused(
    'WRONG_BLOB',
    'LAYER: expected 143 bytes, the registry has 142. Do not promote from REGISTRY until this is explained.',
  ),
  'H35 cuts a manifest': unavailable(
    'REGISTRY_UNAVAILABLE',
    'REGISTRY: GET /v2/app/manifests/v1 failed for N s (N tries): the answer was cut. Run the same command again.',
  ),
  'H36 sends more than it said, which looks like the next answer': promoted,
  'H36 sends more of a blob than there is': refused(
    'WRONG_BLOB',
    'LAYER: expected 143 bytes, the registry has 286. Do not promote from REGISTRY until this is explained.',
  ),
  'H37 has a manifest without end': {
    source: refused(
      'ANSWER_TOO_LARGE',
      'The answer to GET /v2/app/manifests/v1 of REGISTRY is larger than 8192 KiB. Refused.',
    ),
    aws: refused('ANSWER_TOO_LARGE', 'The answer of 127.0.0.1 is larger than 64 MiB. Refused.'),
  },
  'H37 has a blob without end': refused(
    'WRONG_BLOB',
    'LAYER: expected 143 bytes, the registry sent more. Do not promote from REGISTRY until this is explained.',
  ),
  'H37 refuses without end': {
    source: refused(
      'ANSWER_TOO_LARGE',
      'The error of http://REGISTRY/v2/app/manifests/v1 is larger than 64 KiB. Refused.',
    ),
    destination: refused(
      'ANSWER_TOO_LARGE',
      'The error of http://REGISTRY/v2/app/blobs/uploads/ is larger than 64 KiB. Refused.',
    ),
  },
  'H37 confirms without end': refused(
    'ANSWER_TOO_LARGE',
    'The answer to POST /v2/app/blobs/uploads/ of REGISTRY is larger than 64 KiB. Refused.',
  ),
  'H38 sends a blob a byte at a time': unavailable(
    'REGISTRY_UNAVAILABLE',
    'REGISTRY: GET /v2/app/blobs/LAYER failed for N s (N tries): hardly any bytes came for 0.25 s. Run the same command again.',
  ),
  'H38 sends an answer a byte at a time': {
    source: unavailable(
      'REGISTRY_UNAVAILABLE',
      'REGISTRY: GET /v2/app/manifests/v1 failed for N s (N tries): hardly any bytes came for 0.25 s. Run the same command again.',
    ),
    destination: unavailable(
      'REGISTRY_UNAVAILABLE',
      'REGISTRY: POST /v2/app/blobs/uploads/ failed for N s (N tries): hardly any bytes came for 0.25 s. Run the same command again.',
    ),
  },
  'H38 does not answer at all': {
    source: unavailable(
      'REGISTRY_UNAVAILABLE',
      'REGISTRY: GET /v2/app/manifests/v1 failed for N s (N tries): no answer for 0.25 s. Run the same command again.',
    ),
    destination: unavailable(
      'REGISTRY_UNAVAILABLE',
      'REGISTRY: POST /v2/app/blobs/uploads/ failed for N s (N tries): no answer for 0.25 s. Run the same command again.',
    ),
    aws: unavailable(
      'AWS_UNREACHABLE',
      'ECR BatchGetImage in 111111111111/eu-west-1 failed for N s (N tries): no answer in time. Run the same command again to go on.',
    ),
  },
  'H39 begins again with a blob that was cut': promoted,
  'H40 goes on elsewhere in a blob that was cut': refused(
    'WRONG_BLOB',
    'LAYER: asked for bytes from 10 on, the registry sent bytes 5-142/143. Do not promote from REGISTRY until this is explained.',
  ),
  'H40 goes on with a blob that was cut, and does not say where': refused(
    'WRONG_BLOB',
    'LAYER: asked for bytes from 10 on, the registry sent no Content-Range. Do not promote from REGISTRY until this is explained.',
  ),
  'H41 has a layer with URLs of its own': refused(
    'FOREIGN_LAYER',
    'REGISTRY/app:v1 DIGEST, layers[0]: LAYER has external URLs; not supported.',
  ),
})
