import {describe, expect, test} from 'vitest'
import {basicFinding, enhancedFindings, sharedTexts} from '../../../src/lib/scan/normal-form.ts'
import {basicFinding as basic, enhancedFinding as enhanced} from '../../support/scan-documents.ts'

const share = sharedTexts()

function readEnhanced(more: Readonly<Record<string, unknown>>) {
  return enhancedFindings(
    {...enhanced('CVE-1', 'HIGH'), firstObservedAt: undefined, ...more},
    'enhancedFindings[0]',
    share,
  )
}

/** A finding of packages, each told by what it says of its fix. */
function withVersions(fixAvailable: string | undefined, ...fixedInVersions: readonly (string | undefined)[]) {
  const vulnerablePackages = fixedInVersions.map((fixedInVersion, n) => ({
    name: `package-${n}`,
    fixedInVersion,
  }))
  const packageVulnerabilityDetails = {vulnerabilityId: 'CVE-1', vulnerablePackages}
  return readEnhanced({fixAvailable, packageVulnerabilityDetails}).map(({fix, fixedIn}) => [fix, fixedIn])
}

describe('severities', () => {
  test.each([
    ['CRITICAL', 'critical'],
    ['Critical', 'critical'],
    ['INFORMATIONAL', 'informational'],
    ['UNTRIAGED', 'untriaged'],
    ['UNDEFINED', 'undefined'],
    ['BANANA', 'unknown'],
    ['UNKNOWN', 'unknown'],
  ])('%s is %s', (word, severity) => {
    expect(basicFinding(basic('CVE-1', word), 'findings[0]', share).severity).toBe(severity)
    expect(readEnhanced({severity: word})[0]?.severity).toBe(severity)
  })
})

describe('whether an update mends it', () => {
  test.each([
    ['YES', '1.2', ['yes', '1.2']],
    ['YES', '0:1.2', ['yes', '1.2']],
    ['YES', '3:1.2', ['yes', '3:1.2']],
    ['YES', 'NotAvailable', ['yes', null]],
    ['NO', 'NotAvailable', ['no', null]],
    ['NO', undefined, ['no', null]],
    ['NO', '1.2', ['yes', '1.2']],
    ['PARTIAL', undefined, ['partial', null]],
    [undefined, undefined, ['unknown', null]],
    [undefined, '1.2', ['yes', '1.2']],
    [undefined, 'NotAvailable', ['no', null]],
    ['PERHAPS', undefined, ['unknown', null]],
  ])('%s with the version %s', (available, version, expected) => {
    expect(withVersions(available, version)).toEqual([expected])
  })

  test('is told of each package where it is only some', () => {
    expect(withVersions('PARTIAL', '1.2', 'NotAvailable', undefined)).toEqual([
      ['yes', '1.2'],
      ['no', null],
      ['partial', null],
    ])
  })

  test('no basic scan tells', () => {
    expect(basicFinding(basic('CVE-1', 'HIGH'), 'findings[0]', share)).toMatchObject({
      fix: 'unknown',
      fixedIn: null,
      exploitable: null,
      firstObservedAt: null,
      status: 'active',
    })
  })
})

describe('scores', () => {
  test('the highest of all base scores counts, and that of Inspector only where there is none', () => {
    const details = enhanced('CVE-1', 'HIGH')['packageVulnerabilityDetails'] as object
    const scored = (...scores: readonly unknown[]) =>
      readEnhanced({
        score: 3.1,
        packageVulnerabilityDetails: {...details, cvss: scores.map(baseScore => ({baseScore}))},
      })[0]?.score
    expect(scored(5, 9.8, 7)).toBe(9.8)
    expect(scored()).toBe(3.1)
    expect(scored(0, 11, -1, '9')).toBe(3.1)
  })

  test('those of any version of CVSS are read of basic findings', () => {
    const attributes = [
      {key: 'package_name', value: 'curl'},
      {key: 'CVSS2_SCORE', value: '4.3'},
      {key: 'CVSS3_SCORE', value: '7.5'},
      {key: 'CVSS4_SCORE', value: 'high'},
    ]
    expect(basicFinding(basic('CVE-1', 'HIGH', {attributes}), 'findings[0]', share).score).toBe(7.5)
    expect(
      basicFinding(basic('CVE-1', 'HIGH', {attributes: attributes.slice(0, 1)}), 'findings[0]', share).score,
    ).toBeNull()
  })
})

describe('what is doubtful counts', () => {
  test.each([undefined, 'OPEN', 5])('the status %s is active', status => {
    expect(readEnhanced({status})[0]?.status).toBe('active')
  })

  test.each([undefined, 'MAYBE'])('the exploit %s is not known to be none', exploitAvailable => {
    expect(readEnhanced({exploitAvailable})[0]?.exploitable).toBeNull()
  })

  test.each([
    ['findings[3].name', {name: ''}],
    ['findings[3].severity', {severity: undefined}],
    ['findings[3]: the attribute package_name', {attributes: [{key: 'package_version', value: '1'}]}],
    ['findings[3] has no attributes', {attributes: undefined}],
  ])('a basic finding without %s is refused with its place', (place, more) => {
    const read = () => basicFinding(basic('CVE-1', 'HIGH', more), 'findings[3]', share)
    expect(read).toThrow(
      expect.objectContaining({code: 'MALFORMED_ANSWER', message: expect.stringContaining(place)}),
    )
  })

  test('a time that is none is refused', () => {
    expect(() => readEnhanced({firstObservedAt: new Date(Number.NaN)})).toThrow('firstObservedAt is no time')
  })
})

test('equal texts of all findings are one object', () => {
  const own = sharedTexts()
  const text = (end: string) => `a text that is ${end}`
  expect(own(text('long'))).toBe(text('long'))
  const seen = new Set([own(text('one')), own(text('one')), own(text('two'))])
  expect(seen.size).toBe(2)
})
