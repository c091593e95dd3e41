import type {Estate, RepositoryLevels} from '../../config/estate.ts'
import type {Path} from '../../config/problems.ts'
import type {CreationTemplateSetting, PolicySetting, RepositorySettings} from '../../config/settings.ts'

/** What the file says of repositories at each of its levels, with the path of each. */
export function repositoryLevels(
  estate: Estate,
): readonly {readonly path: Path; readonly levels: RepositoryLevels}[] {
  return [
    {path: [], levels: estate},
    ...[...estate.overlays].map(([key, levels]) => ({path: ['overlays', key], levels})),
  ]
}

/** Everything that says something of repositories, with its path. */
export function repositorySettings(
  estate: Estate,
): readonly {readonly path: Path; readonly settings: RepositorySettings}[] {
  return repositoryLevels(estate).flatMap(({path, levels: {defaults, match, repositories}}) => [
    {path: [...path, 'defaults'], settings: defaults},
    ...match.map(({set}, index) => ({path: [...path, 'match', index, 'set'], settings: set})),
    ...[...repositories].map(([name, settings]) => ({path: [...path, 'repositories', name], settings})),
  ])
}

/** Every creation template, with its path. */
export function templates(
  estate: Estate,
): readonly {readonly path: Path; readonly prefix: string; readonly template: CreationTemplateSetting}[] {
  return [...estate.registries].flatMap(([key, {creationTemplates = {}}]) =>
    Object.entries(creationTemplates).flatMap(([prefix, template]) =>
      template === null ? [] : [{path: ['registries', key, 'creationTemplates', prefix], prefix, template}],
    ),
  )
}

/** Names of the presets that anything uses. */
export function usedPresets(estate: Estate): {
  readonly lifecycle: ReadonlySet<string>
  readonly policy: ReadonlySet<string>
} {
  const settings = [
    ...repositorySettings(estate).map(each => each.settings),
    ...templates(estate).map(each => each.template),
  ]
  const policies: readonly (PolicySetting | null | undefined)[] = [
    ...settings.map(({policy}) => policy),
    ...[...estate.registries.values()].map(({policy}) => policy),
  ]
  return {
    lifecycle: new Set(settings.flatMap(({lifecycle}) => lifecycle?.value?.use ?? [])),
    policy: new Set(policies.flatMap(policy => policy?.use ?? [])),
  }
}
