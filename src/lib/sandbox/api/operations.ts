import type {World} from '../state/world.ts'
import type {ApiModel} from './api-model.ts'
import {authorizationOperations, publicAuthorizationOperations} from './authorization.ts'
import {creationTemplateOperations} from './creation-templates.ts'
import {imageListingOperations} from './image-listings.ts'
import {imageOperations} from './images.ts'
import {layerOperations} from './layers.ts'
import {lifecycleOperations} from './lifecycle.ts'
import {lifecyclePreviewOperations} from './lifecycle-previews.ts'
import ecrModel from './model/ecr.json' with {type: 'json'}
import ecrPublicModel from './model/ecr-public.json' with {type: 'json'}
import type {Call, EcrHandlers, EcrPublicHandlers} from './operation.ts'
import {publicCatalogOperations} from './public-catalog.ts'
import {publicImageOperations} from './public-images.ts'
import {publicRegistryOperations, withAccount} from './public-registry.ts'
import {publicRepositoryOperations} from './public-repositories.ts'
import {pullThroughCacheOperations} from './pull-through-cache.ts'
import {pullTimeExclusionOperations} from './pull-time-exclusions.ts'
import {registryPolicyOperations} from './registry-policy.ts'
import {registrySettingOperations} from './registry-settings.ts'
import {replicationOperations} from './replication.ts'
import {replicationBackfillOperations} from './replication-backfill.ts'
import {repositoryOperations} from './repositories.ts'
import {repositoryPolicyOperations} from './repository-policies.ts'
import {resourceTagOperations} from './resource-tags.ts'
import {scanningOperations} from './scanning.ts'
import {signingOperations} from './signing.ts'
import {storageClassOperations} from './storage-class.ts'

/** An API: how requests name it, and its operations. */
export interface Api {
  /** Service name in the credential scope of a signature. */
  readonly service: string
  readonly model: ApiModel
  /** By name; their input satisfies the model. */
  readonly handlers: ReadonlyMap<string, (call: Call, input: never) => object | Promise<object>>
  /** Names registries in a request by their accounts, where that can name them otherwise. */
  readonly withAccount?: (world: World, input: object) => object
  /** Regions that have it; absent, all. */
  readonly regions?: readonly string[]
}

const ecr: EcrHandlers = {
  ...authorizationOperations,
  ...layerOperations,
  ...imageOperations,
  ...imageListingOperations,
  ...repositoryOperations,
  ...repositoryPolicyOperations,
  ...registryPolicyOperations,
  ...registrySettingOperations,
  ...replicationOperations,
  ...replicationBackfillOperations,
  ...creationTemplateOperations,
  ...pullThroughCacheOperations,
  ...lifecycleOperations,
  ...lifecyclePreviewOperations,
  ...storageClassOperations,
  ...scanningOperations,
  ...signingOperations,
  ...resourceTagOperations,
  ...pullTimeExclusionOperations,
}

const ecrPublic: EcrPublicHandlers = {
  ...publicAuthorizationOperations,
  ...publicRegistryOperations,
  ...publicRepositoryOperations,
  ...publicCatalogOperations,
  ...publicImageOperations,
}

/** APIs by the prefix of their `X-Amz-Target` header. */
export const apis: ReadonlyMap<string, Api> = new Map<string, Api>([
  [
    'AmazonEC2ContainerRegistry_V20150921',
    {service: 'ecr', model: ecrModel as ApiModel, handlers: new Map(Object.entries(ecr))},
  ],
  [
    'SpencerFrontendService',
    {
      service: 'ecr-public',
      model: ecrPublicModel as ApiModel,
      handlers: new Map(Object.entries(ecrPublic)),
      withAccount,
      regions: ['us-east-1', 'us-west-2'],
    },
  ],
])
