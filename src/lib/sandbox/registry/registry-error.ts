import type {EcrError} from '../ecr-error.ts'
import type {Reply, Trouble} from '../exchange.ts'
import type {Dialect} from './dialect.ts'

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

/** What the data plane makes of an exception of the API; the text stays the API's. */
export function translate({exception, parameter = '', message}: EcrError, dialect: Dialect): RegistryError {
  const {exceptions, parameters, others} = dialect
  const known = Object.hasOwn(exceptions, exception) ? exceptions[exception] : parameters[parameter]
  const [status, code] = known ?? others
  return new RegistryError(status, code, message)
}

export function unsupported(): RegistryError {
  return new RegistryError(405, 'UNSUPPORTED', 'The operation is unsupported.')
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
