/** Live states of registries, with all that is configured and values that are easily mistaken, made by fast-check. */
import * as fc from 'fast-check'
import {policies as lifecyclePolicies} from '../lib/lifecycle/policy-arbitraries.ts'
import {maybe, registryPolicies, repositoryPolicies} from './generated-policies.ts'
import {
  cacheRules,
  mutability,
  type Pools,
  replication,
  resourceTags,
  scanning,
  signing,
  templatesOf,
} from './generated-settings.ts'

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

/**
 * One to three registries, in the order of {@link places}. Some have policies in common with the first; in some worlds what
 * begins alike is alike.
 */
export const worlds: fc.Arbitrary<readonly GeneratedRegistry[]> = pools.chain(shared =>
  fc
    .tuple(fc.array(registryOf(shared), {minLength: 1, maxLength: places.length}), fc.boolean(), fc.boolean())
    .map(([registries, areAlike, hasTeams]) =>
      registries.map((registry, index) => ({
        ...registry,
        ...(areAlike && index > 0 ? {policy: registries[0]?.policy, signing: registries[0]?.signing} : {}),
        repositories: hasTeams
          ? registry.repositories.map(repository => withinTeam(repository, shared))
          : registry.repositories,
      })),
    ),
)

/** What is of a team, as its name says, has the same tags and policies. */
function withinTeam(
  repository: GeneratedRepository,
  {policies, lifecycles, tags}: Pools,
): GeneratedRepository {
  const which = repository.name.startsWith('payments/') ? -1 : 0
  return {
    ...repository,
    made: {...repository.made, tags: tags.at(which)},
    policy: policies.at(which),
    lifecycle: lifecycles.at(which),
  }
}
