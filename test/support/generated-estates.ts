/** Files `repos.yaml` with all that they may say of registries and repositories, made by fast-check. */
import * as fc from 'fast-check'
import {policies as lifecyclePolicies} from '../lib/lifecycle/policy-arbitraries.ts'
import {
  encryption,
  lifecycle,
  orNull,
  policyOf,
  policySetting,
  some,
  tagMutability,
  tags,
} from './generated-estate-parts.ts'
import {registryPolicies, repositoryPolicies} from './generated-policies.ts'
import {repositoryNames} from './generated-world.ts'

const settings = {
  encryption,
  tagMutability,
  scanOnPush: fc.boolean(),
  policy: policySetting(repositoryPolicies, ['org', 'lambda']),
  lifecycle,
  tags,
}
const placed = {
  in: fc.uniqueArray(fc.constantFrom('dev', 'prod', 'prod@eu-west-1', 'prod@us-east-1'), {
    minLength: 1,
    maxLength: 3,
  }),
}

/** Of which files say, if anything, that they are to go: of what is to be something, that is a fault. */
const goners = ['tools/cli', 'on/off', '1_000']
const stayers = [...repositoryNames.filter(name => !goners.includes(name)), 'new/one', 'new/two']
const tombstones = fc
  .subarray(goners)
  .map(names => Object.fromEntries(names.map(name => [name, {in: ['dev', 'prod'], state: 'absent'}])))
const repositories = fc.dictionary(fc.constantFrom(...stayers), some({...settings, ...placed}), {maxKeys: 6})

const levels = {
  defaults: some({...settings, ...placed}),
  match: fc.array(
    fc.record({
      names: fc.uniqueArray(fc.constantFrom('**', 'payments/**', 'no', '*', 'payments/*', 'tools/**'), {
        minLength: 1,
        maxLength: 2,
      }),
      set: some({...settings}),
    }),
    {maxLength: 2},
  ),
  repositories,
}

const template = fc.record(
  {
    appliedFor: fc.subarray(['PULL_THROUGH_CACHE', 'REPLICATION', 'CREATE_ON_PUSH'], {minLength: 1}),
    description: fc.constantFrom('made here', 'no', '#'),
    encryption: fc.constantFrom('AES256', 'KMS'),
    tagMutability,
    policy: policySetting(repositoryPolicies, ['org', 'lambda']),
    lifecycle,
    tags,
    role: fc.constant('arn:aws:iam::${account}:role/templates'),
    applyToExisting: fc.boolean(),
  },
  {requiredKeys: ['appliedFor']},
)

/** @param destinations of replication, none of which is a registry that it is said of. */
const registryOf = (...destinations: readonly string[]) =>
  some({
    settings: fc.record({BLOB_MOUNTING: fc.constantFrom('ENABLED', 'DISABLED')}),
    policy: policySetting(registryPolicies, ['replicas']),
    scanning: orNull(
      some({
        type: fc.constant('ENHANCED'),
        onPush: fc.subarray(['*', 'prod/*', 'no']),
        continuous: fc.subarray(['payments', 'prod/*']),
        exclusive: fc.boolean(),
      }),
    ),
    replication: orNull(
      some({
        rules: fc.uniqueArray(
          fc
            .record({
              prefixes: fc.uniqueArray(fc.constantFrom('prod/', 'no', '12'), {maxLength: 2}),
              to: fc.uniqueArray(fc.constantFrom('us-west-2', '444455556666@eu-west-1', ...destinations), {
                minLength: 1,
                maxLength: 2,
              }),
            })
            .map(({prefixes, to}) => (prefixes.length === 0 ? {to} : {prefixes, to})),
          {maxLength: 2, selector: ({prefixes = []}) => prefixes.toSorted().join()},
        ),
        exclusive: fc.boolean(),
      }),
    ),
    pullThroughCache: fc.dictionary(
      fc.constantFrom('no', '12', 'mirror/a.b'),
      orNull(fc.record({upstream: fc.constantFrom('quay.io', 'public.ecr.aws')})),
      {maxKeys: 2},
    ),
    creationTemplates: fc.dictionary(fc.constantFrom('ROOT', 'no', 'payments'), orNull(template), {
      maxKeys: 2,
    }),
    signing: orNull(
      some({
        rules: fc.uniqueArray(
          fc.record(
            {
              profile: fc
                .constantFrom('prod', 'no')
                .map(name => `arn:aws:signer:\${region}:\${account}:/signing-profiles/${name}`),
              repositories: fc.uniqueArray(fc.constantFrom('prod/*', '*', 'no'), {
                minLength: 1,
                maxLength: 2,
              }),
            },
            {requiredKeys: ['profile']},
          ),
          {maxLength: 2, selector: ({profile}) => profile},
        ),
        exclusive: fc.boolean(),
      }),
    ),
    pullTimeExclusions: fc.dictionary(
      fc.constantFrom('arn:aws:iam::${account}:role/scanner', 'arn:aws:iam::${account}:user/no'),
      orNull(fc.constant(true)),
      {maxKeys: 2},
    ),
  })

/** The text of a `repos.yaml` with the accounts `dev` and `prod` of `repos-world.ts`. */
export const estates: fc.Arbitrary<string> = fc
  .record({
    vars: fc.constant({org: 'o-a1b2c3'}),
    presets: fc.record({
      policy: fc.record({
        org: policyOf(repositoryPolicies),
        lambda: policyOf(repositoryPolicies),
        replicas: policyOf(registryPolicies),
      }),
      lifecycle: fc.record({app: lifecyclePolicies.map(({rules}) => ({rules}))}),
    }),
    registries: some({
      '*': registryOf(),
      dev: registryOf('prod@us-east-1'),
      prod: registryOf('dev@eu-west-1'),
      'prod@us-east-1': registryOf('prod@eu-west-1'),
    }),
    ...levels,
    tombstones,
    overlays: some({dev: some(levels), prod: some(levels), 'prod@us-east-1': some(levels)}),
  })
  .map(({tombstones: gone, ...file}) =>
    JSON.stringify(
      {
        version: 1,
        accounts: {
          dev: {id: '111111111111', region: 'eu-west-1'},
          prod: {id: '222222222222', regions: ['eu-west-1', 'us-east-1']},
        },
        ...file,
        repositories: {...file.repositories, ...gone},
      },
      undefined,
      1,
    ),
  )
