import {describe, expect, test} from 'vitest'
import type {GateVerdict} from '../../../src/lib/scan/verdict.ts'
import {
  day,
  type FindingParts,
  findingOf,
  imageOf,
  judge,
  now,
  outcomesOf,
  type PolicyParts,
  scanned,
  single,
  without,
} from './judge-support.ts'

type Case = readonly [what: string, finding: FindingParts, policy: PolicyParts, outcome: string]

const at = 'CVE-2026-0001'
const cases: readonly Case[] = [
  ['at the threshold', {}, {}, 'fails: high is at or above high'],
  ['above it', {severity: 'critical'}, {}, 'fails: critical is at or above high'],
  ['below it', {severity: 'medium'}, {}, 'allowed: medium is below high'],
  [
    'that nobody rated',
    {severity: 'untriaged'},
    {},
    'fails: untriaged, counted as critical, is at or above high',
  ],
  [
    'with a word that nobody knows',
    {severity: 'unknown'},
    {},
    'fails: unknown, counted as critical, is at or above high',
  ],
  [
    'that nobody rated, where that counts little',
    {severity: 'undefined'},
    {unratedAs: 'low'},
    'allowed: undefined, counted as low, is below high',
  ],
  ['without a fix', {fix: 'no'}, {failOn: {fixable: true}}, 'allowed: no update mends it'],
  [
    'with a fix for some of its packages',
    {fix: 'partial'},
    {failOn: {fixable: true}},
    'fails: high is at or above high',
  ],
  [
    'of whose fix nobody knows',
    {fix: 'unknown'},
    {failOn: {fixable: true}},
    'fails: high is at or above high',
  ],
  ['without a fix, where that makes no difference', {fix: 'no'}, {}, 'fails: high is at or above high'],
  ['below the score', {score: 7.4}, {failOn: {cvss: 7.5}}, 'allowed: CVSS 7.4 is below 7.5'],
  ['at the score', {score: 7.5}, {failOn: {cvss: 7.5}}, 'fails: high is at or above high'],
  ['without a score', {score: null}, {failOn: {cvss: 7.5}}, 'fails: high is at or above high'],
  ['without an exploit', {}, {failOn: {exploitable: true}}, 'allowed: no exploit is known'],
  ['with an exploit', {exploitable: true}, {failOn: {exploitable: true}}, 'fails: high is at or above high'],
  [
    'of whose exploit nobody knows',
    {exploitable: null},
    {failOn: {exploitable: true}},
    'fails: high is at or above high',
  ],
  ['in another package', {}, {packages: ['lib*', 'zlib']}, 'allowed: the gate means other packages'],
  ['in a package that is meant', {}, {packages: ['open*']}, 'fails: high is at or above high'],
  [
    'in another path',
    {package: {path: 'usr/lib/x.jar', manager: 'JAR'}},
    {paths: ['app/**']},
    'allowed: the gate means other paths',
  ],
  [
    'in a path that is meant',
    {package: {path: '/app/lib/x.jar', manager: 'JAR'}},
    {paths: ['app/**']},
    'fails: high is at or above high',
  ],
  [
    'of the operating system, where a path is meant',
    {},
    {paths: ['app/**']},
    'allowed: the gate means other paths',
  ],
  [
    'of whose path nobody knows',
    {package: {manager: 'JAR'}},
    {paths: ['app/**']},
    'fails: high is at or above high',
  ],
  [
    'within its grace',
    {firstObservedAt: now - 14 * day + 1},
    {graceMs: 14 * day},
    'in-grace: does not fail until 2026-11-21T12:00Z',
  ],
  [
    'whose grace is over',
    {firstObservedAt: now - 14 * day},
    {graceMs: 14 * day},
    'fails: high is at or above high',
  ],
  [
    'of which nobody knows when it was first seen',
    {firstObservedAt: null},
    {graceMs: 14 * day},
    'fails: high is at or above high',
  ],
  [
    'that was first seen a moment ahead of this clock',
    {firstObservedAt: now + 60_000},
    {graceMs: day},
    'in-grace: does not fail until 2026-11-22T12:01Z',
  ],
  [
    'that will be first seen next year',
    {firstObservedAt: now + 365 * day},
    {graceMs: 14 * day},
    'fails: high is at or above high',
  ],
  ['that Inspector suppresses', {status: 'suppressed'}, {}, 'suppressed: suppressed by a rule of Inspector'],
  ['that Inspector closed', {status: 'closed'}, {}, 'suppressed: closed by Inspector'],
  [
    'that is not counted, where only numbers decide',
    {severity: 'medium'},
    {failOn: {severity: null}, most: {high: 0}},
    'allowed: medium is not counted',
  ],
]

test.each(cases)('a finding %s', (_, finding, policy, outcome) => {
  const verdict = judge(single([findingOf(finding)]), policy)
  expect(outcomesOf(verdict)).toEqual([`${at} ${outcome}`])
  expect(verdict.verdict).toBe(outcome.startsWith('fails') ? 'failed' : 'passed')
})

describe('numbers', () => {
  const highs = (number: number) =>
    Array.from({length: number}, (_, index) => findingOf({id: `CVE-2026-000${index + 1}`}))

  test('let as many pass as are allowed', () => {
    const verdict = judge(single(highs(2)), {failOn: {severity: 'high'}, most: {high: 2}})
    expect(verdict).toMatchObject({verdict: 'passed', reasons: []})
    expect(outcomesOf(verdict)).toEqual([
      'CVE-2026-0001 allowed: one of 2 high, of which 2 are allowed',
      'CVE-2026-0002 allowed: one of 2 high, of which 2 are allowed',
    ])
  })

  test('fail all of a severity when there are more', () => {
    const verdict = judge(single(highs(3)), {failOn: {severity: 'high'}, most: {high: 2}})
    expect(verdict.verdict).toBe('failed')
    expect(outcomesOf(verdict)[0]).toBe('CVE-2026-0001 fails: one of 3 high, more than the 2 allowed')
    expect(verdict.reasons).toEqual([
      '3 high, and 2 are allowed: CVE-2026-0001 in openssl, CVE-2026-0002 in openssl and CVE-2026-0003 in openssl.',
    ])
  })

  test('hold below the threshold too, and leave other severities to it', () => {
    const mixed = [...highs(1), findingOf({id: 'CVE-2026-0009', severity: 'low'})]
    expect(judge(single(mixed), {failOn: {severity: 'critical'}, most: {low: 0}})).toMatchObject({
      verdict: 'failed',
      reasons: ['1 low, and 0 are allowed: CVE-2026-0009 in openssl.'],
    })
  })

  test('that alone decide let nothing pass that is graver than what they name', () => {
    const policy = {failOn: {severity: null}, most: {high: 3, low: 1}}
    const verdict = judge(single([findingOf({severity: 'critical'}), findingOf({id: 'CVE-2'})]), policy)
    expect(verdict.verdict).toBe('failed')
    expect(outcomesOf(verdict)).toEqual([
      'CVE-2026-0001 fails: critical is graver than low, which is counted',
      'CVE-2 allowed: one of 1 high, of which 3 are allowed',
    ])
    expect(judge(single([findingOf({severity: 'medium'})]), policy).verdict).toBe('failed')
    expect(judge(single([findingOf({severity: 'informational'})]), policy).verdict).toBe('passed')
  })

  test('count what nobody rated as the policy says', () => {
    const unrated = single([findingOf({severity: 'untriaged'})])
    expect(judge(unrated, {failOn: {severity: null}, most: {critical: 0}}).verdict).toBe('failed')
    expect(judge(unrated, {failOn: {severity: null}, most: {critical: 1}})).toMatchObject({
      verdict: 'passed',
      reasons: ['Let pass: 1 that nobody rated, counted as critical.'],
    })
  })

  test('count only what the rest of the filter means', () => {
    const [first, second] = [findingOf(), findingOf({id: 'CVE-2026-0002', fix: 'no'})]
    expect(judge(single([first, second]), {failOn: {fixable: true}, most: {high: 1}}).verdict).toBe('passed')
    expect(judge(single([first, second]), {most: {high: 1}}).verdict).toBe('failed')
  })

  test('count a vulnerability once for each package, and not for each platform', () => {
    const both = [findingOf(), findingOf({package: {name: 'libssl'}})]
    const image = imageOf({'linux/amd64': scanned(both), 'linux/arm64': scanned(both)})
    expect(judge(image, {most: {high: 2}}).verdict).toBe('passed')
    expect(judge(image, {most: {high: 1}}).verdict).toBe('failed')
  })
})

describe('platforms', () => {
  test('that have a finding alike are told in one', () => {
    const [amd64, arm64] = [findingOf(), findingOf({id: 'CVE-2026-0002', severity: 'critical'})]
    const verdict = judge(
      imageOf({'linux/amd64': scanned([amd64, amd64]), 'linux/arm64': scanned([amd64, arm64])}),
    )
    expect(verdict.findings.map(({finding, platforms}) => [finding.id, platforms])).toEqual([
      ['CVE-2026-0002', ['linux/arm64']],
      ['CVE-2026-0001', ['linux/amd64', 'linux/arm64']],
    ])
  })

  test('of which one has nothing to wait for keep the image from passing', () => {
    expect(
      judge(imageOf({'linux/amd64': scanned([]), 'linux/arm64': without('lost', 'The scan failed.')})),
    ).toMatchObject({
      verdict: 'undetermined',
      reasons: ['linux/arm64: The scan failed.'],
    })
    expect(judge(imageOf({'': without('pending', 'Its scan is not over.')}))).toMatchObject({
      verdict: 'undetermined',
      reasons: ['Its scan is not over.'],
    })
  })

  test('of which one fails decide, whatever the others are waited for', () => {
    const image = imageOf({'linux/amd64': scanned([findingOf()]), 'linux/arm64': without('pending')})
    expect(judge(image)).toMatchObject({
      verdict: 'failed',
      reasons: ['1 high fails: CVE-2026-0001 in openssl.', 'linux/arm64: It is pending.'],
    })
  })

  test('none of which there is are no evidence', () => {
    expect(judge(imageOf({}))).toMatchObject({
      verdict: 'undetermined',
      reasons: ['There is no image in it that could be scanned.'],
    })
  })
})

type Unsupported = readonly [
  policy: 'fail' | 'warn' | 'pass',
  other: 'clean' | 'none' | 'pending',
  verdict: GateVerdict,
  reasons: readonly string[],
]
const told = 'It is unsupported.'
test.each<Unsupported>([
  ['fail', 'clean', 'failed', [`linux/s390x: ${told}`]],
  ['fail', 'none', 'failed', [`linux/s390x: ${told}`]],
  ['fail', 'pending', 'failed', [`linux/s390x: ${told}`, 'linux/amd64: It is pending.']],
  ['warn', 'clean', 'passed', [`Let pass unscanned: linux/s390x: ${told}`]],
  ['warn', 'none', 'passed', [`Let pass unscanned: linux/s390x: ${told}`]],
  [
    'warn',
    'pending',
    'undetermined',
    ['linux/amd64: It is pending.', `Let pass unscanned: linux/s390x: ${told}`],
  ],
  ['pass', 'clean', 'passed', []],
  ['pass', 'none', 'passed', [`Let pass unscanned: linux/s390x: ${told}`]],
  ['pass', 'pending', 'undetermined', ['linux/amd64: It is pending.']],
])(
  'with onUnsupported: %s and a platform beside that is %s, the image %s',
  (onUnsupported, other, verdict, reasons) => {
    const beside = {
      clean: {'linux/amd64': scanned([])},
      pending: {'linux/amd64': without('pending')},
      none: {},
    }[other]
    const image = imageOf({'linux/s390x': without('unsupported'), ...beside})
    expect(judge(image, {onUnsupported})).toMatchObject({verdict, reasons})
  },
)

describe('on a basic scan', () => {
  test.each<readonly [key: string, policy: PolicyParts]>([
    ['failOn.fixable', {failOn: {fixable: true}}],
    ['failOn.exploitable', {failOn: {exploitable: true}}],
    ['grace', {graceMs: day}],
    ['paths', {paths: ['app/**']}],
  ])('%s is an error, findings or not', (key, policy) => {
    for (const findings of [[], [findingOf()]]) {
      const error = errorOf(() => judge(single(findings, 'basic'), policy))
      expect(error).toMatchObject({code: 'FILTER_NEEDS_ENHANCED', exitCode: 2})
      expect(String(error)).toContain(`prod/payments/api:v1: "${key}" asks of a finding`)
    }
  })

  test('of one platform it is an error too', () => {
    const image = imageOf({'linux/amd64': scanned([]), 'linux/arm64': scanned([], 'basic')})
    expect(() => judge(image, {graceMs: day})).toThrow('"grace" asks')
  })

  test('everything else works', () => {
    const basic = findingOf({
      fix: 'unknown',
      exploitable: null,
      firstObservedAt: null,
      package: {manager: null},
    })
    const policy = {failOn: {cvss: 7}, most: {low: 3}, packages: ['open*']}
    expect(judge(single([basic], 'basic'), policy).verdict).toBe('failed')
    expect(judge(single([], 'basic'), policy).verdict).toBe('passed')
  })
})

test('what the baseline has too is inherited, on the platforms where it has it', () => {
  const image = imageOf({'linux/amd64': scanned([findingOf()]), 'linux/arm64': scanned([findingOf()])})
  const baseline = {text: 'prod', has: (_: unknown, platform: string | null) => platform === 'linux/amd64'}
  const verdict = judge(image, {}, {baseline})
  expect(verdict.verdict).toBe('failed')
  expect(verdict.findings.map(({platforms, outcome, why}) => [platforms, outcome, why])).toEqual([
    [['linux/arm64'], 'fails', 'high is at or above high'],
    [['linux/amd64'], 'inherited', 'prod has it too'],
  ])
  expect(judge(image, {}, {baseline: {text: 'prod', has: () => true}}).verdict).toBe('passed')
})

test('findings are told gravest first, then by package and id', () => {
  const all = [
    findingOf({id: 'CVE-2026-0003', severity: 'low'}),
    findingOf({id: 'CVE-2026-0002', package: {name: 'zlib'}}),
    findingOf({id: 'CVE-2026-0009'}),
    findingOf({id: 'CVE-2026-0001'}),
    findingOf({id: 'CVE-2026-0004', severity: 'untriaged', package: {name: 'zlib'}}),
  ]
  expect(judge(single(all)).findings.map(({finding}) => finding.id.at(-1))).toEqual(['4', '1', '9', '2', '3'])
})

test('a sentence names three, and how many more there are', () => {
  const all = ['1', '2', '3', '4', '5'].map((last, index) =>
    findingOf({id: `CVE-2026-000${last}`, severity: index < 2 ? 'critical' : 'high'}),
  )
  expect(judge(single(all)).reasons).toEqual([
    '2 critical and 3 high fail: CVE-2026-0001 in openssl, CVE-2026-0002 in openssl, CVE-2026-0003 in openssl and 2 more.',
  ])
})

test('hostile texts stay data: none breaks a line, matches as a pattern or becomes a key', () => {
  const hostile = ['__proto__', 'constructor', '*', '.*', 'a\nb\u001b[31m', '"}],["', '$&', '\u202egpj']
  const findings = hostile.map(text =>
    findingOf({id: text, package: {name: text, path: text, manager: text}}),
  )
  const verdict = judge(single(findings))
  expect(new Set(verdict.findings.map(({finding}) => finding.id))).toEqual(new Set(hostile))
  expect(verdict.findings.every(({outcome}) => outcome === 'fails')).toBe(true)
  for (const reason of verdict.reasons) expect(reason).not.toMatch(/\p{C}/u)
  const only = judge(single(findings), {packages: ['*b*']})
  expect(only.findings.filter(({outcome}) => outcome === 'fails').map(({finding}) => finding.id)).toEqual([
    'a\nb\u001b[31m',
  ])
})

function errorOf(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    return error
  }
  return undefined
}
