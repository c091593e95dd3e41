import type {ReplicationRule} from '@aws-sdk/client-ecr'
import {expect, test} from 'vitest'
import {expectedDestinations} from '../../../src/lib/replication/expected.ts'

const prod = {registryId: '222222222222', region: 'us-east-1'}
const dr = {registryId: '333333333333', region: 'ap-southeast-2'}

function rule(
  destinations: ReplicationRule['destinations'],
  ...prefixes: readonly string[]
): ReplicationRule {
  const repositoryFilters = prefixes.map(filter => ({filter, filterType: 'PREFIX_MATCH' as const}))
  return {destinations, ...(prefixes.length > 0 && {repositoryFilters})}
}

test.each<[string, ReplicationRule[], string, [string, number][]]>([
  ['no rules lead nowhere', [], 'app', []],
  ['a rule without filters takes all', [rule([prod])], 'app', [['us-east-1', 0]]],
  [
    'a rule with no filters in its list takes all',
    [{...rule([prod]), repositoryFilters: []}],
    'app',
    [['us-east-1', 0]],
  ],
  ['a filter is a plain prefix', [rule([prod], 'prod')], 'production/x', [['us-east-1', 0]]],
  ['and is not one within a name', [rule([prod], 'prod')], 'my-prod', []],
  ['any of the filters of a rule will do', [rule([prod], 'a', 'b')], 'b/c', [['us-east-1', 0]]],
  [
    'the first rule that leads there is told',
    [rule([prod], 'x'), rule([prod, dr], 'app'), rule([dr, prod])],
    'app',
    [
      ['us-east-1', 1],
      ['ap-southeast-2', 1],
    ],
  ],
])('%s', (_name, rules, repository, expected) => {
  const found = expectedDestinations(rules, repository)
  expect(found.map(({region, rule: index}) => [region, index])).toEqual(expected)
})

test.each<[string, object]>([
  ['no destinations', {}],
  ['no region', {destinations: [{registryId: prod.registryId}]}],
  ['no account', {destinations: [{region: prod.region}]}],
  ['no account id', {destinations: [{...prod, registryId: '2222'}]}],
  ['a region that is none', {destinations: [{...prod, region: 'eu'}]}],
  [
    'a filter of another type',
    {destinations: [prod], repositoryFilters: [{filter: 'a*', filterType: 'WILDCARD'}]},
  ],
  ['a filter without text', {destinations: [prod], repositoryFilters: [{filterType: 'PREFIX_MATCH'}]}],
])('a rule with %s is an error, also for a repository that it does not concern', (_name, strange) => {
  const rules = [rule([prod], 'app'), strange as ReplicationRule]
  expect(() => expectedDestinations(rules, 'other')).toThrow(/replication rule 1 has .* Treated as an error/)
})
