import {expect, test} from 'vitest'
import {mostResults} from '../../../../src/lib/cli/sarif.ts'
import {parseCodeQuality} from '../../../support/gitlab-code-quality.ts'
import {parseJunit} from '../../../support/junit.ts'
import {findingOf, imageOf, scanned} from '../../scan/judge-support.ts'
import {reportOf, resultOf} from '../scan-gate-support.ts'

const platforms = ['amd64', 'arm64', 'ppc64le', 's390x', 'riscv64'].map(
  architecture => `linux/${architecture}`,
)

/** So many findings, each on five platforms. */
function resultWith(number: number) {
  const findings = Array.from({length: number}, (_, index) =>
    findingOf({
      id: `CVE-2026-${10_000 + index}`,
      package: {name: `package-${index % 700}`},
      description: 'What it is about. '.repeat(100),
    }),
  )
  return resultOf([imageOf(Object.fromEntries(platforms.map(platform => [platform, scanned(findings)])))])
}

const result = resultWith(10_000)

test('JUnit and Code Quality tell each of 10,000 findings once', () => {
  const [suite] = parseJunit(reportOf('junit', result)).suites
  expect(suite?.cases).toHaveLength(10_001)
  expect(parseCodeQuality(reportOf('code-quality', result))).toHaveLength(10_000)
})

test('SARIF tells as many as GitHub shows, with the rules of these alone, and how many are left out', () => {
  const {runs} = JSON.parse(reportOf('sarif', result)) as {
    runs: [{results: object[]; tool: {driver: {rules: object[]}}; invocations: object[]}]
  }
  const [{results, tool, invocations}] = runs
  expect([results.length, tool.driver.rules.length]).toEqual([mostResults, mostResults])
  expect(JSON.stringify(invocations)).toContain('5000 more results were left out.')
})

test('Markdown has room in a comment, and the table on a screen', () => {
  const markdown = reportOf('markdown', result)
  expect(Buffer.byteLength(markdown)).toBeLessThanOrEqual(64 * 1024)
  expect(markdown).toMatch(/and \d+ more packages/)
})

test.each(['junit', 'code-quality', 'json'] as const)('%s of twice the findings is twice as long', kind => {
  const ratio = reportOf(kind, resultWith(2000)).length / reportOf(kind, resultWith(1000)).length
  expect(ratio).toBeGreaterThan(1.9)
  expect(ratio).toBeLessThan(2.1)
})
