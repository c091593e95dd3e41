import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {UsageError} from '../errors.ts'
import type {Login} from './bearer.ts'
import {type Fields, isFields} from './descriptor.ts'
import {oneLine} from './one-line.ts'

/**
 * Asks `docker-credential-NAME get` for a server; undefined when the helper has nothing for it. `server` is what is
 * written to the helper's standard input.
 */
export type RunHelper = (name: string, server: string) => Promise<Login | undefined>

/**
 * Where container tools keep logins, in the order they are asked: only REGISTRY_AUTH_FILE when it is set, or else
 * Docker's configuration, then that of podman, skopeo and buildah (containers-auth.json(5)).
 */
export function authFiles(env: NodeJS.ProcessEnv, home: string): readonly string[] {
  const {REGISTRY_AUTH_FILE: only, DOCKER_CONFIG: docker, XDG_RUNTIME_DIR: runtime} = env
  if (only) return [only]
  return [
    join(docker || join(home, '.docker'), 'config.json'),
    ...(runtime ? [join(runtime, 'containers', 'auth.json')] : []),
    join(home, '.config', 'containers', 'auth.json'),
  ]
}

/**
 * The login that the user has stored for exactly this host; undefined when there is none. Nothing is written. A file
 * that is there and cannot be understood is an error, not an absence.
 *
 * @throws {UsageError} BAD_AUTH_FILE, naming the file.
 */
export async function findLogin(
  host: string,
  files: readonly string[],
  runHelper: RunHelper,
): Promise<Login | undefined> {
  for (const file of files) {
    const config = await readConfig(file)
    const login = config && (await loginOf(config, host, file, runHelper))
    // Docker's helper protocol names a user so whose secret is an identity token.
    if (login?.username === '<token>') throw identityToken(host, file)
    if (login !== undefined) return login
  }
  return undefined
}

async function readConfig(file: string): Promise<Fields | undefined> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw bad(file, 'it cannot be read', error)
  }
  let config: unknown
  try {
    config = JSON.parse(text)
  } catch {
    // The parser's message would quote the file, which holds passwords.
    throw bad(file, 'it is not JSON')
  }
  if (!isFields(config)) throw bad(file, 'it is not a JSON object')
  return config
}

async function loginOf(
  config: Fields,
  host: string,
  file: string,
  runHelper: RunHelper,
): Promise<Login | undefined> {
  const helper = entryOf(config, 'credHelpers', host, file) ?? undefined
  if (helper !== undefined) return runHelper(checkHelper(helper, file), serverOf(host))
  const auth = entryOf(config, 'auths', host, file)
  const stored = isFields(auth) ? readAuth(auth, host, file) : undefined
  if (stored !== undefined) return stored
  const store = config['credsStore']
  return store === undefined || store === '' ? undefined : runHelper(checkHelper(store, file), serverOf(host))
}

function entryOf(config: Fields, section: string, host: string, file: string): unknown {
  const entries = config[section]
  if (entries === undefined) return undefined
  if (!isFields(entries)) throw bad(file, `"${section}" is not a JSON object`)
  return Object.entries(entries).find(([key]) => hostOf(key) === hostOf(host))?.[1]
}

/** Whole hosts are compared, never parts of names (CVE-2026-59891). A key with a namespace is for that alone. */
function hostOf(key: string): string {
  const isUrl = /^https?:\/\//i.test(key) && URL.canParse(key)
  const host = isUrl ? new URL(key).host : key.toLowerCase()
  return host === 'index.docker.io' || host === 'registry-1.docker.io' ? 'docker.io' : host
}

/** Docker's own name for Docker Hub is that of its first version. */
function serverOf(host: string): string {
  return hostOf(host) === 'docker.io' ? 'https://index.docker.io/v1/' : host
}

function readAuth(auth: Fields, host: string, file: string): Login | undefined {
  const {identitytoken, auth: encoded} = auth
  if (typeof identitytoken === 'string' && identitytoken !== '') {
    throw identityToken(host, file)
  }
  // Beside a credsStore Docker keeps an entry without content.
  if (encoded === undefined || encoded === '') return undefined
  const text = typeof encoded === 'string' ? Buffer.from(encoded, 'base64').toString('utf8') : ''
  const colon = text.indexOf(':')
  if (colon < 1) throw bad(file, `the login of ${oneLine(host)} is not base64 of USER:PASSWORD`)
  return {username: text.slice(0, colon), password: text.slice(colon + 1).replace(/\0+$/, '')}
}

function checkHelper(name: unknown, file: string): string {
  // It becomes a part of a program's name.
  if (typeof name === 'string' && /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) return name
  throw bad(file, `${oneLine(JSON.stringify(name), 60)} is not the name of a credential helper`)
}

function identityToken(host: string, file: string): UsageError {
  return bad(file, `the login of ${oneLine(host)} is an identity token, which is not supported`)
}

function bad(file: string, problem: string, cause?: unknown): UsageError {
  return new UsageError('BAD_AUTH_FILE', `${oneLine(file)}: ${problem}. Correct it, or log in again.`, {
    cause,
  })
}
