import {UsageError} from '../errors.ts'

/**
 * Edits of the file in which container tools keep their credentials: docker's `config.json` and containers' `auth.json`
 * share the keys used here. Text in, text out: keys that are not ours, their order, the indentation and the line ends
 * stay; a text that needs no change comes back as it was.
 */

export interface AuthEntry {
  readonly registry: string
  readonly username: string
  readonly password: string
}

export interface HelperChange {
  readonly registry: string
  /** The helper that answered for this registry until now. */
  readonly before: string | undefined
  readonly after: string
}

type JsonObject = Record<string, unknown>

/** The text with these credentials in `auths`. `path` is for messages. Throws `UsageError` when it is not such a file. */
export function withAuths(text: string | undefined, entries: readonly AuthEntry[], path: string): string {
  const config = parse(text, path)
  const auths = section(config, 'auths', path)
  for (const {registry, username, password} of entries) {
    put(auths, registry, {auth: Buffer.from(`${username}:${password}`).toString('base64')})
  }
  return format(text, {...config, auths})
}

/**
 * The text with `helper` as the credential helper (`credHelpers`) of each of `registries`, and what that changes.
 * Throws `UsageError` when the text is not a docker configuration.
 */
export function withCredentialHelper(
  text: string | undefined,
  helper: string,
  registries: readonly string[],
  path: string,
): {readonly text: string; readonly changes: readonly HelperChange[]} {
  const config = parse(text, path)
  const helpers = section(config, 'credHelpers', path)
  const changes: HelperChange[] = []
  for (const registry of registries) {
    const before = Object.hasOwn(helpers, registry) ? helpers[registry] : undefined
    if (before === helper) continue
    changes.push({registry, before: textOf(before), after: helper})
    put(helpers, registry, helper)
  }
  if (changes.length === 0) return {text: text ?? '', changes}
  return {text: format(text, {...config, credHelpers: helpers}), changes}
}

/** The changes as the lines of a diff, for a person to agree to. */
export function describeChanges(path: string, changes: readonly HelperChange[]): readonly string[] {
  const lines = changes.flatMap(({registry, before, after}) => [
    ...(before === undefined ? [] : [`-   ${JSON.stringify(registry)}: ${JSON.stringify(before)}`]),
    `+   ${JSON.stringify(registry)}: ${JSON.stringify(after)}`,
  ])
  return [path, '  "credHelpers":', ...lines]
}

function parse(text: string | undefined, path: string): JsonObject {
  if (text === undefined || text.trim() === '') return {}
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The parser's own message quotes the text, and the text holds credentials.
    throw new UsageError('DOCKER_CONFIG_INVALID', `${path} is not JSON. Correct it or name another file.`)
  }
  if (isObject(value)) return value
  throw new UsageError(
    'DOCKER_CONFIG_INVALID',
    `${path} is not a JSON object. Correct it or name another file.`,
  )
}

function section(config: JsonObject, key: 'auths' | 'credHelpers', path: string): JsonObject {
  const value = Object.hasOwn(config, key) ? config[key] : undefined
  if (value === undefined || value === null) return {}
  if (isObject(value)) return {...value}
  throw new UsageError('DOCKER_CONFIG_INVALID', `${path}: "${key}" is not a JSON object. Correct it.`)
}

/** What stood there, as it is to be shown: docker knows only strings there. */
function textOf(value: unknown): string | undefined {
  return value === undefined || typeof value === 'string' ? value : JSON.stringify(value)
}

/** Plain assignment would set the prototype for the key `__proto__`. */
function put(target: JsonObject, key: string, value: unknown): void {
  Object.defineProperty(target, key, {value, enumerable: true, configurable: true, writable: true})
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function format(original: string | undefined, config: JsonObject): string {
  const blank = original === undefined || original.trim() === ''
  // docker indents with a tab.
  const indent = blank ? '\t' : (/^\s*\{\s*?\r?\n([ \t]+)"/.exec(original)?.[1] ?? '')
  const text = JSON.stringify(config, undefined, indent)
  const lines = original?.includes('\r\n') === true ? text.replaceAll('\n', '\r\n') : text
  const end = blank ? '\n' : (/\s*$/.exec(original)?.[0] ?? '')
  return lines + end
}
