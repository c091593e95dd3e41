import {describe, expect, test} from 'vitest'
import {parseCodeQuality} from '../../support/gitlab-code-quality.ts'
import {parseJunit} from '../../support/junit.ts'

describe('what reads JUnit reports', () => {
  const cases = [
    '<testcase classname="app" name="CVE-1"><failure message="high">openssl &lt; 3</failure></testcase>',
    '<testcase classname="app" name="CVE-2"><skipped message="ignored"/></testcase>',
    '<testcase classname="app" name="CVE-3"><system-out>fine</system-out></testcase>',
  ].join('')
  const report = (suite: string) =>
    `<?xml version="1.0"?><testsuites tests="3" failures="1" skipped="1">${suite}</testsuites>`
  const suite = `<testsuite name="scan" tests="3" failures="1" errors="0" skipped="1">${cases}</testsuite>`

  test('gives the cases with their outcome', () => {
    expect(parseJunit(report(suite)).suites).toEqual([
      {
        name: 'scan',
        cases: [
          {
            name: 'CVE-1',
            classname: 'app',
            outcome: 'failure',
            message: 'high',
            text: 'openssl < 3',
            output: '',
          },
          {name: 'CVE-2', classname: 'app', outcome: 'skipped', message: 'ignored', text: '', output: ''},
          {name: 'CVE-3', classname: 'app', outcome: 'passed', message: '', text: '', output: 'fine'},
        ],
      },
    ])
  })

  test.each([
    ['text that is not escaped', 'Missing end tag', suite.replace('&lt;', '<')],
    ['a control character', 'Invalid character', suite.replace('fine', '\u0001')],
    ['an element that is not closed', 'Missing end tag', suite.replace('</testsuite>', '')],
    [
      'an unknown element',
      'A case has no element ignored.',
      suite.replaceAll('skipped message', 'ignored message'),
    ],
    [
      'an unknown attribute',
      'unknown attributes of failure',
      suite.replace('message="high"', 'severity="high"'),
    ],
    [
      'a wrong count',
      'tests, failures, errors, skipped of testsuite',
      suite.replace('tests="3"', 'tests="2"'),
    ],
    ['a case without a name', 'name of a testcase', suite.replace('name="CVE-3"', 'name=""')],
    ['two cases of one name', 'names of cases', suite.replace('CVE-3', 'CVE-2')],
  ])('refuses %s', (_what, message, faulty) => {
    expect(() => parseJunit(report(faulty))).toThrow(message)
  })
})

describe('what reads Code Quality reports', () => {
  const issue = {
    description: 'openssl has CVE-1',
    check_name: 'CVE-1',
    fingerprint: '7815696ecbf1c96e6894b779456d330e',
    severity: 'critical',
    location: {path: 'app', lines: {begin: 1}},
  }

  test('gives the issues', () => {
    expect(parseCodeQuality(JSON.stringify([issue]))).toEqual([issue])
    expect(parseCodeQuality('[]')).toEqual([])
  })

  test.each([
    ['an object', 'array', issue],
    ['an unknown severity', 'severity', [{...issue, severity: 'high'}]],
    ['a missing member', 'check_name', [{...issue, check_name: undefined}]],
    ['an unknown member', 'additionalProperty', [{...issue, more: 1}]],
    ['a path that is not relative', 'path', [{...issue, location: {...issue.location, path: './app'}}]],
    ['a line before the first', 'begin', [{...issue, location: {path: 'app', lines: {begin: 0}}}]],
    ['two issues of one fingerprint', 'fingerprints', [issue, issue]],
  ])('refuses %s', (_what, message, report) => {
    expect(() => parseCodeQuality(JSON.stringify(report))).toThrow(message)
  })
})
