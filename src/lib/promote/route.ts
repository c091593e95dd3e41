import type {Estate, Promotion} from '../config/estate.ts'
import {matchesRepository, matchesTag} from '../config/match.ts'
import {nearest} from '../config/nearest.ts'
import {ecrHost, parseEcrHost} from '../ecr/hosts.ts'
import {RefusalError, UsageError} from '../errors.ts'
import {
  formatReference,
  isValidRepository,
  isValidTag,
  parseReference,
  type Reference,
} from '../oci/reference.ts'
import type {Side} from './model.ts'

/** One image and where it goes; the registries are not open yet. */
export interface Route {
  readonly source: Side
  readonly repository: string
  /** Tag or digest. */
  readonly reference: string
  readonly tags: readonly string[]
  readonly destinations: readonly {readonly side: Side; readonly repository: string}[]
  readonly immutable: boolean
}

/** The words of `gantry promote`. */
export interface RouteWords {
  readonly images: readonly string[]
  readonly from: string | undefined
  readonly to: readonly string[]
  /** Tags at the destination instead of the image's own. */
  readonly tags: readonly string[]
  /** Repository at the destination instead of the image's own. */
  readonly as: string | undefined
  /** Which of ECR's host names to use for accounts. */
  readonly endpoints: {readonly fips: boolean; readonly dualStack: boolean}
}

/**
 * Turns the words of the command line into routes, without asking anybody.
 *
 * @throws {UsageError} INVALID_REFERENCE, UNKNOWN_ACCOUNT, NO_SOURCE, NO_TAG and the like (exit 2).
 * @throws {RefusalError} ROUTE_NOT_ALLOWED when promotions of repos.yaml lead to a destination and none of them allows
 *   this image (exit 7).
 */
export function routeImages(words: RouteWords, estate: Estate): Route[] {
  const places = new Places(estate, words.endpoints)
  const destinations = words.to.flatMap(text => places.destinations(text))
  if (destinations.length === 0)
    throw new UsageError('NO_DESTINATION', 'Say where to: --to ALIAS or --to HOST.')
  const source = words.from === undefined ? undefined : places.source(words.from)
  for (const tag of words.tags) checkTag(tag)
  if (words.as !== undefined) checkRepository(words.as, '--as')

  return words.images.map(text => {
    const image = readImage(text, source, places)
    const tags = tagsOf(image.reference, words.tags, text)
    const {repository} = image.reference
    const targets = destinations.map(({side, prefix}) => ({
      side,
      repository: prefix + (words.as ?? repository),
    }))
    for (const target of targets) assertElsewhere(image.side, repository, target, tags)
    const promotions = targets.flatMap(({side}) => promotionsFor(estate, image.side, side, repository, tags))
    return {
      source: image.side,
      repository,
      reference: image.reference.digest ?? image.reference.tag ?? '',
      tags,
      destinations: targets,
      immutable: promotions.some(({immutable}) => immutable),
    }
  })
}

interface Image {
  readonly side: Side
  readonly reference: Reference
}

/** With --from an image is a repository of that registry; without it the image itself begins with an alias or a host. */
function readImage(text: string, source: Side | undefined, places: Places): Image {
  const reference = parseReference(text)
  if (reference.tag === undefined && reference.digest === undefined) {
    throw new UsageError('NO_TAG', `"${text}" names no image of the repository. Add :TAG or @sha256:…`)
  }
  if (reference.host !== undefined) {
    const side = places.host(reference.host)
    if (source !== undefined && source.host !== side.host) {
      throw new UsageError(
        'TWO_SOURCES',
        `"${text}" is not in ${source.label}. Leave out --from, or the host.`,
      )
    }
    return {side, reference}
  }
  if (source !== undefined) return {side: source, reference}
  const slash = reference.repository.indexOf('/')
  const alias = reference.repository.slice(0, Math.max(slash, 0))
  if (alias === '' || !places.knows(alias)) {
    throw new UsageError(
      'NO_SOURCE',
      `"${text}" does not say which registry it is in. Add --from ALIAS, or write ALIAS/${formatReference(reference)}.`,
    )
  }
  return {
    side: places.source(alias),
    reference: {...reference, repository: reference.repository.slice(slash + 1)},
  }
}

function tagsOf(reference: Reference, wanted: readonly string[], text: string): readonly string[] {
  if (wanted.length > 0) return [...new Set(wanted)]
  if (reference.tag !== undefined) return [reference.tag]
  if (reference.digest !== undefined) return []
  throw new UsageError('NO_TAG', `"${text}" names no tag.`)
}

/** A destination that promotions of repos.yaml lead to takes images by these routes only. */
function promotionsFor(
  estate: Estate,
  source: Side,
  target: Side,
  repository: string,
  tags: readonly string[],
): Promotion[] {
  const leading = [...estate.promotions.values()].filter(
    ({to}) => target.alias !== undefined && to.includes(target.alias),
  )
  if (leading.length === 0) return []
  const allowing = leading.filter(
    promotion =>
      promotion.from === source.alias &&
      promotion.repositories.some(pattern => matchesRepository(pattern, repository)) &&
      tags.every(tag => promotion.tags.some(pattern => matchesTag(pattern, tag))),
  )
  if (allowing.length > 0) return allowing
  const names = leading.map(({name}) => name).join(', ')
  throw new RefusalError(
    'ROUTE_NOT_ALLOWED',
    `${repository}${tags.map(tag => `:${tag}`).join(' ')} from ${source.label} to ${target.label} is not allowed by the promotions of ${estate.file ?? 'repos.yaml'} (${names}). Nothing was sent.`,
  )
}

function assertElsewhere(
  source: Side,
  repository: string,
  target: Route['destinations'][number],
  tags: readonly string[],
): void {
  if (source.host !== target.side.host || repository !== target.repository || tags.length > 0) return
  throw new UsageError(
    'SAME_PLACE',
    `${source.label}/${repository} is both source and destination. Add --tag or --as.`,
  )
}

/** Reads the names of registries: aliases of repos.yaml and hosts. */
class Places {
  readonly #estate: Estate
  readonly #endpoints: RouteWords['endpoints']

  constructor(estate: Estate, endpoints: RouteWords['endpoints']) {
    this.#estate = estate
    this.#endpoints = endpoints
  }

  knows(alias: string): boolean {
    return this.#estate.accounts.has(alias)
  }

  /** `ALIAS`, `ALIAS@REGION` or a host; an account's first region when none is named. */
  source(text: string): Side {
    if (isHost(text)) return this.host(text)
    const [first] = this.#sides(text, '--from')
    if (first === undefined) throw new UsageError('NO_REGION', `${text} has no region.`)
    return first
  }

  /** `ALIAS` (all its regions), `ALIAS@REGION` or a host, each with a repository prefix after a slash. */
  destinations(text: string): {readonly side: Side; readonly prefix: string}[] {
    const slash = text.indexOf('/')
    const name = slash === -1 ? text : text.slice(0, slash)
    const path = slash === -1 ? '' : text.slice(slash + 1)
    if (slash !== -1) checkRepository(path, `--to ${text}`)
    const prefix = path === '' ? '' : `${path}/`
    return (isHost(name) ? [this.host(name)] : this.#sides(name, '--to')).map(side => ({side, prefix}))
  }

  host(text: string): Side {
    return sideOfHost(text, this.#estate)
  }

  #sides(text: string, flag: string): Side[] {
    const at = text.indexOf('@')
    const alias = at === -1 ? text : text.slice(0, at)
    const account = this.#estate.accounts.get(alias)
    if (account === undefined) throw this.#unknown(alias, flag)
    const wanted = at === -1 ? account.regions : [text.slice(at + 1)]
    return wanted.map(region => {
      if (!account.regions.includes(region)) {
        throw new UsageError(
          'UNKNOWN_REGION',
          `${flag} ${text}: ${alias} has no region "${region}" in ${this.#file}; it has ${account.regions.join(', ')}.`,
        )
      }
      return {
        label: `${alias}@${region}`,
        host: ecrHost({account: account.id, region, ...this.#endpoints}),
        alias,
        region,
      }
    })
  }

  #unknown(alias: string, flag: string): UsageError {
    const known = [...this.#estate.accounts.keys()]
    if (known.length === 0) {
      return new UsageError(
        'UNKNOWN_ACCOUNT',
        `${flag} ${alias}: there is no repos.yaml that names accounts. Write one, or give a registry host.`,
      )
    }
    const near = nearest(alias, known)
    const hint = near === undefined ? `it names ${known.join(', ')}` : `did you mean "${near}"?`
    return new UsageError(
      'UNKNOWN_ACCOUNT',
      `${flag} ${alias}: ${this.#file} names no account "${alias}"; ${hint}`,
    )
  }

  get #file(): string {
    return this.#estate.file ?? 'repos.yaml'
  }
}

/** A registry by its host; one of an account of repos.yaml is that account's, with its credentials. */
export function sideOfHost(text: string, estate: Estate): Side {
  const {host = text} = parseReference(`${text}/a`)
  const ecr = parseEcrHost(host)
  if (ecr?.kind !== 'private') return {label: host, host}
  const account = [...estate.accounts.values()].find(({id}) => id === ecr.account)
  return {label: host, host, region: ecr.region, ...(account === undefined ? {} : {alias: account.alias})}
}

function isHost(text: string): boolean {
  return text.includes('.') || text.includes(':') || text === 'localhost'
}

function checkTag(tag: string): void {
  if (!isValidTag(tag))
    throw new UsageError(
      'INVALID_TAG',
      `--tag "${tag}" is not a tag: 1 to 128 of A-Z a-z 0-9 . _ -, not beginning with . or -.`,
    )
}

function checkRepository(name: string, where: string): void {
  if (!isValidRepository(name))
    throw new UsageError(
      'INVALID_REPOSITORY',
      `${where}: "${name}" is not a repository name (lower case, parts joined by "/").`,
    )
}
