import {CreateRepositoryCommand, ListTagsForResourceCommand, TagResourceCommand} from '@aws-sdk/client-ecr'
import fc from 'fast-check'
import {expect, test} from 'vitest'
import {tags} from '../../../../src/lib/repos/resources/tags.ts'
import {bring, devId, openReposWorld, repositoryAt} from '../../../support/repos-world.ts'

const resourceArn = `arn:aws:ecr:eu-west-1:${devId}:repository/app`

async function open(...given: readonly (readonly [string, string])[]) {
  const world = await openReposWorld()
  const ecr = world.ecr()
  const list = given.map(([Key, Value]) => ({Key, Value}))
  await ecr.send(new CreateRepositoryCommand({repositoryName: 'app', tags: list}))
  world.clearRequests()
  return {
    world,
    ecr,
    place: repositoryAt(await world.at('dev@eu-west-1'), 'app'),
    stored: async () => {
      const answer = await ecr.send(new ListTagsForResourceCommand({resourceArn}))
      return Object.fromEntries((answer.tags ?? []).map(({Key = '', Value = ''}) => [Key, Value]))
    },
  }
}

test('tags are made, changed and removed, and those of others stay', async () => {
  const {world, place, stored} = await open(['team', 'old'], ['gone', 'x'], ['theirs', 'kept'])
  const {lines, foreign} = await bring(world, tags, place, {
    team: 'payments',
    env: 'prod',
    gone: null,
    never: null,
  })
  expect(lines).toEqual([
    {sign: '+', path: 'env', after: 'prod'},
    {sign: '-', path: 'gone', before: 'x'},
    {sign: '~', path: 'team', before: 'old', after: 'payments'},
  ])
  expect(foreign).toEqual(['theirs: kept'])
  expect(await stored()).toEqual({team: 'payments', env: 'prod', theirs: 'kept'})
  expect(world.mutations()).toEqual(['TagResource', 'UntagResource'])
})

test('a tag that somebody changed is found, and one that is right is not written', async () => {
  const {world, place, ecr} = await open(['team', 'payments'], ['env', 'prod'])
  const setting = {team: 'payments', env: 'prod'}
  expect((await bring(world, tags, place, setting)).lines).toEqual([])
  expect(world.mutations()).toEqual([])
  await ecr.send(new TagResourceCommand({resourceArn, tags: [{Key: 'env', Value: 'dev'}]}))
  expect((await bring(world, tags, place, setting)).lines).toEqual([
    {sign: '~', path: 'env', before: 'dev', after: 'prod'},
  ])
})

const where = {} as never

test("AWS's own tags are neither set nor removed, and are said to be left", () => {
  const live = {'aws:cloudformation:stack-name': 'stack', team: 'a'}
  const {state, notes, foreign} = tags.desired(
    {'aws:cloudformation:stack-name': null, 'AWS:x': 'y'},
    live,
    where,
  )
  expect(tags.diff(live, state)).toEqual([])
  expect(notes).toHaveLength(2)
  expect(foreign).toEqual(['aws:cloudformation:stack-name: stack', 'team: a'])
  expect(tags.export(live, where)).toEqual({team: 'a'})
})

const key = fc.string({minLength: 1, maxLength: 12}).filter(text => text !== '__proto__')
const some = fc.dictionary(key, fc.string({maxLength: 8}), {maxKeys: 8, noNullPrototype: true})

test('what is exported changes nothing, in whatever order', () => {
  fc.assert(
    fc.property(some, live => {
      const shuffled = Object.fromEntries(Object.entries(live).toReversed())
      const setting = tags.export(shuffled, where) ?? {}
      expect(tags.diff(live, tags.desired(setting, live, where).state)).toEqual([])
      expect(tags.diff(live, shuffled)).toEqual([])
    }),
  )
})

test('any change of any tag is found', () => {
  fc.assert(
    fc.property(some, key, fc.option(fc.string({maxLength: 8}), {nil: null}), (live, name, value) => {
      fc.pre(!name.toLowerCase().startsWith('aws:'))
      const isThere = Object.hasOwn(live, name)
      const lines = tags.diff(live, tags.desired({[name]: value}, live, where).state)
      expect(lines.length).toBe(isThere ? Number(live[name] !== value) : Number(value !== null))
    }),
  )
})
