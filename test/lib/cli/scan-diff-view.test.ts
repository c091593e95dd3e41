import {expect, test} from 'vitest'
import {toScanDiffResult} from '../../../src/lib/cli/scan-diff-result.ts'
import {viewScanDiff} from '../../../src/lib/cli/scan-diff-view.ts'
import {plainStyle, type Style} from '../../../src/lib/cli/style.ts'
import {displayWidth} from '../../../src/lib/cli/text.ts'
import {noTraffic} from '../../../src/lib/oci/registry.ts'
import {diffFindings} from '../../../src/lib/scan/diff.ts'
import type {ScanDiffRun} from '../../../src/lib/scan/diff-run.ts'
import type {ImageEvidence} from '../../../src/lib/scan/evidence.ts'
import {digestOf, findingOf, imageOf, scanned, without} from '../scan/judge-support.ts'

const arm = 'linux/arm64'
const [kept, worse, gone, come] = [
  findingOf({id: 'CVE-1'}),
  findingOf({id: 'CVE-2', severity: 'low'}),
  findingOf({id: 'CVE-3'}),
  findingOf({id: 'CVE-4', severity: 'critical', package: {name: 'zlib1g', version: '1.2.13'}}),
]
const before = imageOf({[arm]: scanned([kept, worse, gone])})
const after = imageOf(
  {[arm]: scanned([kept, {...worse, severity: 'high'}, come])},
  {text: 'dev/payments/api:v2', registry: 'dev@eu-west-1', tag: 'v2', digest: digestOf('b')},
)

function linesOf(
  images: readonly [ImageEvidence, ImageEvidence],
  parts: Partial<ScanDiffRun> = {},
  style?: Partial<Style>,
) {
  const run: ScanDiffRun = {
    before: images[0],
    after: images[1],
    findings: diffFindings(...images),
    failing: null,
    callers: [],
    traffic: noTraffic(),
    durationMs: 1234,
    exitCode: 0,
    ...parts,
  }
  return viewScanDiff(toScanDiffResult(run), {...plainStyle, columns: 80, ...style}).split('\n')
}

test('both images by digest, what is new, worse and gone, and how much is the same', () => {
  expect(linesOf([before, after], {failing: 2, exitCode: 3}, {columns: 120})).toEqual([
    'prod@eu-west-1 payments/api:v1',
    `  ${digestOf('a')}`,
    '→ dev@eu-west-1 payments/api:v2',
    `  ${digestOf('b')}`,
    '',
    'CHANGE   SEVERITY  FINDING  PACKAGE        FIX    PLATFORMS    WHAT',
    'new      critical  CVE-4    zlib1g 1.2.13  3.0.2  linux/arm64',
    'changed  high      CVE-2    openssl 3.0.1  3.0.2  linux/arm64  high was low',
    'fixed    high      CVE-3    openssl 3.0.1         linux/arm64',
    '',
    'FAILED 2 findings new or worse, and as grave as --fail-on says.',
    '1 new · 1 changed · 1 unchanged · 0 inherited · 1 fixed · 0 requests · 1.2 s',
  ])
})

test('a platform without evidence is told with its reason, and no number is', () => {
  const unread = imageOf({[arm]: without('pending', 'There is no scan of the image. '.repeat(5).trim())})
  const lines = linesOf([before, unread], {findings: []})
  expect(lines.slice(4)).toEqual([
    '',
    'NO EVIDENCE prod/payments/api:v1 linux/arm64',
    '  There is no scan of the image. There is no scan of the image. There is no scan',
    '  of the image. There is no scan of the image. There is no scan of the image.',
    'not compared · 0 requests · 1.2 s',
  ])
})

test('a column of which no row has anything is not shown', () => {
  const basic = findingOf({fix: 'unknown', fixedIn: null})
  const [, header] = linesOf([imageOf({'': scanned([])}), imageOf({'': scanned([basic])})]).slice(4)
  expect(header).toBe('CHANGE  SEVERITY  FINDING        PACKAGE')
})

test('of many findings a hundred are shown, within the terminal', () => {
  const many = Array.from({length: 130}, (_, index) =>
    findingOf({
      id: `CVE-2026-${index}`,
      package: {name: `github.com/organization/module-${index}`, version: '1.0.0'},
    }),
  )
  const lines = linesOf([imageOf({[arm]: scanned([])}), imageOf({[arm]: scanned(many)})])
  expect(lines.filter(line => line.startsWith('new '))).toHaveLength(100)
  expect(lines).toContain('30 more findings: --json has all.')
  expect(lines.filter(line => displayWidth(line) > 80)).toEqual([])
})

test('colours say what is good and what is bad', () => {
  const mark = (name: string) => (text: string) => `<${name}>${text.trimEnd()}</${name}>`
  const style = {good: mark('good'), bad: mark('bad'), warn: mark('warn')}
  const text = linesOf([before, after], {failing: 1, exitCode: 3}, style).join('\n')
  expect(text.match(/<(\w+)>.*?<\/\1>/g)).toEqual([
    '<bad>new</bad>',
    '<warn>changed</warn>',
    '<good>fixed</good>',
    '<bad>FAILED</bad>',
  ])
})
