import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import type {IgnoreRule} from '../../../src/lib/config/ignores/model.ts'
import {ignoreNotes, ignoreRulesOf, readIgnoreRules} from '../../../src/lib/scan/ignore-rules.ts'
import {
  day,
  findingOf,
  imageOf,
  judge,
  now,
  outcomesOf,
  ruleOf,
  scanned,
  single,
  without,
} from './judge-support.ts'

type Parts = Partial<IgnoreRule>
const ignoring = (...rules: readonly Parts[]) => ({ignores: ignoreRulesOf(rules.map(ruleOf))})

test.each<readonly [what: string, rule: Parts, isIgnored: boolean]>([
  ['that names it and nothing else', {}, true],
  ['of another vulnerability', {id: 'CVE-2026-0002'}, false],
  ['of its repository', {repositories: ['other', 'payments/**']}, true],
  ['of another repository', {repositories: ['payments', 'shop/**', 'payments/api/x']}, false],
  ['of its package', {packages: ['zlib', 'open*']}, true],
  ['of another package', {packages: ['ssl', 'openssl-*']}, false],
  ['of its platform', {platforms: ['linux/arm64']}, true],
  ['of its platform with the variant', {platforms: ['linux/arm64/v8']}, true],
  ['of a platform that a pattern means', {platforms: ['linux/*']}, true],
  ['of another platform', {platforms: ['linux/amd64', 'linux/arm', 'linux/arm64/v9']}, false],
  ['of its repository and another package', {repositories: ['payments/api'], packages: ['zlib']}, false],
])('whether a rule %s takes a finding out', (_, rule, isIgnored) => {
  const image = imageOf({'linux/arm64/v8': scanned([findingOf()])})
  expect(judge(image, {}, ignoring(rule)).verdict).toBe(isIgnored ? 'passed' : 'failed')
})

test('a rule of a platform does not mean an image that has none', () => {
  expect(judge(single([findingOf()]), {}, ignoring({platforms: ['*/*', 'linux/amd64']})).verdict).toBe(
    'failed',
  )
})

test('a rule of one platform leaves the finding of the other', () => {
  const image = imageOf({'linux/amd64': scanned([findingOf()]), 'linux/arm64': scanned([findingOf()])})
  const verdict = judge(image, {}, ignoring({platforms: ['linux/arm64']}))
  expect(verdict.verdict).toBe('failed')
  expect(verdict.findings.map(({outcome, platforms}) => [outcome, platforms])).toEqual([
    ['fails', ['linux/amd64']],
    ['ignored', ['linux/arm64']],
  ])
})

test('the reason says until when, where it is written, and why', () => {
  const until = {until: '2026-12-01', endsAt: Date.parse('2026-12-02T00:00:00Z')}
  expect(outcomesOf(judge(single([findingOf()]), {}, ignoring(until)))).toEqual([
    'CVE-2026-0001 ignored: ignored until 2026-12-01 by .gantry-ignores.yaml:4: no path reaches it',
  ])
  expect(outcomesOf(judge(single([findingOf()]), {}, ignoring({})))).toEqual([
    'CVE-2026-0001 ignored: ignored for ever by .gantry-ignores.yaml:4: no path reaches it',
  ])
})

describe('a rule until 2026-11-21', () => {
  const rules = ignoring({until: '2026-11-21', endsAt: Date.parse('2026-11-22T00:00:00Z')})

  test('holds to the last millisecond of that day in UTC, and not for one more', () => {
    const at = (time: string) => judge(single([findingOf()]), {}, {...rules, now: Date.parse(time)})
    expect(at('2026-11-21T23:59:59.999Z').verdict).toBe('passed')
    expect(at('2026-11-22T00:00:00.000Z').verdict).toBe('failed')
    expect(outcomesOf(at('2026-11-22T00:00:00.000Z'))).toEqual([
      'CVE-2026-0001 fails: high is at or above high; it was ignored until 2026-11-21 by .gantry-ignores.yaml:4',
    ])
  })

  test('gives way to one that still holds', () => {
    const both = {
      ignores: ignoreRulesOf([...rules.ignores.all, ruleOf({origin: {file: 'b.yaml', line: 1, column: 1}})]),
    }
    const [outcome] = outcomesOf(judge(single([findingOf()]), {}, {...both, now: now + 30 * day}))
    expect(outcome).toContain('ignored for ever by b.yaml:1')
  })
})

describe('notes', () => {
  const notesOf = (verdicts: readonly Parameters<typeof judge>[0][], ...rules: readonly Parts[]) => {
    const {ignores} = ignoring(...rules)
    const {expired, expiring, unused} = ignoreNotes(
      ignores,
      verdicts.map(image => judge(image, {}, {ignores})),
      now,
    )
    const names = (those: readonly IgnoreRule[]) => those.map(({reason}) => reason)
    return {expired: names(expired), expiring: names(expiring), unused: names(unused)}
  }
  const image = single([findingOf(), findingOf({id: 'CVE-2026-0002', severity: 'low'})])

  test('tell rules that are over, those that soon are, and those that nothing meets', () => {
    expect(
      notesOf(
        [image],
        {reason: 'over', endsAt: now},
        {reason: 'a moment', endsAt: now + 1},
        {reason: '14 days', endsAt: now + 14 * day},
        {reason: 'longer', endsAt: now + 14 * day + 1},
        {reason: 'never', endsAt: null},
        {reason: 'unused', id: 'CVE-2026-0003'},
      ),
    ).toEqual({expired: ['over'], expiring: ['a moment', '14 days'], unused: ['unused']})
  })

  test('call a rule used whose finding would pass anyway', () => {
    expect(notesOf([image], {id: 'CVE-2026-0002'}).unused).toEqual([])
  })

  test('do not call a rule unused that means none of the images', () => {
    const elsewhere = {reason: 'elsewhere', id: 'CVE-2026-0009', repositories: ['shop/**']}
    expect(notesOf([image], elsewhere).unused).toEqual([])
    expect(notesOf([image, {...image, repository: 'shop/cart'}], elsewhere).unused).toEqual(['elsewhere'])
  })

  test.each(['pending', 'lost', 'unsupported'] as const)(
    'do not call a rule unused while a platform is %s',
    kind => {
      const half = imageOf({'linux/amd64': scanned([]), 'linux/arm64': without(kind)})
      expect(notesOf([half], {id: 'CVE-2026-0009'}).unused).toEqual([])
      expect(notesOf([half, image], {id: 'CVE-2026-0009'}).unused).toEqual([])
    },
  )

  test('call nothing unused when nothing was judged', () => {
    expect(notesOf([], {id: 'CVE-2026-0009'}).unused).toEqual([])
  })
})

test('files are read in their order, and one that is not there is an error', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gantry-ignores-'))
  try {
    const text = (id: string) => `version: 1\nignores: [{id: ${id}, until: never, reason: x}]\n`
    await writeFile(join(folder, 'org.yaml'), text('CVE-1'))
    await writeFile(join(folder, 'own.yaml'), text('CVE-2'))
    const {all} = await readIgnoreRules(['org.yaml', 'own.yaml'], folder)
    expect(all.map(({id, origin}) => [id, origin.file])).toEqual([
      ['CVE-1', 'org.yaml'],
      ['CVE-2', 'own.yaml'],
    ])
    await expect(readIgnoreRules(['org.yaml', 'gone.yaml'], folder)).rejects.toThrow(
      'gone.yaml: there is no such file',
    )
    expect((await readIgnoreRules([], folder)).all).toEqual([])
  } finally {
    await rm(folder, {recursive: true})
  }
})
