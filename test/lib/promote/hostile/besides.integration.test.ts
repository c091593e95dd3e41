import {besides} from '../../../support/hostile/besides.ts'
import {promoteUnder, refused} from './support.ts'

promoteUnder(besides, {
  'also has indexes in indexes in indexes': refused(
    'INDEX_TOO_DEEP',
    'DIGEST: indexes are nested deeper than 3. Nothing was written.',
  ),
  'also has an image of Docker’s first schema': refused(
    'UNSUPPORTED_MANIFEST',
    "REGISTRY/app:v1 DIGEST is of Docker's old schema 1; not supported. Push the image again with a current tool.",
  ),
  'also has a manifest that no registry must take': refused(
    'MANIFEST_TOO_LARGE',
    'REGISTRY/app@DIGEST would have a manifest of 5243157 bytes; registries take 4 MiB. Nothing was written.',
  ),
  'also has layers of sizes that cannot be': refused(
    'INVALID_MANIFEST',
    'REGISTRY/app:v1 DIGEST, layers[0]: size 9007199254740992 is not a number of bytes.',
  ),
  'also has a digest that is a path': refused(
    'INVALID_MANIFEST',
    'REGISTRY/app:v1 DIGEST, layers[0]: digest "sha256:../../etc/passwd" is not sha256: and 64 lower-case hex digits.',
  ),
  'also lists another image as what refers to this one': refused(
    'WRONG_REFERRER',
    'IMAGE: the registry lists OTHER as what refers to it, and that does not. Nothing was written. Leave out what refers to images: --no-referrers.',
  ),
  'also answers for its referrers with a web page': refused(
    'INVALID_MANIFEST',
    'REGISTRY/app@IMAGE, list of referrers DIGEST cannot be trusted: it is not JSON.',
  ),
})
