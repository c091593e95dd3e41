/** What strangers wrote does nothing in any report but stand there. */
import {describe, expect, test} from 'vitest'
import {escapeDeep} from '../../../../src/lib/cli/escape.ts'
import {toStepSummary} from '../../../../src/lib/cli/reports/report.ts'
import {scanGateOutputs} from '../../../../src/lib/cli/scan-gate-outputs.ts'
import {viewScanGate} from '../../../../src/lib/cli/scan-gate-view.ts'
import {plainStyle} from '../../../../src/lib/cli/style.ts'
import {parseCodeQuality} from '../../../support/gitlab-code-quality.ts'
import {parseJunit} from '../../../support/junit.ts'
import {expectValidSarif} from '../../../support/sarif.ts'
import {reportOf} from '../scan-gate-support.ts'
import {hostileTexts, resultWith} from './hostile-texts.ts'

/** Every character that does more than show: of these, only the line ends of the report itself. */
const acting = /(?!\n)[\p{Cc}\p{Cs}\u200e\u200f\u061c\u2028-\u202e\u2066-\u2069]/u

function expectInert(report: string): void {
  expect(acting.exec(report)).toBeNull()
  // A log of GitHub Actions takes these for commands (actions/runner, ActionCommand).
  expect(report).not.toMatch(/^\s*::/m)
  expect(report).not.toContain('##[')
  expect(Buffer.byteLength(report)).toBeLessThan(1024 * 1024)
}

/** Every string of a value, keys too. */
function stringsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.flatMap(stringsOf)
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([key, item]) => [key, ...stringsOf(item)])
}

describe.each(hostileTexts)('%s', (_what, text) => {
  const result = resultWith(text)

  test('in SARIF', () => {
    const report = reportOf('sarif', result)
    expectValidSarif(report)
    expectInert(report)
    for (const string of stringsOf(JSON.parse(report))) {
      // What it says is as inert as how it is written; line ends of helps are the report's own.
      expect(acting.exec(string)).toBeNull()
      expect(string).not.toContain('](')
    }
  })

  test('in JUnit', () => {
    const report = reportOf('junit', result)
    expectInert(report)
    const {suites} = parseJunit(report)
    expect(suites.map(({cases}) => cases.map(({outcome}) => outcome).toSorted())).toEqual([
      ['failure', 'failure', 'passed', 'skipped'],
      ['failure', 'failure', 'passed', 'skipped'],
      ['error'],
      ['failure', 'failure'],
      ['error'],
    ])
    for (const string of stringsOf(suites)) expect(acting.exec(string)).toBeNull()
  })

  test('in Code Quality', () => {
    const report = reportOf('code-quality', result)
    expectInert(report)
    const issues = parseCodeQuality(report)
    expect(issues.map(({severity}) => severity)).toContain('critical')
    for (const string of stringsOf(issues)) expect(acting.exec(string)).toBeNull()
  })

  test('in Markdown', () => {
    const report = reportOf('markdown', result)
    expectInert(report)
    expect(Buffer.byteLength(report)).toBeLessThanOrEqual(64 * 1024)
    expectInert(toStepSummary(result))
    for (const line of report.split('\n')) expectOwnLine(line)
  })

  test('in JSON', () => {
    const report = reportOf('json', result)
    const {exitCode, items, summary, warnings} = result
    expect(JSON.parse(report)).toMatchObject(
      JSON.parse(JSON.stringify({command: 'scan-gate', exitCode, items, summary, warnings})) as object,
    )
    expect(acting.exec(report)).toBeNull()
    expect(report).not.toMatch(/^\s*::|##\[/m)
  })

  test('in outputs of a step', () => {
    expect(stringsOf(Object.values(scanGateOutputs(result))).join(' ')).toMatch(/^[a-z\d ]+$/)
  })

  test.each([80, Number.POSITIVE_INFINITY])('in the table, %s columns wide', columns => {
    const view = viewScanGate(escapeDeep(result), {...plainStyle, columns})
    expect(acting.exec(view)).toBeNull()
    expect(view.split('\n')[0]).toMatch(/^FAILED /)
  })
})

/** What a line of the Markdown report may be: its own marks, and between them text without any. */
function expectOwnLine(line: string): void {
  const text = String.raw`(?:[^\\\u0060*_{}[\]()#+!|~$:@<>&-]|&(?:#\d+|amp|lt|gt);)*`
  const cells = String.raw`(?: ${text} \|)+`
  const own = [
    String.raw`### Scan gate: [a-z]+`,
    String.raw`\|${cells}`,
    String.raw`\|(?:---\|)+`,
    String.raw`\*\*(?:(?:failed|undetermined|passed): |What fails in )?${text}\*\*`,
    String.raw`- ${text}`,
    String.raw`</?details>`,
    String.raw`<summary>${text}</summary>`,
    String.raw`\*\*\d+ more parts? (?:is|are) left out, for a comment has no room: see ${'`'}--json${'`'}\.\*\*`,
    text,
  ]
  expect(line).toMatch(new RegExp(`^(?:${own.join('|')})$`, 'u'))
  expect(line).not.toMatch(/www\.|:\/\//i)
}
