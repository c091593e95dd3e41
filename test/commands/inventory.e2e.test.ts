import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {beforeEach, expect, test} from 'vitest'
import {recordedInventory} from '../../src/lib/ecr/inventory/file.ts'
import {isUnreadable} from '../../src/lib/ecr/inventory/model.ts'
import {runGantry, runJson} from '../support/cli.ts'
import {keepNewest, type LifecycleWorld, openLifecycleWorld} from '../support/lifecycle-world.ts'
import {expectDocument} from '../support/schemas.ts'

const app = {account: '111111111111', region: 'eu-west-1', name: 'team/app'}
const api = {account: '222222222222', region: 'us-east-1', name: 'team/api'}
const repos = `version: 1
accounts:
  dev: {id: "${app.account}", region: ${app.region}}
  prod: {id: "${api.account}", region: ${api.region}}
`

let world: LifecycleWorld
let env: Record<string, string>
let out: string

beforeEach(async () => {
  world = await openLifecycleWorld()
  const {fill} = world
  await fill(
    {
      ...app,
      images: [
        {name: 'old', pushed: 200, archived: 100},
        {name: 'one', pushed: 9, layers: ['shared', '1']},
        {name: 'two', pushed: 8, layers: ['shared', '2']},
      ],
    },
    {...api, images: [{name: 'one', pushed: 3}]},
  )
  await world.putPolicy(app, keepNewest(10))
  await writeFile(join(world.folder, 'repos.yaml'), repos)
  env = {GANTRY_SANDBOX: world.sandbox.url, GANTRY_CONFIG: join(world.folder, 'repos.yaml')}
  out = join(world.folder, 'inventory.jsonl.gz')
})

function inventory(...args: string[]) {
  return runGantry(['inventory', ...args], {env})
}

test('shows what the repositories of all accounts hold, and changes nothing', async () => {
  const {status, stdout, stderr} = await inventory()
  expect(status, stderr).toBe(0)
  expect(stdout).toMatch(/^team\/app +dev@eu-west-1 +3 +1 +\d+ B +\d+ B +yes$/m)
  expect(stdout).toMatch(/^team\/api +prod@us-east-1 +1 +0 +\d+ B +\d+ B +no$/m)
  expect(stdout).toContain('2 repositories · 4 images, 1 archived')
  world.expectNoMutation()
})

test('counts what images share once, and not at all without manifests', async () => {
  const {items} = await runJson(['inventory', 'team/app'], {env})
  const bytes = ['{"made":"one"}', '{"made":"two"}', 'shared', '1', '2'].join('').length
  expect(items).toMatchObject([{repository: 'team/app', unique: bytes, hasPolicy: true, error: null}])
  world.sandbox.clearRequests()
  const without = await runJson(['inventory', 'team/app', '--no-manifests'], {env})
  expect(without.items).toMatchObject([{unique: null}])
  expect(world.operations().has('BatchGetImage')).toBe(false)
})

test('records what it read, and what the manifests say', async () => {
  const {status, stdout, stderr} = await inventory('dev/**', '--out', out)
  expect(status, stderr).toBe(0)
  expect(stdout).toContain(`Inventory: ${out}`)
  const source = await recordedInventory(out)
  expect(source.callers.map(({account}) => account)).toEqual([app.account])
  for await (const repository of source.repositories()) {
    if (isUnreadable(repository)) throw repository.error
    expect(repository).toMatchObject({name: 'team/app', images: [{}, {}, {}]})
    const digests = repository.images.map(({digest}) => digest)
    expect((await source.contents(repository, digests)).size).toBe(2)
  }
})

test('a repository that may not be read is told beside the others: exit 4', async () => {
  const policy = {
    Version: '2012-10-17',
    Statement: [
      {Effect: 'Allow', Action: '*', Resource: '*'},
      {Effect: 'Deny', Action: 'ecr:DescribeImages', Resource: '*'},
    ],
  }
  await world.sandbox.seed({accounts: [{id: api.account, user: {policy}}]})
  const {status, stdout} = await inventory('--out', out)
  expect(status).toBe(4)
  expect(stdout).toContain('failed prod@us-east-1/team/api: ')
  expect(stdout).toContain('1 repository · 1 failed · 3 images')
})

test.each([
  ['a name that no registry has', ['nothing'], 4],
  ['an account that is not described', ['--account', 'prd'], 2],
  ['a file that cannot be written', ['--out', join('nowhere', 'inventory.jsonl')], 2],
])('%s is one line', async (_, args, exitCode) => {
  const {status, stdout, stderr} = await inventory(...args)
  expect({status, stdout}).toEqual({status: exitCode, stdout: ''})
  expect(stderr).toContain('Error')
})

test('prints the document that its schema describes', async () => {
  for (const args of [[], ['--no-manifests'], ['nothing']])
    expectDocument('inventory.schema.json', await runJson(['inventory', ...args], {env}))
})
