import type {EcrError} from '../ecr-error.ts'
import type {Reply, Trouble} from '../server/exchange.ts'

/** A refusal in the words of the registry protocol (OCI distribution-spec, error codes). */
export class RegistryError extends Error {
  readonly status: number
  readonly code: string
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.status = status
    this.code = code
    this.headers = headers
  }
}

// What ECR's data plane makes of an exception of its API. Statuses of BLOB_UPLOAD_UNKNOWN and MANIFEST_BLOB_UNKNOWN are
// unconfirmed, as is the code of ImageDigestDoesNotMatchException.
const translations: Readonly<Record<string, readonly [status: number, code: string]>> = {
  AccessDeniedException: [403, 'DENIED'],
  RepositoryNotFoundException: [404, 'NAME_UNKNOWN'],
  ImageNotFoundException: [404, 'MANIFEST_UNKNOWN'],
  LayersNotFoundException: [404, 'BLOB_UPLOAD_UNKNOWN'],
  ReferencedImagesNotFoundException: [404, 'MANIFEST_BLOB_UNKNOWN'],
  ImageTagAlreadyExistsException: [400, 'TAG_INVALID'],
  ImageDigestDoesNotMatchException: [400, 'DIGEST_INVALID'],
  UploadNotFoundException: [404, 'BLOB_UPLOAD_UNKNOWN'],
  InvalidLayerException: [400, 'BLOB_UPLOAD_INVALID'],
}

/** An exception of the API that the data plane does not know surfaces as 405 UNSUPPORTED, with the API's text. */
export function translate({exception, message}: EcrError): RegistryError {
  const [status, code] = translations[exception] ?? [405, 'UNSUPPORTED']
  return new RegistryError(status, code, message)
}

const expired = 'Your authorization token has expired. Reauthenticate and try again.'

const troubles: Readonly<Record<Trouble, () => RegistryError>> = {
  500: () => new RegistryError(500, 'UNKNOWN', 'Internal server error'),
  503: () => new RegistryError(503, 'UNAVAILABLE', 'Service unavailable'),
  429: () => new RegistryError(429, 'TOOMANYREQUESTS', 'Rate exceeded'),
  throttling: () => new RegistryError(429, 'TOOMANYREQUESTS', 'Rate exceeded'),
  // The status is unconfirmed.
  'expired-token': () => new RegistryError(403, 'DENIED', expired),
}

export function troubleError(trouble: Trouble): RegistryError {
  return troubles[trouble]()
}

export function errorReply({status, code, message, headers}: RegistryError): Reply {
  return {
    status,
    headers: {'content-type': 'application/json; charset=utf-8', ...headers},
    body: JSON.stringify({errors: [{code, message}]}),
  }
}
