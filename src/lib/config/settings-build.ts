import {type Entry, entryAt} from './document.ts'
import type {RegistrySettings, RepositoryLevels, RepositorySettings} from './estate.ts'
import type {PlacedSetting} from './lifecycle/readable.ts'
import {buildSetting} from './lifecycle/readable-build.ts'
import {namesOf, type PolicyData} from './policy-setting-schema.ts'
import type {Path} from './problems.ts'
import type {RegistryData, TemplateData} from './registries-schema.ts'
import type {LevelsData} from './repository-schema.ts'
import type {
  CreationTemplateSetting,
  EncryptionSetting,
  PolicySetting,
  ReplicationRuleSetting,
  TagMutabilitySetting,
} from './settings.ts'
import type {OwnSettingsData} from './settings-schema.ts'

/** Where values stand: in the file, below `root`. */
export interface Building {
  readonly root: Entry
  readonly file: string
}

/** What checked values say of repositories, from the weakest to the strongest. */
export function buildLevels(content: LevelsData, path: Path, at: Building): RepositoryLevels {
  return {
    defaults: buildSettings(content.defaults, [...path, 'defaults'], at),
    match: content.match.map(({names, set}, index) => ({
      names,
      set: buildSettings(set, [...path, 'match', index, 'set'], at),
    })),
    repositories: new Map(
      Object.entries(content.repositories).map(([name, own]) => [
        name,
        buildSettings(own, [...path, 'repositories', name], at),
      ]),
    ),
  }
}

function buildSettings(data: OwnSettingsData, path: Path, at: Building): RepositorySettings {
  return {...data, ...shared(data, path, at)} as RepositorySettings
}

/** What checked values say of a registry. */
export function buildRegistry(data: RegistryData, path: Path, at: Building): RegistrySettings {
  const {policy, replication, creationTemplates, ...values} = data
  return {
    ...values,
    ...(policy === undefined ? {} : {policy: policy && policyOf(policy)}),
    ...(replication === undefined ? {} : {replication: replication && replicationOf(replication)}),
    ...(creationTemplates === undefined
      ? {}
      : {
          creationTemplates: Object.fromEntries(
            Object.entries(creationTemplates).map(([prefix, template]) => [
              prefix,
              template && templateOf(template, [...path, 'creationTemplates', prefix], at),
            ]),
          ),
        }),
  }
}

/** A preset, or a setting. */
export function policyOf({use, ...policy}: PolicyData): PolicySetting {
  return use === undefined ? policy : {...policy, use: namesOf(use) as readonly string[]}
}

function templateOf(data: TemplateData, path: Path, at: Building): CreationTemplateSetting {
  return {...data, ...shared(data, path, at)} as CreationTemplateSetting
}

type NonNull<T> = Exclude<T, null | undefined>

function replicationOf({rules, ...values}: NonNull<RegistryData['replication']>) {
  if (rules === undefined) return values
  return {...values, rules: rules.map((rule): ReplicationRuleSetting => ({to: [], ...rule}))}
}

/** What repositories and templates of them have in common, where it is not what the file says word by word. */
function shared(
  {encryption, tagMutability, policy, lifecycle}: OwnSettingsData | TemplateData,
  path: Path,
  {root, file}: Building,
): Partial<RepositorySettings> {
  const made: {
    encryption?: EncryptionSetting
    tagMutability?: TagMutabilitySetting
    policy?: PolicySetting | null
    lifecycle?: PlacedSetting
  } = {}
  if (encryption !== undefined)
    made.encryption = typeof encryption === 'string' ? {type: encryption} : encryption
  if (tagMutability !== undefined) {
    made.tagMutability =
      typeof tagMutability === 'string' ? {mode: tagMutability, except: []} : {except: [], ...tagMutability}
  }
  if (policy !== undefined) made.policy = policy && policyOf(policy)
  if (lifecycle !== undefined) {
    made.lifecycle = buildSetting(lifecycle, entryAt(root, [...path, 'lifecycle']) ?? root, file)
  }
  return made
}
