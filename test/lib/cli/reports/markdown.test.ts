import {expect, test} from 'vitest'
import {gateExitCode} from '../../../../src/lib/scan/gate-run.ts'
import {findingOf, imageOf, scanned, single} from '../../scan/judge-support.ts'
import {mixed, passing, reportOf, resultOf, undetermined} from '../scan-gate-support.ts'

/** The text as it is read: character references stand for what they mean. */
const read = (markdown: string) =>
  markdown.replace(/&#(\d+);/g, (_all, code: string) => String.fromCharCode(Number(code)))

test('the verdict comes first, then the images, why, and what fails by package with what mends it', () => {
  const digest = `sha256:${'a'.repeat(64)}`
  expect(read(reportOf('markdown', mixed)).split('\n')).toEqual([
    '### Scan gate: failed',
    '',
    '5 images: 1 passed, 2 failed, 2 undetermined.',
    '',
    '| image | verdict | failing |',
    '|---|---|---|',
    `| prod@eu-west-1/payments/api:v1@${digest} | failed | 1 critical, 2 high |`,
    `| prod@eu-west-1/payments/api:v3@${digest} | failed |  |`,
    `| prod@eu-west-1/payments/api:v2@${digest} | undetermined |  |`,
    '| prod/x:v9 | undetermined |  |',
    `| prod@eu-west-1/payments/api:v4@${digest} | passed |  |`,
    '',
    '**failed: prod@eu-west-1/payments/api:v1**',
    '',
    '- 1 critical and 2 high fail: CVE-2026-0001 in openssl, CVE-2026-0002 in openssl and CVE-2026-0003 in zlib.',
    '',
    '**failed: prod@eu-west-1/payments/api:v3**',
    '',
    '- It cannot be scanned.',
    '',
    '**undetermined: prod@eu-west-1/payments/api:v2**',
    '',
    '- linux/amd64: The scan failed.',
    '',
    '**undetermined: prod/x:v9**',
    '',
    '- prod/x:v9 is nowhere.',
    '- Near ones are v1 and v2.',
    '',
    '**What fails in prod@eu-west-1/payments/api:v1**',
    '',
    '| package | fix | severity | findings | platforms | why |',
    '|---|---|---|---|---|---|',
    '| openssl 3.0.1 | 3.0.2 | critical | CVE-2026-0001 | linux/amd64, linux/arm64 | fails: critical is at or above high |',
    '| openssl 3.0.1 | 3.0.2 | high | CVE-2026-0002 | linux/amd64 | fails: high is at or above high |',
    '| zlib 1.2 | none | high | CVE-2026-0003 | linux/amd64 | fails: high is at or above high |',
    '',
    '<details>',
    '<summary>2 packages with findings that do not fail in prod@eu-west-1/payments/api:v1</summary>',
    '',
    '| package | fix | severity | findings | platforms | why |',
    '|---|---|---|---|---|---|',
    '| curl 8.0 | 3.0.2 | high | CVE-2026-0004 | linux/amd64 | ignored for ever by .gantry-ignores.yaml:4: no path reaches it |',
    '| openssl 3.0.1 | 3.0.2 | low | CVE-2026-0005 | linux/amd64 | allowed: low is below high |',
    '',
    '</details>',
  ])
})

test.each([
  ['passed', [passing], {}],
  ['undetermined', [passing, undetermined], {}],
  ['undetermined', [passing], {missing: ['x']}],
  ['failed', [passing, undetermined, single([findingOf()])], {missing: ['x']}],
  ['undetermined', [], {run: {exitCode: gateExitCode([], [])}}],
])('it says %s', (verdict, images, parts) => {
  expect(reportOf('markdown', resultOf(images, parts)).split('\n')[0]).toBe(`### Scan gate: ${verdict}`)
})

test('what fails is told first, whatever number of graver findings the baseline has', () => {
  const inherited = Array.from({length: 500}, (_, index) =>
    findingOf({id: `CVE-${index}`, severity: 'critical', package: {name: `package-${index}`}}),
  )
  const image = imageOf({'': scanned([...inherited, findingOf({package: {name: 'the-one'}})])})
  const terms = {baseline: {text: 'prod', has: ({severity}: {severity: string}) => severity === 'critical'}}
  const markdown = read(reportOf('markdown', resultOf([image], {terms})))
  expect(markdown).toContain('| the-one 3.0.1 |')
  expect(markdown).toMatch(/and \d+ more packages/)
})

test('warnings are told', () => {
  const markdown = reportOf('markdown', resultOf([passing], {run: {warnings: ['A rule ended.']}}))
  expect(markdown).toContain('- A rule ended.')
})
