/** Everything that is reconciled, in the order in which changes are applied. A new feature of ECR is a new file here. */
import type {RegistryResource, RepositoryResource} from './resource.ts'
import {accountSettings} from './resources/account-settings.ts'
import {creationTemplates} from './resources/creation-templates.ts'
import {encryption} from './resources/encryption.ts'
import {lifecycle} from './resources/lifecycle.ts'
import {pullThroughCache} from './resources/pull-through-cache.ts'
import {pullTimeExclusions} from './resources/pull-time-exclusions.ts'
import {registryPolicy} from './resources/registry-policy.ts'
import {replication} from './resources/replication.ts'
import {repositoryPolicy} from './resources/repository-policy.ts'
import {scanOnPush} from './resources/scan-on-push.ts'
import {scanning} from './resources/scanning.ts'
import {signing} from './resources/signing.ts'
import {tagMutability} from './resources/tag-mutability.ts'
import {tags} from './resources/tags.ts'

/** Before repositories: who may make them, and what they are made like. */
export const earlyResources: readonly RegistryResource[] = [
  accountSettings,
  registryPolicy,
  scanning,
  signing,
  pullTimeExclusions,
  pullThroughCache,
  creationTemplates,
]

export const repositoryResources: readonly RepositoryResource[] = [
  encryption,
  tagMutability,
  scanOnPush,
  tags,
  repositoryPolicy,
  lifecycle,
]

/** After repositories: what acts on them. */
export const lateResources: readonly RegistryResource[] = [replication]
