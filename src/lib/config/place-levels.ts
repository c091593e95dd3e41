/** The levels of `repos.yaml` that speak of one registry, with its variables in place. */
import type {Estate} from './estate.ts'
import {ConfigError, type Path} from './problems.ts'
import type {SettingsPlace} from './resolve.ts'
import type {PolicySetting, RegistrySettings, RepositorySettings} from './settings.ts'
import type {Level} from './sources.ts'
import {type Template, templatesIn} from './template-levels.ts'
import {fill, type Variables} from './variables.ts'

/** Each list from the weakest level to the strongest. */
export interface PlaceLevels {
  readonly registry: readonly Level<RegistrySettings>[]
  readonly defaults: readonly Level<RepositorySettings>[]
  /** The longest prefix first. */
  readonly templates: readonly Template[]
  readonly match: readonly {readonly names: readonly string[]; readonly level: Level<RepositorySettings>}[]
  /** What is said of a repository by its name. */
  readonly own: (name: string) => readonly Level<RepositorySettings>[]
  /** A preset of policies. */
  readonly preset: (name: string) => Level<PolicySetting>
}

/** @throws {ConfigError} NO_ALIAS when something has `${alias}` in it and the place has none. */
export function levelsAt(estate: Estate, place: SettingsPlace): PlaceLevels {
  const variables = variablesOf(place, estate.file)
  // The same value each time, so that what is made of it can be kept.
  const known = new WeakMap<object, object>()
  const filled = <Value extends object>(value: Value): Value => {
    const made = known.get(value) ?? fill(value, variables)
    known.set(value, made)
    return made as Value
  }
  const levelOf = <Settings extends object>(path: Path, settings: Settings | undefined): Level<Settings>[] =>
    settings === undefined ? [] : [{path, value: filled(settings)}]

  const files = [
    {path: [], levels: {...estate, defaults: withoutPromote(estate.defaults)}},
    ...keysOf(place).flatMap(key => {
      const levels = estate.overlays.get(key)
      return levels === undefined ? [] : [{path: ['overlays', key], levels}]
    }),
  ]
  // A registry tells its settings to its own account alone.
  const isOwn = estate.accounts.get(place.alias ?? '')?.via === undefined
  const registry = (isOwn ? ['*', ...keysOf(place)] : []).flatMap(key =>
    levelOf(['registries', key], estate.registries.get(key)),
  )
  return {
    registry,
    defaults: files.flatMap(({path, levels}) => levelOf([...path, 'defaults'], levels.defaults)),
    templates: templatesIn(registry),
    match: files.flatMap(({path, levels}) =>
      levels.match.map(({names, set}, index) => ({
        names: filled(names),
        level: {path: [...path, 'match', index, 'set'], value: filled(set)},
      })),
    ),
    own: name =>
      files.flatMap(({path, levels}) =>
        levelOf([...path, 'repositories', name], levels.repositories.get(name)),
      ),
    preset: name => ({
      path: ['presets', 'policy', name],
      value: filled(estate.presets.policy.get(name) ?? {}),
    }),
  }
}

/** From the weakest to the strongest. */
function keysOf({alias, region}: SettingsPlace): readonly string[] {
  return alias === undefined ? [] : [alias, `${alias}@${region}`]
}

function withoutPromote(defaults: Estate['defaults']): RepositorySettings {
  const {promote: _, ...settings} = defaults
  return settings
}

function variablesOf({account, region, alias}: SettingsPlace, file = 'repos.yaml'): Variables {
  const values = new Map(Object.entries({account, region, ...(alias === undefined ? {} : {alias})}))
  return {
    get(name) {
      if (name !== 'alias' || alias !== undefined) return values.get(name)
      const message = `${file} says \${alias}, and has no account ${account} in ${region}. Add it under accounts.`
      throw new ConfigError('NO_ALIAS', message)
    },
  }
}
