import * as fc from 'fast-check'
import {expect, test} from 'vitest'
import type {Estate} from '../../../../src/lib/config/estate.ts'
import {parseEstate} from '../../../../src/lib/config/parse.ts'
import {
  isMeantAt,
  resolveRegistry,
  resolveRepository,
  type SettingsPlace,
} from '../../../../src/lib/config/resolve.ts'
import type {Json} from '../../../../src/lib/plan/canonical.ts'
import {toReposYaml} from '../../../../src/lib/repos/export/to-repos-yaml.ts'
import type {ExportedWorld} from '../../../../src/lib/repos/export/world.ts'
import {tagKeys, tagValues} from '../../../support/generated-policies.ts'
import {cases} from '../../lifecycle/arbitraries.ts'
import {type Place, worldOf} from './support.ts'

const labels = ['dev@eu-west-1', 'prod@eu-west-1', 'prod@us-east-1', 'prod@us-west-2', 'lab@eu-west-1']
const names = ['aa', 'bb', 'true', 'team/a', 'team/b', 'team/c', 'team/d/e', 'null/x', '0x1f']
const texts = fc.constantFrom(
  'no',
  '12',
  '${org}',
  '$${alias}',
  '${aws:username}',
  '##[x',
  '\u202e',
  '\n',
  '- a',
  'é',
)

const statement = (Sid: string | undefined) =>
  fc.record({Effect: fc.constantFrom('Allow', 'Deny'), text: texts}).map(({Effect, text}) => ({
    ...(Sid === undefined ? {} : {Sid}),
    Effect,
    Principal: '*',
    Action: 'ecr:*',
    Condition: {StringEquals: {'aws:SourceArn': text}},
  }))
const policies = fc
  .record(
    {
      version: fc.constantFrom('2012-10-17', '2008-10-17'),
      id: texts,
      statements: fc.tuple(statement('OrgPull'), statement(undefined)),
    },
    {requiredKeys: ['statements']},
  )
  .map(policy => policy as Json)
const lifecycles = fc.record({description: texts, countNumber: fc.integer({min: 1, max: 3})}).map(
  ({description, countNumber}): Json => ({
    rules: [
      {
        rulePriority: 1,
        description,
        selection: {tagStatus: 'any', countType: 'imageCountMoreThan', countNumber},
        action: {type: 'expire'},
      },
    ],
  }),
)

/** Few of each, so that there is something to share. */
const pools = fc.record({
  policies: fc.array(policies, {minLength: 1, maxLength: 3}),
  lifecycles: fc.array(lifecycles, {minLength: 1, maxLength: 3}),
  keys: fc.uniqueArray(tagKeys, {minLength: 1, maxLength: 3}),
  values: fc.array(tagValues, {minLength: 1, maxLength: 2}),
})

const worlds: fc.Arbitrary<ExportedWorld> = pools.chain(shared => {
  const settings = fc.record(
    {
      tagMutability: fc.constantFrom<Json>('MUTABLE', 'IMMUTABLE', {
        mode: 'MUTABLE_WITH_EXCLUSION',
        except: ['1.0'],
      }),
      scanOnPush: fc.boolean(),
      policy: fc.constantFrom(...shared.policies),
      lifecycle: fc.constantFrom(...shared.lifecycles),
      tags: fc.dictionary(fc.constantFrom(...shared.keys), fc.constantFrom(...shared.values)),
    },
    {requiredKeys: ['tagMutability', 'tags']},
  )
  const place = fc.record({
    repositories: fc.dictionary(
      fc.constantFrom(...names),
      settings.map(({tags, ...others}) => ({
        ...others,
        ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`tags.${key}`, value])),
      })),
    ),
    registry: fc.record(
      {
        policy: fc.constantFrom(...shared.policies),
        'settings.BLOB_MOUNTING': fc.constantFrom('ENABLED', 'DISABLED'),
        'pullTimeExclusions.arn:aws:iam::111111111111:user/a.b': fc.constant(true),
      },
      {requiredKeys: []},
    ),
  })
  return fc
    .tuple(fc.subarray(labels, {minLength: 1}), fc.infiniteStream(place), fc.boolean())
    .map(([chosen, places, isWhole]) => {
      const made = chosen.map(label => [label, places.next().value as Place] as const)
      return worldOf(Object.fromEntries(made), {isWhole})
    })
})

/** What repos.yaml says of a repository, in the words of an export; null where it is not meant. */
function repositorySaid(estate: Estate, place: SettingsPlace, name: string): unknown {
  const {settings} = resolveRepository(estate, place, name)
  if (!isMeantAt(settings, place)) return null
  const {tags = {}, tagMutability, scanOnPush, policy, lifecycle} = settings
  const [preset = ''] = lifecycle?.value?.use ?? []
  const rules = lifecycle?.value?.rules ?? estate.presets.lifecycle.get(preset)?.rules
  return plain({
    ...entries('tags', tags),
    tagMutability: tagMutability?.except.length === 0 ? tagMutability.mode : tagMutability,
    scanOnPush,
    policy: policy ?? undefined,
    lifecycle: rules && {rules},
  })
}

function registrySaid(estate: Estate, place: SettingsPlace): unknown {
  const {policy, settings = {}, pullTimeExclusions = {}} = resolveRegistry(estate, place).settings
  return plain({
    policy,
    ...entries('settings', settings),
    ...entries('pullTimeExclusions', pullTimeExclusions),
  })
}

/** Those that are to be there. */
function entries(key: string, values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const there = Object.entries(values).filter(([, value]) => value !== null)
  return Object.fromEntries(there.map(([entry, value]) => [`${key}.${entry}`, value]))
}

/** Without what is undefined. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}

test('what is written resolves to what was read at every place', async () => {
  const property = fc.asyncProperty(worlds, async world => {
    const text = await toReposYaml(world)
    const estate = parseEstate(text, 'repos.yaml')
    for (const {alias, region, registry, repositories} of world.places) {
      const place = {account: estate.accounts.get(alias)?.id ?? '', region, alias}
      expect(registrySaid(estate, place), text).toEqual(plain(Object.fromEntries(registry ?? [])))
      for (const name of new Set([...estate.repositories.keys(), ...repositories.keys()])) {
        const said = repositories.get(name)
        const wanted = said === undefined ? null : plain(Object.fromEntries(said))
        expect(repositorySaid(estate, place, name), text).toEqual(wanted)
      }
    }
  })
  await fc.assert(property, cases(40))
})

test('the text depends on what there is, not on the order in which it was read, and moves no cursor', async () => {
  const property = fc.asyncProperty(worlds, async world => {
    const text = await toReposYaml(world)
    expect(text).not.toMatch(
      /[^\P{Cc}\n]|[\u200e\u200f\u061c\u2028\u2029\u202a-\u202e\u2066-\u2069]|##\[|^\s*::/mu,
    )
    const places = world.places.map(place => ({
      ...place,
      repositories: new Map([...place.repositories].toReversed()),
    }))
    expect(await toReposYaml({...world, places})).toBe(text)
  })
  await fc.assert(property, cases(10))
})
