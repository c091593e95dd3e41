import type {Account, Estate} from '../../config/estate.ts'
import {formatPath, type Path} from '../../config/problems.ts'
import {
  isMeantAt,
  type Resolved,
  resolveRegistry,
  resolveRepository,
  type SettingsPlace,
  type Source,
} from '../../config/resolve.ts'
import type {RegistrySettings, RepositorySettings} from '../../config/settings.ts'
import type {Spot} from './finding.ts'

/** What the file says, by itself and at each of its registries. */
export interface LintedFile {
  readonly estate: Estate
  readonly registries: readonly LintedRegistry[]
}

/** What all levels say together, and where. */
export interface LintedSettings<Settings> {
  readonly settings: Settings
  /** Where a part of them is said, elements of lists by their keys; or else what holds it. */
  readonly spot: (...path: Path) => Spot
}

export interface LintedRegistry extends LintedSettings<RegistrySettings> {
  /** `ALIAS@REGION` */
  readonly label: string
  readonly place: Required<SettingsPlace>
  /** Those that the file names, but tombstones and those that are meant elsewhere. */
  readonly repositories: ReadonlyMap<string, LintedSettings<RepositorySettings>>
  /** What holds for those that neither the file nor a pattern of it names. */
  readonly others: LintedSettings<RepositorySettings>
}

/** What a file says at each registry of its accounts. */
export function lintedFile(estate: Estate): LintedFile {
  const registries = [...estate.accounts.values()].flatMap(account =>
    account.regions.map(region => registryOf(estate, account, region)),
  )
  return {estate, registries}
}

function registryOf(estate: Estate, {alias, id}: Account, region: string): LintedRegistry {
  const place = {account: id, region, alias}
  const repositories = [...namesOf(estate)].flatMap(name => {
    const resolved = resolveRepository(estate, place, name)
    const isHere = resolved.settings.state !== 'absent' && isMeantAt(resolved.settings, place)
    return isHere ? [[name, linted(estate, resolved)] as const] : []
  })
  return {
    ...linted(estate, resolveRegistry(estate, place)),
    label: `${alias}@${region}`,
    place,
    repositories: new Map(repositories),
    // No pattern but those of all repositories fits what is no name.
    others: linted(estate, resolveRepository(estate, place, '//')),
  }
}

function linted<Settings>(estate: Estate, {settings, sources}: Resolved<Settings>): LintedSettings<Settings> {
  let known: ReturnType<typeof sources> | undefined
  return {settings, spot: (...path) => spotAmong((known ??= sources()), estate, path)}
}

/** Sources are told of values alone: what holds values is where the first of them is. */
function spotAmong(sources: ReadonlyMap<string, Source>, estate: Estate, path: Path): Spot {
  const wanted = formatPath(path)
  const exact = sources.get(wanted)
  if (exact !== undefined) return exact
  for (const [key, source] of sources) {
    const isWithin = key.startsWith(wanted) && /^[.[]/.test(key.slice(wanted.length))
    if (isWithin) return spotIn(estate, ...withoutTail(source.path, key.slice(wanted.length)))
  }
  return path.length > 1 ? spotAmong(sources, estate, path.slice(0, -1)) : {path, origin: undefined}
}

/** A path without as many steps as a formatted tail has: `.statements.OrgPull` has two. */
function withoutTail(path: Path, tail: string): Path {
  const steps = tail.match(/\.[\w-]+|\."(?:[^"\\]|\\.)*"|\[\d+\]/g) ?? []
  return path.slice(0, path.length - steps.length)
}

/** Every repository that the file names, in overlays too. */
export function namesOf({repositories, overlays}: Estate): ReadonlySet<string> {
  const levels = [repositories, ...[...overlays.values()].map(overlay => overlay.repositories)]
  return new Set(levels.flatMap(level => [...level.keys()]))
}

/** Where the file says something, or else what holds it. */
export function spotIn({origins}: Estate, ...path: Path): Spot {
  for (let length = path.length; length > 0; length -= 1) {
    const origin = origins.get(formatPath(path.slice(0, length)))
    if (origin !== undefined && origin !== 'default') return {path, origin}
  }
  return {path, origin: undefined}
}
