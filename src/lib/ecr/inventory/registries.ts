import type {Estate} from '../../config/estate.ts'
import type {RegistryContext, Traffic} from '../../oci/registry.ts'
import type {Caller} from '../../plan/document.ts'
import type {EcrApi} from '../api.ts'
import type {AwsEnvironment} from '../environment.ts'
import type {InventoryRegistry} from './model.ts'

/** What the registries are opened for: `look` changes nothing, `preview` may start lifecycle previews and nothing else. */
export type RegistryAccess = 'look' | 'preview' | 'change'

export interface RegistriesOptions {
  readonly environment: AwsEnvironment
  readonly context: RegistryContext
  readonly access: RegistryAccess
  /** Those of `ALIAS`, `ALIAS@REGION` or host that are asked; all that the words mean unless given. */
  readonly accounts?: readonly string[] | undefined
  /** Region of the default identity's registry, where there is no repos.yaml (`--region`). */
  readonly region?: string | undefined
}

/** A private registry, open, and as whom. */
export interface OpenRegistry {
  readonly registry: InventoryRegistry
  readonly caller: Caller
  readonly api: EcrApi
}

/** A repository that is meant, at the registry that has it. */
export interface MeantRepository {
  readonly at: OpenRegistry
  readonly name: string
}

export interface OpenRegistries {
  readonly registries: readonly OpenRegistry[]
  /** By registry, in the order of repos.yaml, and name. */
  readonly repositories: readonly MeantRepository[]
  /** Every identity that takes part, once. */
  readonly callers: readonly Caller[]
  /** One line for each pattern that no repository fits. */
  readonly warnings: readonly string[]
  /** The open registry of that host. @throws {TypeError} when it is not open. */
  registryOf(host: string): OpenRegistry
  /** Everything sent and received so far. */
  traffic(): Traffic
  close(): void
}

/**
 * Opens the registries that the words mean, and finds the repositories. A word is `REPO` or a pattern of names
 * (`payments/**`), after `ALIAS/`, `ALIAS@REGION/` or `HOST/` where not all registries are meant; no words mean everything.
 * The identities are proven first, all of them, before any registry is asked for anything.
 *
 * @throws {UsageError} a word or account that means nothing; {FailureError} REPOSITORY_NOT_FOUND for a name that no
 *   registry has; {DeniedError} WRONG_ACCOUNT, NO_CREDENTIALS, ACCESS_DENIED.
 */
export async function openRegistries(
  _words: readonly string[],
  _estate: Estate,
  _options: RegistriesOptions,
): Promise<OpenRegistries> {
  throw new TypeError('to come')
}
