/** What holds at one registry: the levels of `repos.yaml` that speak of it, and what they say together. */
import type {Estate} from './estate.ts'
import {matchesRepository} from './match.ts'
import {type Merging, merge, policyMerging, registryMerging, repositoryMerging} from './merge.ts'
import {ConfigError, type Path} from './problems.ts'
import type {Resolved, SettingsPlace} from './resolve.ts'
import type {
  CreationTemplateSetting,
  PolicySetting,
  RegistrySettings,
  RepositorySettings,
} from './settings.ts'
import {type Level, type Said, sourcesOf} from './sources.ts'
import {templatesIn} from './template-levels.ts'
import {fill, type Variables} from './variables.ts'

export interface PlaceSettings {
  readonly registry: () => Resolved<RegistrySettings>
  readonly repository: (name: string) => Resolved<RepositorySettings>
}

/** Levels from the weakest to the strongest, and what they say together but for presets. */
interface Base {
  readonly levels: readonly Level<RepositorySettings>[]
  readonly merged: RepositorySettings
  readonly answer: Resolved<RepositorySettings>
}

export function settingsAt(estate: Estate, place: SettingsPlace): PlaceSettings {
  const variables = variablesOf(place, estate.file)
  const filled = memoised((value: object) => fill(value, variables)) as <Value extends object>(
    value: Value,
  ) => Value
  const preset = (name: string): Said => ({
    path: ['presets', 'policy', name],
    value: filled(estate.presets.policy.get(name) ?? {}),
  })
  const expanded = memoised((policy: PolicySetting): PolicySetting => {
    const {use = [], ...own} = policy
    const levels = [...use.map(name => preset(name).value as PolicySetting), own]
    return levels.reduce((weaker, stronger) => merge(weaker, stronger, policyMerging))
  })
  const withPolicy = <Settings extends {readonly policy?: PolicySetting | null}>(
    settings: Settings,
  ): Settings => (settings.policy ? {...settings, policy: expanded(settings.policy)} : settings)
  const sources = (levels: readonly Said[], how: Merging) => () => sourcesOf(levels, how, estate, preset)

  // A registry tells its settings to its own account alone.
  const isOwn = estate.accounts.get(place.alias ?? '')?.via === undefined
  const registryLevels = (isOwn ? keysOf(place, '*') : []).flatMap(key =>
    levelOf(['registries', key], estate.registries.get(key), filled),
  )
  const answerOf = (
    levels: readonly Level<RepositorySettings>[],
    merged: RepositorySettings,
  ): Resolved<RepositorySettings> => ({
    settings: withPolicy(merged),
    sources: sources(levels, repositoryMerging),
  })

  let registry: Resolved<RegistrySettings> | undefined
  const bases = new Map<string, Base>()
  const files = [
    {path: [] as Path, levels: {...estate, defaults: withoutPromote(estate.defaults)}},
    ...keysOf(place).flatMap(key => {
      const levels = estate.overlays.get(key)
      return levels === undefined ? [] : [{path: ['overlays', key], levels}]
    }),
  ]
  const defaults = files.flatMap(({path, levels}) => levelOf([...path, 'defaults'], levels.defaults, filled))
  const rules = files.flatMap(({path, levels}) =>
    levels.match.map(({names, set}, index) => ({
      names: filled(names),
      level: {path: [...path, 'match', index, 'set'], value: filled(set)},
    })),
  )
  const templates = templatesIn(registryLevels)

  const baseOf = (name: string): Base => {
    const template = templates.find(({prefix}) => name.startsWith(prefix))
    const matching = rules.filter(({names}) => names.some(pattern => matchesRepository(pattern, name)))
    const key = `${template?.prefix ?? '-'} ${matching.map(rule => rules.indexOf(rule)).join(' ')}`
    const known = bases.get(key)
    if (known !== undefined) return known
    const levels = [...defaults, ...(template?.levels ?? []), ...matching.map(({level}) => level)]
    const merged = mergeLevels({}, levels, repositoryMerging)
    const base = {levels, merged, answer: answerOf(levels, merged)}
    bases.set(key, base)
    return base
  }

  return {
    registry() {
      if (registry === undefined) {
        const merged = withPolicy(mergeLevels<RegistrySettings>({}, registryLevels, registryMerging))
        registry = {
          settings: withTemplates(merged, withPolicy),
          sources: sources(registryLevels, registryMerging),
        }
      }
      return registry
    },
    repository(name) {
      const base = baseOf(name)
      const own = files.flatMap(({path, levels}) =>
        levelOf([...path, 'repositories', name], levels.repositories.get(name), filled),
      )
      if (own.length === 0) return base.answer
      return answerOf([...base.levels, ...own], mergeLevels(base.merged, own, repositoryMerging))
    },
  }
}

/** From the weakest to the strongest. */
function keysOf({alias, region}: SettingsPlace, ...weakest: readonly string[]): readonly string[] {
  return alias === undefined ? weakest : [...weakest, alias, `${alias}@${region}`]
}

function levelOf<Settings extends object>(
  path: Path,
  settings: Settings | undefined,
  filled: <Value extends object>(value: Value) => Value,
): readonly Level<Settings>[] {
  return settings === undefined ? [] : [{path, value: filled(settings)}]
}

function mergeLevels<Settings>(
  weakest: Settings,
  levels: readonly Level<Settings>[],
  how: Merging,
): Settings {
  return levels.reduce((weaker, {value}) => merge(weaker, value, how), weakest)
}

function withTemplates(
  settings: RegistrySettings,
  withPolicy: (template: CreationTemplateSetting) => CreationTemplateSetting,
): RegistrySettings {
  const {creationTemplates} = settings
  if (creationTemplates === undefined) return settings
  const entries = Object.entries(creationTemplates).map(([prefix, template]) => [
    prefix,
    template && withPolicy(template),
  ])
  return {...settings, creationTemplates: Object.fromEntries(entries) as typeof creationTemplates}
}

function withoutPromote(defaults: Estate['defaults']): RepositorySettings {
  const {promote: _, ...settings} = defaults
  return settings
}

function variablesOf({account, region, alias}: SettingsPlace, file: string | undefined): Variables {
  const values = new Map([
    ['account', account],
    ['region', region],
  ])
  return {
    get(name) {
      if (name !== 'alias' || alias !== undefined) return name === 'alias' ? alias : values.get(name)
      const message = `${file ?? 'repos.yaml'} says \${alias}, and has no account ${account} in ${region}. Add it under accounts.`
      throw new ConfigError('NO_ALIAS', message)
    },
  }
}

function memoised<Key extends object, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const known = new WeakMap<Key, Value>()
  return key => {
    const value = known.get(key)
    if (value !== undefined) return value
    const made = make(key)
    known.set(key, made)
    return made
  }
}
