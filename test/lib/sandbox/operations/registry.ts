import {dev, prod, region} from '../support.ts'
import {missingDigest} from './repositories.ts'
import {elsewhere, type Scenarios} from './scenario.ts'
import type {Setting} from './setting.ts'

const elsewhereRegion = 'us-east-1'
const replicationConfiguration = {
  rules: [
    {
      destinations: [{region: elsewhereRegion, registryId: dev}],
      repositoryFilters: [{filter: 'team/', filterType: 'PREFIX_MATCH'}],
    },
  ],
}
const destination = {region: elsewhereRegion, registryId: dev}
const noBackfill = {replicationBackfillId: '01234567-89ab-cdef-0123-456789abcdef'}
const statement = {
  Sid: 'replicate',
  Effect: 'Allow',
  Principal: {AWS: `arn:aws:iam::${prod}:root`},
  Action: ['ecr:ReplicateImage', 'ecr:CreateRepository'],
  Resource: '*',
}
const policyText = JSON.stringify({Version: '2012-10-17', Statement: [statement]})
const signingConfiguration = {
  rules: [
    {
      signingProfileArn: `arn:aws:signer:${region}:${dev}:/signing-profiles/release`,
      repositoryFilters: [{filter: 'team/*', filterType: 'WILDCARD_MATCH'}],
    },
  ],
}
const scanning = {
  scanType: 'BASIC',
  rules: [{scanFrequency: 'SCAN_ON_PUSH', repositoryFilters: [{filter: 'team', filterType: 'WILDCARD'}]}],
}
const principalArn = `arn:aws:iam::${dev}:role/scanner`
const template = {prefix: 'team', appliedFor: ['REPLICATION'], imageTagMutability: 'IMMUTABLE'}
const cacheRule = {ecrRepositoryPrefix: 'quay', upstreamRegistryUrl: 'quay.io'}

function secretArn(name: string): string {
  return `arn:aws:secretsmanager:${region}:${dev}:secret:ecr-pullthroughcache/${name}-AbCdEf`
}

function cacheRuleWith(secret: string) {
  return {
    ecrRepositoryPrefix: 'hub',
    upstreamRegistryUrl: 'registry-1.docker.io',
    credentialArn: secretArn(secret),
  }
}

/** A secret that can be read, and two that can't. */
async function seedSecrets(s: Setting): Promise<void> {
  const access = {username: 'robot', accessToken: 'token'}
  const secrets = [
    {arn: secretArn('good'), ...access},
    {arn: secretArn('denied'), ...access, unreadable: 'denied' as const},
    {arn: secretArn('encrypted'), ...access, unreadable: 'encrypted' as const},
  ]
  await s.sandbox.seed({accounts: [{id: dev, secrets}]})
}

async function changedSecret(s: Setting, secret: string) {
  await seedSecrets(s)
  await s.does('CreatePullThroughCacheRule', cacheRuleWith('good'))
  return {ecrRepositoryPrefix: 'hub', credentialArn: secretArn(secret)}
}

/** Images that replicate to another region, and a backfill that has begun. */
async function backfill(s: Setting) {
  await s.image()
  await s.later(0)
  await s.does('PutReplicationConfiguration', {replicationConfiguration})
  const {replicationBackfillId} = await s.does('StartReplicationBackfill', {destination})
  return {replicationBackfillId}
}

export const registryScenarios: Scenarios<
  | 'BatchGetRepositoryScanningConfiguration'
  | 'CreatePullThroughCacheRule'
  | 'CreateRepositoryCreationTemplate'
  | 'DeletePullThroughCacheRule'
  | 'DeleteRegistryPolicy'
  | 'DeleteRepositoryCreationTemplate'
  | 'DeleteSigningConfiguration'
  | 'DeregisterPullTimeUpdateExclusion'
  | 'DescribeImageReplicationStatus'
  | 'DescribeImageScanFindings'
  | 'DescribeImageSigningStatus'
  | 'DescribePullThroughCacheRules'
  | 'DescribeRegistry'
  | 'DescribeReplicationBackfillResults'
  | 'DescribeRepositoryCreationTemplates'
  | 'GetAccountSetting'
  | 'GetRegistryPolicy'
  | 'GetRegistryScanningConfiguration'
  | 'GetSigningConfiguration'
  | 'ListPullTimeUpdateExclusions'
  | 'ListReplicationBackfills'
  | 'PutAccountSetting'
  | 'PutRegistryPolicy'
  | 'PutRegistryScanningConfiguration'
  | 'PutReplicationConfiguration'
  | 'PutSigningConfiguration'
  | 'RegisterPullTimeUpdateExclusion'
  | 'StartImageScan'
  | 'StartReplicationBackfill'
  | 'StopReplicationBackfill'
  | 'UpdatePullThroughCacheRule'
  | 'UpdateRepositoryCreationTemplate'
  | 'ValidatePullThroughCacheRule'
> = {
  GetAccountSetting: {input: () => ({name: 'BLOB_MOUNTING'})},
  PutAccountSetting: {input: () => ({name: 'BLOB_MOUNTING', value: 'ENABLED'})},

  PutRegistryPolicy: {input: () => ({policyText})},
  GetRegistryPolicy: {
    input: async s => {
      await s.does('PutRegistryPolicy', {policyText})
      return {}
    },
    errors: {RegistryPolicyNotFoundException: () => ({})},
  },
  DeleteRegistryPolicy: {
    input: async s => {
      await s.does('PutRegistryPolicy', {policyText})
      return {}
    },
    errors: {RegistryPolicyNotFoundException: () => ({})},
  },

  RegisterPullTimeUpdateExclusion: {
    input: () => ({principalArn}),
    errors: {
      ExclusionAlreadyExistsException: async s => {
        await s.does('RegisterPullTimeUpdateExclusion', {principalArn})
        return {principalArn}
      },
      LimitExceededException: async s => {
        for (let n = 0; n < 100; n++) {
          await s.does('RegisterPullTimeUpdateExclusion', {principalArn: `${principalArn}-${n}`})
        }
        return {principalArn}
      },
    },
  },
  DeregisterPullTimeUpdateExclusion: {
    input: async s => {
      await s.does('RegisterPullTimeUpdateExclusion', {principalArn})
      return {principalArn}
    },
    errors: {ExclusionNotFoundException: () => ({principalArn})},
  },
  ListPullTimeUpdateExclusions: {
    input: async s => {
      await s.does('RegisterPullTimeUpdateExclusion', {principalArn})
      return {}
    },
  },

  PutRegistryScanningConfiguration: {input: () => scanning},
  GetRegistryScanningConfiguration: {
    input: async s => {
      await s.does('PutRegistryScanningConfiguration', scanning)
      return {}
    },
  },
  BatchGetRepositoryScanningConfiguration: {
    input: async s => {
      const {repositoryName} = await s.repository()
      await s.does('PutRegistryScanningConfiguration', scanning)
      return {repositoryNames: [repositoryName, 'no/such']}
    },
  },
  StartImageScan: {
    input: async s => {
      const {repositoryName, imageId} = await s.image()
      return {repositoryName, imageId}
    },
    errors: {
      ...elsewhere({imageId: {imageDigest: missingDigest}}),
      ImageNotFoundException: async s => ({...(await s.repository()), imageId: {imageDigest: missingDigest}}),
      LimitExceededException: async s => {
        const {repositoryName, imageId} = await s.image()
        await s.does('StartImageScan', {repositoryName, imageId})
        return {repositoryName, imageId}
      },
      UnsupportedImageTypeException: async s => {
        const {repositoryName, digest} = await s.image()
        await s.does('PutImage', {repositoryName, imageManifest: s.index(digest), imageTag: 'index'})
        return {repositoryName, imageId: {imageTag: 'index'}}
      },
      ImageArchivedException: async s => {
        const {repositoryName, imageId} = await s.image()
        await s.does('UpdateImageStorageClass', {repositoryName, imageId, targetStorageClass: 'ARCHIVE'})
        return {repositoryName, imageId}
      },
      ValidationException: async s => {
        await s.does('PutRegistryScanningConfiguration', {scanType: 'ENHANCED', rules: []})
        const {repositoryName, imageId} = await s.image()
        return {repositoryName, imageId}
      },
    },
  },
  DescribeImageScanFindings: {
    input: async s => {
      const {repositoryName, imageId} = await s.image()
      await s.does('StartImageScan', {repositoryName, imageId})
      await s.later(3_600_000)
      return {repositoryName, imageId}
    },
    errors: {
      ...elsewhere({imageId: {imageDigest: missingDigest}}),
      ImageNotFoundException: async s => ({...(await s.repository()), imageId: {imageDigest: missingDigest}}),
      ScanNotFoundException: async s => {
        const {repositoryName, imageId} = await s.image()
        return {repositoryName, imageId}
      },
    },
  },

  PutSigningConfiguration: {input: () => ({signingConfiguration})},
  GetSigningConfiguration: {
    input: async s => {
      await s.does('PutSigningConfiguration', {signingConfiguration})
      return {}
    },
    errors: {SigningConfigurationNotFoundException: () => ({})},
  },
  DeleteSigningConfiguration: {
    input: async s => {
      await s.does('PutSigningConfiguration', {signingConfiguration})
      return {}
    },
    errors: {SigningConfigurationNotFoundException: () => ({})},
  },
  DescribeImageSigningStatus: {
    input: async s => {
      await s.does('PutSigningConfiguration', {signingConfiguration})
      const {repositoryName, imageId} = await s.image()
      return {repositoryName, imageId}
    },
    errors: {
      ...elsewhere({imageId: {imageDigest: missingDigest}}),
      ImageNotFoundException: async s => ({...(await s.repository()), imageId: {imageDigest: missingDigest}}),
    },
  },

  PutReplicationConfiguration: {input: () => ({replicationConfiguration})},
  DescribeRegistry: {
    input: async s => {
      await s.does('PutReplicationConfiguration', {replicationConfiguration})
      return {}
    },
  },
  DescribeImageReplicationStatus: {
    input: async s => {
      await s.does('PutReplicationConfiguration', {replicationConfiguration})
      const {repositoryName, imageId} = await s.image()
      return {repositoryName, imageId}
    },
    errors: {
      ...elsewhere({imageId: {imageDigest: missingDigest}}),
      ImageNotFoundException: async s => ({...(await s.repository()), imageId: {imageDigest: missingDigest}}),
    },
  },
  StartReplicationBackfill: {
    input: async s => {
      await s.image()
      await s.does('PutReplicationConfiguration', {replicationConfiguration})
      return {destination}
    },
    errors: {
      ReplicationBackfillInProgressException: async s => {
        await backfill(s)
        return {destination}
      },
      LimitExceededException: async s => {
        const regions = Array.from({length: 11}, (_, n) => `eu-test-${n + 1}`)
        const destinations = regions.map(where => ({region: where, registryId: dev}))
        await s.later(0)
        await s.does('PutReplicationConfiguration', {replicationConfiguration: {rules: [{destinations}]}})
        for (const one of destinations.slice(1)) await s.does('StartReplicationBackfill', {destination: one})
        return {destination: destinations[0]}
      },
    },
  },
  StopReplicationBackfill: {
    input: backfill,
    errors: {
      ReplicationBackfillNotFoundException: () => noBackfill,
      ReplicationBackfillInvalidStatusException: async s => {
        const started = await backfill(s)
        await s.later(86_400_000)
        return started
      },
    },
  },
  ListReplicationBackfills: {
    input: async s => {
      await backfill(s)
      return {}
    },
  },
  DescribeReplicationBackfillResults: {
    input: async s => {
      const started = await backfill(s)
      await s.later(86_400_000)
      return started
    },
    errors: {ReplicationBackfillNotFoundException: () => noBackfill},
  },

  CreateRepositoryCreationTemplate: {
    input: () => template,
    errors: {
      LimitExceededException: async s => {
        s.sandbox.setQuotas({creationTemplates: 1})
        await s.does('CreateRepositoryCreationTemplate', template)
        return {...template, prefix: 'other'}
      },
      TemplateAlreadyExistsException: async s => {
        await s.does('CreateRepositoryCreationTemplate', template)
        return template
      },
    },
  },
  UpdateRepositoryCreationTemplate: {
    input: async s => {
      await s.does('CreateRepositoryCreationTemplate', template)
      return {prefix: 'team', description: 'of the team'}
    },
    errors: {TemplateNotFoundException: () => ({prefix: 'team', description: 'of the team'})},
  },
  DescribeRepositoryCreationTemplates: {
    input: async s => {
      await s.does('CreateRepositoryCreationTemplate', template)
      return {prefixes: ['team']}
    },
  },
  DeleteRepositoryCreationTemplate: {
    input: async s => {
      await s.does('CreateRepositoryCreationTemplate', template)
      return {prefix: 'team'}
    },
    errors: {TemplateNotFoundException: () => ({prefix: 'team'})},
  },

  CreatePullThroughCacheRule: {
    input: () => cacheRule,
    errors: {
      PullThroughCacheRuleAlreadyExistsException: async s => {
        await s.does('CreatePullThroughCacheRule', cacheRule)
        return cacheRule
      },
      UnsupportedUpstreamRegistryException: () => ({
        ecrRepositoryPrefix: 'own',
        upstreamRegistryUrl: 'registry.example.com',
      }),
      SecretNotFoundException: () => cacheRuleWith('missing'),
      UnableToAccessSecretException: async s => {
        await seedSecrets(s)
        return cacheRuleWith('denied')
      },
      UnableToDecryptSecretValueException: async s => {
        await seedSecrets(s)
        return cacheRuleWith('encrypted')
      },
      LimitExceededException: async s => {
        for (let n = 0; n < 50; n++) {
          await s.does('CreatePullThroughCacheRule', {...cacheRule, ecrRepositoryPrefix: `quay-${n}`})
        }
        return cacheRule
      },
    },
  },
  UpdatePullThroughCacheRule: {
    input: async s => {
      await s.does('CreatePullThroughCacheRule', cacheRule)
      return {ecrRepositoryPrefix: 'quay', customRoleArn: `arn:aws:iam::${dev}:role/cache`}
    },
    errors: {
      PullThroughCacheRuleNotFoundException: () => ({ecrRepositoryPrefix: 'quay'}),
      SecretNotFoundException: s => changedSecret(s, 'missing'),
      UnableToAccessSecretException: s => changedSecret(s, 'denied'),
      UnableToDecryptSecretValueException: s => changedSecret(s, 'encrypted'),
    },
  },
  DescribePullThroughCacheRules: {
    input: async s => {
      await s.does('CreatePullThroughCacheRule', cacheRule)
      return {ecrRepositoryPrefixes: ['quay']}
    },
    errors: {PullThroughCacheRuleNotFoundException: () => ({ecrRepositoryPrefixes: ['quay']})},
  },
  ValidatePullThroughCacheRule: {
    input: async s => {
      await s.does('CreatePullThroughCacheRule', cacheRule)
      return {ecrRepositoryPrefix: 'quay'}
    },
    errors: {PullThroughCacheRuleNotFoundException: () => ({ecrRepositoryPrefix: 'quay'})},
  },
  DeletePullThroughCacheRule: {
    input: async s => {
      await s.does('CreatePullThroughCacheRule', cacheRule)
      return {ecrRepositoryPrefix: 'quay'}
    },
    errors: {PullThroughCacheRuleNotFoundException: () => ({ecrRepositoryPrefix: 'quay'})},
  },
}
