import {listings} from '../../../support/hostile/listings.ts'
import {failed, promoted, promoteUnder, refused} from './support.ts'

promoteUnder(listings, {
  'H42 continues a list of tags elsewhere': refused(
    'LOCATION_REFUSED',
    'REGISTRY answered with a next page http://STRANGER/v2/app/tags/list, which leaves the registry. Refused.',
  ),
  'H42 continues a list of referrers elsewhere': refused(
    'LOCATION_REFUSED',
    'REGISTRY answered with a next page http://STRANGER/v2/app/referrers/x, which leaves the registry. Refused.',
  ),
  'H43 continues a list of tags with the same page for ever': refused(
    'ENDLESS_LISTING',
    'REGISTRY: the pages of GET /v2/app/tags/list do not end.',
  ),
  'H43 continues a list of tags with new pages for ever': refused(
    'ENDLESS_LISTING',
    'REGISTRY: the pages of GET /v2/app/tags/list do not end.',
  ),
  'H43 continues a list of referrers with the same page for ever': refused(
    'ENDLESS_LISTING',
    'REGISTRY: the pages of GET /v2/app/referrers/same do not end.',
  ),
  'H43 continues a list of referrers with new pages for ever': refused(
    'ENDLESS_LISTING',
    'REGISTRY: the pages of GET /v2/app/referrers/ do not end.',
  ),
  'H44 continues a list of tags with a page that was there': failed(
    'ENDLESS_LISTING',
    'ECR ListImages repeats its pages after 1 of them. Treated as an error.',
  ),
  'H44 continues a list of referrers with a page that was there': failed(
    'ENDLESS_LISTING',
    'ECR ListImageReferrers repeats its pages after 1 of them. Treated as an error.',
  ),
  'H45 lists a hundred thousand tags': promoted,
  'H45 lists more referrers than there can be': refused(
    'TOO_MANY_REFERRERS',
    'REGISTRY/app@IMAGE has over 10,000 referrers.',
  ),
  'H45 has an index of more children than are read': refused(
    'INVALID_MANIFEST',
    'REGISTRY/app:v1 DIGEST: "manifests" has 10001 entries; at most 1000 are read.',
  ),
  'H46 lists tags twice and in no order': promoted,
  'H47 lists tags with control characters': {
    source: failed(
      'BAD_ANSWER',
      'REGISTRY: the tag list of app has an entry that is no tag. Treated as an error.',
    ),
    aws: failed(
      'BAD_ANSWER',
      'REGISTRY: the tag list of app has an entry that is no name. Treated as an error.',
    ),
  },
  'H47 lists tags that are paths': {
    source: failed(
      'BAD_ANSWER',
      'REGISTRY: the tag list of app has an entry that is no tag. Treated as an error.',
    ),
    aws: failed(
      'BAD_ANSWER',
      'REGISTRY: the tag list of app has an entry that is no name. Treated as an error.',
    ),
  },
  'H48 answers for its tags with nothing': {
    source: failed('BAD_ANSWER', 'REGISTRY: the tag list of app is not JSON. Treated as an error.'),
    aws: failed('MISSING_FIELD', 'The answer from ECR ListImages had no "imageIds". Treated as an error.'),
  },
  'H48 answers for its referrers with nothing': {
    source: refused(
      'INVALID_MANIFEST',
      'REGISTRY/app@IMAGE, list of referrers DIGEST cannot be trusted: it is not JSON.',
    ),
    aws: failed(
      'MISSING_FIELD',
      'The answer from ECR ListImageReferrers had no "referrers". Treated as an error.',
    ),
  },
  'H48 answers for an image with nothing': {
    source: refused('INVALID_MANIFEST', 'REGISTRY/app:v1 DIGEST cannot be trusted: it is not JSON.'),
    destination: refused('INVALID_MANIFEST', 'REGISTRY/app:v1 DIGEST cannot be trusted: it is not JSON.'),
    aws: failed('MISSING_FIELD', 'The answer from ECR BatchGetImage had no "images". Treated as an error.'),
  },
  'H48 confirms a manifest with nothing': failed(
    'MISSING_FIELD',
    'The answer from ECR PutImage had no "image.imageId.imageDigest". Treated as an error.',
  ),
})
