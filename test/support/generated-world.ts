/** Live states of registries, with all that is configured and values that are easily mistaken, made by fast-check. */
import * as fc from 'fast-check'
import {policies as lifecyclePolicies} from '../lib/lifecycle/policy-arbitraries.ts'
import {maybe, registryPolicies, repositoryPolicies, tagKeys, tagValues} from './generated-policies.ts'

/** A registry as requests would make it; `<account>` and `<region>` in its texts are its own. */
export interface GeneratedRegistry {
  readonly settings: readonly {readonly name: string; readonly value: string}[]
  readonly policy: object | undefined
  readonly scanning: object | undefined
  readonly replication: object | undefined
  readonly cache: readonly object[]
  readonly templates: readonly object[]
  readonly signing: object | undefined
  readonly exclusions: readonly string[]
  readonly repositories: readonly GeneratedRepository[]
}

export interface GeneratedRepository {
  readonly name: string
  readonly made: object
  readonly policy: object | undefined
  readonly lifecycle: object | undefined
}

/** Where generated registries are: those of `dev` and `prod` of `repos-world.ts`, the first of them. */
export const places = [
  {account: '111111111111', region: 'eu-west-1'},
  {account: '222222222222', region: 'eu-west-1'},
  {account: '222222222222', region: 'us-east-1'},
] as const

/** Names that YAML may take for something else, some with a common prefix. */
export const repositoryNames = [
  'payments/api',
  'payments/web',
  'payments/db/main',
  'payments/x',
  'tools/cli',
  'null',
  'true',
  'no',
  '0x1f',
  '1e5',
  '12',
  '1_000',
  '2012-10-17',
  'on/off',
] as const

const encryption = fc.oneof(
  fc.constant(undefined),
  fc.constant({encryptionType: 'KMS'}),
  fc.constant({encryptionType: 'KMS', kmsKey: 'arn:aws:kms:<region>:<account>:key/1a2b3c4d-5e6f'}),
)
const exclusionFilters = fc
  .uniqueArray(fc.constantFrom('latest', 'dev-*', '*-rc', '1.0', 'no'), {minLength: 1, maxLength: 3})
  .map(filters => filters.map(filter => ({filter, filterType: 'WILDCARD'})))
const mutability = fc.oneof(
  fc.record({imageTagMutability: fc.constantFrom('MUTABLE', 'IMMUTABLE')}),
  fc.record({
    imageTagMutability: fc.constantFrom('MUTABLE_WITH_EXCLUSION', 'IMMUTABLE_WITH_EXCLUSION'),
    imageTagMutabilityExclusionFilters: exclusionFilters,
  }),
)
const resourceTags = fc
  .dictionary(tagKeys, tagValues, {maxKeys: 4})
  .map(tags => Object.entries(tags).map(([Key, Value]) => ({Key, Value})))

/** What the repositories of a world have in common, so that there is something to share. */
interface Pools {
  readonly policies: readonly object[]
  readonly lifecycles: readonly object[]
  readonly tags: readonly (readonly object[])[]
  readonly mutabilities: readonly object[]
}

const pools: fc.Arbitrary<Pools> = fc.record({
  policies: fc.array(repositoryPolicies, {minLength: 1, maxLength: 3}),
  lifecycles: fc.array(lifecyclePolicies, {minLength: 1, maxLength: 2}),
  tags: fc.array(resourceTags, {minLength: 1, maxLength: 2}),
  mutabilities: fc.array(mutability, {minLength: 1, maxLength: 2}),
})

const repositoryOf = (name: string, shared: Pools): fc.Arbitrary<GeneratedRepository> =>
  fc.record({
    name: fc.constant(name),
    made: fc
      .record({
        mutability: fc.constantFrom(...shared.mutabilities),
        tags: fc.oneof(
          {arbitrary: fc.constantFrom(...shared.tags), weight: 3},
          {arbitrary: resourceTags, weight: 1},
        ),
        scanOnPush: fc.boolean(),
        encryptionConfiguration: encryption,
      })
      .map(({mutability: tagMutability, tags, scanOnPush, encryptionConfiguration}) => ({
        ...tagMutability,
        tags,
        imageScanningConfiguration: {scanOnPush},
        ...(encryptionConfiguration === undefined ? {} : {encryptionConfiguration}),
      })),
    policy: fc.oneof(
      {arbitrary: fc.constantFrom(...shared.policies), weight: 4},
      {arbitrary: repositoryPolicies, weight: 1},
      {arbitrary: fc.constant(undefined), weight: 2},
    ),
    lifecycle: fc.oneof(
      {arbitrary: fc.constantFrom(...shared.lifecycles), weight: 3},
      {arbitrary: fc.constant(undefined), weight: 1},
    ),
  })

const scanFilters = fc
  .uniqueArray(fc.constantFrom('*', 'prod/*', 'payments', 'no'), {minLength: 1, maxLength: 3})
  .map(filters => filters.map(filter => ({filter, filterType: 'WILDCARD'})))
const scanning = fc.oneof(
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
const replication = fc.record({
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

const cacheRules = fc.uniqueArray(
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

const templatesOf = (shared: Pools) =>
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

const signing = fc.record({
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

const registryOf = (shared: Pools): fc.Arbitrary<GeneratedRegistry> =>
  fc
    .record({
      settings: fc.subarray([{name: 'BLOB_MOUNTING', value: 'ENABLED'}]),
      policy: maybe(registryPolicies),
      scanning: maybe(scanning),
      replication: maybe(replication),
      cache: cacheRules,
      templates: templatesOf(shared),
      signing: maybe(signing),
      exclusions: fc.subarray(['arn:aws:iam::<account>:role/scanner', 'arn:aws:iam::<account>:user/no']),
      names: fc.subarray([...repositoryNames], {maxLength: 9}),
    })
    .chain(({names, ...registry}) =>
      fc
        .tuple(...names.map(name => repositoryOf(name, shared)))
        .map(repositories => ({...registry, repositories})),
    )

/** One to three registries, in the order of {@link places}. Some are copies of the first, to have something in common. */
export const worlds: fc.Arbitrary<readonly GeneratedRegistry[]> = pools.chain(shared =>
  fc
    .tuple(fc.array(registryOf(shared), {minLength: 1, maxLength: places.length}), fc.boolean())
    .map(([registries, areAlike]) =>
      registries.map((registry, index) => ({
        ...registry,
        ...(areAlike && index > 0 ? {policy: registries[0]?.policy, signing: registries[0]?.signing} : {}),
      })),
    ),
)
