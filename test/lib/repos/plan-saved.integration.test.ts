import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {fromReposPlanDocument} from '../../../src/lib/repos/plan-file.ts'
import {keepNewest} from '../../support/lifecycle-world.ts'
import {devId, openReposWorld} from '../../support/repos-world.ts'
import {mixed, mixedWorld, planRepos} from './plan-support.ts'

test('a policy that lets images go is saved with what it does to them', async () => {
  const world = await openReposWorld()
  const images = [{tag: 'v1'}, {tag: 'v2'}, {tag: 'v3'}]
  const place = {account: devId, region: 'eu-west-1', name: 'team/app'}
  await world.sandbox.seed({repositories: [{...place, images}]})
  world.clearRequests()
  const text = `repositories: {team/app: {lifecycle: {rules: ${JSON.stringify([keepNewest(1)])}}}}`
  const out = join(world.folder, 'plan.json')
  const {plan} = await planRepos(world, text, {out})
  expect(plan.changes).toMatchObject([{resource: 'lifecycle', lifecycle: {now: {expire: 2}}}])
  const saved = fromReposPlanDocument(await readFile(out, 'utf8'), out, world.sandbox.now())
  expect(saved.lifecycle?.changes).toMatchObject([{repository: 'team/app'}])
  expect(world.mutations()).toEqual([])
  world.clearRequests()
  await expect(planRepos(world, text, {out, images: false})).rejects.toMatchObject({code: 'NOT_LOOKED_AT'})
  expect(world.operations()).toEqual([])
  const blind = await planRepos(world, text, {images: false})
  expect(blind.plan.changes).toMatchObject([{resource: 'lifecycle', lifecycle: null}])
  expect(world.operations()).not.toContain('DescribeImages')
})

describe('a saved plan', () => {
  test('holds every change that can be made, as it was planned', async () => {
    const world = await mixedWorld()
    const out = join(world.folder, 'plan.json')
    const {plan} = await planRepos(world, mixed, {out})
    const saved = fromReposPlanDocument(await readFile(out, 'utf8'), out, world.sandbox.now())
    const pending = plan.changes.filter(({kind}) => kind !== 'blocked')
    expect(
      saved.changes.map(({resource, entry, before, after}) => ({resource, entry, before, after})),
    ).toEqual(pending.map(({resource, entry, before, after}) => ({resource, entry, before, after})))
    expect(saved.document.summary).toMatchObject({create: 2, change: 8, remove: 1, blocked: 1})
  })

  test('of a world that stands still is the same', async () => {
    const world = await mixedWorld()
    const texts = []
    for (const name of ['one.json', 'two.json']) {
      await planRepos(world, mixed, {out: join(world.folder, name)})
      texts.push(await readFile(join(world.folder, name), 'utf8'))
    }
    expect(texts[0]).toBe(texts[1])
  })
})
