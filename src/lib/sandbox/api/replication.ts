import {replicationOf, setReplication} from '../replication/configuration.ts'
import {replicationStatusesOf} from '../replication/statuses.ts'
import {requireImage} from './image-listings.ts'
import {type EcrHandlers, registryOf, repositoryOf} from './operation.ts'

export const replicationOperations = {
  PutReplicationConfiguration: (call, {replicationConfiguration}) => {
    setReplication(registryOf(call), replicationConfiguration, call.world.quotas.replicationDestinations)
    return {replicationConfiguration}
  },

  DescribeRegistry: call => {
    const registry = registryOf(call)
    return {registryId: registry.account, replicationConfiguration: replicationOf(registry)}
  },

  DescribeImageReplicationStatus: (call, input) => {
    const repository = repositoryOf(call, input)
    const {digest} = requireImage(repository, input.imageId)
    return {
      repositoryName: input.repositoryName,
      imageId: {...input.imageId, imageDigest: digest},
      replicationStatuses: replicationStatusesOf(repository, digest),
    }
  },
} satisfies Partial<EcrHandlers>
