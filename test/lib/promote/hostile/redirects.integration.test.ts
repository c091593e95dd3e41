import {redirects} from '../../../support/hostile/redirects.ts'
import {denied, promoted, promoteUnder, refused} from './support.ts'

promoteUnder(redirects, {
  'H1 redirects to another host': promoted,
  'H2 redirects to another port of its host': promoted,
  'H3 redirects from https to http': refused(
    'REDIRECT_REFUSED',
    'REGISTRY answered with a redirect to http://storage.example/v2/bucket/blobs/LAYER. Refused: not https.',
  ),
  'H4 redirects into the machine of its reader': refused(
    'REDIRECT_REFUSED',
    'REGISTRY answered with a redirect to http://STRANGER/admin. Refused: not https.',
  ),
  'H4 redirects into the machine of its reader by a name': refused(
    'REDIRECT_REFUSED',
    'REGISTRY answered with a redirect to https://admin.localhost/. Refused: an address inside this network.',
  ),
  'H5 redirects to the metadata service': refused(
    'REDIRECT_REFUSED',
    'REGISTRY answered with a redirect to http://169.254.169.254/latest/meta-data/iam/. Refused: not https.',
  ),
  'H5 redirects to a link-local address by https': refused(
    'REDIRECT_REFUSED',
    'REGISTRY answered with a redirect to https://[fe80::1]/. Refused: an address inside this network.',
  ),
  'H5 redirects to a private address': refused(
    'REDIRECT_REFUSED',
    'REGISTRY answered with a redirect to https://10.0.0.1/layer. Refused: an address inside this network.',
  ),
  'H6 redirects to the unspecified address': refused(
    'REDIRECT_REFUSED',
    'REGISTRY answered with a redirect to https://0.0.0.0/. Refused: an address inside this network.',
  ),
  'H6 redirects to the unspecified address of IPv6': refused(
    'REDIRECT_REFUSED',
    'REGISTRY answered with a redirect to https://[::]/. Refused: an address inside this network.',
  ),
  'H7 redirects in a circle': {
    source: refused(
      'REDIRECT_REFUSED',
      'http://REGISTRY/circle answered with a redirect for the 6th time. Refused.',
    ),
    destination: refused(
      'REDIRECT_REFUSED',
      'http://REGISTRY/circle answered with a redirect for the 6th time. Refused.',
    ),
    aws: refused(
      'REDIRECT_REFUSED',
      'https://REGISTRY/circle answered with a redirect for the 6th time. Refused.',
    ),
  },
  'H8 redirects eleven times': {
    source: refused(
      'REDIRECT_REFUSED',
      'http://REGISTRY/hop/5 answered with a redirect for the 6th time. Refused.',
    ),
    destination: refused(
      'REDIRECT_REFUSED',
      'http://REGISTRY/hop/5 answered with a redirect for the 6th time. Refused.',
    ),
    aws: refused(
      'REDIRECT_REFUSED',
      'https://REGISTRY/hop/5 answered with a redirect for the 6th time. Refused.',
    ),
  },
  'H9 redirects to a relative URL': promoted,
  'H10 redirects to a host that asks for credentials': denied(
    'FOREIGN_CHALLENGE',
    'http://STORAGE/v2/bucket/blobs/LAYER: authentication challenge from a host that is not the registry REGISTRY.',
  ),
  'H11 redirects to storage that refuses whoever sends credentials': promoted,
  'H12 redirects the start of an upload': {
    destination: refused(
      'REDIRECT_REFUSED',
      'http://REGISTRY/v2/app/blobs/uploads/ answered with a redirect to a POST. Refused.',
    ),
    aws: refused(
      'REDIRECT_REFUSED',
      'https://REGISTRY/v2/app/blobs/uploads/ answered with a redirect to a POST. Refused.',
    ),
  },
  'H12 redirects the bytes of a blob': refused(
    'REDIRECT_REFUSED',
    'http://REGISTRY/v2/app/blobs/uploads/UPLOAD answered with a redirect to a PUT. Refused.',
  ),
  'H12 redirects a manifest': refused(
    'REDIRECT_REFUSED',
    'http://REGISTRY/v2/app/manifests/v1 answered with a redirect to a PUT. Refused.',
  ),
  'H12 redirects to nowhere': {
    source: refused(
      'REDIRECT_REFUSED',
      'http://REGISTRY/v2/app/blobs/LAYER answered with a redirect without saying where to. Refused.',
    ),
    destination: refused(
      'REDIRECT_REFUSED',
      'http://REGISTRY/v2/app/manifests/v1 answered with a redirect without saying where to. Refused.',
    ),
  },
})
