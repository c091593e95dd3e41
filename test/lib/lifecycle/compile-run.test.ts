import {expect, test} from 'vitest'
import {parseEstate} from '../../../src/lib/config/parse.ts'
import {compileEstate, compilePolicy} from '../../../src/lib/lifecycle/compile-run.ts'

const keep = (number: number) => `{expire: [{any: true, keepLast: ${number}}]}`
const estate = parseEstate(
  `version: 1
accounts:
  dev: {id: "111111111111", region: eu-west-1}
  prod: {id: "222222222222", regions: [eu-west-1, us-east-1]}
registries:
  prod: {creationTemplates: {team: {appliedFor: [CREATE_ON_PUSH], lifecycle: ${keep(4)}}}}
defaults: {lifecycle: ${keep(1)}}
repositories:
  prod/api: {in: [prod]}
  same/api: {lifecycle: ${keep(1)}}
overlays:
  prod@us-east-1: {match: [{names: ["**"], set: {lifecycle: ${keep(3)}}}]}
`,
  'repos.yaml',
)
const compiled = (name: string, ...accounts: string[]) =>
  compilePolicy({kind: 'repository', name, estate, accounts}).policy.rules[0]?.selection.countNumber

test('the policy of a repository is that of the registries where it is meant', () => {
  expect(compiled('other', 'dev')).toBe(1)
  expect(compiled('other', 'prod@us-east-1')).toBe(3)
  expect(compiled('prod/api', 'prod@eu-west-1')).toBe(1)
  expect(compiled('same/api')).toBe(1)
})

test('one that differs between registries has to be asked for by registry', () => {
  expect(() => compiled('other')).toThrow(
    'The policy of other is another at prod@us-east-1 than at dev@eu-west-1. Name one with --account.',
  )
  expect(() => compiled('other', 'prod')).toThrow('at prod@us-east-1 than at prod@eu-west-1')
})

test('one that is meant elsewhere has none', () => {
  expect(() => compiled('prod/api', 'dev')).toThrow('There is no lifecycle policy to compile')
})

test('all policies are those of templates and overlays, too, with where they hold', () => {
  const all = compileEstate(estate).map(({kind, name, at, policy}) => [
    kind,
    name,
    at,
    policy?.rules[0]?.selection.countNumber,
  ])
  expect(all).toEqual([
    ['template', 'team', 'prod', 4],
    ['defaults', '*', undefined, 1],
    ['repository', 'same/api', undefined, 1],
    ['match', '**', 'prod@us-east-1', 3],
  ])
})
