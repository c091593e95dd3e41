import type {Estate, Origin} from './estate.ts'
import {type PlaceSettings, settingsAt} from './place-settings.ts'
import type {Path} from './problems.ts'
import type {RegistrySettings, RepositorySettings} from './settings.ts'
import {ownerOf} from './shared-registries.ts'

/** A registry that settings are for. */
export interface SettingsPlace {
  /** 12 digits. */
  readonly account: string
  readonly region: string
  /** The account of repos.yaml; absent without one. */
  readonly alias?: string
}

/** Where a value comes from. */
export interface Source {
  /** Its path in the file: `match[0].set.tags.team`. */
  readonly path: Path
  readonly origin: Origin | undefined
  /** What weaker levels said of the same value, the strongest first. */
  readonly hidden: readonly {readonly path: Path; readonly origin: Origin | undefined}[]
}

/** A part of what holds, and where it comes from. */
export interface SourcedValue extends Source {
  /** As it holds; elements of lists that merge one by one, and what is one value, as a whole. */
  readonly value: unknown
  readonly hidden: readonly (Source['hidden'][number] & {readonly value: unknown})[]
}

/** What all levels say together, with variables filled in, and where each part of it comes from. */
export interface Resolved<Settings> {
  readonly settings: Settings
  /** By path in the settings (`formatPath`); an element of a list of keyed ones by its key: `policy.statements.OrgPull`. */
  readonly sources: () => ReadonlyMap<string, SourcedValue>
}

/**
 * What holds for a repository at a registry. Weakest to strongest: `defaults`, creation templates that apply to what
 * exists, `match` in the order written, `repositories`; within each of them the file, then its overlay of the account,
 * then that of the account and region. Mappings merge; lists of statements and rules merge by their keys; all else
 * replaces, and so do encryption, mutability and lifecycle policies, each of which is one value. Repositories of which
 * the same is said share one answer.
 *
 * @throws {ConfigError} NO_ALIAS when what holds has `${alias}` in it and the place has none.
 */
export function resolveRepository(
  estate: Estate,
  place: SettingsPlace,
  repository: string,
): Resolved<RepositorySettings> {
  return settingsOf(estate, place).repository(repository)
}

/**
 * What holds for a registry: what is said of `*`, of the account, and of the account and region; the later wins. Nothing
 * where other accounts' credentials are used (`via`): a registry tells its settings to its own account alone.
 *
 * @throws {ConfigError} as {@link resolveRepository}.
 */
export function resolveRegistry(estate: Estate, place: SettingsPlace): Resolved<RegistrySettings> {
  return settingsOf(estate, place).registry()
}

/** Whether a repository that these settings are of is meant at the registry: `in` names it, or says nothing. */
export function isMeantAt(
  {in: places}: Pick<RepositorySettings, 'in'>,
  {alias, region}: SettingsPlace,
): boolean {
  return places === undefined || places.some(place => place === alias || place === `${alias}@${region}`)
}

/** An estate never changes. */
const known = new WeakMap<Estate, Map<string, PlaceSettings>>()

function settingsOf(estate: Estate, place: SettingsPlace): PlaceSettings {
  const {account, region} = place
  // By whichever of its names a registry is asked for, the same holds for it.
  const alias = place.alias && (ownerOf(estate, place)?.alias ?? place.alias)
  let places = known.get(estate)
  if (places === undefined) known.set(estate, (places = new Map()))
  const key = `${alias ?? ''}@${account}@${region}`
  let settings = places.get(key)
  if (settings === undefined) {
    settings = settingsAt(estate, {account, region, ...(alias === undefined ? {} : {alias})})
    places.set(key, settings)
  }
  return settings
}
