import {UsageError} from '../errors.ts'
import {type Digest, isDigest} from './digest.ts'
import {oneLine} from './one-line.ts'

/** A reference as the user wrote it, parsed once. With both a tag and a digest the digest decides, the tag is a label. */
export interface Reference {
  /** Host, with `:port` when one was given, in lower case; absent for `repository` alone. */
  readonly host?: string
  readonly repository: string
  readonly tag?: string
  readonly digest?: Digest
}

// OCI distribution-spec, "Pulling manifests": <name> and <reference> as a tag.
const component = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/
const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/
const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/
const ipv6 = /^\[[0-9a-f:.]+\]$/
const maxRepositoryLength = 255

export function isValidRepository(text: string): boolean {
  return text.length <= maxRepositoryLength && text.split('/').every(part => component.test(part))
}

export function isValidTag(text: string): boolean {
  return tagPattern.test(text)
}

/** `host/repository:tag@digest`, of those that are there. */
export function formatReference(reference: Reference): string {
  const {host, repository, tag, digest} = reference
  return [
    host === undefined ? '' : `${host}/`,
    repository,
    tag === undefined ? '' : `:${tag}`,
    digest === undefined ? '' : `@${digest}`,
  ].join('')
}

/**
 * Parses `[host/]repository[:tag][@sha256:hex]`. The first component is a host when it has a dot or a colon or is
 * `localhost`; short names are not looked up anywhere. Docker Hub has one name, `docker.io`.
 *
 * @throws {UsageError} INVALID_REFERENCE, naming the column and the fix.
 */
export function parseReference(text: string): Reference {
  const wrong = (index: number, problem: string): UsageError =>
    new UsageError('INVALID_REFERENCE', `Reference "${oneLine(text)}", column ${index + 1}: ${problem}`)

  checkCharacters(text, wrong)
  const at = text.indexOf('@')
  const named = at === -1 ? text : text.slice(0, at)
  const slash = named.indexOf('/')
  const hasHost = slash !== -1 && looksLikeHost(named.slice(0, slash))
  const host = hasHost ? checkHost(named.slice(0, slash), wrong) : undefined
  const start = hasHost ? slash + 1 : 0
  const colon = named.indexOf(':', start)
  const end = colon === -1 ? named.length : colon

  const repository = checkRepository(named.slice(start, end), start, wrong)
  const tag = colon === -1 ? undefined : checkTag(named.slice(colon + 1), colon + 1, wrong)
  const digest = at === -1 ? undefined : checkDigest(text.slice(at + 1), at + 1, wrong)
  if (repository === 'sha256' && /^[0-9a-f]{64}$/.test(tag ?? '')) {
    throw wrong(0, 'a digest alone names no image. Write REPOSITORY@sha256:…')
  }
  return {
    ...(host === undefined ? {} : {host}),
    repository: repositoryAt(host, repository),
    ...(tag === undefined ? {} : {tag}),
    ...(digest === undefined ? {} : {digest}),
  }
}

/** A repository's whole name, by Docker Hub's own rule that `docker.io/nginx` is `docker.io/library/nginx`. */
export function repositoryAt(host: string | undefined, name: string): string {
  return host === 'docker.io' && !name.includes('/') ? `library/${name}` : name
}

/** Names that Docker Hub also has: of its first version, and of its server. */
const hubNames: ReadonlySet<string> = new Set(['index.docker.io', 'registry-1.docker.io'])

type Wrong = (index: number, problem: string) => UsageError

function looksLikeHost(first: string): boolean {
  return first.includes('.') || first.includes(':') || first.toLowerCase() === 'localhost'
}

function checkCharacters(text: string, wrong: Wrong): void {
  if (text === '') throw wrong(0, 'it is empty. Write REPOSITORY:TAG or REPOSITORY@sha256:…')
  const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.exec(text)?.[0]
  if (scheme !== undefined) throw wrong(0, `a reference has no scheme. Leave out "${scheme}".`)
  const space = text.search(/\s/)
  if (space !== -1) {
    const kind = text[space] === '\n' || text[space] === '\r' ? 'a line break' : 'white space'
    throw wrong(space, `${kind} cannot be part of a reference. Remove it.`)
  }
  const foreign = text.search(/[^\x21-\x7e]/)
  if (foreign !== -1)
    throw wrong(foreign, 'only ASCII letters, digits and . _ - / : @ can be part of a reference.')
}

function checkHost(text: string, wrong: Wrong): string {
  const host = text.toLowerCase()
  const [, name = '', port] = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/.exec(host) ?? []
  if (port !== undefined && !(/^[0-9]{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535)) {
    throw wrong(
      name.length + 1,
      `"${oneLine(port)}" is not a port (1 to 65535). A tag goes after the last "/".`,
    )
  }
  const parseable = ipv6.test(name)
    ? URL.canParse(`https://${name}`)
    : name.split('.').every(part => label.test(part))
  if (!parseable) {
    throw wrong(0, `"${oneLine(name)}" is not a host name. Write HOST[:PORT]/REPOSITORY.`)
  }
  return hubNames.has(host) ? 'docker.io' : host
}

function checkRepository(name: string, start: number, wrong: Wrong): string {
  if (isValidRepository(name)) return name
  if (name === '')
    throw wrong(start, 'the repository is missing. Write REPOSITORY:TAG or REPOSITORY@sha256:…')
  if (name.length > maxRepositoryLength) {
    throw wrong(
      start + maxRepositoryLength,
      `a repository name has at most ${maxRepositoryLength} characters.`,
    )
  }
  const upper = name.search(/[A-Z]/)
  if (upper !== -1)
    throw wrong(start + upper, `repository names are lower case. Write "${name.toLowerCase()}".`)
  const unknown = name.search(/[^a-z0-9._/-]/)
  if (unknown !== -1) {
    throw wrong(start + unknown, `"${name[unknown]}" cannot be part of a repository name (a-z 0-9 . _ - /).`)
  }
  let position = start
  for (const part of name.split('/')) {
    if (part === '') throw wrong(position, 'an empty path component. Remove the extra "/".')
    if (!component.test(part)) {
      throw wrong(
        position,
        `"${part}" must start and end with a letter or digit, with single . _ __ or any - between.`,
      )
    }
    position += part.length + 1
  }
  throw wrong(start, 'it is not a repository name.')
}

function checkTag(tag: string, start: number, wrong: Wrong): string {
  if (isValidTag(tag)) return tag
  if (tag === '') throw wrong(start, 'the tag after ":" is missing. Write one, or remove the ":".')
  if (tag.length > 128)
    throw wrong(start + 128, `a tag has at most 128 characters; this one has ${tag.length}.`)
  const unknown = tag.search(/[^A-Za-z0-9._-]/)
  if (unknown !== -1) {
    throw wrong(start + unknown, `"${tag[unknown]}" cannot be part of a tag (A-Z a-z 0-9 . _ -).`)
  }
  throw wrong(start, 'a tag starts with a letter, a digit or "_".')
}

function checkDigest(digest: string, start: number, wrong: Wrong): Digest {
  if (isDigest(digest)) return digest
  if (digest === '') throw wrong(start, 'the digest after "@" is missing. Write sha256:… or remove the "@".')
  if (!digest.startsWith('sha256:')) {
    throw wrong(start, 'the only digests supported are sha256: and 64 lower-case hex digits.')
  }
  const hex = digest.slice('sha256:'.length)
  const unknown = hex.search(/[^0-9a-f]/)
  if (unknown !== -1) {
    throw wrong(start + 7 + unknown, `"${hex[unknown]}" is not a lower-case hex digit of a sha256 digest.`)
  }
  throw wrong(start + 7, `a sha256 digest has 64 hex digits; this one has ${hex.length}.`)
}
