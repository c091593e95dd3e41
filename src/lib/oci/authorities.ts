import {X509Certificate} from 'node:crypto'
import {readFileSync} from 'node:fs'
import * as tls from 'node:tls'
import {UsageError} from '../errors.ts'
import {oneLine} from './one-line.ts'

/** Variables that name a file of certificates: Node's own, that of the AWS CLI and SDKs, and that of OpenSSL and Go. */
const variables = ['NODE_EXTRA_CA_CERTS', 'AWS_CA_BUNDLE', 'SSL_CERT_FILE']

/**
 * The certificates, in PEM, of the authorities that the environment names.
 *
 * @param bundle another file, which a user knows as the setting `ca_bundle`.
 * @throws {UsageError} INVALID_CA_FILE: Node itself only warns, and every connection would fail later.
 */
export function readAuthorities(
  env: Readonly<Record<string, string | undefined>>,
  bundle?: string,
): readonly string[] {
  const named = variables.map(variable => [variable, env[variable]] as const)
  return [...named, ['ca_bundle', bundle] as const].flatMap(([name, file]) =>
    file ? [readCertificates(file, name)] : [],
  )
}

/** @throws {UsageError} INVALID_CA_FILE; `variable` is what names the file. */
export function readCertificates(file: string, variable: string): string {
  try {
    const text = readFileSync(file, 'utf8')
    // The first stands for all: to read a whole bundle takes as long as a connection.
    if (isCertificate(text)) return text
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'error'
    throw invalid(variable, file, `cannot be read (${code})`)
  }
  throw invalid(variable, file, 'holds no certificate in PEM')
}

function isCertificate(text: string): boolean {
  try {
    return new X509Certificate(text).raw.length > 0
  } catch {
    return false
  }
}

function invalid(variable: string, file: string, problem: string): UsageError {
  return new UsageError(
    'INVALID_CA_FILE',
    `${variable} names ${oneLine(file)}, which ${problem}. Nothing was sent.`,
  )
}

/** What connections trust: all that Node does, and these authorities. */
export function trusting(authorities: readonly string[]): tls.SecureContext {
  return tls.createSecureContext({ca: [...trustedByNode(), ...authorities]})
}

/** Node.js before 22.15 can't say; NODE_EXTRA_CA_CERTS is among the authorities that are added. */
function trustedByNode(): readonly string[] {
  const {rootCertificates} = tls
  return 'getCACertificates' in tls ? tls.getCACertificates('default') : rootCertificates
}
