/** What the levels of `repos.yaml` say of one registry together. */
import type {Estate} from './estate.ts'
import {pathMatcher} from './match.ts'
import {type Merging, merge, policyMerging, registryMerging, repositoryMerging} from './merge.ts'
import {levelsAt} from './place-levels.ts'
import type {Resolved, SettingsPlace} from './resolve.ts'
import type {PolicySetting, RegistrySettings, RepositorySettings} from './settings.ts'
import {type Level, sourcesOf} from './sources.ts'

export interface PlaceSettings {
  readonly registry: () => Resolved<RegistrySettings>
  readonly repository: (name: string) => Resolved<RepositorySettings>
}

/** What is said of all repositories that the same levels speak of; `merged` still names the presets that it uses. */
interface Base {
  readonly levels: readonly Level<RepositorySettings>[]
  readonly merged: RepositorySettings
  readonly answer: Resolved<RepositorySettings>
}

/** @throws {ConfigError} as `levelsAt`. */
export function settingsAt(estate: Estate, place: SettingsPlace): PlaceSettings {
  const {registry, defaults, templates, match, own, preset} = levelsAt(estate, place)
  const expanded = new WeakMap<PolicySetting, PolicySetting>()
  const bases = new Map<string, Base>()
  const rules = match.map(({names, level}) => ({matchers: names.map(pathMatcher), level}))

  const answerOf = <Settings extends object>(
    settings: Settings,
    levels: readonly Level<Settings>[],
    how: Merging,
  ): Resolved<Settings> => ({settings, sources: () => sourcesOf(levels, how, estate, preset)})

  const expand = (policy: PolicySetting): PolicySetting => {
    const {use = [], ...written} = policy
    const levels = [...use.map(name => preset(name).value), written]
    const made = expanded.get(policy) ?? levels.reduce((one, other) => merge(one, other, policyMerging))
    expanded.set(policy, made)
    return made
  }
  const withPolicy = <Settings extends {readonly policy?: PolicySetting | null}>(
    settings: Settings,
  ): Settings => (settings.policy ? {...settings, policy: expand(settings.policy)} : settings)
  const withPolicies = ({creationTemplates, ...settings}: RegistrySettings): RegistrySettings => {
    if (creationTemplates === undefined) return withPolicy(settings)
    const made = Object.entries(creationTemplates).map(
      ([prefix, template]) => [prefix, template && withPolicy(template)] as const,
    )
    return {...withPolicy(settings), creationTemplates: Object.fromEntries(made)}
  }

  const baseOf = (name: string): Base => {
    const template = templates.find(({prefix}) => name.startsWith(prefix))
    const matching = rules.flatMap(({matchers, level}, index) =>
      matchers.some(matches => matches(name)) ? [{level, index}] : [],
    )
    const key = [template?.prefix ?? '-', ...matching.map(({index}) => index)].join(' ')
    const known = bases.get(key)
    if (known !== undefined) return known
    const levels = [...defaults, ...(template?.levels ?? []), ...matching.map(({level}) => level)]
    const merged = mergeLevels({}, levels, repositoryMerging)
    const base = {levels, merged, answer: answerOf(withPolicy(merged), levels, repositoryMerging)}
    bases.set(key, base)
    return base
  }

  const registryMerged = withPolicies(mergeLevels({}, registry, registryMerging))
  const registryAnswer = answerOf(registryMerged, registry, registryMerging)
  return {
    registry: () => registryAnswer,
    repository(name) {
      const {levels, merged, answer} = baseOf(name)
      const named = own(name)
      if (named.length === 0) return answer
      const all = mergeLevels(merged, named, repositoryMerging)
      return answerOf(withPolicy(all), [...levels, ...named], repositoryMerging)
    },
  }
}

function mergeLevels<Settings>(
  weakest: Settings,
  levels: readonly Level<Settings>[],
  how: Merging,
): Settings {
  return levels.reduce((weaker, {value}) => merge(weaker, value, how), weakest)
}
