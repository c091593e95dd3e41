import {access} from 'node:fs/promises'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {TransientError} from '../../../src/lib/errors.ts'
import {detailedReposExitCode} from '../../../src/lib/repos/plan-run.ts'
import {devId, openReposWorld, type ReposSandbox} from '../../support/repos-world.ts'
import {identityPolicyWithout, mixed, mixedWorld, planRepos, said, seedRepositories} from './plan-support.ts'

describe('what cannot be read', () => {
  test('is told, the rest is compared, and the code is 4', async () => {
    const world = await mixedWorld()
    await world.sandbox.seed({
      accounts: [{id: devId, user: {policy: identityPolicyWithout('ListTagsForResource')}}],
    })
    const run = await planRepos(world, mixed)
    expect(run.plan.unread).toMatchObject([
      {
        registry: {label: 'dev@eu-west-1'},
        repository: 'payments/api',
        resource: 'tags',
        error: {code: 'ACCESS_DENIED', exitCode: 5},
      },
    ])
    expect(said(run.plan.changes)).toContain('change dev@eu-west-1/payments/api tagMutability')
    expect(run.exitCode).toBe(4)
    expect(detailedReposExitCode(run)).toBe(4)
  })

  test('because nothing may be is 5', async () => {
    const world = await mixedWorld()
    await world.sandbox.seed({
      accounts: [{id: devId, user: {policy: identityPolicyWithout('ListTagsForResource')}}],
    })
    const {exitCode, plan} = await planRepos(world, 'repositories: {payments/api: {tags: {a: b}}}')
    expect(plan.unread).toHaveLength(1)
    expect(exitCode).toBe(5)
  })

  test('is asked for again while it is trouble of the moment', async () => {
    const world = await mixedWorld()
    world.sandbox.setFaults([
      {kind: '500', operation: 'ListTagsForResource', times: 2},
      {kind: 'reset-after', operation: 'DescribeRepositories'},
      {kind: 'cut', operation: 'GetRegistryScanningConfiguration'},
    ])
    const {plan, exitCode, traffic} = await planRepos(world, mixed)
    expect(plan.unread).toEqual([])
    expect(plan.changes).toHaveLength(12)
    expect(exitCode).toBe(0)
    expect(traffic.retries).toBeGreaterThanOrEqual(4)
  })

  test('is no change, and a saved plan says that it lacks it', async () => {
    const world = await mixedWorld()
    world.sandbox.setFaults([{kind: 'html', operation: 'ListTagsForResource', times: 1_000_000}])
    const out = join(world.folder, 'plan.json')
    const {plan, exitCode} = await planRepos(world, mixed, {out})
    expect(said(plan.changes).filter(text => text.endsWith(' tags'))).toEqual([])
    expect(plan.warnings).toContain(
      `${out} lacks what could not be read: tags of dev@eu-west-1/payments/api.`,
    )
    expect(exitCode).toBe(4)
  })
})

describe('a list of repositories in several pages', () => {
  const names = Array.from({length: 1200}, (_, n) => `team/app-${String(n).padStart(4, '0')}`)
  const text = 'repositories: {team/app-1100: {in: [dev], tagMutability: IMMUTABLE}, team/new: {in: [dev]}}'
  const lists = (world: ReposSandbox) => world.operations().filter(name => name === 'DescribeRepositories')

  test('is read to its end, though a page of it fails at first', async () => {
    const world = await openReposWorld()
    await seedRepositories(world, devId, names)
    world.sandbox.setFaults([{kind: 'cut', operation: 'DescribeRepositories', account: devId, at: 2}])
    const {plan, exitCode} = await planRepos(world, text, {accounts: ['dev']})
    expect(said(plan.changes)).toEqual([
      'create dev@eu-west-1/team/new repository',
      'change dev@eu-west-1/team/app-1100 tagMutability',
    ])
    expect(plan.unlisted[0]?.names).toHaveLength(1199)
    expect(lists(world)).toHaveLength(3)
    expect(exitCode).toBe(0)
  })

  test('that breaks off makes no repository missing: those of the file are asked for one by one', async () => {
    const world = await openReposWorld()
    await seedRepositories(world, devId, names)
    world.sandbox.setFaults([
      {kind: 'html', operation: 'DescribeRepositories', account: devId, at: 2, times: 1},
    ])
    const {plan, exitCode} = await planRepos(world, text, {accounts: ['dev']})
    expect(said(plan.changes)).toEqual([
      'create dev@eu-west-1/team/new repository',
      'change dev@eu-west-1/team/app-1100 tagMutability',
    ])
    expect(plan.unread).toMatchObject([{repository: null, resource: 'repositories'}])
    expect(plan.unlisted).toEqual([])
    expect(exitCode).toBe(4)
  })

  test('that is denied is no reason to say that a repository is not there, nor that nothing is managed', async () => {
    const world = await mixedWorld()
    await world.sandbox.seed({
      accounts: [{id: devId, user: {policy: identityPolicyWithout('DescribeRepositories')}}],
    })
    const words = ['dev/scratch/tmp', 'dev/**']
    const {plan, exitCode} = await planRepos(world, 'defaults: {tags: {a: b}}', {words})
    expect(plan.unread).toMatchObject([{resource: 'repositories', error: {code: 'ACCESS_DENIED'}}])
    expect(plan.changes).toEqual([])
    expect(plan.warnings).toEqual([])
    expect(exitCode).toBe(5)
  })
})

test('a plan that is interrupted ends with the reason, and asks for nothing more', async () => {
  const stop = new AbortController()
  const reason = new TransientError('TIMEOUT', 'Not done in time.')
  const world = await openReposWorld({
    onRequest: ({operation}) => {
      if (operation === 'ListTagsForResource') stop.abort(reason)
    },
  })
  await seedRepositories(
    world,
    devId,
    Array.from({length: 50}, (_, n) => `team/app-${n}`),
  )
  const aws = {...world.aws, signal: stop.signal}
  const out = join(world.folder, 'plan.json')
  await expect(planRepos({...world, aws}, 'defaults: {tags: {a: b}}', {out})).rejects.toBe(reason)
  expect(world.operations().filter(name => name === 'ListTagsForResource').length).toBeLessThanOrEqual(8)
  await expect(access(out)).rejects.toMatchObject({code: 'ENOENT'})
})
