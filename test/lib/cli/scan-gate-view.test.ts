import {expect, test} from 'vitest'
import type {ScanGateResult} from '../../../src/lib/cli/scan-gate-result.ts'
import {viewScanGate} from '../../../src/lib/cli/scan-gate-view.ts'
import {plainStyle} from '../../../src/lib/cli/style.ts'
import {displayWidth} from '../../../src/lib/cli/text.ts'
import {gateExitCode} from '../../../src/lib/scan/gate-run.ts'
import {digestOf, findingOf, imageOf, scanned, single} from '../scan/judge-support.ts'
import {failing, ignoresCurl, mixed, passing, resultOf} from './scan-gate-support.ts'

function linesOf(result: ScanGateResult, columns = Number.POSITIVE_INFINITY): string[] {
  return viewScanGate(result, {...plainStyle, columns}).split('\n')
}

test('each image has its verdict, why, what was looked at, and its findings by package; what fails comes first', () => {
  const digest = `  ${digestOf('a')}`
  expect(linesOf(mixed, 80)).toEqual([
    'FAILED prod@eu-west-1 payments/api:v1',
    digest,
    '  1 critical and 2 high fail: CVE-2026-0001 in openssl, CVE-2026-0002 in openssl',
    '  and CVE-2026-0003 in zlib.',
    '  linux/amd64: enhanced scan of 2026-11-21T12:00Z, 5 findings',
    '  linux/arm64: enhanced scan of 2026-11-21T12:00Z, 1 finding',
    '  PACKAGE        FIX    SEVERITY  FINDINGS       OUTCOME',
    '  openssl 3.0.1  3.0.2  critical  CVE-2026-0001  fails',
    '  openssl 3.0.1  3.0.2  high      CVE-2026-0002  fails',
    '  zlib 1.2       none   high      CVE-2026-0003  fails',
    '  curl 8.0       3.0.2  high      CVE-2026-0004  ignored',
    '  openssl 3.0.1  3.0.2  low       CVE-2026-0005  allowed',
    '  ignored for ever by .gantry-ignores.yaml:4: no path reaches it',
    '',
    'UNDETERMINED prod@eu-west-1 payments/api:v2',
    digest,
    '  linux/amd64: The scan failed.',
    '',
    'FAILED prod@eu-west-1 payments/api:v3',
    digest,
    '  It cannot be scanned.',
    '',
    'PASSED prod@eu-west-1 payments/api:v4',
    digest,
    '  enhanced scan of 2026-11-21T12:00Z, 0 findings',
    '',
    'UNDETERMINED prod/x:v9',
    '  prod/x:v9 is nowhere.',
    '  Near ones are v1 and v2.',
    '',
    '5 images · 1 passed · 2 failed · 2 undetermined · 0 requests · 1.2 s',
  ])
})

test('where there is room, each row says where and why', () => {
  const rows = linesOf(resultOf([failing], {terms: ignoresCurl})).filter(line =>
    /^ {2}(PACKAGE|curl)/.test(line),
  )
  expect(rows).toEqual([
    '  PACKAGE        FIX    SEVERITY  FINDINGS       PLATFORMS                 OUTCOME  WHY',
    '  curl 8.0       3.0.2  high      CVE-2026-0004  linux/amd64               ignored  ignored for ever by .gantry-ignores.yaml:4: no path reaches it',
  ])
})

/** A package with many findings, long names everywhere, five platforms. */
const crowded = imageOf(
  Object.fromEntries(
    ['amd64', 'arm64', 'ppc64le', 's390x', 'riscv64'].map(architecture => [
      `linux/${architecture}`,
      scanned([
        ...Array.from({length: 300}, (_, index) => findingOf({id: `CVE-2026-${1000 + index}`})),
        findingOf({
          id: `GHSA-${'x'.repeat(60)}`,
          fixedIn: '1.2.3-really-long-version+build.20261121',
          package: {
            name: '@scope/a-package-with-a-rather-long-name',
            path: 'app/node_modules/deep/package.json',
          },
        }),
      ]),
    ]),
  ),
)

test.each([80, 100, 120, 200])('a list of 300 findings keeps a table of %s columns in shape', columns => {
  const lines = linesOf(resultOf([crowded]), columns)
  expect(lines.filter(line => displayWidth(line) > columns)).toEqual([])
  const row = lines.find(line => line.startsWith('  openssl')) ?? ''
  expect(row).toMatch(/^ {2}openssl 3\.0\.1 .* high +CVE-2026-1000.* \+29\d +.*fails/)
})

test('off a terminal the widest row is as wide as people can read', () => {
  const lines = linesOf(resultOf([crowded]))
  expect(lines.find(line => line.startsWith('  openssl'))).toContain(
    'CVE-2026-1000, CVE-2026-1001, CVE-2026-1002 +297',
  )
  expect(Math.max(...lines.map(displayWidth))).toBeLessThan(350)
})

test('of many packages so many are shown, those that fail before graver ones that do not', () => {
  const others = Array.from({length: 60}, (_, index) =>
    findingOf({severity: 'critical', package: {name: `inherited-${index}`}}),
  )
  const baseline = {text: 'prod', has: ({severity}: {severity: string}) => severity === 'critical'}
  const image = single([...others, findingOf({package: {name: 'the-one'}})])
  const lines = linesOf(resultOf([image], {terms: {baseline}}))
  const table = lines.findIndex(line => line.startsWith('  PACKAGE'))
  expect(lines[table + 1]).toMatch(/^ {2}the-one /)
  expect(lines).toContain('  11 more packages: --json or a report has all.')
})

test.each([
  [{fix: 'yes', fixedIn: '3.0.2'}, '3.0.2'],
  [{fix: 'yes', fixedIn: null}, 'yes'],
  [{fix: 'partial', fixedIn: null}, 'yes'],
  [{fix: 'no', fixedIn: null}, 'none'],
  [{fix: 'unknown', fixedIn: null}, '?'],
] as const)('a finding of %j has the fix %s', (parts, fix) => {
  const lines = linesOf(resultOf([single([findingOf(parts)])]))
  const cells = lines
    .find(line => line.startsWith('  openssl'))
    ?.trim()
    .split(/ {2,}/)
  expect(cells?.slice(0, 3)).toEqual(['openssl 3.0.1', fix, 'high'])
})

test('what it is compared with is told, and why it is not', () => {
  const told = (problem: string | null) => {
    const [image] = resultOf([passing]).items
    if (image === undefined || image.error !== null) throw new TypeError('no image')
    const baseline = {text: 'prod', digest: problem === null ? digestOf('b') : null, problem}
    const result = {...resultOf([passing]), items: [{...image, baseline}]}
    return linesOf(result).filter(line => line.includes('ompared'))
  }
  expect(told(null)).toEqual([`  Compared with prod (${digestOf('b')})`])
  expect(told('There is none.')).toEqual(['  Not compared with prod: There is none.'])
})

test('nothing at all is no pass', () => {
  expect(linesOf(resultOf([], {run: {exitCode: gateExitCode([], [])}}))).toEqual([
    '0 images · 0 passed · 0 failed · 0 undetermined · 0 requests · 1.2 s',
  ])
})

test('colours say verdicts, and which findings are grave and fail', () => {
  const mark = (name: string) => (text: string) => `<${name}>${text.trimEnd()}</${name}>`
  const style = {...plainStyle, columns: 80, good: mark('good'), bad: mark('bad'), warn: mark('warn')}
  expect(viewScanGate(mixed, style).match(/<(\w+)>.*?<\/\1>/g)).toEqual([
    '<bad>FAILED</bad>',
    ...['critical', 'high', 'high'].flatMap(severity => [`<bad>${severity}</bad>`, '<bad>fails</bad>']),
    // What somebody ignores is as grave as it was, and does not fail.
    '<bad>high</bad>',
    '<warn>UNDETERMINED</warn>',
    '<bad>FAILED</bad>',
    '<good>PASSED</good>',
    '<warn>UNDETERMINED</warn>',
  ])
})

test('where a package lies gives way before its name is cut', () => {
  const name = 'github.com/organization/module'
  const found = findingOf({
    package: {name, version: '1.2.3', manager: 'GOBINARY', path: 'usr/local/bin/server'},
  })
  const tableOf = (columns: number) =>
    linesOf(resultOf([single([found])]), columns).filter(line => /^ {2}(PACKAGE|github)/.test(line))
  expect(tableOf(120)).toEqual([
    '  PACKAGE                               PATH                  FIX    SEVERITY  FINDINGS       OUTCOME',
    '  github.com/organization/module 1.2.3  usr/local/bin/server  3.0.2  high      CVE-2026-0001  fails',
  ])
  expect(tableOf(85)).toEqual([
    '  PACKAGE                               FIX    SEVERITY  FINDINGS       OUTCOME',
    '  github.com/organization/module 1.2.3  3.0.2  high      CVE-2026-0001  fails',
  ])
})
