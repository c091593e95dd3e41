import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {text} from 'node:stream/consumers'
import {Ajv} from 'ajv'
import {beforeEach, expect, test} from 'vitest'
import {cleanEnvironment, program, runGantry} from '../support/cli.ts'
import {
  dr,
  everywhere,
  openReplicationWorld,
  prod,
  type ReplicationWorld,
  repos,
} from '../support/replication-world.ts'
import {temporaryFolder} from '../support/temporary-folder.ts'

let world: ReplicationWorld
let folder: string
let env: Record<string, string>

beforeEach(async () => {
  world = await openReplicationWorld()
  folder = await temporaryFolder()
  await writeFile(join(folder, 'repos.yaml'), repos)
  env = {GANTRY_SANDBOX: world.sandbox.url, GANTRY_CONFIG: join(folder, 'repos.yaml')}
  await world.replicateTo(everywhere)
})

const names = ['dev@eu-central-1', 'prod@us-east-1', 'dr@ap-southeast-2']

async function pushFaulty() {
  const digests = await world.push('app', [
    {name: 'one', tags: ['v1']},
    {name: 'two', tags: ['v2']},
  ])
  await world.arrive()
  await world.remove(prod, 'app', digests.get('one') ?? '')
  await world.remove(dr, 'app', digests.get('two') ?? '')
  return digests
}

test('shows images by destinations, and what is the matter where', async () => {
  await pushFaulty()
  const {status, stdout, stderr} = await runGantry(['replicate-status', 'dev@eu-west-1/app'], {env})
  expect(stderr).toBe('')
  expect(status).toBe(4)
  const [header = '', ...lines] = stdout.split('\n')
  expect(header.split(/ {2,}/)).toEqual(['IMAGE', ...names])
  expect(lines[0]).toMatch(/^app:v1 +in sync +missing +in sync$/)
  expect(stdout).toContain(
    'missing at prod@us-east-1, dr@ap-southeast-2: app:v1, app:v2\n  ECR reports COMPLETE, and the digest is not there',
  )
  expect(stdout).toMatch(/^2 images · 0 in sync everywhere · 2 not · \d+ requests/m)
})

test('says the same in a document of its schema', async () => {
  const digests = await pushFaulty()
  const {status, stdout} = await runGantry(['replicate-status', 'dev@eu-west-1/app:v1', '--json'], {env})
  const document = JSON.parse(stdout)
  expect(status).toBe(4)
  expect(document).toMatchObject({
    command: 'replicate-status',
    exitCode: 4,
    summary: {images: 1, verdicts: {no: 1, yes: 0}, classes: {'in-sync': 2, missing: 1}},
    items: [
      {
        repository: 'app',
        digest: digests.get('one'),
        tags: ['v1'],
        verdict: 'no',
        destinations: [
          {class: 'in-sync', registry: {label: names[0]}},
          {class: 'missing', reported: 'COMPLETE', missing: [`image ${digests.get('one')}`, 'tag v1']},
          {class: 'in-sync', registry: {label: names[2]}},
        ],
      },
    ],
  })
  const schema = JSON.parse(
    await readFile(join(import.meta.dirname, '../../schemas/replicate-status.schema.json'), 'utf8'),
  )
  const validate = new Ajv({strict: false}).compile(schema)
  expect(validate(document), JSON.stringify(validate.errors)).toBe(true)
})

test('waits for what is under way, and ends with 8 when it still is', async () => {
  await world.push('app', [{name: 'one', tags: ['v1']}])
  const {status, stdout, stderr} = await runGantry(
    ['replicate-status', 'dev@eu-west-1/app:v1', '--wait', '1s'],
    {env},
  )
  expect(status).toBe(8)
  expect(stdout).toMatch(/^app:v1 +in progress \d+[smhd] +in progress \d+[smhd] +in progress \d+[smhd]$/m)
  expect(stderr).toContain('Waiting for 3 destinations: in progress.')
})

test('leaves one clear line when it is interrupted', async () => {
  await world.push('app', [{name: 'one', tags: ['v1']}])
  const child = spawn(
    process.execPath,
    [program, 'replicate-status', 'dev@eu-west-1/app:v1', '--wait', '10m'],
    {
      env: {...cleanEnvironment(folder), ...env},
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString()
    if (!child.killed && said.includes('Waiting for 3 destinations')) child.kill('SIGINT')
  })
  const [stdout, [status]] = await Promise.all([text(child.stdout), once(child, 'close')])
  expect(stdout).toBe('')
  expect(status).toBe(130)
  expect(said.trimEnd().split('\n').at(-1)).toMatch(/Stopped by SIGINT\.$/)
})
