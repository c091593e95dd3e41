import {expect, test} from 'vitest'
import {parseCodeQuality} from '../../../support/gitlab-code-quality.ts'
import {findingOf, single} from '../../scan/judge-support.ts'
import {mixed, passing, reportOf, resultOf} from '../scan-gate-support.ts'

const issuesOf = (result: typeof mixed) => parseCodeQuality(reportOf('code-quality', result))

test('images without a word of scans block; findings are told unless somebody set them aside', () => {
  const told = issuesOf(mixed).map(({check_name, severity, location}) => [
    check_name,
    severity,
    location.path,
  ])
  expect(told).toEqual([
    ['gantry/undetermined', 'blocker', 'payments/api'],
    ['gantry/failed', 'blocker', 'payments/api'],
    ['gantry/undetermined', 'blocker', 'prod/x:v9'],
    ['CVE-2026-0001', 'critical', 'payments/api'],
    ['CVE-2026-0002', 'major', 'payments/api'],
    ['CVE-2026-0003', 'major', 'payments/api'],
    ['CVE-2026-0005', 'info', 'payments/api'],
  ])
  expect(issuesOf(resultOf([passing]))).toEqual([])
})

test('a vulnerability in several versions of a package is one issue, the one that fails', () => {
  const image = single([
    findingOf({severity: 'low', package: {version: '1'}}),
    findingOf({package: {version: '2'}}),
    findingOf({package: {version: '3'}}),
  ])
  const issues = issuesOf(resultOf([image]))
  expect(issues.map(({description}) => description)).toEqual([
    'CVE-2026-0001 (high) in openssl 2. Update to 3.0.2. prod@eu-west-1/payments/api:v1, fails: high is at or above high; and in 2 more',
  ])
})

test('an issue keeps its fingerprint in the next build', () => {
  const fingerprints = (image: ReturnType<typeof single>) =>
    issuesOf(resultOf([image])).map(({fingerprint}) => fingerprint)
  const first = fingerprints(single([findingOf()]))
  expect(fingerprints({...single([findingOf({package: {version: '9'}})]), tag: 'v2'})).toEqual(first)
  expect(fingerprints(single([findingOf({id: 'CVE-2026-0009'})]))).not.toEqual(first)
})
