import {authentication} from '../../../support/hostile/authentication.ts'
import {denied, promoted, promoteUnder, refused} from './support.ts'

promoteUnder(authentication, {
  'H13 has tokens issued on another domain': {
    source: refused(
      'REALM_REFUSED',
      'REGISTRY asks to send its credentials to localhost:PORT, another host. Realm not allowed; if that is its token service, set GANTRY_TOKEN_HOSTS=REGISTRY=localhost:PORT.',
    ),
    destination: refused(
      'REALM_REFUSED',
      'REGISTRY asks to send its credentials to localhost:PORT, another host. Realm not allowed; if that is its token service, set GANTRY_TOKEN_HOSTS=REGISTRY=localhost:PORT.',
    ),
    aws: denied('UNAUTHORIZED', 'REGISTRY: POST /v2/app/blobs/uploads/ was denied: 401'),
  },
  'H13 has tokens issued on another domain of the network': refused(
    'REALM_REFUSED',
    'REGISTRY asks to send its credentials to registry.example.evil.test, another host. Realm not allowed; if that is its token service, set GANTRY_TOKEN_HOSTS=REGISTRY=registry.example.evil.test.',
  ),
  'H13 has a token service that leads elsewhere': denied(
    'UNAUTHORIZED',
    'Token service TOKENS of REGISTRY gave no token for app: 307. Check the user name and password, and what they may do there.',
  ),
  'H14 has tokens issued by the metadata service': refused(
    'REALM_REFUSED',
    'REGISTRY asks for a token of http://169.254.169.254/latest/meta-data/. Realm not allowed: not https.',
  ),
  'H14 has tokens issued on a private address': refused(
    'REALM_REFUSED',
    'REGISTRY asks for a token of https://192.168.0.1/token. Realm not allowed: an address inside this network.',
  ),
  'H14 has tokens issued on the machine of its reader': refused(
    'REALM_REFUSED',
    'REGISTRY asks for a token of http://STRANGER/token. Realm not allowed: not https.',
  ),
  'H15 has tokens issued by http': refused(
    'REALM_REFUSED',
    'REGISTRY asks for a token of http://auth.registry.example/token. Realm not allowed: not https.',
  ),
  'H15 has tokens issued by a file': refused(
    'REALM_REFUSED',
    'REGISTRY asks for a token of file:/etc/passwd. Realm not allowed: not https.',
  ),
  'H16 asks for a token and does not say where': denied(
    'NO_CHALLENGE',
    'REGISTRY wants credentials but does not say of what kind.',
  ),
  'H16 asks for something and does not say for what': denied(
    'NO_CHALLENGE',
    'REGISTRY wants credentials but does not say of what kind.',
  ),
  'H17 asks for one of several things': promoted,
  'H18 never takes the login': {
    source: denied('UNAUTHORIZED', 'REGISTRY: GET /v2/app/manifests/v1 was denied: 401'),
    destination: denied('UNAUTHORIZED', 'REGISTRY: HEAD /v2/app/manifests/v1 was denied: 401'),
  },
  'H18 never takes a token': {
    source: denied('UNAUTHORIZED', 'REGISTRY: GET /v2/app/manifests/v1 was denied: 401'),
    destination: denied('UNAUTHORIZED', 'REGISTRY: HEAD /v2/app/manifests/v1 was denied: 401'),
  },
  'H18 shows the login in its refusal': {
    source: denied(
      'UNAUTHORIZED',
      'REGISTRY: GET /v2/app/manifests/v1 was denied: 401: no such user: Basic [credentials] ([credentials])',
    ),
    destination: denied('UNAUTHORIZED', 'REGISTRY: HEAD /v2/app/manifests/v1 was denied: 401'),
  },
  'H19 has tokens of ten megabytes': refused(
    'ANSWER_TOO_LARGE',
    'The token of TOKENS is larger than 64 KiB. Refused.',
  ),
  'H20 has tokens that end at once': promoted,
  'H20 has tokens that cannot be sent': denied(
    'BAD_TOKEN',
    'Token service TOKENS of REGISTRY answered without a usable token.',
  ),
  'H21 refuses in plain text, with control characters': {
    source: denied(
      'DENIED',
      'REGISTRY: GET /v2/app/manifests/v1 was denied: 403: Forbidden\\u{d}\\u{a}::set-env name=A::b\\u{1b}]0;title\\u{7}\\u{1b}[2K \\u{202e}gnol',
    ),
    destination: denied('DENIED', 'REGISTRY: HEAD /v2/app/manifests/v1 was denied: 403'),
  },
})
