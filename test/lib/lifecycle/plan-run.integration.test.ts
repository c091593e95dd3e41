import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {detailedPlanExitCode} from '../../../src/lib/lifecycle/plan-run.ts'
import {plan} from '../../support/lifecycle-plan.ts'
import {
  dayMs,
  expireAfter,
  keepNewest,
  type LifecycleWorld,
  openLifecycleWorld,
  policyText,
  today,
} from '../../support/lifecycle-world.ts'

const dev = {account: '111111111111', region: 'eu-west-1', name: 'team/app'}
const prod = {account: '222222222222', region: 'eu-west-1', name: 'team/app'}
const dr = {account: '222222222222', region: 'us-east-1', name: 'team/app'}

function put({fill}: LifecycleWorld, ...repositories: Parameters<LifecycleWorld['fill']>) {
  return fill(...repositories)
}

const three = [
  {name: 'a', tags: ['v1'], pushed: 30, layers: ['base', 'only a']},
  {name: 'b', tags: ['v2'], pushed: 20, layers: ['base', 'only b']},
  {name: 'c', tags: ['v3'], pushed: 10, layers: ['base', 'only c']},
]

test('every account and region is planned, by its own policy, and ECR agrees', async () => {
  const world = await openLifecycleWorld()
  const [, atProd = new Map<string, string>()] = await put(
    world,
    {...dev, images: three},
    {...prod, images: three},
    {...dr, images: []},
  )
  await world.putPolicy(dev, keepNewest(5))
  await world.putPolicy(prod, expireAfter(14, {tagStatus: 'untagged'}), keepNewest(1, {}, 2))
  const run = await plan(world, {days: 30})
  expect(run.exitCode).toBe(0)
  expect(run.callers.map(({account}) => account)).toEqual([dev.account, prod.account])
  expect(
    run.plan.repositories.map(({registry, repository, now, preview}) => [
      `${registry.account}/${registry.region}/${repository}`,
      now.expire,
      preview.status,
    ]),
  ).toEqual([
    [`${dev.account}/${dev.region}/team/app`, 0, 'agrees'],
    [`${prod.account}/${prod.region}/team/app`, 2, 'agrees'],
    [`${dr.account}/${dr.region}/team/app`, 0, 'skipped'],
  ])
  const planned = run.plan.repositories[1]
  expect(planned?.parts).toEqual([`expire ${atProd.get('a')}`, `expire ${atProd.get('b')}`])
  expect(planned?.departures.map(({digest, at, rulePriority}) => ({digest, at, rulePriority}))).toEqual([
    {digest: atProd.get('a'), at: new Date(today).toISOString(), rulePriority: 2},
    {digest: atProd.get('b'), at: new Date(today).toISOString(), rulePriority: 2},
  ])
})

test('only what nothing else needs is freed, and manifests are read only where something goes', async () => {
  const world = await openLifecycleWorld()
  await put(world, {...dev, images: three}, {...prod, images: three})
  await world.putPolicy(dev, keepNewest(5))
  await world.putPolicy(prod, keepNewest(1))
  const run = await plan(world)
  const [kept, gone] = run.plan.repositories
  expect(kept?.now.freed.bytes).toBe(0)
  const own = ['a', 'b'].map(name => `only ${name}`.length + JSON.stringify({made: name}).length)
  expect(gone?.now.freed.bytes).toBe(own.reduce((sum, bytes) => sum + bytes, 0))
  expect(world.operations().get('BatchGetImage')).toBe(1)
  await plan(world, {bytes: false})
  expect(world.operations().has('BatchGetImage')).toBe(false)
})

test('a policy of a file is compared with the one that is there, and saved as a plan', async () => {
  const world = await openLifecycleWorld()
  await put(world, {...dev, images: three})
  await world.putPolicy(dev, keepNewest(5))
  const file = join(world.folder, 'policy.json')
  const out = join(world.folder, 'plan.json')
  await writeFile(file, policyText(expireAfter(15)))
  const run = await plan(world, {words: ['dev/team/app'], policyFile: file, out})
  const [planned] = run.plan.repositories
  expect(planned?.change).toMatchObject({
    kind: 'put',
    before: policyText(keepNewest(5)),
    after: policyText(expireAfter(15)),
    origin: file,
  })
  expect(planned?.now.expire).toBe(2)
  expect(planned?.within.expire).toBe(3)
  expect(planned?.today.within.expire).toBe(0)
  expect(planned?.parts).toHaveLength(2)
  expect(planned?.preview.status).toBe('agrees')
  expect(detailedPlanExitCode(run)).toBe(10)
  const document = JSON.parse(await readFile(out, 'utf8')) as {kind: string; actions: {parts: string[]}[]}
  expect(document.kind).toBe('lifecycle')
  expect(document.actions.map(({parts}) => parts)).toEqual([planned?.parts])
})

test('without previews nothing at all is sent that is no question', async () => {
  const world = await openLifecycleWorld()
  await put(world, {...dev, images: three})
  await world.putPolicy(dev, keepNewest(1))
  const run = await plan(world, {preview: false})
  world.expectNoMutation()
  expect(run.plan.repositories[0]?.preview).toMatchObject({status: 'skipped', reason: 'not asked for'})
})

test('a needed image that would go makes exit 7, and so does its index', async () => {
  const world = await openLifecycleWorld()
  const [digests = new Map<string, string>()] = await put(world, {
    ...dev,
    images: [
      {name: 'arm', pushed: 20},
      {name: 'both', tags: ['v1'], pushed: 20, lists: ['arm']},
      {name: 'new', tags: ['v2'], pushed: 1},
    ],
  })
  await world.putPolicy(dev, expireAfter(14))
  const file = join(world.folder, 'in-use.txt')
  await writeFile(file, `${digests.get('arm')}\n`)
  const run = await plan(world, {protect: [file]})
  const [planned] = run.plan.repositories
  expect(new Set(planned?.endangered.map(({digest}) => digest))).toEqual(
    new Set([digests.get('both'), digests.get('arm')]),
  )
  expect(planned?.endangered.every(({under}) => under === 'both')).toBe(true)
  expect(run.exitCode).toBe(0)
  expect(detailedPlanExitCode(run)).toBe(7)
  expect(run.warnings.join('\n')).toContain('in-use.txt')
})

test('children of an index that stays do not go, and what refers to what goes does', async () => {
  const world = await openLifecycleWorld()
  const [digests = new Map<string, string>()] = await put(world, {
    ...dev,
    images: [
      {name: 'arm', pushed: 30},
      {name: 'both', tags: ['v1'], pushed: 30, lists: ['arm']},
      {name: 'loose', pushed: 30},
      {name: 'signature', pushed: 29, refersTo: 'loose'},
    ],
  })
  await world.putPolicy(dev, expireAfter(14, {tagStatus: 'untagged'}))
  const run = await plan(world)
  const [planned] = run.plan.repositories
  expect(new Set(planned?.departures.map(({digest}) => digest))).toEqual(
    new Set([digests.get('loose'), digests.get('signature')]),
  )
  expect(planned?.preview.status).toBe('agrees')
  expect(planned?.preview.notes.length).toBeGreaterThan(0)
})

test('a preview that says something else is shown as a disagreement', async () => {
  const world = await openLifecycleWorld()
  await put(world, {...dev, images: three})
  await world.sandbox.setClock(today + 10 * dayMs)
  await world.putPolicy(dev, expireAfter(15))
  // Seen from ECR's clock, which is days ahead, more is too old.
  const aws = {...world.aws, now: () => world.sandbox.now() - 10 * dayMs}
  const run = await plan({...world, aws})
  const [planned] = run.plan.repositories
  expect(planned?.preview).toMatchObject({status: 'disagrees', reason: null})
  expect(planned?.preview.disagreements).toEqual([
    expect.objectContaining({ecr: 'expires by rule 1', gantry: 'stays'}),
  ])
  expect(run.warnings.join('\n')).toContain("ECR's preview disagrees")
})

test('a repository that cannot be read does not keep the others from being planned', async () => {
  const world = await openLifecycleWorld()
  await put(world, {...dev, images: three}, {...prod, images: three})
  await world.putPolicy(dev, keepNewest(1))
  await world.putPolicy(prod, keepNewest(1))
  const policy = {
    Version: '2012-10-17',
    Statement: [
      {Effect: 'Allow', Action: '*', Resource: '*'},
      {Effect: 'Deny', Action: 'ecr:DescribeImages', Resource: '*'},
    ],
  }
  await world.sandbox.seed({accounts: [{id: prod.account, user: {policy}}]})
  const out = join(world.folder, 'plan.json')
  const run = await plan(world, {out})
  expect(run.exitCode).toBe(4)
  expect(run.plan.repositories.map(({registry}) => registry.account)).toEqual([dev.account])
  expect(run.unplanned).toMatchObject([
    {registry: {account: prod.account}, repository: 'team/app', error: {code: 'ACCESS_DENIED', exitCode: 5}},
  ])
  expect(run.warnings).toEqual([expect.stringContaining('lacks what could not be read')])
})

test.each([
  ['denied', 'user/sandbox is not allowed ecr:StartLifecyclePolicyPreview'],
  ['failing', 'ServerException'],
  ['without end', 'was not there after 5 minutes'],
])('a preview that is wanted and %s is not compared, which the plan says once', async (how, reason) => {
  const world = await openLifecycleWorld()
  await put(world, {...dev, images: three})
  await world.putPolicy(dev, keepNewest(1))
  const operation = 'StartLifecyclePolicyPreview'
  const policy = {
    Version: '2012-10-17',
    Statement: [
      {Effect: 'Allow', Action: '*', Resource: '*'},
      {Effect: 'Deny', Action: `ecr:${operation}`, Resource: '*'},
    ],
  }
  if (how === 'denied') await world.sandbox.seed({accounts: [{id: dev.account, user: {policy}}]})
  if (how === 'failing') world.sandbox.setFaults([{kind: '500', operation, times: 1_000_000}])
  // ECR's clock stands still, however long it is waited.
  const aws = how === 'without end' ? {...world.aws, wait: async () => {}} : world.aws
  const run = await plan(world, {}, {aws})
  const [planned] = run.plan.repositories
  expect(planned?.preview.status).toBe('skipped')
  expect(planned?.preview.reason).toContain(reason)
  expect(run.warnings.filter(warning => warning.includes('preview'))).toEqual([
    expect.stringContaining(`ECR's own preview was not compared: ${planned?.preview.reason}`),
  ])
  expect(planned?.now.expire).toBe(2)
  expect(run.exitCode).toBe(0)
})

test('where a rule counts pulls, manifests are read only by whose pulls do not count, or who says so', async () => {
  const world = await openLifecycleWorld()
  await put(world, {...dev, images: three})
  await world.putPolicy(dev, {
    rulePriority: 1,
    selection: {tagStatus: 'any', countType: 'sinceImagePulled', countUnit: 'days', countNumber: 15},
    action: {type: 'transition', targetStorageClass: 'archive'},
  })
  const careful = await plan(world)
  expect(world.operations().has('BatchGetImage')).toBe(false)
  expect(careful.plan.repositories[0]?.now.archive).toBe(2)
  expect(careful.warnings.join('\n')).toContain('--bytes')
  await plan(world, {bytes: true})
  expect(world.operations().has('BatchGetImage')).toBe(true)
})

test('a thousand repositories in which nothing goes cost two requests each, and no manifest', async () => {
  const world = await openLifecycleWorld()
  const repositories = Array.from({length: 1000}, (_, index) => ({
    ...dev,
    name: `many/r${index}`,
    images: [{name: 'a', tags: ['v1'], pushed: 1}],
  }))
  await put(world, ...repositories)
  const run = await plan(world, {words: ['dev/many/**'], preview: false, concurrency: 16})
  expect(run.plan.repositories).toHaveLength(1000)
  const asked = world.operations()
  expect(asked.get('DescribeImages')).toBe(1000)
  expect(asked.get('GetLifecyclePolicy')).toBe(1000)
  expect(asked.has('BatchGetImage')).toBe(false)
  expect(run.traffic.requests).toBeLessThan(2020)
}, 60_000)
