import {dev, region, sha256} from '../support.ts'
import type {Fields} from './model.ts'
import {elsewhere, noRepository, type Scenarios} from './scenario.ts'

const third = {AWS: 'arn:aws:iam::333333333333:root'}
const statement = {Sid: 'pull', Effect: 'Allow', Principal: third, Action: 'ecr:*'}
const policyText = JSON.stringify({Version: '2012-10-17', Statement: [statement]})
const lifecyclePolicyText = JSON.stringify({
  rules: [
    {
      rulePriority: 1,
      description: 'Keep the newest image only',
      selection: {tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 1},
      action: {type: 'expire'},
    },
  ],
})
const resourceArn = `arn:aws:ecr:${region}:${dev}:repository/team/app`
const nowhere = `arn:aws:ecr:${region}:${dev}:repository/no/such`
const manyTags = (from: number, count: number): readonly Fields[] =>
  Array.from({length: count}, (_, index) => ({Key: `k${from + index}`, Value: 'v'}))

export const repositoryScenarios: Scenarios<
  | 'CreateRepository'
  | 'DeleteLifecyclePolicy'
  | 'DeleteRepository'
  | 'DeleteRepositoryPolicy'
  | 'DescribeRepositories'
  | 'GetLifecyclePolicy'
  | 'GetLifecyclePolicyPreview'
  | 'GetRepositoryPolicy'
  | 'ListTagsForResource'
  | 'PutImageScanningConfiguration'
  | 'PutImageTagMutability'
  | 'PutLifecyclePolicy'
  | 'SetRepositoryPolicy'
  | 'StartLifecyclePolicyPreview'
  | 'TagResource'
  | 'UntagResource'
> = {
  CreateRepository: {
    input: () => ({
      repositoryName: 'team/app',
      tags: [{Key: 'team', Value: 'payments'}],
      imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
      imageTagMutabilityExclusionFilters: [{filterType: 'WILDCARD', filter: 'dev-*'}],
      imageScanningConfiguration: {scanOnPush: true},
      encryptionConfiguration: {encryptionType: 'AES256'},
    }),
    errors: {
      RepositoryAlreadyExistsException: s => s.repository(),
      LimitExceededException: async s => {
        await s.repository()
        s.sandbox.setQuotas({repositories: 1})
        return {repositoryName: 'one/more'}
      },
      TooManyTagsException: () => ({repositoryName: 'team/app', tags: manyTags(0, 51)}),
      InvalidTagParameterException: () => ({repositoryName: 'team/app', tags: [{Key: 'aws:x', Value: 'v'}]}),
    },
  },
  DeleteRepository: {
    input: s => s.repository(),
    errors: {
      ...noRepository,
      RepositoryNotEmptyException: async s => ({repositoryName: (await s.image()).repositoryName}),
    },
  },
  DescribeRepositories: {
    input: async s => ({repositoryNames: [(await s.repository()).repositoryName]}),
    errors: {RepositoryNotFoundException: () => ({repositoryNames: ['no/such']})},
  },
  PutImageTagMutability: {
    input: async s => ({
      ...(await s.repository()),
      imageTagMutability: 'MUTABLE_WITH_EXCLUSION',
      imageTagMutabilityExclusionFilters: [{filterType: 'WILDCARD', filter: 'v*'}],
    }),
    errors: elsewhere({imageTagMutability: 'MUTABLE'}),
  },
  PutImageScanningConfiguration: {
    input: async s => ({...(await s.repository()), imageScanningConfiguration: {scanOnPush: true}}),
    errors: elsewhere({imageScanningConfiguration: {scanOnPush: true}}),
  },

  SetRepositoryPolicy: {
    input: async s => ({...(await s.repository()), policyText}),
    errors: elsewhere({policyText}),
  },
  GetRepositoryPolicy: {
    input: async s => {
      const repository = await s.repository()
      await s.does('SetRepositoryPolicy', {...repository, policyText})
      return repository
    },
    errors: {...noRepository, RepositoryPolicyNotFoundException: s => s.repository()},
  },
  DeleteRepositoryPolicy: {
    input: async s => {
      const repository = await s.repository()
      await s.does('SetRepositoryPolicy', {...repository, policyText})
      return repository
    },
    errors: {...noRepository, RepositoryPolicyNotFoundException: s => s.repository()},
  },

  PutLifecyclePolicy: {
    input: async s => ({...(await s.repository()), lifecyclePolicyText}),
    errors: elsewhere({lifecyclePolicyText}),
  },
  GetLifecyclePolicy: {
    input: async s => {
      const repository = await s.repository()
      await s.does('PutLifecyclePolicy', {...repository, lifecyclePolicyText})
      return repository
    },
    errors: {...noRepository, LifecyclePolicyNotFoundException: s => s.repository()},
  },
  DeleteLifecyclePolicy: {
    input: async s => {
      const repository = await s.repository()
      await s.does('PutLifecyclePolicy', {...repository, lifecyclePolicyText})
      return repository
    },
    errors: {...noRepository, LifecyclePolicyNotFoundException: s => s.repository()},
  },
  StartLifecyclePolicyPreview: {
    input: async s => ({...(await s.repository()), lifecyclePolicyText}),
    errors: {
      ...noRepository,
      LifecyclePolicyNotFoundException: s => s.repository(),
      LifecyclePolicyPreviewInProgressException: async s => {
        const preview = {...(await s.repository()), lifecyclePolicyText}
        await s.later(0)
        await s.does('StartLifecyclePolicyPreview', preview)
        return preview
      },
    },
  },
  GetLifecyclePolicyPreview: {
    input: async s => {
      const {repositoryName} = await s.image('v1')
      await s.later(1000)
      await s.image('v2')
      await s.does('StartLifecyclePolicyPreview', {repositoryName, lifecyclePolicyText})
      await s.later(3_600_000)
      return {repositoryName, filter: {tagStatus: 'TAGGED'}}
    },
    errors: {...noRepository, LifecyclePolicyPreviewNotFoundException: s => s.repository()},
  },

  TagResource: {
    input: async s => {
      await s.repository()
      return {resourceArn, tags: [{Key: 'team', Value: 'payments'}]}
    },
    errors: {
      RepositoryNotFoundException: () => ({resourceArn: nowhere, tags: [{Key: 'a', Value: 'b'}]}),
      InvalidTagParameterException: async s => {
        await s.repository()
        return {resourceArn, tags: [{Key: 'aws:x', Value: 'v'}]}
      },
      TooManyTagsException: async s => {
        await s.repository({tags: manyTags(0, 50)})
        return {resourceArn, tags: manyTags(50, 1)}
      },
    },
  },
  UntagResource: {
    input: async s => {
      await s.repository({tags: [{Key: 'team', Value: 'payments'}]})
      return {resourceArn, tagKeys: ['team']}
    },
    errors: {
      RepositoryNotFoundException: () => ({resourceArn: nowhere, tagKeys: ['a']}),
      InvalidTagParameterException: async s => {
        await s.repository()
        return {resourceArn, tagKeys: ['aws:x']}
      },
    },
  },
  ListTagsForResource: {
    input: async s => {
      await s.repository({tags: [{Key: 'team', Value: 'payments'}]})
      return {resourceArn}
    },
    errors: {RepositoryNotFoundException: () => ({resourceArn: nowhere})},
  },
}

export const missingDigest = sha256('nothing')
