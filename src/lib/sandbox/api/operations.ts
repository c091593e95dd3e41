import {authorizationOperations, publicOperations} from './authorization.ts'
import {imageListingOperations} from './image-listings.ts'
import {imageOperations} from './images.ts'
import {layerOperations} from './layers.ts'
import type {Operation} from './operation.ts'
import {registrySettingOperations} from './registry-settings.ts'
import {repositoryOperations} from './repositories.ts'
import {repositoryPolicyOperations} from './repository-policies.ts'

/** An API: how requests name it, and its operations. */
export interface Api {
  /** Service name in the credential scope of a signature. */
  readonly service: string
  readonly operations: ReadonlyMap<string, Operation>
  /** Regions that have it; absent, all. */
  readonly regions?: readonly string[]
}

/** APIs by the prefix of their `X-Amz-Target` header. */
export const apis: ReadonlyMap<string, Api> = new Map([
  [
    'AmazonEC2ContainerRegistry_V20150921',
    {
      service: 'ecr',
      operations: table(
        authorizationOperations,
        layerOperations,
        imageOperations,
        imageListingOperations,
        repositoryOperations,
        repositoryPolicyOperations,
        registrySettingOperations,
      ),
    },
  ],
  [
    'SpencerFrontendService',
    {service: 'ecr-public', operations: table(publicOperations), regions: ['us-east-1', 'us-west-2']},
  ],
])

function table(...subjects: readonly Readonly<Record<string, Operation>>[]): ReadonlyMap<string, Operation> {
  return new Map(subjects.flatMap(subject => Object.entries(subject)))
}
