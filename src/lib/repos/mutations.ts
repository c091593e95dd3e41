import type {RegistryScanningRule, ReplicationRule, ScanType, SigningRule} from '@aws-sdk/client-ecr'
import type {TagMutabilitySetting} from '../config/settings.ts'
import type {CreationTemplateUpdate, NewCreationTemplate} from '../ecr/creation-templates-api.ts'
import type {OpenRegistry} from '../ecr/inventory/registries.ts'
import type {NewPullThroughCacheRule, PullThroughCacheUpdate} from '../ecr/pull-through-api.ts'
import type {NewRepositorySettings} from '../ecr/registry-api.ts'
import {FailureError} from '../errors.ts'
import type {Json} from '../plan/canonical.ts'
import type {Door} from '../plan/door.ts'
import type {RepositoryPlace} from './resource.ts'

/** The change that requests belong to. */
export interface ChangeAtDoor {
  /** As the plan names it: the registry's host, the repository, the resource and its entry. */
  readonly subject: string
  readonly before: Json
  readonly after: Json
  /** Looks right before the first request: true when there is nothing left to be done. @throws {RefusalError} PLAN_STALE. */
  readonly look: () => Promise<boolean>
}

/** Where a repository is; nothing is asked of it. */
type Named = Pick<RepositoryPlace, 'at' | 'name'>

/** Everything that this room may change, one method for each operation of ECR; the verb of each is its name in kebab case. */
export interface ReposMutations {
  createRepository(place: Named, settings: NewRepositorySettings): Promise<void>
  /** @param force with all images in it. */
  deleteRepository(place: Named, force: boolean): Promise<void>
  setRepositoryPolicy(place: Named, text: string, force?: boolean): Promise<void>
  deleteRepositoryPolicy(place: Named): Promise<void>
  putLifecyclePolicy(place: Named, text: string): Promise<void>
  deleteLifecyclePolicy(place: Named): Promise<void>
  /** Others stay. */
  tagRepository(place: Named, tags: Readonly<Record<string, string>>): Promise<void>
  untagRepository(place: Named, keys: readonly string[]): Promise<void>
  putTagMutability(place: Named, setting: TagMutabilitySetting): Promise<void>
  putScanOnPush(place: Named, scanOnPush: boolean): Promise<void>

  putAccountSetting(at: OpenRegistry, name: string, value: string): Promise<void>
  putRegistryPolicy(at: OpenRegistry, text: string): Promise<void>
  deleteRegistryPolicy(at: OpenRegistry): Promise<void>
  putScanningConfiguration(
    at: OpenRegistry,
    configuration: {readonly scanType: ScanType; readonly rules: readonly RegistryScanningRule[]},
  ): Promise<void>
  putReplicationConfiguration(at: OpenRegistry, rules: readonly ReplicationRule[]): Promise<void>
  createPullThroughCacheRule(at: OpenRegistry, rule: NewPullThroughCacheRule): Promise<void>
  updatePullThroughCacheRule(at: OpenRegistry, prefix: string, update: PullThroughCacheUpdate): Promise<void>
  deletePullThroughCacheRule(at: OpenRegistry, prefix: string): Promise<void>
  createCreationTemplate(at: OpenRegistry, template: NewCreationTemplate): Promise<void>
  updateCreationTemplate(at: OpenRegistry, template: CreationTemplateUpdate): Promise<void>
  deleteCreationTemplate(at: OpenRegistry, prefix: string): Promise<void>
  putSigningConfiguration(at: OpenRegistry, rules: readonly SigningRule[]): Promise<void>
  deleteSigningConfiguration(at: OpenRegistry): Promise<void>
  registerPullTimeExclusion(at: OpenRegistry, principalArn: string): Promise<void>
  deregisterPullTimeExclusion(at: OpenRegistry, principalArn: string): Promise<void>
}

/** The requests of one change through a door; nothing else in this room calls a mutating operation. */
export function reposMutations(mutate: Door, change: ChangeAtDoor): ReposMutations {
  const {subject, before, after} = change
  let looked: Promise<boolean> | undefined
  const send = async (verb: string, act: () => Promise<unknown>): Promise<void> => {
    await mutate<true>({
      intent: {verb, subject, before, after},
      async look() {
        looked ??= change.look()
        return (await looked) || undefined
      },
      async act() {
        try {
          await act()
        } catch (error) {
          // What was made by a request whose answer was lost, and is asked for again, is there already.
          if (!isThereAlready(error) || !(await change.look())) throw error
        }
        return true
      },
    })
  }
  return {
    createRepository: ({at, name}, settings) =>
      send('create-repository', () => at.api.registry.createRepository(name, settings)),
    deleteRepository: ({at, name}, force) =>
      send('delete-repository', () => at.api.repositories.deleteRepository(name, {force})),
    setRepositoryPolicy: ({at, name}, text, force) =>
      send('set-repository-policy', () => at.api.repositories.setRepositoryPolicy(name, text, force)),
    deleteRepositoryPolicy: ({at, name}) =>
      send('delete-repository-policy', () => at.api.repositories.deleteRepositoryPolicy(name)),
    putLifecyclePolicy: ({at, name}, text) =>
      send('put-lifecycle-policy', () => at.api.lifecycle.putPolicy(name, text)),
    deleteLifecyclePolicy: ({at, name}) =>
      send('delete-lifecycle-policy', () => at.api.lifecycle.deletePolicy(name)),
    tagRepository: ({at, name}, tags) =>
      send('tag-repository', () => at.api.repositories.tagRepository(name, tags)),
    untagRepository: ({at, name}, keys) =>
      send('untag-repository', () => at.api.repositories.untagRepository(name, keys)),
    putTagMutability: ({at, name}, {mode, except}) =>
      send('put-tag-mutability', () => at.api.repositories.putTagMutability(name, mode, except)),
    putScanOnPush: ({at, name}, scanOnPush) =>
      send('put-scan-on-push', () => at.api.repositories.putScanOnPush(name, scanOnPush)),

    putAccountSetting: (at, name, value) =>
      send('put-account-setting', () => at.api.settings.putAccountSetting(name, value)),
    putRegistryPolicy: (at, text) =>
      send('put-registry-policy', () => at.api.settings.putRegistryPolicy(text)),
    deleteRegistryPolicy: at => send('delete-registry-policy', () => at.api.settings.deleteRegistryPolicy()),
    putScanningConfiguration: (at, configuration) =>
      send('put-scanning-configuration', () => at.api.settings.putScanningConfiguration(configuration)),
    putReplicationConfiguration: (at, rules) =>
      send('put-replication-configuration', () => at.api.settings.putReplicationConfiguration(rules)),
    createPullThroughCacheRule: (at, rule) =>
      send('create-pull-through-cache-rule', () => at.api.pullThrough.createPullThroughCacheRule(rule)),
    updatePullThroughCacheRule: (at, prefix, update) =>
      send('update-pull-through-cache-rule', () =>
        at.api.pullThrough.updatePullThroughCacheRule(prefix, update),
      ),
    deletePullThroughCacheRule: (at, prefix) =>
      send('delete-pull-through-cache-rule', () => at.api.pullThrough.deletePullThroughCacheRule(prefix)),
    createCreationTemplate: (at, template) =>
      send('create-creation-template', () => at.api.templates.createCreationTemplate(template)),
    updateCreationTemplate: (at, template) =>
      send('update-creation-template', () => at.api.templates.updateCreationTemplate(template)),
    deleteCreationTemplate: (at, prefix) =>
      send('delete-creation-template', () => at.api.templates.deleteCreationTemplate(prefix)),
    putSigningConfiguration: (at, rules) =>
      send('put-signing-configuration', () => at.api.settings.putSigningConfiguration(rules)),
    deleteSigningConfiguration: at =>
      send('delete-signing-configuration', () => at.api.settings.deleteSigningConfiguration()),
    registerPullTimeExclusion: (at, principalArn) =>
      send('register-pull-time-exclusion', () => at.api.settings.registerPullTimeExclusion(principalArn)),
    deregisterPullTimeExclusion: (at, principalArn) =>
      send('deregister-pull-time-exclusion', () => at.api.settings.deregisterPullTimeExclusion(principalArn)),
  }
}

function isThereAlready(error: unknown): boolean {
  return error instanceof FailureError && error.code.endsWith('_ALREADY_EXISTS')
}
