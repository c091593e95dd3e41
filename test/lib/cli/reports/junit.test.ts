import {expect, test} from 'vitest'
import {parseJunit} from '../../../support/junit.ts'
import {findingOf, imageOf, scanned, single} from '../../scan/judge-support.ts'
import {mixed, reportOf, resultOf} from '../scan-gate-support.ts'

const suitesOf = (result: typeof mixed) => parseJunit(reportOf('junit', result)).suites

test('each image is a suite with its verdict: passed, a failure, or an error where there is none', () => {
  const verdicts = suitesOf(mixed).map(({name, cases: [verdict]}) => [
    name,
    verdict?.name,
    verdict?.outcome,
    verdict?.message,
  ])
  expect(verdicts).toEqual([
    ['prod@eu-west-1/payments/api:v1', 'verdict', 'failure', expect.stringMatching(/^1 critical and 2 high/)],
    ['prod@eu-west-1/payments/api:v2', 'verdict', 'error', 'linux/amd64: The scan failed.'],
    ['prod@eu-west-1/payments/api:v3', 'verdict', 'failure', 'It cannot be scanned.'],
    ['prod@eu-west-1/payments/api:v4', 'verdict', 'passed', ''],
    ['prod/x:v9', 'verdict', 'error', 'prod/x:v9 is nowhere.'],
  ])
})

test('each finding is a case: a failure, skipped with the reason where it is set aside, else passed', () => {
  const [suite] = suitesOf(mixed)
  expect(suite?.cases.slice(1).map(({name, outcome, message}) => [name, outcome, message])).toEqual([
    ['CVE-2026-0001 in openssl 3.0.1', 'failure', 'fails: critical is at or above high'],
    [
      'CVE-2026-0004 in curl 8.0',
      'skipped',
      'ignored for ever by .gantry-ignores.yaml:4: no path reaches it',
    ],
    ['CVE-2026-0002 in openssl 3.0.1', 'failure', 'fails: high is at or above high'],
    ['CVE-2026-0003 in zlib 1.2', 'failure', 'fails: high is at or above high'],
    ['CVE-2026-0005 in openssl 3.0.1', 'passed', ''],
  ])
  expect(suite?.cases[1]?.text).toBe(
    [
      'CVE-2026-0001 (critical) in openssl 3.0.1. Update to 3.0.2.',
      'Title: CVE-2026-0001 - openssl',
      'Platforms: linux/amd64, linux/arm64',
    ].join('\n'),
  )
})

test('cases have names of their own: of images named twice, of one finding with two outcomes, of hostile ones', () => {
  const twice = [{name: 'a'}, {name: 'a', version: '3.0.1 (2)'}, {name: 'a', manager: 'NPM'}]
  const image = single(twice.map(found => findingOf({package: found})))
  const suites = suitesOf(resultOf([image, image]))
  expect(suites.map(({name}) => name)).toEqual([
    'prod@eu-west-1/payments/api:v1',
    'prod@eu-west-1/payments/api:v1 (2)',
  ])
  expect(suites[0]?.cases.map(({name}) => name).toSorted()).toEqual([
    'CVE-2026-0001 in a 3.0.1',
    'CVE-2026-0001 in a 3.0.1 (2)',
    'CVE-2026-0001 in a 3.0.1 (3)',
    'verdict',
  ])
})

test('what is told of an image that passed is in its output', () => {
  const image = imageOf({'': scanned([findingOf({severity: 'unknown'})])})
  const [suite] = suitesOf(resultOf([image], {policy: {unratedAs: 'low'}}))
  expect(suite?.cases[0]).toMatchObject({outcome: 'passed', output: expect.stringContaining('nobody rated')})
})
