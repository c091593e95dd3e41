import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest'
import type {Repository} from '../../src/lib/oci/registry.ts'
import {runGantry, runJson} from '../support/cli.ts'
import {buildImage, pushImage} from '../support/images.ts'
import {repos} from '../support/rollback.ts'
import {expectDocument} from '../support/schemas.ts'
import {dev, devHost, prod, prodHost, startWorld, type World} from '../support/world.ts'

const old = await buildImage({layers: [{'etc/name': 'old'}]})
const image = await buildImage({layers: [{'etc/name': 'new'}]})

let world: World
let target: Repository
let env: Record<string, string>
let record: string
let run = 0

beforeAll(async () => {
  world = await startWorld()
  env = {GANTRY_SANDBOX: world.sandbox.url, GANTRY_CONFIG: join(world.folder, 'repos.yaml')}
  await writeFile(join(world.folder, 'repos.yaml'), repos)
})

afterAll(() => world.close())

beforeEach(async () => {
  await world.sandbox.reset()
  await world.sandbox.seed({
    repositories: [
      {...dev, name: 'app'},
      {...prod, name: 'app'},
    ],
  })
  target = (await world.open(prodHost)).repository('app')
  await pushImage((await world.open(devHost)).repository('app'), image, 'v1')
  await pushImage(target, old, 'v1')
  record = join(world.folder, `${++run}.jsonl`)
  await world.promote(['app:v1'], {record})
  world.sandbox.clearRequests()
})

function rollback(...args: string[]) {
  return runGantry(['rollback', ...args], {env})
}

function writes() {
  return world.sandbox.requests.filter(({mutating}) => mutating).length
}

describe('gantry rollback', () => {
  test('puts the tag back, shows it, and says nothing is left to do the second time', async () => {
    const {status, stdout} = await rollback(record, '--yes')
    expect(status).toBe(0)
    expect(stdout).toMatch(/^restored\s+prod@eu-west-1\s+app:v1/m)
    expect(stdout).toContain('1 restored')
    expect((await target.resolve(['v1'])).get('v1')).toBe(old.root.digest)
    world.sandbox.clearRequests()
    const again = await rollback(record, '--yes')
    expect(again).toMatchObject({status: 0})
    expect(again.stdout).toContain('1 unchanged')
    expect(writes()).toBe(0)
  })

  test('asks before it writes, and where nobody can answer it needs --yes', async () => {
    const {status, stderr} = await rollback(record)
    expect(status).toBe(2)
    expect(stderr).toContain('Put back 1 tag of a repository in prod@eu-west-1 as arn:aws:')
    expect(stderr).toContain('--yes')
    expect(writes()).toBe(0)
  })

  test('with --dry-run and --detailed-exitcode ends with 10 while there is something to put back', async () => {
    expect(await rollback(record, '--dry-run', '--detailed-exitcode')).toMatchObject({status: 10})
    expect(writes()).toBe(0)
    await rollback(record, '--yes')
    expect(await rollback(record, '--dry-run', '--detailed-exitcode')).toMatchObject({status: 0})
  })

  test('saves a plan and does it', async () => {
    const plan = join(world.folder, `${run}.json`)
    expect(await rollback(record, '--out', plan)).toMatchObject({status: 0})
    expect(writes()).toBe(0)
    expect(await rollback('--plan', plan, '--yes')).toMatchObject({status: 0})
    expect((await target.resolve(['v1'])).get('v1')).toBe(old.root.digest)
  })

  test('ends with 7 when somebody moved the only tag since', async () => {
    const intruder = await buildImage({layers: [{'etc/name': 'intruder'}]})
    await pushImage(target, intruder, 'v1')
    const {status, stdout} = await rollback(record, '--yes')
    expect(status).toBe(7)
    expect(stdout).toContain('somebody else moved it since')
  })

  test.each([
    ['without a record', []],
    ['of a file that is not there', ['nowhere.jsonl']],
    ['with a record and a plan', ['a.jsonl', '--plan', 'b.json']],
  ])('%s is one line, exit 2, and no request', async (_, args) => {
    const {status, stdout, stderr} = await rollback(...args)
    expect({status, stdout, requests: world.sandbox.requests.length}).toEqual({
      status: 2,
      stdout: '',
      requests: 0,
    })
    expect(stderr.trimEnd().split('\n'), stderr).toHaveLength(1)
  })

  test('prints the document that its schema describes', async () => {
    for (const args of [[record, '--dry-run'], [record, '--yes'], ['nowhere.jsonl']])
      expectDocument('rollback.schema.json', await runJson(['rollback', ...args], {env}))
  })
})
