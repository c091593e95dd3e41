import {matchesRepository, repositoryPattern} from '../../config/match.ts'
import {nearest} from '../../config/nearest.ts'
import {UsageError} from '../../errors.ts'
import {oneLine} from '../../oci/one-line.ts'
import {isValidRepository} from '../../oci/reference.ts'
import {ecrHost, parseEcrHost} from '../hosts.ts'
import type {InventoryRegistry} from './model.ts'

/** Repositories as a user names them, and where they may be. */
export interface Selection {
  /** As the user wrote it. */
  readonly text: string
  /** A repository's name, or a pattern for `matchesRepository`. */
  readonly pattern: string
  /** A name means something that is there; a pattern may fit nothing. */
  readonly isName: boolean
  readonly registries: readonly InventoryRegistry[]
}

/** The registries that words can name. */
export interface KnownRegistries {
  /** In the order in which they are shown. */
  readonly registries: readonly InventoryRegistry[]
  /** The registry of a host that is not among them; undefined where no other can be asked. */
  readonly ofHost?: (host: string) => InventoryRegistry
  /** Whose they are, for messages: `repos.yaml`, or the file of an inventory. */
  readonly file: string
}

/**
 * Reads words such as `REPO`, `payments/**`, `ALIAS/REPO`, `ALIAS@REGION/payments/**` and `HOST/REPO`; none mean
 * everything.
 *
 * @param accounts `ALIAS`, `ALIAS@REGION` or hosts, outside of which nothing is meant; all when there are none.
 * @throws {UsageError} INVALID_PATTERN, NOT_ECR, UNKNOWN_ACCOUNT, UNKNOWN_REGION, LEFT_OUT.
 */
export function readSelections(
  words: readonly string[],
  accounts: readonly string[],
  known: KnownRegistries,
): Selection[] {
  const wanted =
    accounts.length === 0
      ? onePerHost(known.registries)
      : onePerHost(accounts.flatMap(place => registriesAt(place, `--account ${oneLine(place)}`, known)))
  const hosts = new Set(wanted.map(({host}) => host))
  return (words.length === 0 ? ['**'] : words).map(text => {
    const {place, pattern} = splitWord(text, known)
    checkPattern(pattern, text)
    const isName = !pattern.includes('*')
    if (place === undefined) return {text, pattern, isName, registries: wanted}
    const named = registriesAt(place, `"${oneLine(text)}"`, known)
    const registries = accounts.length === 0 ? named : named.filter(({host}) => hosts.has(host))
    if (registries.length > 0) return {text, pattern, isName, registries}
    throw new UsageError('LEFT_OUT', `"${oneLine(text)}" is in a registry that --account leaves out.`)
  })
}

/** Whether a word says itself which registry it means. */
export function isPlaced(text: string, known: KnownRegistries): boolean {
  return splitWord(text, known).place !== undefined
}

/** Whether a repository is meant. */
export function isSelected(selection: Selection, registry: InventoryRegistry, name: string): boolean {
  return concerns(selection, registry) && matchesRepository(selection.pattern, name)
}

/** Whether the words mean repositories of the registry. Each word makes its own object of a registry outside repos.yaml. */
export function concerns({registries}: Selection, {host}: InventoryRegistry): boolean {
  return registries.some(registry => registry.host === host)
}

function splitWord(
  text: string,
  {registries}: KnownRegistries,
): {readonly place: string | undefined; readonly pattern: string} {
  const slash = text.indexOf('/')
  const first = slash === -1 ? text : text.slice(0, slash)
  const rest = slash === -1 ? '**' : text.slice(slash + 1)
  const ecr = parseEcrHost(first)
  if (ecr?.kind === 'public' || first.includes(':')) {
    throw new UsageError(
      'NOT_ECR',
      `"${oneLine(text)}" is not in a private ECR registry. Write REPO, ALIAS/REPO or HOST/REPO, without a tag.`,
    )
  }
  const isAlias = slash !== -1 && registries.some(({alias}) => alias === first)
  if (ecr !== undefined || isAlias || first.includes('@')) return {place: first, pattern: rest}
  return {place: undefined, pattern: text}
}

function checkPattern(pattern: string, text: string): void {
  if (isValidRepository(pattern) || (pattern.includes('*') && repositoryPattern.test(pattern))) return
  throw new UsageError(
    'INVALID_PATTERN',
    `"${oneLine(text)}" is no repository and no pattern of repositories. Write names in lower case without tag or digest, * within a segment and ** for whole segments: 'payments/**'.`,
  )
}

/** @param place `ALIAS`, `ALIAS@REGION` or a host. */
function registriesAt(place: string, where: string, known: KnownRegistries): readonly InventoryRegistry[] {
  const ecr = parseEcrHost(place)
  if (ecr?.kind === 'private') {
    const host = ecrHost(ecr)
    const found = known.registries.find(registry => registry.host === host) ?? known.ofHost?.(host)
    if (found !== undefined) return [found]
    throw new UsageError('UNKNOWN_ACCOUNT', `${where}: ${known.file} has no registry ${host}.`)
  }
  const at = place.indexOf('@')
  const alias = at === -1 ? place : place.slice(0, at)
  const region = at === -1 ? undefined : place.slice(at + 1)
  const ofAlias = known.registries.filter(registry => registry.alias === alias)
  if (ofAlias.length === 0) throw unknownAccount(alias, where, known)
  const found = ofAlias.filter(registry => region === undefined || registry.region === region)
  if (found.length > 0) return found
  const regions = ofAlias.map(registry => registry.region).join(', ')
  throw new UsageError(
    'UNKNOWN_REGION',
    `${where}: ${alias} has no region "${oneLine(region ?? '')}" in ${known.file}; it has ${regions}.`,
  )
}

function unknownAccount(alias: string, where: string, {registries, file}: KnownRegistries): UsageError {
  const aliases = [...new Set(registries.flatMap(registry => registry.alias ?? []))]
  const near = nearest(alias, aliases)
  const named = aliases.length === 0 ? 'it names none' : `it names ${aliases.join(', ')}`
  const hint = near === undefined ? named : `did you mean "${near}"?`
  return new UsageError('UNKNOWN_ACCOUNT', `${where}: ${file} names no account "${oneLine(alias)}"; ${hint}`)
}

/** Two accounts of repos.yaml may be one registry, asked as different identities: unless it is named, the first is meant. */
function onePerHost(registries: readonly InventoryRegistry[]): InventoryRegistry[] {
  return registries.filter(({host}, index) => registries.findIndex(each => each.host === host) === index)
}
