import {type ExitCode, exitCodes, GantryError} from '../errors.ts'
import {certificateAdvice, isUntrusted} from '../oci/certificate-trouble.ts'
import {oneLine} from '../oci/one-line.ts'
import {describeTrouble, NetworkError} from '../oci/registry-error.ts'
import {type CheckResult, problem, type Trouble} from './check.ts'

/** The gravest first: with a wrong configuration nothing else can be right, and to run again helps with the network alone. */
const gravest: readonly (readonly [Trouble, ExitCode])[] = [
  ['configuration', exitCodes.usage],
  ['access', exitCodes.denied],
  ['network', exitCodes.transient],
  ['other', exitCodes.partial],
]

/** The exit code for all results: 0 without a problem. Pure. */
export function exitCodeOf(results: readonly CheckResult[]): ExitCode {
  return gravest.find(([trouble]) => results.some(each => each.trouble === trouble))?.[1] ?? exitCodes.done
}

/** Codes of errors that are the network's, whatever their exit code is elsewhere. */
const networkCodes: ReadonlySet<string> = new Set([
  'AWS_UNREACHABLE',
  'CERTIFICATE_NOT_TRUSTED',
  'CONNECTION_FAILED',
  'HOST_NOT_FOUND',
  'NOT_AWS',
])

/** What a check's error means; total over every value. */
export function problemOf(error: unknown): CheckResult {
  if (error instanceof NetworkError) return problem('network', describeTrouble(error), adviceOf(error.code))
  if (error instanceof GantryError) return problem(troubleOf(error), error.message, ...error.hints)
  const said = error instanceof Error ? error.message || error.name : String(error)
  return problem('other', `unexpected: ${oneLine(said)}`, 'This is a bug of gantry; please report it.')
}

function troubleOf({code, exitCode}: GantryError): Trouble {
  if (networkCodes.has(code) || code.startsWith('PROXY_')) return 'network'
  if (exitCode === exitCodes.usage) return 'configuration'
  if (exitCode === exitCodes.denied) return 'access'
  return exitCode === exitCodes.transient ? 'network' : 'other'
}

/** What to do about a connection that failed. */
export function adviceOf(code: string): string {
  if (isUntrusted(code)) return certificateAdvice(code)
  if (code === 'PROXY_NOT_FOUND' || code === 'PROXY_UNAVAILABLE')
    return 'Check the address in HTTPS_PROXY, and that the proxy runs; NO_PROXY names hosts to reach without it.'
  if (code === 'PROXY_REFUSED')
    return 'Ask who runs the proxy to allow the host; if it wants a login: HTTPS_PROXY=http://USER:PASSWORD@PROXY:PORT. NO_PROXY names hosts to reach without it.'
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return 'Check the name of the region and the DNS. In a VPC without internet: interface endpoints for sts, ecr.api and ecr.dkr, with private DNS.'
  return 'Let this machine reach the host, or name the proxy that does: HTTPS_PROXY=http://PROXY:PORT.'
}
