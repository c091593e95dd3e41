import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest'
import type {PromotionItem} from '../../src/lib/promote/model.ts'
import {runGantry, runJson} from '../support/cli.ts'
import {buildImage, pushImage} from '../support/images.ts'
import {expectDocument} from '../support/schemas.ts'
import {dev, devHost, prod, prodHost, startWorld, type World} from '../support/world.ts'

const image = await buildImage({layers: [{'bin/hello': 'hello'}], sbom: true})
const estate = `version: 1
accounts:
  dev: {id: "${dev.account}", region: ${dev.region}}
  prod: {id: "${prod.account}", region: ${prod.region}}
  shared: {id: "${prod.account}", region: ${prod.region}, via: dev}
`

let world: World
let environment: Record<string, string>

beforeAll(async () => {
  world = await startWorld()
  environment = {GANTRY_SANDBOX: world.sandbox.url, GANTRY_CONFIG: join(world.folder, 'repos.yaml')}
  await writeFile(join(world.folder, 'repos.yaml'), estate)
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
  await pushImage((await world.open(devHost)).repository('app'), image, 'v1')
  world.sandbox.clearRequests()
})

function promote(...args: string[]) {
  return runGantry(['promote', ...args], {env: environment})
}

describe('a cross-account promotion without permission', () => {
  test('ends with 5 and one line that names action and principal, and the repository policy statement to add', async () => {
    const {status, stdout, stderr} = await promote('app:v1', '--from', 'dev', '--to', 'shared')
    const lines = `${stdout}${stderr}`.split('\n')
    const principal = `arn:aws:iam::${dev.account}:user/sandbox`
    const resource = `arn:aws:ecr:${prod.region}:${prod.account}:repository/app`
    expect(status).toBe(5)
    const denials = lines.filter(
      line => line.includes('not allowed') || line.includes('denied') || line.includes('not authorized'),
    )
    expect(denials).toHaveLength(1)
    expect(denials[0]).toMatch(/ecr:[A-Z]\w+/)
    expect(denials[0]).toContain(principal)
    expect(denials[0]).toContain(resource)
    const statement = lines.find(line => line.includes('"Effect":"Allow"')) ?? ''
    const policy = JSON.parse(statement.slice(statement.indexOf('{'), statement.lastIndexOf('}') + 1)) as {
      Action: string[]
      Principal: unknown
    }
    expect(policy.Principal).toEqual({AWS: principal})
    expect(policy.Action).toContain('ecr:PutImage')
  })

  test('works once the statement that was shown stands in the policy of the repository', async () => {
    const {stdout, stderr} = await promote('app:v1', '--from', 'dev', '--to', 'shared')
    const statement = `${stdout}${stderr}`.split('\n').find(line => line.includes('"Effect":"Allow"')) ?? ''
    const policy = {
      Version: '2012-10-17',
      Statement: [JSON.parse(statement.slice(statement.indexOf('{'), statement.lastIndexOf('}') + 1))],
    }
    await world.sandbox.seed({repositories: [{...prod, name: 'app', policy}]})
    expect(await promote('app:v1', '--from', 'dev', '--to', 'shared')).toMatchObject({status: 0})
  })
})

describe('a command line that cannot be understood', () => {
  const digest = 'a'.repeat(64)
  test.each([
    [['App:v1'], 'upper case'],
    [['app:'], 'no tag after the colon'],
    [['app@sha256:abc'], 'a short digest'],
    [[`app@sha256:${digest.toUpperCase()}`], 'an upper-case digest'],
    [[`app@md5:${digest}`], 'another algorithm'],
    [['app:v1 '], 'a space'],
    [['app:v1\n'], 'a line break'],
    [['https://registry.test/app:v1'], 'a scheme'],
    [[`app:${'v'.repeat(129)}`], 'a tag that is too long'],
    [['app:-v1'], 'a tag that begins with a dash'],
    [['/app:v1'], 'an empty component'],
    [['app//x:v1'], 'an empty component in the middle'],
    [['app'], 'neither tag nor digest'],
    [['app:v1@'], 'no digest after the @'],
    [['../app:v1'], 'a path'],
    [['app:v1', '--tag', 'a/b'], 'a tag with a slash'],
    [['app:v1', '--to', 'nowhere'], 'an unknown account'],
    [['app:v1', '--concurrency', '0'], 'a number out of range'],
    [['app:v1', '--timeout', '30'], 'a duration without a unit'],
    [['app:v1', '--as', 'X'], 'a repository name in upper case'],
    [['--plan', 'does-not-exist.json'], 'a plan that is not there'],
  ])('%j (%j) is one line, exit 2, and no request', async args => {
    const where = args.includes('--plan')
      ? []
      : ['--from', 'dev', ...(args.includes('--to') ? [] : ['--to', 'prod'])]
    const {status, stdout, stderr} = await promote(...where, ...args)
    expect({status, stdout, requests: world.sandbox.requests.length}).toEqual({
      status: 2,
      stdout: '',
      requests: 0,
    })
    expect(stderr.trimEnd().split('\n'), stderr).toHaveLength(1)
  })
})

describe('a repos.yaml that is wrong', () => {
  test.each([
    [
      'an account id without quotes',
      'version: 1\naccounts:\n  dev: {id: 012345678901, region: eu-west-1}\n',
      '3:13',
    ],
    ['an unknown key', 'version: 1\nacounts: {}\n', '2:1'],
    [
      'a region that is a host',
      'version: 1\naccounts:\n  dev: {id: "111111111111", region: us-east-1.evil.test}\n',
      '3:37',
    ],
    ['a tab', 'version: 1\naccounts:\n\tdev: {}\n', '3:1'],
    ['an alias', 'version: 1\naccounts: &a {}\npromotions: *a\n', '3:13'],
    ['nothing', '', '1:1'],
  ])('%s is one line with its position, exit 2, and no request', async (_, text, position) => {
    const file = join(world.folder, 'wrong.yaml')
    await writeFile(file, text)
    const {status, stdout, stderr} = await promote(
      'app:v1',
      '--from',
      'dev',
      '--to',
      'prod',
      '--config',
      file,
    )
    expect({status, stdout, requests: world.sandbox.requests.length}).toEqual({
      status: 2,
      stdout: '',
      requests: 0,
    })
    expect(stderr).toContain(`wrong.yaml:${position} `)
    expect(stderr.trimEnd().split('\n'), stderr).toHaveLength(1)
  })
})

describe('1,000 images', () => {
  test('are promoted in one run, and --json is one document that a slow reader gets whole', async () => {
    const blobs = [...image.blobs.values()].map(bytes => Buffer.from(bytes).toString('base64'))
    const manifest = Buffer.from(image.root.bytes).toString()
    const tags = Array.from({length: 1000}, (_, n) => `v1.0.${n}`)
    const images = tags.map((tag, n) => ({
      tag,
      manifest: manifest.replace('{', `{"annotations":{"build":"${n}"},`),
    }))
    await world.sandbox.seed({
      repositories: [
        {...dev, name: 'many', blobs, images},
        {...prod, name: 'many'},
      ],
    })
    const input = tags.map(tag => `many:${tag}`).join('\n')
    const {items, summary, exitCode} = await runJson<PromotionItem>(
      ['promote', '-', '--from', 'dev', '--to', 'prod', '--no-referrers'],
      {env: environment, input},
    )
    expect({exitCode, items: items.length, promoted: summary['promoted']}).toEqual({
      exitCode: 0,
      items: 1000,
      promoted: 1000,
    })
    const target = (await world.open(prodHost)).repository('many')
    expect((await target.resolve(tags)).size).toBe(1000)
  })
})

describe('the record of a run', () => {
  test('goes where --record says and never over another file', async () => {
    const record = join(world.folder, 'run.jsonl')
    expect(await promote('app:v1', '--from', 'dev', '--to', 'prod', '--record', record)).toMatchObject({
      status: 0,
    })
    const {status, stderr} = await promote('app:v1', '--from', 'dev', '--to', 'prod', '--record', record)
    expect(status).toBe(2)
    expect(stderr).toContain('a record is never overwritten')
  })
})

describe('in GitHub Actions', () => {
  test('the digest goes to the outputs, the counts to the step summary, and a failure becomes an annotation', async () => {
    const [outputs, summary] = [join(world.folder, 'outputs'), join(world.folder, 'summary')]
    await Promise.all([writeFile(outputs, ''), writeFile(summary, '')])
    const env = {...environment, GITHUB_ACTIONS: 'true', GITHUB_OUTPUT: outputs, GITHUB_STEP_SUMMARY: summary}
    const good = await runGantry(['promote', 'app:v1', '--from', 'dev', '--to', 'prod'], {env})
    expect(good.status).toBe(0)
    expect(await readFile(outputs, 'utf8')).toContain(image.root.digest)
    expect(await readFile(summary, 'utf8')).toContain('promoted')
    const bad = await runGantry(['promote', 'app:v2', '--from', 'dev', '--to', 'prod'], {env})
    expect(bad.status).toBe(4)
    expect(bad.stderr).toMatch(/^::error /m)
  })
})

describe('the schemas in schemas/', () => {
  test.each([
    ['a promotion', ['app:v1']],
    ['a dry run', ['app:v1', '--dry-run']],
    ['an image that is missing', ['app:v2', 'app:v1']],
    ['an error of all', ['app:v1', '--tag', '-']],
  ])('describe the document of %s', async (_, args) => {
    expectDocument(
      'promote.schema.json',
      await runJson(['promote', ...args, '--from', 'dev', '--to', 'prod'], {env: environment}),
    )
  })

  test('describe a saved plan', async () => {
    const file = join(world.folder, 'plan.json')
    expect(await promote('app:v1', '--from', 'dev', '--to', 'prod', '--out', file)).toMatchObject({status: 0})
    expectDocument('plan.schema.json', JSON.parse(await readFile(file, 'utf8')))
  })

  test('know the members that a document has, and which of them are never left out', async () => {
    const schema = join(import.meta.dirname, '..', '..', 'schemas', 'promote.schema.json')
    const {anyOf} = JSON.parse(await readFile(schema, 'utf8')) as {anyOf: {required: string[]}[]}
    const document = await runJson(['promote', 'app:v1', '--from', 'dev', '--to', 'prod'], {env: environment})
    expect(Object.keys(document).toSorted()).toEqual(anyOf[0]?.required.toSorted())
  })
})
