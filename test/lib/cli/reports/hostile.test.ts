/** What strangers wrote does nothing in any report but stand there. */
import {describe, expect, test} from 'vitest'
import {escapeDeep} from '../../../../src/lib/cli/escape.ts'
import {toStepSummary} from '../../../../src/lib/cli/reports/report.ts'
import {scanGateOutputs} from '../../../../src/lib/cli/scan-gate-outputs.ts'
import type {ScanGateResult} from '../../../../src/lib/cli/scan-gate-result.ts'
import {viewScanGate} from '../../../../src/lib/cli/scan-gate-view.ts'
import {plainStyle} from '../../../../src/lib/cli/style.ts'
import {ignoreRulesOf} from '../../../../src/lib/scan/ignore-rules.ts'
import {parseCodeQuality} from '../../../support/gitlab-code-quality.ts'
import {parseJunit} from '../../../support/junit.ts'
import {expectValidSarif} from '../../../support/sarif.ts'
import {findingOf, imageOf, ruleOf, scanned, without} from '../../scan/judge-support.ts'
import {reportOf, resultOf} from '../scan-gate-support.ts'

const texts: readonly (readonly [what: string, text: string])[] = [
  ['lines', 'one\ntwo\r\nthree'],
  ['colours and a cleared screen', '\u001b[31mred\u001b[2J\u009b1m'],
  ['a title of the terminal', '\u001b]0;owned\u0007'],
  ['a turned reading direction', 'gpj.\u202etxt\u2066\u2069\u200f'],
  ['other line ends', 'a\u2028b\u2029c\u0085d\u000be'],
  ['half a pair', 'a\ud800b\udc00'],
  ['what XML forbids', 'a\u0000b\u0001c\ufffed\uffff'],
  ['the end of a section', ']]><x>&#0;&unknown;<![CDATA['],
  ['markup', '<script>alert(1)</script><img src=x onerror=alert(1)>'],
  ['the end of details', '</summary></details>\n\n# Passed'],
  ['the end of an attribute', `"/><testcase name='passed'/>`],
  ['Markdown', '| **bold** | `code` [x](https://evil.example) ![x](y) @everyone #1 $x$ ~~z~~'],
  ['a fence', '```\n</details>\n```'],
  ['links', 'https://evil.example www.evil.example [a](javascript:alert(1))'],
  ['commands of GitHub Actions', '::set-output name=verdict::passed'],
  ['commands in a later line', 'x\n::stop-commands::t\n##[add-mask]y'],
  ['what JSON ends', '","outcome":"passed"}]}'],
  ['the name of a rule', 'gantry/undetermined'],
  ['placeholders', String.raw`{0} {{1}} %s \u{a} $(id) %PATH%`],
  ['the names of objects', '__proto__'],
  ['white space alone', ' \n '],
  ['100 kB', `\n<&|${'long '.repeat(20_000)}`],
  ['100 kB without a space', '\u202e'.repeat(30_000)],
]

/** A result in which a text stands wherever strangers write. */
function resultWith(text: string): ScanGateResult {
  const found = {name: text, version: text, manager: text, path: text}
  const finding = (id: string, severity: 'critical' | 'low') =>
    findingOf({id, severity, package: found, fixedIn: text, title: text, description: text, uri: text})
  const ignored = findingOf({id: 'CVE-2026-0009', package: {name: text}})
  const image = imageOf(
    {
      [text]: scanned([finding(text, 'critical'), finding(`${text} `, 'low'), ignored]),
      'linux/amd64': without('lost', text),
    },
    {text, registry: text, host: text, repository: text, tag: text},
  )
  const unread = imageOf({[text]: without('pending', text)}, {text, registry: text, repository: text})
  const address = imageOf({'': scanned([findingOf({uri: `https://example.com/${text}`})])}, {tag: null})
  return resultOf([image, image, unread, address], {
    terms: {
      ignores: ignoreRulesOf([
        ruleOf({id: ignored.id, reason: text, origin: {file: text, line: 1, column: 1}}),
      ]),
    },
    missing: [text],
    run: {gate: text, warnings: [text]},
  })
}

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

describe.each(texts)('%s', (_what, text) => {
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
