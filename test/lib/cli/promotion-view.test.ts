import {describe, expect, test} from 'vitest'
import {type PromoteResult, toPromoteResult, viewPromotion} from '../../../src/lib/cli/promotion-view.ts'
import {plainStyle} from '../../../src/lib/cli/style.ts'
import {displayWidth} from '../../../src/lib/cli/text.ts'
import {digestOf} from '../../../src/lib/oci/digest.ts'
import type {PromotionItem} from '../../../src/lib/promote/model.ts'

const MiB = 1024 ** 2
const terminal = {...plainStyle, columns: 80}

function item(repository: string, fields: Partial<PromotionItem> = {}): PromotionItem {
  return {
    source: `111111111111.dkr.ecr.eu-west-1.amazonaws.com/${repository}:v1`,
    digest: digestOf(Buffer.from(repository)),
    sourceDigest: digestOf(Buffer.from(repository)),
    path: 'copy',
    mountFrom: null,
    transfer: null,
    plannedRequests: 13,
    gate: null,
    replication: null,
    destination: 'prod@eu-west-1',
    target: `222222222222.dkr.ecr.eu-west-1.amazonaws.com/${repository}`,
    tags: ['v1'],
    tagChanges: [],
    outcome: 'promoted',
    manifests: 1,
    referrers: 0,
    artifacts: [],
    blobs: {uploaded: 4, mounted: 0, bytes: 18.3 * MiB},
    error: null,
    ...fields,
  }
}

function result(items: readonly PromotionItem[], retries = 0): PromoteResult {
  const traffic = {
    requests: 1486,
    mutatingRequests: 1200,
    retries,
    bytesReceived: 1384.3 * MiB,
    bytesSent: 1384.3 * MiB,
  }
  const files = {record: null, planFile: null, shard: null}
  return toPromoteResult({callers: [], items, traffic, durationMs: 61_040, ...files, exitCode: 0}, 0)
}

const rows = (text: string) => text.split('\n')

test('off a terminal every column is there and nothing is cut', () => {
  const digest = digestOf(Buffer.from('platform/ingress-controller')).slice(0, 19)
  expect(rows(viewPromotion(result([item('platform/ingress-controller')]), plainStyle))).toEqual([
    'RESULT    TO              IMAGE                           DIGEST               BLOBS      SIZE',
    `promoted  prod@eu-west-1  platform/ingress-controller:v1  ${digest}      4  18.3 MiB`,
    '',
    '1 promoted · 1486 requests (1200 mutating) · 1.4 GiB in · 1.4 GiB out · 61.0 s',
  ])
})

test('on a terminal the number of blobs gives way first, then the digest, before a name is cut', () => {
  const header = (repository: string) => rows(viewPromotion(result([item(repository)]), terminal))[0]
  expect(header('api')).toMatch(/DIGEST.*BLOBS/)
  expect(header('payments/api-gate')).toMatch(/DIGEST +SIZE$/)
  const long = viewPromotion(result([item('platform/ingress-controller')]), terminal)
  expect(rows(long)[0]).not.toMatch(/DIGEST|BLOBS/)
  expect(long).toContain('platform/ingress-controller:v1')
})

test('on a terminal the summary ends its lines between facts', () => {
  const items = [item('api'), item('web', {outcome: 'unchanged'}), item('job', {outcome: 'interrupted'})]
  const view = viewPromotion(result(items, 7), terminal)
  expect(rows(view).every(row => displayWidth(row) <= 80)).toBe(true)
  expect(rows(view).slice(-2)).toEqual([
    '1 promoted, 1 unchanged, 1 interrupted · 1486 requests (1200 mutating)',
    '7 retried · 1.4 GiB in · 1.4 GiB out · 61.0 s',
  ])
})

test('a failure is told in full, with its place and its hints', () => {
  const error = {code: 'ACCESS_DENIED', message: 'no', hints: ['Add this.'], exitCode: 5 as const}
  const view = viewPromotion(result([item('api', {outcome: 'failed', error})]), terminal)
  expect(rows(view).slice(3, 5)).toEqual([
    'failed 222222222222.dkr.ecr.eu-west-1.amazonaws.com/api: no',
    '  Add this.',
  ])
})

test('an image of which only some platforms went on is warned of, with both digests', () => {
  const sourceDigest = digestOf(Buffer.from('all platforms'))
  const [warning, ...others] = result([item('api', {sourceDigest}), item('worker')]).warnings
  expect(others).toEqual([])
  expect(warning).toContain('The digest changes')
  expect(warning).toContain(sourceDigest)
  expect(warning).toContain(digestOf(Buffer.from('api')))
})

test('what a destination refused is a warning where that is no failure', () => {
  const digest = digestOf(Buffer.from('report'))
  const refused = {
    digest,
    tag: null,
    artifactType: null,
    outcome: 'refused',
    reason: 'ECR dislikes it.',
  } as const
  const error = {code: 'REFERRERS_REFUSED', message: 'not all is there', hints: [], exitCode: 4} as const
  const [warning, ...others] = result([
    item('api', {artifacts: [refused]}),
    item('worker', {artifacts: [refused], error}),
  ]).warnings
  expect(others).toEqual([])
  expect(warning).toMatch(/\/api: sha256:[0-9a-f]{64} is left behind: ECR dislikes it\.$/)
})

test('an image that is there without all that belongs to it is incomplete, not failed', () => {
  const error = {code: 'REFERRERS_REFUSED', message: 'not all is there', hints: [], exitCode: 4} as const
  const text = viewPromotion(result([item('api', {error})]), plainStyle)
  expect(text).toMatch(/^incomplete .*not all is there$/m)
  expect(text).not.toContain('failed')
})

describe('what AWS may charge', () => {
  const toRegion = {
    way: 'to-region',
    from: 'eu-west-1',
    usdPerGb: 0.09,
    basis: 'default',
    asOf: '2026-03',
    usd: 1.634,
  } as const

  test('is told of a plan, for each image and in all, with the price and what it is worth', () => {
    const view = viewPromotion(
      result([
        item('api', {outcome: 'planned', transfer: toRegion}),
        item('web', {outcome: 'planned', transfer: {...toRegion, usd: 0.001}}),
        item('job', {outcome: 'planned', transfer: {...toRegion, usd: 0}}),
      ]),
      {...plainStyle, columns: 120},
    )
    expect(rows(view)[0]).toMatch(/ SIZE +COST$/)
    expect(
      rows(view)
        .slice(1, 4)
        .map(row => row.split(/ {2,}/).at(-1)),
    ).toEqual(['$1.64', '< $0.01', '$0.00'])
    expect(view).toContain(
      'AWS data transfer: at most $1.64 ($0.09/GB from eu-west-1 to another region, unconfirmed price of 2026-03)',
    )
  })

  test('names each price once, and where it is from', () => {
    const toInternet = {
      ...toRegion,
      way: 'to-internet',
      usdPerGb: 0.05,
      basis: 'repos.yaml',
      asOf: null,
      usd: 2,
    } as const
    const {transfer} = result([
      item('api', {transfer: toRegion}),
      item('web', {transfer: toRegion}),
      item('job', {transfer: toInternet}),
    ]).summary
    expect(transfer.usd).toBeCloseTo(5.268)
    expect(transfer.basis).toEqual([
      '$0.09/GB from eu-west-1 to another region, unconfirmed price of 2026-03',
      '$0.05/GB from eu-west-1 to the internet, repos.yaml',
    ])
  })

  test('is not mentioned where it is nothing, nor in the table of what was done', () => {
    const free = viewPromotion(result([item('api', {outcome: 'planned'})]), plainStyle)
    const done = viewPromotion(result([item('api', {transfer: toRegion})]), plainStyle)
    for (const view of [free, done]) expect(view).not.toMatch(/COST|\$/)
  })
})
