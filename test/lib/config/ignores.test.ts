import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {Ajv} from 'ajv'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {parse} from 'yaml'
import {parseIgnores, readIgnoreFile} from '../../../src/lib/config/ignores/read.ts'
import {ignoresJsonSchema} from '../../../src/lib/config/ignores/schema.ts'
import {endOf} from '../../../src/lib/config/ignores/until.ts'
import {ConfigError} from '../../../src/lib/config/problems.ts'

const file = '.gantry-ignores.yaml'
const one = (fields: string) => `version: 1\nignores:\n  - {${fields}}\n`
const required = 'id: CVE-2026-0001, until: 2026-12-31, reason: no path reaches it'

describe('an ignore rule', () => {
  test('needs an id, an end and a reason', () => {
    expect(parseIgnores(one(required), file)).toEqual([
      {
        id: 'CVE-2026-0001',
        repositories: [],
        packages: [],
        platforms: [],
        until: '2026-12-31',
        endsAt: Date.parse('2027-01-01T00:00:00Z'),
        reason: 'no path reaches it',
        owner: null,
        origin: {file, line: 3, column: 5},
      },
    ])
  })

  test('may say where it holds and who answers for it', () => {
    const text = one(
      'id: GHSA-jfh8-c2jp-5v3q, repositories: ["payments/**"], packages: ["@scope/*", "org.apache:log4j"], platforms: [linux/arm64, "linux/*"], until: never, reason: x, owner: team-a@example.com',
    )
    expect(parseIgnores(text, file)).toMatchObject([
      {
        repositories: ['payments/**'],
        packages: ['@scope/*', 'org.apache:log4j'],
        platforms: ['linux/arm64', 'linux/*'],
        until: 'never',
        endsAt: null,
        owner: 'team-a@example.com',
      },
    ])
  })

  test('need not be there', () => {
    expect(parseIgnores('version: 1\nignores: []\n', file)).toEqual([])
  })
})

test.each([
  ['2026-12-31', Date.parse('2027-01-01T00:00:00Z')],
  ['2028-02-29', Date.parse('2028-03-01T00:00:00Z')],
  ['never', null],
  ['2026-02-29', undefined],
  ['2026-13-01', undefined],
  ['2026-1-1', undefined],
  ['Never', undefined],
  ['31.12.2026', undefined],
  ['2026-12-31T00:00:00Z', undefined],
  ['', undefined],
])('until %s ends at %s', (until, end) => {
  expect(endOf(until)).toBe(end)
})

const day = 'Write the last day on which it holds, as in 2026-12-31, or never.'
const wrong: readonly (readonly [what: string, text: string, ...lines: string[]])[] = [
  [
    'without an end',
    one('id: CVE-2026-0001, reason: x'),
    '3:5 ignores[0]: "until" is missing. Add until: 2026-12-31, or until: never.',
  ],
  [
    'without a reason',
    one('id: CVE-2026-0001, until: never'),
    '3:5 ignores[0]: "reason" is missing. Add reason: and why it does not count.',
  ],
  [
    'without an id',
    one('until: never, reason: x'),
    '3:5 ignores[0]: "id" is missing. Add id: CVE-2024-12345.',
  ],
  [
    'with a pattern for an id',
    one('id: "CVE-*", until: never, reason: x'),
    '3:10 ignores[0].id: "CVE-*" is not the id of a vulnerability. Write one as in CVE-2024-12345, without wildcards.',
  ],
  [
    'until a day that there is not',
    one('id: CVE-2026-0001, until: 2026-02-30, reason: x'),
    `3:32 ignores[0].until: "2026-02-30" is not a day. ${day}`,
  ],
  [
    'until a year',
    one('id: CVE-2026-0001, until: 2026, reason: x'),
    '3:32 ignores[0].until: 2026 is a number here, not text. Quote it: "2026".',
  ],
  [
    'with a number for an id',
    one('id: 20260001, until: never, reason: x'),
    '3:10 ignores[0].id: 20260001 is a number here, not text. Quote it: "20260001".',
  ],
  [
    'with an empty reason',
    one('id: CVE-2026-0001, until: never, reason: " "'),
    '3:47 ignores[0].reason: " " is not a reason. Say in 1 to 500 characters on one line why it does not count.',
  ],
  [
    'with a reason of two lines',
    one('id: CVE-2026-0001, until: never, reason: "a\\nb"'),
    '3:47 ignores[0].reason: "a\\nb" is not a reason. Say in 1 to 500 characters on one line why it does not count.',
  ],
  [
    'of no repositories',
    one(`${required}, repositories: []`),
    '3:86 ignores[0].repositories: is an empty list. Write at least one.',
  ],
  [
    'of a repository in capitals',
    one(`${required}, repositories: [Payments]`),
    '3:87 ignores[0].repositories[0]: "Payments" is not a repository pattern. Use lower-case names, * within a segment and ** for whole segments: payments/**.',
  ],
  [
    'of an architecture alone',
    one(`${required}, platforms: [arm64]`),
    '3:84 ignores[0].platforms[0]: "arm64" is not a platform. Write OS/ARCHITECTURE[/VARIANT], as in linux/arm64; * stands for any text.',
  ],
  [
    'of a package twice',
    one(`${required}, packages: [a, a]`),
    '3:86 ignores[0].packages[1]: "a" is given twice. Keep one.',
  ],
  [
    'with a slip in a key, which would ignore more than is meant',
    one(`${required}, repository: [a]`),
    '3:72 ignores[0]: "repository" is not a known key. Did you mean "repositories"?',
  ],
]

describe('an ignore rule that is wrong is refused by one line that says where and what to do:', () => {
  test.each(wrong)('%s', (_, text, ...lines) => {
    expect(linesOf(text)).toEqual(lines.map(line => `${file}:${line}`))
  })

  test.each([
    ['nothing', '', 'the file is empty.'],
    ['no version', 'ignores: []', '"version" is missing.'],
    ['a later version', 'version: 2\nignores: []', '2 is not a version that is known here.'],
    ['no list', 'version: 1\n', '"ignores" is missing. Add ignores: []'],
    ['rules by name', 'version: 1\nignores: {a: b}', 'must be a list, not a mapping.'],
  ])('a file with %s', (_, text, words) => {
    expect(linesOf(text)[0]).toContain(words)
  })
})

describe('the file', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gantry-ignores-'))
    await writeFile(join(folder, file), one(required))
    await writeFile(join(folder, 'latin'), Buffer.from([0x76, 0xe9]))
  })
  afterAll(() => rm(folder, {recursive: true}))

  test('is read from the folder that is said', async () => {
    expect(await readIgnoreFile(file, folder)).toMatchObject([{id: 'CVE-2026-0001', origin: {file}}])
  })

  test.each([
    [
      'none.yaml',
      'CONFIG_NOT_FOUND',
      'none.yaml: there is no such file. Check the name that the gate or a flag gives.',
    ],
    ['.', 'CONFIG_UNREADABLE', '.: cannot be read: it is a directory.'],
    ['latin', 'INVALID_CONFIG', 'latin:1:2 the file is not UTF-8 text.'],
  ])('%s is an error, never no rules', async (name, code, message) => {
    const error = await readIgnoreFile(name, folder).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({code, exitCode: 2})
    expect(String(error)).toContain(message)
  })
})

describe('an editor', () => {
  const validate = new Ajv({strict: false}).compile(ignoresJsonSchema())

  test('takes what is taken', () => {
    expect(validate(parse(one(`${required}, packages: [a], owner: b`)))).toBe(true)
  })

  test.each(['id: CVE-1, until: never', `${required}, repository: [a]`, `${required}, packages: []`])(
    'refuses {%s}',
    fields => {
      expect(validate(parse(one(fields)))).toBe(false)
    },
  )
})

function linesOf(text: string): readonly string[] {
  try {
    parseIgnores(text, file)
  } catch (error) {
    if (!(error instanceof ConfigError) || error.exitCode !== 2) throw error
    return [error.message, ...error.hints]
  }
  return []
}
