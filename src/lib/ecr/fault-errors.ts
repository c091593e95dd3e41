import type {GantryError} from '../errors.ts'
import {DeniedError, FailureError, TransientError} from '../errors.ts'
import {certificateAdvice, isUntrusted} from '../oci/certificate-trouble.ts'
import {oneLine} from '../oci/one-line.ts'
import {missingRepository} from './data-plane.ts'
import {type Access, deniedError} from './denied.ts'
import {codeOf, type Fault, kindOf} from './faults.ts'

/** Which call it was, for messages. */
export interface Call {
  readonly service: 'ECR' | 'ECR Public' | 'STS'
  /** API operation, for example `PutImage`. */
  readonly operation: string
  /** Host of the registry, or of the endpoint where there is none. */
  readonly host: string
  /** Account of the registry; empty while it is not known. */
  readonly account: string
  readonly region: string
  readonly repository?: string | undefined
  readonly principal?: string | undefined
  /** What the registry is used for. */
  readonly purpose?: Access | undefined
  /** How to get new credentials, for example `aws sso login --profile prod`. */
  readonly renewal: string
}

/** How long it was tried. */
export interface Effort {
  readonly tries: number
  readonly elapsedMs: number
}

/** The error that tells a user what `fault` means, once it will not be tried again. Pure. */
export function faultError(fault: Fault, call: Call, effort: Effort, now: number): GantryError {
  const where = `${call.account === '' ? '' : `${call.account}/`}${call.region}`
  const what = `${call.service} ${call.operation} in ${where}`
  const said = oneLine(fault.message, 400)
  const request = fault.requestId === undefined ? '' : ` (request id ${oneLine(fault.requestId, 80)})`
  const {networkCode = ''} = fault

  switch (kindOf(fault)) {
    case 'throttled':
      return new TransientError(
        'THROTTLED',
        `${call.service} throttled ${call.operation} in ${where} for ${duration(effort.elapsedMs)} (${tries(effort)})${request}. Run the same command again to go on.`,
      )
    case 'transient':
      return new TransientError(
        'AWS_UNREACHABLE',
        `${what} failed for ${duration(effort.elapsedMs)} (${tries(effort)}): ${reasonOf(fault)}${request}. Run the same command again to go on.`,
      )
    case 'expired':
      return new DeniedError(
        'CREDENTIALS_EXPIRED',
        `${what}: the credentials have expired, and new ones could not be had. Renew them: ${call.renewal}.`,
      )
    case 'credentials':
      return new DeniedError(
        'CREDENTIALS_REJECTED',
        `${what}: AWS does not know these credentials: ${said}${request}. Renew them: ${call.renewal}.`,
      )
    case 'clock':
      return new DeniedError('SIGNATURE_REJECTED', `${what}: ${said}${request}.${skew(fault, now)}`)
    case 'denied':
      return deniedError({
        message: fault.message.slice(0, 4096),
        registryHost: call.host,
        repository: call.repository,
        account: call.account,
        principal: call.principal,
        purpose: call.purpose,
      })
    case 'unsettled':
    case 'final':
      break
  }
  if (networkCode === 'ENOTFOUND') {
    return new TransientError(
      'HOST_NOT_FOUND',
      `${what}: ${said}. Is ${call.region} the region you mean, and is there a network?${
        /-fips\./.test(said) ? ' Not every region has FIPS endpoints.' : ''
      }`,
    )
  }
  if (isUntrusted(networkCode)) {
    return new FailureError('CERTIFICATE_NOT_TRUSTED', `${what}: ${said}. ${certificateAdvice(networkCode)}`)
  }
  if (networkCode.startsWith('PROXY_')) return new FailureError(networkCode, `${what}: ${said}.`)
  if (fault.name === 'SyntaxError') {
    // The parser's words quote the answer, in which there may be a token.
    return new FailureError('UNREADABLE_ANSWER', `The answer from ${what} is not JSON${request}.`)
  }
  if (fault.name === 'TypeError') {
    return new FailureError('UNREADABLE_ANSWER', `The answer from ${what} cannot be read: ${said}${request}.`)
  }
  if (fault.name === 'RepositoryNotFoundException' && call.repository !== undefined) {
    return missingRepository(call.repository, call)
  }
  return new FailureError(codeOf(fault), `${what}: ${said}${request}`)
}

/** Why one try failed, in a few words. */
export function reasonOf(fault: Fault): string {
  if (fault.name === 'TimeoutError' && fault.networkCode !== 'ECONNRESET') return 'no answer in time'
  if (fault.networkCode?.startsWith('PROXY_')) return oneLine(fault.message, 200)
  if (fault.networkCode !== undefined) return fault.networkCode
  return fault.status === undefined || fault.name !== 'SyntaxError'
    ? `${oneLine(fault.name, 60)}: ${oneLine(fault.message, 120)}`
    : `HTTP ${fault.status}`
}

function skew({serverTime}: Fault, now: number): string {
  const minutes = serverTime === undefined ? 0 : Math.round((now - serverTime) / 60_000)
  if (minutes === 0) return ''
  return ` This machine's clock is ${Math.abs(minutes)} min ${minutes > 0 ? 'ahead' : 'behind'}; set it right.`
}

function tries({tries: count}: Effort): string {
  return count === 1 ? '1 try' : `${count} tries`
}

function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000)
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`
}
