/** Everything that is reconciled, in the order in which changes are applied. A new feature of ECR is a new file here. */
import type {RegistryResource, RepositoryResource} from './resource.ts'
import {accountSettings} from './resources/account-settings.ts'
import {tagMutability} from './resources/tag-mutability.ts'

/** Before repositories: who may make them, and what they are made like. */
export const earlyResources: readonly RegistryResource[] = [accountSettings]

export const repositoryResources: readonly RepositoryResource[] = [tagMutability]

/** After repositories: what acts on them. */
export const lateResources: readonly RegistryResource[] = []
