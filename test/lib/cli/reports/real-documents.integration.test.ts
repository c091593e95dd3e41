import {existsSync, readFileSync} from 'node:fs'
import {describe, expect, test} from 'vitest'
import {parseCodeQuality} from '../../../support/gitlab-code-quality.ts'
import {parseJunit} from '../../../support/junit.ts'
import {expectValidSarif} from '../../../support/sarif.ts'
import {devWest, openScanWorld} from '../../../support/scan-world.ts'
import {reportOf, resultOf} from '../scan-gate-support.ts'

// Scan results found in public repositories and documentation. They are not part of this project.
const folder = new URL('../../../../../shared/data/scan-findings/', import.meta.url)

describe.skipIf(!existsSync(folder))('real answers', () => {
  test.each([
    ['BASIC', 'basic-awscli-example'],
    ['BASIC', 'basic-golang-alpine'],
    ['BASIC', 'basic-nginx-1.14.1-fragment'],
    ['BASIC', 'basic-nginx-alpine-fragment'],
    ['BASIC', 'basic-clean'],
    ['BASIC', 'basic-unsupported-scratch'],
    ['ENHANCED', 'enhanced-aws-docs-libxml2'],
    ['ENHANCED', 'enhanced-moto-curl'],
  ] as const)('%s: readers take every report of %s, and each has every finding', async (scanType, name) => {
    const findings = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as object
    const world = await openScanWorld()
    await world.configure(devWest, scanType)
    await world.put({...devWest, name: 'app'}, {name, tags: ['v1'], findings})
    const [image] = await world.evidence(['dev/app:v1'])
    if (image === undefined) throw new TypeError('nothing was said of the image')
    const result = resultOf([image], {policy: {failOn: {severity: 'low'}, unratedAs: 'low'}})

    const sarif = reportOf('sarif', result)
    expectValidSarif(sarif)
    const [suite] = parseJunit(reportOf('junit', result)).suites
    const issues = parseCodeQuality(reportOf('code-quality', result))
    const markdown = reportOf('markdown', result)
    const [item] = result.items
    expect(markdown.split('\n')[0]).toBe(`### Scan gate: ${item?.verdict}`)
    const ids = image.platforms.flatMap(({evidence}) =>
      evidence.kind === 'scanned' ? evidence.findings.map(({id}) => id) : [],
    )
    expect(suite?.cases).toHaveLength(ids.length + 1)
    for (const id of ids) {
      expect(sarif).toContain(`"ruleId": "${id}"`)
      expect(issues.map(({check_name}) => check_name)).toContain(id)
    }
    expect(issues.length === 0).toBe(item?.verdict === 'passed')
  })
})
