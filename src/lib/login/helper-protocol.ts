/**
 * The protocol between docker and a credential helper: the action is the first argument, standard input holds the
 * registry (or a credential as JSON), standard output the answer, and also the error, with exit code 1
 * (docker-credential-helpers). Docker knows some errors by their exact text.
 */

export interface HelperCredential {
  readonly username: string
  readonly secret: string
}

export interface HelperBackend {
  /** The host when it is a registry that this helper answers for. */
  readonly owns: (host: string) => boolean
  /** A fresh password; undefined when the host is not one that this helper answers for. */
  readonly credential: (host: string) => Promise<HelperCredential | undefined>
  /** Hosts that could be asked for. */
  readonly hosts: () => Promise<readonly string[]>
}

export interface HelperCall {
  readonly action: string | undefined
  /** Standard input. */
  readonly input: string
  readonly version: string
}

export interface HelperAnswer {
  readonly output: string
  readonly exitCode: 0 | 1
}

/** Docker goes on without credentials when it reads exactly this. */
const notFound = 'credentials not found in native keychain'
const noServer = 'no credentials server URL'
const usage = 'Usage: docker-credential-gantry <get|store|erase|list|version>'

/** Answers one call. What `backend` throws is thrown on: the caller turns it into one line. */
export async function answerHelper(call: HelperCall, backend: HelperBackend): Promise<HelperAnswer> {
  const {action, input, version} = call
  switch (action) {
    case 'get':
      return await get(input, backend)
    case 'store':
      return keepNothing(serverOfCredential(input), backend)
    case 'erase':
      return keepNothing(input, backend)
    case 'list': {
      const hosts = await backend.hosts()
      return success(JSON.stringify(Object.fromEntries(hosts.map(host => [`https://${host}`, 'AWS']))))
    }
    case 'version':
      return success(`docker-credential-gantry ${version}`)
    case undefined:
      return failure(usage)
    default:
      return failure(`Unknown credential action ${JSON.stringify(action)}. ${usage}`)
  }
}

/**
 * The host of what docker asks for: a host, or an https URL on it. Undefined for anything else: another scheme, user
 * info, spaces. The whole host counts, never a part of it.
 */
export function hostOfServer(server: string): string | undefined {
  const text = server.trim()
  if (!/^[\x21-\x7e]+$/.test(text)) return undefined
  const rest = /^https:\/\//i.test(text) ? text.slice('https://'.length) : text
  if (rest.includes('://')) return undefined
  const [host = ''] = rest.split('/', 1)
  return /^[a-z0-9.-]+(?::\d{1,5})?$/i.test(host) ? host.toLowerCase() : undefined
}

async function get(input: string, backend: HelperBackend): Promise<HelperAnswer> {
  const server = input.trim()
  if (server === '') return failure(noServer)
  const host = hostOfServer(server)
  const credential = host === undefined ? undefined : await backend.credential(host)
  if (credential === undefined) return failure(notFound)
  return success(
    JSON.stringify({ServerURL: server, Username: credential.username, Secret: credential.secret}),
  )
}

/** Every `get` asks for a fresh password, so there is nothing to store or to erase; `docker login` and `logout` work on. */
function keepNothing(server: string, backend: HelperBackend): HelperAnswer {
  if (server.trim() === '') return failure(noServer)
  const host = hostOfServer(server)
  if (host !== undefined && backend.owns(host)) return success('')
  return failure('docker-credential-gantry keeps credentials for ECR registries only.')
}

function serverOfCredential(input: string): string {
  try {
    const value: unknown = JSON.parse(input)
    const server = typeof value === 'object' && value !== null && 'ServerURL' in value ? value.ServerURL : ''
    return typeof server === 'string' ? server : ''
  } catch {
    return ''
  }
}

function success(output: string): HelperAnswer {
  return {output: output === '' ? '' : `${output}\n`, exitCode: 0}
}

function failure(line: string): HelperAnswer {
  return {output: `${line}\n`, exitCode: 1}
}
