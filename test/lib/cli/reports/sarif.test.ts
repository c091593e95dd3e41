import {expect, test} from 'vitest'
import type {ScanGateResult} from '../../../../src/lib/cli/scan-gate-result.ts'
import {expectValidSarif} from '../../../support/sarif.ts'
import {findingOf, imageOf, single} from '../../scan/judge-support.ts'
import {failing, ignoresCurl, mixed, passing, reportOf, resultOf, undetermined} from '../scan-gate-support.ts'

interface Run {
  readonly tool: {
    readonly driver: {
      readonly rules: readonly {
        readonly id: string
        readonly helpUri?: string
        readonly help: {readonly text: string}
        readonly properties?: {readonly 'security-severity': string}
      }[]
    }
  }
  readonly results: readonly {
    readonly ruleId: string
    readonly level: string
    readonly message: {readonly text: string}
    readonly partialFingerprints: {readonly primaryLocationLineHash: string}
    readonly suppressions?: readonly {readonly justification: string}[]
  }[]
}

/** The one run of a valid log. */
function runOf(result: ScanGateResult): Run {
  const text = reportOf('sarif', result)
  expectValidSarif(text)
  return (JSON.parse(text) as {runs: [Run]}).runs[0]
}

test('each finding is a result of its vulnerability, as grave as it counts; what is set aside says why', () => {
  const {results} = runOf(resultOf([failing], {terms: ignoresCurl}))
  const told = results.map(({ruleId, level, suppressions}) => [ruleId, level, suppressions])
  expect(told).toEqual([
    ['CVE-2026-0001', 'error', []],
    ['CVE-2026-0002', 'error', []],
    ['CVE-2026-0003', 'error', []],
    ['CVE-2026-0005', 'note', []],
    [
      'CVE-2026-0004',
      'error',
      [
        {
          kind: 'external',
          status: 'accepted',
          justification: 'ignored for ever by .gantry-ignores.yaml:4: no path reaches it',
        },
      ],
    ],
  ])
  expect(results[0]?.message.text).toBe(
    'CVE-2026-0001 (critical) in openssl 3.0.1. Update to 3.0.2. prod@eu-west-1/payments/api:v1, fails: critical is at or above high.',
  )
})

test('a rule tells the packages with what mends them, a page, and a score: of CVSS or else of the severity', () => {
  const {rules} = runOf(resultOf([failing], {terms: ignoresCurl})).tool.driver
  const ruleOf = (id: string) => rules.find(rule => rule.id === id)
  expect(ruleOf('CVE-2026-0001')).toMatchObject({
    shortDescription: {text: 'CVE-2026-0001 - openssl'},
    properties: {'security-severity': '9.8'},
  })
  expect(ruleOf('CVE-2026-0002')?.helpUri).toBe('https://example.com/CVE-2026-0002')
  expect(ruleOf('CVE-2026-0002')?.help.text).toContain('openssl 3.0.1: fixed in 3.0.2')
  expect(ruleOf('CVE-2026-0003')?.help.text).toContain('zlib 1.2: no version is told that mends it')
  expect(ruleOf('CVE-2026-0005')?.properties?.['security-severity']).toBe('2.0')
})

test('an image that did not pass is a result although nothing was found in it', () => {
  const {results} = runOf(mixed)
  const own = results.filter(({ruleId}) => ruleId.startsWith('gantry/'))
  expect(own.map(({ruleId, level}) => `${level} ${ruleId}`)).toEqual([
    'error gantry/undetermined',
    'error gantry/unscanned',
    'error gantry/undetermined',
  ])
  expect(own.map(({message}) => message.text)).toEqual([
    expect.stringContaining('linux/amd64: The scan failed.'),
    expect.stringContaining('It cannot be scanned.'),
    'prod/x:v9: prod/x:v9 is nowhere. Near ones are v1 and v2.',
  ])
  expect(runOf(resultOf([passing])).results).toEqual([])
})

test('a missing verdict is told although more findings fail than a log has room for', () => {
  const many = single(
    Array.from({length: 6000}, (_, index) => findingOf({package: {name: `package-${index}`}})),
  )
  const {results} = runOf(resultOf([many, undetermined]))
  expect(results).toHaveLength(5000)
  expect(results[0]?.ruleId).toBe('gantry/undetermined')
})

test('a finding keeps its fingerprint in the next build, with another version, on another platform', () => {
  const hashOf = (...images: ReturnType<typeof single>[]) =>
    runOf(resultOf(images)).results.map(
      ({partialFingerprints}) => partialFingerprints.primaryLocationLineHash,
    )
  const [first] = hashOf(single([findingOf()]))
  const {platforms} = single([findingOf({package: {version: '3.0.1-r1'}})])
  const next = imageOf({}, {tag: 'v2', platforms: platforms.map(one => ({...one, platform: 'linux/arm64'}))})
  expect(hashOf(next)).toEqual([first])
  for (const other of [{id: 'CVE-2026-0009'}, {package: {name: 'libssl'}}, {package: {manager: 'NPM'}}])
    expect(hashOf(single([findingOf(other)]))).not.toEqual([first])
  expect(hashOf({...single([findingOf()]), repository: 'payments/web'})).not.toEqual([first])
})

test.each([
  ['javascript:alert(1)', undefined],
  ['no address', undefined],
  ['https://example.com/\ufffe', undefined],
  [null, undefined],
  ['https://[::1]/', undefined],
  ['https://example.com/a|c[d]?e=^%zz#f#g[%20', 'https://example.com/a%7Cc%5Bd%5D?e=%5E%25zz#f%23g%5B%20'],
  ['https://user:secret@example.com', 'https://example.com/'],
])('a page at %j is told as %j', (uri, helpUri) => {
  expect(runOf(resultOf([single([findingOf({uri})])])).tool.driver.rules[0]?.helpUri).toBe(helpUri)
})
