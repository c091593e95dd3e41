/** Requests that configure registries and repositories, made by fast-check. */
import * as fc from 'fast-check'
import {tagKeys, tagValues} from './generated-policies.ts'

const exclusionFilters = fc
  .uniqueArray(fc.constantFrom('latest', 'dev-*', '*-rc', '1.0', 'no'), {minLength: 1, maxLength: 3})
  .map(filters => filters.map(filter => ({filter, filterType: 'WILDCARD'})))
export const mutability = fc.oneof(
  fc.record({imageTagMutability: fc.constantFrom('MUTABLE', 'IMMUTABLE')}),
  fc.record({
    imageTagMutability: fc.constantFrom('MUTABLE_WITH_EXCLUSION', 'IMMUTABLE_WITH_EXCLUSION'),
    imageTagMutabilityExclusionFilters: exclusionFilters,
  }),
)
export const resourceTags = fc
  .dictionary(tagKeys, tagValues, {maxKeys: 4})
  .map(tags => Object.entries(tags).map(([Key, Value]) => ({Key, Value})))

/** What the repositories of a world have in common, so that there is something to share. */
export interface Pools {
  readonly policies: readonly object[]
  readonly lifecycles: readonly object[]
  readonly tags: readonly (readonly object[])[]
  readonly mutabilities: readonly object[]
}

const scanFilters = fc
  .uniqueArray(fc.constantFrom('*', 'prod/*', 'payments', 'no'), {minLength: 1, maxLength: 3})
  .map(filters => filters.map(filter => ({filter, filterType: 'WILDCARD'})))
export const scanning = fc.oneof(
  fc.record({
    scanType: fc.constant('BASIC'),
    rules: fc.array(fc.record({scanFrequency: fc.constant('SCAN_ON_PUSH'), repositoryFilters: scanFilters}), {
      maxLength: 1,
    }),
  }),
  fc.record({
    scanType: fc.constant('ENHANCED'),
    rules: fc
      .subarray(['SCAN_ON_PUSH', 'CONTINUOUS_SCAN'])
      .chain(all =>
        fc.tuple(
          ...all.map(each => fc.record({scanFrequency: fc.constant(each), repositoryFilters: scanFilters})),
        ),
      ),
  }),
)

const destinations = fc.uniqueArray(
  fc.constantFrom(
    {region: 'us-west-2', registryId: '<account>'},
    {region: 'eu-central-1', registryId: '111111111111'},
    {region: 'eu-central-1', registryId: '222222222222'},
    {region: 'ap-south-1', registryId: '444455556666'},
  ),
  {minLength: 1, maxLength: 3},
)
export const replication = fc.record({
  rules: fc.uniqueArray(
    fc
      .record({
        destinations,
        prefixes: fc.uniqueArray(fc.constantFrom('prod/', 'no', '12', 'pay'), {maxLength: 2}),
      })
      .map(({destinations: to, prefixes}) => ({
        destinations: to,
        ...(prefixes.length === 0
          ? {}
          : {repositoryFilters: prefixes.map(filter => ({filter, filterType: 'PREFIX_MATCH'}))}),
      })),
    {
      minLength: 1,
      maxLength: 3,
      selector: ({repositoryFilters = []}) =>
        repositoryFilters
          .map(({filter}) => filter)
          .toSorted()
          .join(),
    },
  ),
})

export const cacheRules = fc.uniqueArray(
  fc.record(
    {
      ecrRepositoryPrefix: fc.constantFrom('ROOT', 'no', '12', 'ecr-public', 'mirror/a.b'),
      upstreamRegistryUrl: fc.constantFrom('public.ecr.aws', 'quay.io', 'registry.k8s.io'),
      upstreamRepositoryPrefix: fc.constantFrom('ROOT', 'library'),
    },
    {requiredKeys: ['ecrRepositoryPrefix', 'upstreamRegistryUrl']},
  ),
  {maxLength: 2, selector: ({ecrRepositoryPrefix}) => ecrRepositoryPrefix},
)

export const templatesOf = (shared: Pools) =>
  fc.uniqueArray(
    fc
      .record(
        {
          prefix: fc.constantFrom('ROOT', 'no', '12', 'payments', 'mirror/a.b'),
          appliedFor: fc.subarray(['PULL_THROUGH_CACHE', 'REPLICATION', 'CREATE_ON_PUSH'], {minLength: 1}),
          description: fc.constantFrom('made here', 'no', '${x}', '#'),
          encryptionConfiguration: fc.constantFrom({encryptionType: 'AES256'}, {encryptionType: 'KMS'}),
          mutability,
          resourceTags: resourceTags.filter(tags => tags.length > 0),
          policy: fc.constantFrom(...shared.policies),
          lifecycle: fc.constantFrom(...shared.lifecycles),
          customRoleArn: fc.constant('arn:aws:iam::<account>:role/templates'),
        },
        {requiredKeys: ['prefix', 'appliedFor']},
      )
      .map(({mutability: tagMutability, policy, lifecycle, ...template}) => ({
        ...template,
        ...tagMutability,
        ...(policy === undefined ? {} : {repositoryPolicy: JSON.stringify(policy)}),
        ...(lifecycle === undefined ? {} : {lifecyclePolicy: JSON.stringify(lifecycle)}),
      })),
    {maxLength: 2, selector: ({prefix}) => prefix},
  )

export const signing = fc.record({
  rules: fc.uniqueArray(
    fc
      .record({
        name: fc.constantFrom('prod', 'dev', 'no'),
        filters: fc.uniqueArray(fc.constantFrom('prod/*', '*', 'no', '12'), {maxLength: 2}),
      })
      .map(({name, filters}) => ({
        signingProfileArn: `arn:aws:signer:<region>:<account>:/signing-profiles/${name}`,
        ...(filters.length === 0
          ? {}
          : {repositoryFilters: filters.map(filter => ({filter, filterType: 'WILDCARD_MATCH'}))}),
      })),
    {minLength: 1, maxLength: 2, selector: ({signingProfileArn}) => signingProfileArn},
  ),
})
