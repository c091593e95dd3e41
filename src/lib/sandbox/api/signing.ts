import {EcrError} from '../ecr-error.ts'
import {setSigningConfiguration, signingConfigurationOf} from '../signing/configuration.ts'
import {signingsOf} from '../signing/signings.ts'
import {requireImage} from './image-listings.ts'
import {type EcrHandlers, registryOf, repositoryOf, where} from './operation.ts'

export const signingOperations = {
  PutSigningConfiguration: (call, {signingConfiguration}) => {
    const {signingRules} = call.world.quotas
    // The API's model allows no more; what ECR would say to a quota that is lower is unconfirmed.
    if (signingConfiguration.rules.length > signingRules) {
      throw new EcrError('ValidationException', `A signing configuration has at most ${signingRules} rules`)
    }
    setSigningConfiguration(registryOf(call), signingConfiguration)
    return {signingConfiguration}
  },

  GetSigningConfiguration: call => ({
    registryId: call.caller.account,
    signingConfiguration: signingConfigurationOf(registryOf(call)),
  }),

  DeleteSigningConfiguration: call => {
    const signingConfiguration = signingConfigurationOf(registryOf(call))
    setSigningConfiguration(registryOf(call), undefined)
    return {registryId: call.caller.account, signingConfiguration}
  },

  DescribeImageSigningStatus: (call, input) => {
    const repository = repositoryOf(call, input)
    const image = requireImage(repository, input.imageId)
    return {
      ...where(repository),
      imageId: {...input.imageId, imageDigest: image.digest},
      signingStatuses: signingsOf(repository, image),
    }
  },
} satisfies Partial<EcrHandlers>
