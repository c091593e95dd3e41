/** Files in which levels of settings speak of the same, and what each level of them says. */
import * as fc from 'fast-check'
import type {Path} from '../../../src/lib/config/problems.ts'

export type Level = Record<string, unknown>
export type Generated<Of> = Of extends fc.Arbitrary<infer Value> ? Value : never

// Few keys, so that levels speak of the same.
const key = fc.constantFrom('a', 'b', 'c')
const statement = fc.record(
  {
    Sid: key,
    Effect: fc.constantFrom('Allow', 'Deny'),
    Principal: fc.constant('*'),
    Action: fc.constantFrom('ecr:*', ['ecr:PutImage']),
  },
  {requiredKeys: ['Effect', 'Principal', 'Action']},
)
export const policy = fc.record(
  {
    statements: fc.uniqueArray(statement, {
      maxLength: 3,
      selector: ({Sid}) => Sid ?? Symbol('none'),
    }),
    exclusive: fc.boolean(),
    use: fc.uniqueArray(fc.constantFrom('one', 'two')),
    version: fc.constantFrom('2012-10-17', '2008-10-17'),
  },
  {requiredKeys: ['statements']},
)
export const level = (withNull: boolean) =>
  fc.record(
    {
      tags: fc.dictionary(key, fc.constantFrom('text', null)),
      scanOnPush: fc.boolean(),
      tagMutability: fc.constantFrom('MUTABLE', {mode: 'IMMUTABLE'}),
      in: fc.uniqueArray(fc.constantFrom('dev', 'prod'), {minLength: 1}),
      policy: withNull ? fc.option(policy) : policy,
    },
    {requiredKeys: []},
  )

const names = fc.constantFrom(['**'], ['team/**'], ['other/*'])
const levels = fc.record({
  defaults: level(true),
  match: fc.array(fc.record({names, set: level(true)}), {maxLength: 3}),
  repositories: fc.dictionary(fc.constantFrom('team/api', 'other'), level(true)),
})
export const file = fc.record({
  file: levels,
  prod: levels,
  east: levels,
})

export const presets = {
  one: {statements: [{Sid: 'a', Effect: 'Allow', Principal: '*', Action: 'ecr:GetRepositoryPolicy'}]},
  two: {version: '2012-10-17', statements: [{Sid: 'p', Effect: 'Deny', Principal: '*', Action: 'ecr:*'}]},
}

/** A file in which every text of a tag is another. */
export function fileOf({file: {defaults, match, repositories}, prod, east}: Generated<typeof file>) {
  let texts = 0
  const written = {
    version: 1,
    accounts: {
      dev: {id: '111111111111', region: 'eu-west-1'},
      prod: {id: '222222222222', regions: ['eu-west-1', 'us-east-1']},
    },
    presets: {policy: presets},
    defaults,
    match,
    repositories,
    overlays: {prod, 'prod@us-east-1': east},
  }
  const text = JSON.stringify(
    written,
    (_, value: unknown) => (value === 'text' ? `text ${texts++}` : value),
    2,
  )
  return {text, data: JSON.parse(text) as typeof written}
}

/** What the levels say, from the strongest to the weakest, each with its path: written down once more, plainly. */
export function levelsOf(
  {defaults, match, repositories, overlays}: ReturnType<typeof fileOf>['data'],
  name: string,
) {
  const files: [Path, Generated<typeof levels>][] = [
    [[], {defaults, match, repositories}],
    [['overlays', 'prod'], overlays.prod],
    [['overlays', 'prod@us-east-1'], overlays['prod@us-east-1']],
  ]
  const fits = ([pattern]: readonly string[]) =>
    pattern === '**' || (pattern === 'team/**' && name === 'team/api')
  const weakestFirst: [Path, Level][] = [
    ...files.map(([path, at]): [Path, Level] => [[...path, 'defaults'], at.defaults]),
    ...files.flatMap(([path, at]) =>
      at.match.flatMap(({names: patterns, set}, index): [Path, Level][] =>
        fits(patterns) ? [[[...path, 'match', index, 'set'], set]] : [],
      ),
    ),
    ...files.flatMap(([path, at]): [Path, Level][] => {
      const own = at.repositories[name]
      return own === undefined ? [] : [[[...path, 'repositories', name], own]]
    }),
  ]
  return weakestFirst.toReversed()
}
