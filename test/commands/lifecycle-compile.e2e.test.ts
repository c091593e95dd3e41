import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {runGantry} from '../support/cli.ts'
import {expectDocument} from '../support/schemas.ts'

const repos = `version: 1
presets:
  lifecycle:
    app:
      keep: [{tags: "v*", id: releases}]
      expire: [{tags: "pr-*", olderThan: 14d}]
repositories:
  payments/api: {lifecycle: {use: app, expire: [{untagged: true, olderThan: 1d}]}}
  legacy/app: {lifecycle: null}
`

const app = {
  rules: [
    {
      rulePriority: 10,
      description: 'releases',
      selection: {
        tagStatus: 'tagged',
        tagPatternList: ['v*'],
        countType: 'imageCountMoreThan',
        countNumber: 999_999,
      },
      action: {type: 'expire'},
    },
    {
      rulePriority: 20,
      description: 'expire images with a tag pr-* pushed more than 14 days ago',
      selection: {
        tagStatus: 'tagged',
        tagPatternList: ['pr-*'],
        countType: 'sinceImagePushed',
        countUnit: 'days',
        countNumber: 14,
      },
      action: {type: 'expire'},
    },
  ],
}

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gantry-compile-'))
  await writeFile(join(folder, 'repos.yaml'), repos)
})

afterAll(() => rm(folder, {recursive: true}))

function compile(args: readonly string[], input = '') {
  return runGantry(['lifecycle', 'compile', ...args], {cwd: folder, input})
}

describe('gantry lifecycle compile', () => {
  test('prints the policy of a preset and nothing else', async () => {
    const {status, stdout, stderr} = await compile(['--preset', 'app'])
    expect({status, stderr}).toEqual({status: 0, stderr: ''})
    expect(stdout).toBe(`${JSON.stringify(app, undefined, 2)}\n`)
  })

  test('prints the policy of a repository: its own rules before those of the preset', async () => {
    const {stdout} = await compile(['payments/api'])
    const {rules} = JSON.parse(stdout) as {rules: {selection: {tagStatus: string}}[]}
    expect(rules.map(({selection}) => selection.tagStatus)).toEqual(['tagged', 'untagged', 'tagged'])
  })

  test('reads a file or standard input, readable rules or those of ECR, without a repos.yaml', async () => {
    const text = 'keep: [{tags: "v*", id: releases}]\nexpire: [{tags: "pr-*", olderThan: 2w}]\n'
    expect(JSON.parse((await compile(['--policy', '-'], text)).stdout)).toEqual(app)
    await writeFile(join(folder, 'policy.json'), JSON.stringify(app))
    expect(JSON.parse((await compile(['--policy', 'policy.json'])).stdout)).toEqual(app)
  })

  test('--json says whose it is, where it was written, and how large it is', async () => {
    const {stdout} = await compile(['--preset', 'app', '--json'])
    const document: unknown = JSON.parse(stdout)
    expect(document).toMatchObject({
      command: 'lifecycle compile',
      summary: {policies: 1, rules: 2, characters: JSON.stringify(app).length},
      items: [{kind: 'preset', name: 'app', origin: 'repos.yaml:4:5', policy: app}],
      warnings: [],
      exitCode: 0,
    })
    expectDocument('lifecycle-compile.schema.json', document)
  })

  test('without a name, tells every policy of repos.yaml, and says how to name one where there is none', async () => {
    const {status, stdout} = await compile([])
    expect(status).toBe(0)
    expect(stdout.replaceAll(/\d+ characters/g, 'N characters').split('\n')).toEqual([
      'preset app (repos.yaml:4:5): 2 rules, N characters',
      '  10 expire all but the newest 999999 images with a tag v* "releases"',
      '  20 expire images with a tag pr-* pushed more than 14 days ago',
      '',
      'repository payments/api (repos.yaml:8:18): 3 rules, N characters',
      '  10 expire all but the newest 999999 images with a tag v* "releases"',
      '  20 expire untagged images pushed more than 1 day ago',
      '  30 expire images with a tag pr-* pushed more than 14 days ago',
      '',
      'repository legacy/app (repos.yaml:9:16): no policy',
      '',
    ])
    const {items} = JSON.parse((await compile(['--json'])).stdout) as {items: {policy: unknown}[]}
    expect(items.map(({policy}) => policy)).toEqual([app, expect.anything(), null])
    const empty = await runGantry(['lifecycle', 'compile'], {cwd: tmpdir()})
    expect(empty).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/No repos\.yaml says a lifecycle policy\. Name one: /),
    })
  })

  test.each([
    ['two named', ['payments/api', '--preset', 'app'], /These are several policies\. Name one: /],
    [
      'a preset that is not there',
      ['--preset', 'ap'],
      /"ap" is not a preset of repos\.yaml\. Did you mean "app"\?/,
    ],
    [
      'a repository without a word',
      ['other'],
      /nothing in repos\.yaml says what the policy of other should be/,
    ],
    ['a repository that is to have none', ['legacy/app'], /repos\.yaml:9:16 says that legacy\/app has none/],
    ['a pattern', ['payments/*'], /"payments\/\*" is not the name of a repository/],
    ['a file that is not there', ['--policy', 'none.yaml'], /none\.yaml cannot be read \(ENOENT\)/],
  ])('%s: one line and exit 2', async (_, args, message) => {
    const {status, stdout, stderr} = await compile(args)
    expect({status, stdout}).toEqual({status: 2, stdout: ''})
    expect(stderr).toMatch(message)
    expect(stderr.trim().split('\n')).toHaveLength(1)
  })

  test('a wrong file is refused with all that is wrong in it', async () => {
    const {status, stdout, stderr} = await compile(
      ['--policy', '-'],
      'keep: [{tags: [a, b]}]\nexpire: [{any: true, notPulledFor: 3d}]\n',
    )
    expect({status, stdout}).toEqual({status: 2, stdout: ''})
    expect(stderr).toContain('-:1:15 keep[0].tags: takes one pattern')
    expect(stderr).toContain('-:2:22 expire[0].notPulledFor: does not go with expire')
  })
})
