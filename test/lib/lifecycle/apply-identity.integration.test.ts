import {readFile} from 'node:fs/promises'
import {expect, test} from 'vitest'
import {parseEstate} from '../../../src/lib/config/parse.ts'
import {GantryError} from '../../../src/lib/errors.ts'
import {type ApplyScene, afterOf, beforeOf, openScene, parts} from './apply-support.ts'

const [dev, prod, stranger] = ['111111111111', '222222222222', '333333333333']

const accounts = (lines: readonly string[]) =>
  parseEstate(`version: 1\naccounts:\n${lines.map(line => `  ${line}\n`).join('')}`, 'repos.yaml')

const both = {
  dev: `dev: {id: "${dev}", region: eu-west-1}`,
  prod: `prod: {id: "${prod}", regions: [eu-west-1, us-east-1]}`,
}

/** Lets everybody do everything, or all but some of it. */
async function open(scene: ApplyScene, denied: readonly string[] = []): Promise<void> {
  const everybody = {Principal: '*', Effect: 'Allow', Action: 'ecr:*'}
  const others = denied.map(Action => ({Principal: '*', Effect: 'Deny', Action}))
  const policy = {Version: '2012-10-17', Statement: [everybody, ...others]}
  await scene.world.sandbox.seed({
    repositories: parts.map(({account, region, name}) => ({account, region, name, policy})),
  })
  scene.world.sandbox.clearRequests()
}

async function expectUntouched(scene: ApplyScene): Promise<void> {
  scene.world.expectNoMutation()
  expect(await scene.policies()).toEqual(beforeOf())
}

test('credentials of another account than repos.yaml says apply nothing', async () => {
  const scene = await openScene()
  await open(scene)
  const aws = {...scene.world.aws, env: {AWS_ACCESS_KEY_ID: stranger, AWS_SECRET_ACCESS_KEY: 'any'}}
  const refused = await scene.apply({}, {aws})
  expect(refused).toMatchObject({code: 'PLAN_OF_ANOTHER_ACCOUNT', exitCode: 7})
  expect(refused).toMatchObject({message: expect.stringContaining(`belong to account ${stranger}`)})
  expect([...scene.world.operations().keys()]).toEqual(['GetCallerIdentity'])
  await expectUntouched(scene)
})

test('an account that took no part in the plan applies nothing, though the repositories would let it', async () => {
  const scene = await openScene()
  await open(scene)
  const other = `other: {id: "${stranger}", region: eu-west-1}`
  const through = accounts([
    other,
    `dev: {id: "${dev}", region: eu-west-1, via: other}`,
    `prod: {id: "${prod}", regions: [eu-west-1, us-east-1], via: other}`,
  ])
  const half = accounts([
    both.dev,
    other,
    `prod: {id: "${prod}", regions: [eu-west-1, us-east-1], via: other}`,
  ])
  for (const estate of [through, half]) {
    const refused = await scene.apply({}, {estate})
    expect(refused).toMatchObject({code: 'PLAN_OF_ANOTHER_ACCOUNT', exitCode: 7})
    expect(refused).toMatchObject({message: expect.stringContaining(`arn:aws:iam::${stranger}:`)})
    await expectUntouched(scene)
  }
})

test('an account that took part in the plan may apply what the other may not, where the repositories let it', async () => {
  const scene = await openScene()
  const estate = accounts([both.dev, `prod: {id: "${prod}", regions: [eu-west-1, us-east-1], via: dev}`])
  const closed = await scene.apply({}, {estate})
  expect(closed).toMatchObject({code: 'ACCESS_DENIED', exitCode: 5})
  await expectUntouched(scene)
  await open(scene)
  expect(await scene.apply({}, {estate})).toMatchObject({exitCode: 0, callers: [{account: dev}]})
  expect(await scene.policies()).toEqual(afterOf())
})

test('another role of the same account applies the plan of a role that only looks, and the record names it', async () => {
  const scene = await openScene()
  const release = (account: string) => `role: "arn:aws:iam::${account}:role/release"`
  const estate = accounts([
    `dev: {id: "${dev}", region: eu-west-1, ${release(dev)}}`,
    `prod: {id: "${prod}", regions: [eu-west-1, us-east-1], ${release(prod)}}`,
  ])
  const run = await scene.apply({}, {estate})
  expect(run).toMatchObject({exitCode: 0})
  expect(await scene.policies()).toEqual(afterOf())
  const record = run instanceof GantryError ? '' : await readFile(run.record ?? '', 'utf8')
  const [head = '{}'] = record.split('\n')
  const {callers} = JSON.parse(head) as {callers: readonly {arn: string}[]}
  expect(callers.map(({arn}) => arn)).toEqual([
    expect.stringContaining(`arn:aws:sts::${dev}:assumed-role/release/`),
    expect.stringContaining(`arn:aws:sts::${prod}:assumed-role/release/`),
  ])
  expect(scene.plan.caller?.arn).toContain(':user/')
})

test('an identity that may look and not write fails for each repository, with the exit code of permissions', async () => {
  const scene = await openScene()
  await open(scene, ['ecr:PutLifecyclePolicy', 'ecr:DeleteLifecyclePolicy'])
  const run = await scene.apply()
  const error = {code: 'ACCESS_DENIED', exitCode: 5}
  expect(run).toMatchObject({exitCode: 5, items: parts.map(() => ({outcome: 'failed', error}))})
  expect(await scene.policies()).toEqual(beforeOf())
  await open(scene, ['ecr:DeleteLifecyclePolicy'])
  expect(await scene.apply()).toMatchObject({
    exitCode: 4,
    items: parts.map(({after}) =>
      after === null ? {outcome: 'failed', error} : {outcome: 'applied', error: null},
    ),
  })
  await open(scene)
  expect(await scene.apply()).toMatchObject({exitCode: 0})
  expect(await scene.policies()).toEqual(afterOf())
})

test('an identity that may not look changes nothing anywhere', async () => {
  const scene = await openScene()
  await open(scene, ['ecr:DescribeImages'])
  expect(await scene.apply()).toMatchObject({code: 'ACCESS_DENIED', exitCode: 5})
  await expectUntouched(scene)
})
