import type {CreationTemplateSetting, RegistrySettings, RepositorySettings} from './settings.ts'
import type {Level} from './sources.ts'

/** What a creation template says of repositories that exist. */
export interface Template {
  /** With its slash at the end; empty for all repositories. */
  readonly prefix: string
  readonly levels: readonly Level<RepositorySettings>[]
}

/**
 * What creation templates say of repositories that exist, the longest prefix first. As for ECR, the most specific
 * template is the one that holds, whether it applies to what exists or not (user guide, repository creation templates).
 */
export function templatesIn(registryLevels: readonly Level<RegistrySettings>[]): readonly Template[] {
  const found = new Map<string, Level<CreationTemplateSetting>[]>()
  for (const {path, value} of registryLevels) {
    for (const [key, template] of Object.entries(value.creationTemplates ?? {})) {
      const prefix = templatePrefix(key)
      if (template === null) found.delete(prefix)
      else {
        const level = {path: [...path, 'creationTemplates', key], value: template}
        found.set(prefix, [...(found.get(prefix) ?? []), level])
      }
    }
  }
  return [...found]
    .map(([prefix, levels]) => ({
      prefix,
      levels: levels.findLast(({value}) => value.applyToExisting !== undefined)?.value.applyToExisting
        ? levels.map(({path, value}) => ({path, value: settingsOfTemplate(value)}))
        : [],
    }))
    .toSorted((one, other) => other.prefix.length - one.prefix.length)
}

/** `prod` means `prod/` (user guide, repository creation templates). */
export function templatePrefix(key: string): string {
  if (key === 'ROOT') return ''
  return key.endsWith('/') ? key : `${key}/`
}

function settingsOfTemplate({
  tagMutability,
  policy,
  lifecycle,
  tags,
}: CreationTemplateSetting): RepositorySettings {
  return {
    ...(tagMutability === undefined ? {} : {tagMutability}),
    ...(policy === undefined ? {} : {policy}),
    ...(lifecycle === undefined ? {} : {lifecycle}),
    ...(tags === undefined ? {} : {tags}),
  }
}
