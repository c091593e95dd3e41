import {readFile} from 'node:fs/promises'
import {UsageError} from '../errors.ts'
import type {Credential, Login} from './auth.ts'
import type {AuthFile} from './auth-files.ts'
import {type Fields, isFields} from './descriptor.ts'
import {lineAndColumn, placesOf} from './json-places.ts'
import {oneLine} from './one-line.ts'

/**
 * Asks `docker-credential-NAME get` for a server; undefined when the helper has nothing for it. `server` is what is
 * written to the helper's standard input, `file` where the helper is named.
 */
export type RunHelper = (name: string, server: string, file: string) => Promise<Login | undefined>

/** What is stored for a repository of a host; a repository of '' means the host itself. */
export type StoredCredentials = (host: string, repository: string) => Promise<Credential | undefined>

/**
 * The credentials that the user has stored: of the first file that has some, those for the longest part of the
 * repository's name (containers-auth.json(5)), or else for exactly this host. Each file is read and each helper asked
 * once at most. Nothing is written. A file that is there and cannot be understood is an error, not an absence.
 *
 * @throws {UsageError} BAD_AUTH_FILE with `FILE:LINE:COLUMN`, never quoting the file; and what `runHelper` throws.
 */
export function storedCredentials(files: readonly AuthFile[], runHelper: RunHelper): StoredCredentials {
  const read = new Map<string, Promise<AuthConfig | undefined>>()
  const asked = new Map<string, Promise<Login | undefined>>()
  const askOnce: RunHelper = (name, server, file) =>
    once(asked, `${name} ${server}`, () => runHelper(name, server, file))
  return async (host, repository) => {
    for (const file of files) {
      const config = await once(read, file.path, () => readConfig(file))
      const found = config && (await credentialOf(config, host, repository, askOnce))
      if (found !== undefined) return found
    }
    return undefined
  }
}

function once<T>(known: Map<string, Promise<T>>, key: string, ask: () => Promise<T>): Promise<T> {
  const answer = known.get(key) ?? ask()
  known.set(key, answer)
  return answer
}

interface AuthConfig {
  readonly file: string
  readonly fields: Fields
  /** An error about the value under these keys. */
  wrong(path: readonly string[], problem: string): UsageError
}

async function readConfig({path, namedBy}: AuthFile): Promise<AuthConfig | undefined> {
  const file = oneLine(path)
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT' && namedBy === undefined) return undefined
    const problem = code === 'ENOENT' ? `${namedBy} names it, and it is not there` : 'it cannot be read'
    throw bad(file, problem, {cause: error})
  }
  const at = (index: number) => `${file}:${lineAndColumn(text, index)}`
  let fields: unknown
  try {
    fields = JSON.parse(text)
  } catch {
    // The parser's message would quote the file, which holds passwords.
    throw bad(at(placesOf(text).error ?? 0), 'it is not JSON')
  }
  if (!isFields(fields)) throw bad(at(0), 'it is not a JSON object')
  return {file, fields, wrong: (path, problem) => bad(at(placesOf(text).of(path)), problem)}
}

async function credentialOf(
  config: AuthConfig,
  host: string,
  repository: string,
  runHelper: RunHelper,
): Promise<Credential | undefined> {
  const ask = async (name: unknown, path: readonly string[]) => {
    const login = await runHelper(checkHelper(config, name, path), serverOf(host), config.file)
    return login && withIdentityToken(login)
  }
  // Helpers are named for whole hosts (containers-auth.json(5)).
  const helper = entryOf(config, 'credHelpers', host, '')
  if (helper !== undefined) return ask(helper.value, helper.path)
  const auth = entryOf(config, 'auths', host, repository)
  const stored = auth && readAuth(config, auth)
  if (stored !== undefined) return stored
  const store = config.fields['credsStore']
  return store === undefined || store === '' ? undefined : ask(store, ['credsStore'])
}

interface Entry {
  readonly path: readonly string[]
  readonly value: unknown
}

/** The entry with something in it whose key says most about the repository. */
function entryOf(config: AuthConfig, section: string, host: string, repository: string): Entry | undefined {
  const entries = config.fields[section]
  if (entries === undefined) return undefined
  if (!isFields(entries)) throw config.wrong([section], `"${section}" is not a JSON object`)
  let found: (Entry & {readonly namespace: string}) | undefined
  for (const [key, value] of Object.entries(entries)) {
    const place = placeOf(key)
    const {namespace} = place
    const isMeant = namespace === '' || `${repository}/`.startsWith(`${namespace}/`)
    if (place.host !== placeOf(host).host || !isMeant || isEmpty(value)) continue
    if (found === undefined || namespace.length > found.namespace.length)
      found = {path: [section, key], value, namespace}
  }
  return found
}

/** Beside a credsStore Docker keeps an entry without content. */
function isEmpty(value: unknown): boolean {
  return value === null || (isFields(value) && Object.values(value).every(part => part === ''))
}

/**
 * What a key is for. Whole hosts are compared, never parts of names (CVE-2026-59891). The path of a URL says nothing,
 * that of anything else is a namespace (containers-auth.json(5)); but Docker Hub's key is also written without scheme.
 */
function placeOf(key: string): {readonly host: string; readonly namespace: string} {
  const isUrl = /^https?:\/\//i.test(key) && URL.canParse(key)
  const slash = key.indexOf('/')
  const host = isUrl ? new URL(key).host : key.slice(0, slash === -1 ? undefined : slash).toLowerCase()
  const namespace = isUrl || slash === -1 ? '' : key.slice(slash + 1).replace(/\/$/, '')
  const isHub = host === 'docker.io' || host === 'index.docker.io' || host === 'registry-1.docker.io'
  return isHub ? {host: 'docker.io', namespace: namespace === 'v1' ? '' : namespace} : {host, namespace}
}

/** Docker's own name for Docker Hub is that of its first version. */
function serverOf(host: string): string {
  return placeOf(host).host === 'docker.io' ? 'https://index.docker.io/v1/' : host
}

/** An entry of `auths`, by the fields of docker/cli's `AuthConfig`. */
function readAuth(config: AuthConfig, {path, value}: Entry): Credential | undefined {
  if (!isFields(value)) throw config.wrong(path, 'this login is not a JSON object')
  const part = (name: string): string => {
    const text = value[name] ?? ''
    if (typeof text === 'string') return text
    throw config.wrong([...path, name], `this "${name}" is not a text`)
  }
  const [identityToken, registryToken, encoded] = [part('identitytoken'), part('registrytoken'), part('auth')]
  if (identityToken !== '') return {identityToken}
  if (registryToken !== '') {
    // RFC 6750, b64token: anything else could not be a header's value.
    if (/^[A-Za-z0-9._~+/-]+=*$/.test(registryToken)) return {registryToken}
    throw config.wrong([...path, 'registrytoken'], 'this "registrytoken" is no token')
  }
  if (encoded !== '') {
    const login = decodeLogin(encoded)
    if (login === undefined)
      throw config.wrong([...path, 'auth'], 'this "auth" is not base64 of USER:PASSWORD')
    return withIdentityToken(login)
  }
  const [username, password] = [part('username'), part('password')]
  return username === '' || password === '' ? undefined : {username, password}
}

function decodeLogin(encoded: string): Login | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded.trim())) return undefined
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  if (colon < 1) return undefined
  return {username: text.slice(0, colon), password: text.slice(colon + 1).replace(/\0+$/, '')}
}

/** Docker's helper protocol names a user so whose secret is an identity token. */
function withIdentityToken(login: Login): Credential {
  return login.username === '<token>' ? {identityToken: login.password} : login
}

function checkHelper(config: AuthConfig, name: unknown, path: readonly string[]): string {
  // It becomes a part of a program's name.
  if (typeof name === 'string' && /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) return name
  throw config.wrong(path, 'this is not the name of a credential helper')
}

function bad(where: string, problem: string, details?: {cause: unknown}): UsageError {
  return new UsageError('BAD_AUTH_FILE', `${where}: ${problem}. Correct it, or log in again.`, details)
}
