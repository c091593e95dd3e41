import {expect, test} from 'vitest'
import {toReplicateStatusResult} from '../../../src/lib/cli/replication-result.ts'
import {viewReplicateStatus} from '../../../src/lib/cli/replication-view.ts'
import {plainStyle} from '../../../src/lib/cli/style.ts'
import {displayWidth} from '../../../src/lib/cli/text.ts'
import {digestOf} from '../../../src/lib/oci/digest.ts'
import {noTraffic} from '../../../src/lib/oci/registry.ts'
import type {
  DestinationStatus,
  ImageReplication,
  ReplicationClass,
} from '../../../src/lib/replication/model.ts'
import type {ReplicateStatusRun} from '../../../src/lib/replication/status-run.ts'
import {exitCodeOf} from '../../../src/lib/replication/verdict.ts'

const regions = ['eu-central-1', 'us-east-1', 'us-west-2', 'ap-southeast-2', 'ap-northeast-1']
const dev = {label: 'dev@eu-west-1', host: 'dev', account: '111111111111', region: 'eu-west-1', alias: 'dev'}

function statusAt(kind: ReplicationClass, index: number): DestinationStatus {
  const region = regions[index] ?? 'eu-west-3'
  const registry = {label: `prod@${region}`, host: region, account: '222222222222', region}
  return {
    destination: {registry, rule: 0},
    class: kind,
    reported: null,
    failureCode: null,
    lagMs: kind === 'in-progress' ? 260_000 : null,
    missing: [],
    reason: kind === 'in-sync' ? '' : `This is ${kind}.`,
  }
}

function image(name: string, ...kinds: readonly ReplicationClass[]): ImageReplication {
  const [repository = '', tag] = name.split(':')
  return {
    registry: dev,
    repository,
    digest: digestOf(Buffer.from(name)),
    tags: tag === undefined ? [] : [tag],
    pushedAt: 0,
    destinations: kinds.map(statusAt),
  }
}

function run(images: readonly ImageReplication[]): ReplicateStatusRun {
  const rest = {missing: [], unreadable: []}
  return {
    images,
    ...rest,
    copies: [],
    callers: [],
    warnings: [],
    traffic: noTraffic(),
    durationMs: 1234,
    exitCode: exitCodeOf({images, ...rest}, false),
  }
}

function view(images: readonly ImageReplication[], columns = Number.POSITIVE_INFINITY): string[] {
  return viewReplicateStatus(toReplicateStatusResult(run(images)), {...plainStyle, columns}).split('\n')
}

const everything: readonly ImageReplication[] = [
  image('payments/api:1.4.2', 'in-sync', 'in-progress', 'failed', 'missing', 'drifted'),
  image('payments/web:7', 'untagged', 'older', 'unreadable', 'in-sync'),
]

test('a row is an image and a column a destination; what is not expected there is a dash', () => {
  const [header = '', first = '', second = ''] = view(everything)
  expect(header.split(/ {2,}/)).toEqual(['IMAGE', ...regions.map(region => `prod@${region}`)])
  expect(first.split(/ {2,}/)).toEqual([
    'payments/api:1.4.2',
    'in sync',
    'in progress 4m',
    'failed',
    'missing',
    'drifted',
  ])
  expect(second.split(/ {2,}/)).toEqual(['payments/web:7', 'untagged', 'older', 'unreadable', 'in sync', '-'])
})

test.each([100, 80, 60, 40])('in %i columns numbers take the place of names, with a legend', columns => {
  const lines = view(everything, columns)
  const end = lines.indexOf('', lines.indexOf('') + 1)
  for (const line of lines.slice(0, 3)) expect(displayWidth(line)).toBeLessThanOrEqual(columns)
  const legend = lines.slice(0, end)
  for (const [index, region] of regions.entries()) expect(legend).toContain(`${index + 1} prod@${region}`)
})

test('where there is the least room classes are signs', () => {
  const lines = view(everything, 40)
  expect(lines[1]?.split(/ {2,}/)).toEqual(['payments/api:1.4.2', '✓', '…', 'F', 'M', 'D'])
  expect(lines).toContain(
    '✓ in sync  … in progress  F failed  M missing  D drifted  U untagged  O older  ? unreadable',
  )
})

test('what is the matter is said once for all images of which it is, and three of them are named', () => {
  const images = Array.from({length: 30}, (_, n) => image(`app:v${n}`, 'older', 'in-sync', 'older'))
  const text = view(images).join('\n')
  expect(text).toContain(
    'older at prod@eu-central-1, prod@us-west-2: app:v0, app:v1, app:v2 and 27 more\n  This is older.',
  )
  expect(text.split('This is older.')).toHaveLength(2)
})

test('of many images those are shown that are not in sync, and no more than can be read', () => {
  const good = Array.from({length: 4000}, (_, n) => image(`app:g${n}`, 'in-sync'))
  const bad = Array.from({length: 300}, (_, n) => image(`app:b${n}`, 'missing'))
  const lines = view([...good, ...bad])
  expect(lines.filter(line => line.startsWith('app:'))).toHaveLength(200)
  expect(lines.some(line => line.startsWith('app:g'))).toBe(false)
  expect(lines).toContain('100 more images not in sync: --json has all.')
  expect(lines.at(-1)).toMatch(/^4300 images · 4000 in sync everywhere · 300 not · /)
})

test('images that no rule covers are named, and are no success', () => {
  const result = toReplicateStatusResult(run([image('app:v1')]))
  expect(result).toMatchObject({exitCode: 4, summary: {verdicts: {'not-covered': 1, yes: 0}}})
  expect(viewReplicateStatus(result, plainStyle)).toContain('not covered: app:v1')
})
