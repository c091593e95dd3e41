import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {estateJsonSchema} from '../../src/lib/config/schema.ts'
import {runGantry} from '../support/cli.ts'
import {expectDocument} from '../support/schemas.ts'

const repos = `version: 1
accounts:
  dev: {id: "111111111111", region: eu-west-1}
  prod: {id: "222222222222", region: us-east-1}
registries:
  prod: {scanning: {type: ENHANCED, onPush: ["*"]}}
defaults: {tagMutability: IMMUTABLE}
repositories:
  payments/api: {tags: {team: payments}}
overlays:
  prod: {defaults: {tagMutability: MUTABLE}}
`

let folder: string
let empty: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gantry-explain-'))
  empty = await mkdtemp(join(tmpdir(), 'gantry-empty-'))
  await writeFile(join(folder, 'repos.yaml'), repos)
})

afterAll(() => Promise.all([folder, empty].map(each => rm(each, {recursive: true}))))

const explain = (...args: readonly string[]) => runGantry(['repos', 'explain', ...args], {cwd: folder})

describe('gantry repos explain', () => {
  test('tells what holds where, and which line says it', async () => {
    const {stdout, stderr, status} = await explain('payments/api', 'tagMutability')
    expect({stderr, status}).toEqual({stderr: '', status: 0})
    expect(stdout.split('\n')).toEqual([
      'payments/api at dev@eu-west-1',
      '  tagMutability: IMMUTABLE',
      '      defaults.tagMutability (repos.yaml:7:27)',
      '',
      'payments/api at prod@us-east-1',
      '  tagMutability: MUTABLE',
      '      overlays.prod.defaults.tagMutability (repos.yaml:11:36)',
      '      hides IMMUTABLE, defaults.tagMutability (repos.yaml:7:27)',
      '',
    ])
  })

  test('prints the same as a document', async () => {
    const {stdout} = await explain('payments/api', '--account', 'prod', '--json')
    const document = JSON.parse(stdout) as {items: unknown}
    expectDocument('repos-explain.schema.json', document)
    expect(document.items).toMatchObject([
      {
        registries: ['prod@us-east-1'],
        values: [{key: 'tagMutability'}, {key: 'tags.team', value: 'payments'}],
      },
    ])
  })

  test('tells the settings of a registry', async () => {
    const {stdout} = await explain('--registry', 'prod@us-east-1', 'scanning.type')
    expect(stdout).toBe(
      'prod@us-east-1\n  scanning.type: ENHANCED\n      registries.prod.scanning.type (repos.yaml:6:27)\n',
    )
  })

  test.each([
    [[], 'Name a repository, or a registry with --registry.'],
    [['--registry', 'prod', 'scanning', 'type'], 'With --registry there is a FIELD and no REPOSITORY.'],
    [['payments/api', 'tagz'], '"tagz" is nothing that repos.yaml says. Did you mean "tags"?'],
  ])('%j is a mistake', async (args, message) => {
    const {stdout, stderr, status} = await explain(...args)
    expect({stdout, stderr, status}).toEqual({stdout: '', stderr: `Error: ${message}\n`, status: 2})
  })

  test('without a repos.yaml there is nothing to explain', async () => {
    const {stderr, status} = await runGantry(['repos', 'explain', 'a/b'], {cwd: empty})
    expect(status).toBe(2)
    expect(stderr).toContain('There is no repos.yaml here or above.')
  })
})

describe('gantry repos schema', () => {
  test('prints the JSON Schema of repos.yaml, which needs no file', async () => {
    const {stdout, status} = await runGantry(['repos', 'schema'], {cwd: empty})
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toEqual(estateJsonSchema())
  })
})
