import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {parseEstate} from '../../../../src/lib/config/parse.ts'
import type {Json} from '../../../../src/lib/plan/canonical.ts'
import type {Resource} from '../../../../src/lib/repos/resource.ts'
import {encryption} from '../../../../src/lib/repos/resources/encryption.ts'
import {lifecycle} from '../../../../src/lib/repos/resources/lifecycle.ts'
import {replication} from '../../../../src/lib/repos/resources/replication.ts'
import {scanOnPush} from '../../../../src/lib/repos/resources/scan-on-push.ts'
import {scanning} from '../../../../src/lib/repos/resources/scanning.ts'
import {tagMutability} from '../../../../src/lib/repos/resources/tag-mutability.ts'
import {accounts, devId, prodId} from '../../../support/repos-world.ts'

const registry = {
  label: 'dev@eu-west-1',
  host: `${devId}.dkr.ecr.eu-west-1.amazonaws.com`,
  account: devId,
  region: 'eu-west-1',
  alias: 'dev',
}
const where = {registry, estate: parseEstate(accounts, 'repos.yaml'), repository: 'app'}

/** Lists of which the order counts for nothing, here and wherever they are inside; members of objects, too. */
function shuffled(value: Json): Json {
  if (Array.isArray(value)) return value.map(shuffled).toReversed()
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, member]) => [key, shuffled(member ?? null)] as const)
      .toReversed(),
  )
}

const some = (...values: readonly string[]) =>
  fc.uniqueArray(fc.constantFrom(...values), {maxLength: values.length})
const filter = (filterType: string, ...values: readonly string[]) =>
  fc.record({filter: fc.constantFrom(...values), filterType: fc.constant(filterType)})

const scanningAnswer = fc.record({
  scanType: fc.constantFrom('BASIC', 'ENHANCED'),
  rules: fc.uniqueArray(
    fc.record({
      scanFrequency: fc.constantFrom('SCAN_ON_PUSH', 'CONTINUOUS_SCAN'),
      repositoryFilters: fc.array(filter('WILDCARD', 'a', 'b*', '*', 'prod/*'), {maxLength: 5}),
    }),
    {selector: ({scanFrequency}) => scanFrequency, maxLength: 2},
  ),
})

const replicationAnswer = fc.array(
  fc.record(
    {
      destinations: fc.array(
        fc.record({
          registryId: fc.constantFrom(devId, prodId, '999999999999'),
          region: fc.constantFrom('us-east-1', 'us-west-2'),
        }),
        {minLength: 1, maxLength: 4},
      ),
      repositoryFilters: fc.array(filter('PREFIX_MATCH', 'a/', 'b/', 'prod'), {minLength: 1, maxLength: 4}),
      deleteReplication: fc.record({enabled: fc.boolean()}),
    },
    {requiredKeys: ['destinations']},
  ),
  {maxLength: 5},
)

const described = fc.record({
  imageTagMutability: fc.constantFrom('IMMUTABLE_WITH_EXCLUSION', 'MUTABLE_WITH_EXCLUSION'),
  imageTagMutabilityExclusionFilters: fc.array(filter('WILDCARD', 'latest', 'dev-*', 'x'), {
    minLength: 1,
    maxLength: 5,
  }),
  imageScanningConfiguration: fc.record({scanOnPush: fc.boolean()}),
  encryptionConfiguration: fc.oneof(
    fc.record({encryptionType: fc.constant('AES256')}),
    fc.record({
      encryptionType: fc.constantFrom('KMS', 'KMS_DSSE'),
      kmsKey: fc.constantFrom('1234', 'alias/x', 'arn:aws:kms:eu-west-1:111111111111:key/1234'),
    }),
  ),
})

const rule = fc.record(
  {
    selection: fc.record({
      tagStatus: fc.constant('tagged'),
      tagPatternList: some('a*', 'b', 'v*').filter(list => list.length > 0),
      countType: fc.constant('imageCountMoreThan'),
      countNumber: fc.integer({min: 1, max: 3}),
    }),
    action: fc.constant({type: 'expire'}),
    description: fc.constantFrom('one', 'two'),
  },
  {requiredKeys: ['selection', 'action']},
)
const policyText = fc
  .uniqueArray(fc.integer({min: 1, max: 9}), {minLength: 1, maxLength: 4})
  .chain(priorities =>
    fc
      .tuple(...priorities.map(rulePriority => rule.map(each => ({rulePriority, ...each}))))
      .map(rules => ({rules})),
  )

/** A resource, what ECR may answer, and the place that answers it. */
interface Subject {
  readonly name: string
  readonly resource: Resource<unknown, unknown, unknown>
  readonly answers: fc.Arbitrary<unknown>
  readonly placeOf: (answer: unknown) => unknown
}

const repositoryPlace = (answer: unknown) => ({at: {}, name: 'app', described: async () => answer})

const subjects: readonly Subject[] = [
  {
    name: 'scanning',
    resource: scanning,
    answers: scanningAnswer,
    placeOf: answer => ({at: {api: {settings: {scanningConfiguration: async () => answer}}}}),
  },
  {
    name: 'replication',
    resource: replication,
    answers: replicationAnswer,
    placeOf: answer => ({at: {api: {registry: {replicationRules: async () => answer}}}}),
  },
  {name: 'tagMutability', resource: tagMutability, answers: described, placeOf: repositoryPlace},
  {name: 'scanOnPush', resource: scanOnPush, answers: described, placeOf: repositoryPlace},
  {name: 'encryption', resource: encryption, answers: described, placeOf: repositoryPlace},
  {
    name: 'lifecycle',
    resource: lifecycle,
    answers: policyText,
    placeOf: answer => ({
      name: 'app',
      at: {registry, api: {lifecycle: {getPolicy: async () => ({text: JSON.stringify(answer)})}}},
    }),
  },
]

describe.each(subjects)('$name', ({resource, answers, placeOf}) => {
  const read = async (answer: unknown) => ((await resource.read(placeOf(answer))).get('') ?? null) as unknown

  test('in another order it is the same', async () => {
    await fc.assert(
      fc.asyncProperty(answers, async answer => {
        const [one, other] = [await read(answer), await read(shuffled(answer as Json))]
        expect(other).toEqual(one)
        expect(resource.diff(one, other)).toEqual([])
      }),
    )
  })

  test('what is exported changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(answers, async answer => {
        const live = await read(answer)
        fc.pre(live !== null)
        const setting: unknown = resource.export(live, where)
        expect(setting).toBeDefined()
        // ECR has no continuous scans of the type BASIC.
        const {state, blocked} = resource.desired(setting, live, where)
        fc.pre(blocked === undefined)
        expect(resource.diff(live, state)).toEqual([])
      }),
    )
  })

  test('two that are not the same differ in some line, both ways', async () => {
    await fc.assert(
      fc.asyncProperty(answers, answers, async (one, other) => {
        const [before, after] = [await read(one), await read(other)]
        const isSame = JSON.stringify(before) === JSON.stringify(after)
        expect(resource.diff(before, after).length === 0).toBe(isSame)
        expect(resource.diff(after, before).length === 0).toBe(isSame)
      }),
    )
  })
})

test('rules of replication of which something is not known differ by their prefixes, too', () => {
  const rule = (prefix: string) => ({
    prefixes: [prefix],
    to: [`${prodId}@us-east-1`],
    deletions: false,
    other: {delay: 5},
  })
  expect(replication.diff([rule('a/')], [rule('a/')])).toEqual([])
  expect(replication.diff([rule('a/')], [rule('b/')])).toHaveLength(2)
})
