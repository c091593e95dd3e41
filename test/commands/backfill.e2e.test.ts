import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {Ajv} from 'ajv'
import {beforeEach, expect, test} from 'vitest'
import {runGantry} from '../support/cli.ts'
import {openReplicationWorld, prod, type ReplicationWorld, repos} from '../support/replication-world.ts'
import {temporaryFolder} from '../support/temporary-folder.ts'

let world: ReplicationWorld
let folder: string

beforeEach(async () => {
  world = await openReplicationWorld()
  folder = await temporaryFolder()
  await writeFile(join(folder, 'repos.yaml'), repos)
  await world.push('app', [{name: 'one', tags: ['v1', 'v2']}])
  await world.replicateTo([prod])
})

function gantry(...words: readonly string[]) {
  return gantryWith({}, ...words)
}

function gantryWith(more: Readonly<Record<string, string>>, ...words: readonly string[]) {
  const env = {GANTRY_SANDBOX: world.sandbox.url, GANTRY_CONFIG: join(folder, 'repos.yaml'), ...more}
  return runGantry(words, {env})
}

const start = ['backfill', 'start', 'dev@eu-west-1', '--to', 'prod']

async function expectShape(document: unknown, name: string): Promise<void> {
  const file = join(import.meta.dirname, `../../schemas/${name}.schema.json`)
  const validate = new Ajv({strict: false}).compile(JSON.parse(await readFile(file, 'utf8')))
  expect(validate(document), JSON.stringify(validate.errors)).toBe(true)
}

test('says the size and the cost before anything is started', async () => {
  const {status, stdout, stderr} = await gantry(...start, '--dry-run')
  expect([status, stderr]).toEqual([0, ''])
  expect(stdout).toMatch(/^app +1 +2 +\d+ B$/m)
  expect(stdout).toContain('dev@eu-west-1 → prod@us-east-1: 2 replications · 1 image · at most ')
  expect(stdout).toContain(
    'AWS data transfer: at most < $0.01 ($0.09/GB from eu-west-1 to another region, unconfirmed',
  )
  expect(stdout).toContain('Not started.')
})

test('starts nothing where nobody can be asked', async () => {
  const {status, stderr} = await gantry(...start)
  expect(status).toBe(2)
  expect(stderr).toMatch(
    /^Error: Start a backfill from dev@eu-west-1 to prod@us-east-1 as arn:\S+\? 2 replications of 1 image, at most .* give --yes to go on\.\n$/,
  )
})

test('is started, watched to its end and asked for its results, each a document of its schema', async () => {
  const started = await gantry(...start, '--yes', '--json', '--record', join(folder, 'record.jsonl'))
  const document = JSON.parse(started.stdout)
  await expectShape(document, 'backfill')
  expect(document).toMatchObject({
    command: 'backfill start',
    exitCode: 0,
    summary: {record: join(folder, 'record.jsonl')},
    items: [{outcome: 'started', size: {replications: 2}, backfill: {status: 'preparing', progress: null}}],
  })
  const {id} = document.items[0].backfill

  const early = await gantry('backfill', 'watch', 'dev@eu-west-1', '--wait', '300ms')
  expect(early.status).toBe(8)
  expect(early.stdout).toContain(`Backfill ${id}, dev@eu-west-1 → prod@us-east-1: preparing`)
  const results = await gantry('backfill', 'results', 'dev@eu-west-1', '--id', id)
  expect(results.status).toBe(8)
  expect(results.stderr).toContain('has not ended (preparing)')

  await world.arrive()
  await world.arrive()
  const watched = await gantry('backfill', 'watch', 'dev@eu-west-1', '--json')
  await expectShape(JSON.parse(watched.stdout), 'backfill')
  expect(JSON.parse(watched.stdout)).toMatchObject({
    exitCode: 0,
    summary: {total: 2, completed: 2, failed: 0},
    items: [{outcome: 'watched', backfill: {id, status: 'complete'}}],
  })
  const output = join(folder, 'output')
  await gantryWith({GITHUB_ACTIONS: 'true', GITHUB_OUTPUT: output}, 'backfill', 'watch', 'dev@eu-west-1')
  const outputs = await readFile(output, 'utf8')
  expect(outputs).toContain(id)
  expect(outputs).toContain('complete')
  const told = await gantry('backfill', 'results', 'dev@eu-west-1', '--json')
  await expectShape(JSON.parse(told.stdout), 'backfill-results')
  expect(JSON.parse(told.stdout).items).toMatchObject([
    {repository: 'app', tag: 'v1', status: 'complete'},
    {repository: 'app', tag: 'v2', status: 'complete'},
  ])
  const stopped = await gantry('backfill', 'stop', 'dev@eu-west-1', '--id', id, '--yes')
  expect([stopped.status, stopped.stderr]).toEqual([7, expect.stringContaining('has ended: complete')])
})
