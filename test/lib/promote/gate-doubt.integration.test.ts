import {join} from 'node:path'
import {beforeEach, describe, expect, test} from 'vitest'
import {type GatedWorld, good, openGatedWorld, told} from '../../support/gated-world.ts'
import {malformed, type Pages} from '../../support/malformed-scans.ts'
import {startScanFront} from '../../support/scan-front.ts'
import {dev} from '../../support/world.ts'

const gate = 'strict'

let world: GatedWorld

beforeEach(async () => {
  world = await openGatedWorld()
})

describe('doubt does not pass', () => {
  test.each([
    'AccessDeniedException',
    'ScanNotFoundException',
    'ImageNotFoundException',
    'InvalidParameterException',
  ])('when findings are answered with %s', async exception => {
    await world.put('app', {name: 'one', tags: ['v1'], findings: good})
    world.sandbox.setFaults([
      {kind: 'exception', exception, operation: 'DescribeImageScanFindings', times: 1000},
    ])
    const result = await world.promote(['app:v1'], {gate})
    expect(told(result)).toEqual(['app:v1 failed undetermined GATE_UNDETERMINED'])
    expect(result.exitCode).toBe(8)
    expect(world.written()).toEqual([])
  })

  test('when the image may not be looked up', async () => {
    await world.put('app', {name: 'one', tags: ['v1'], findings: good})
    const exception = 'AccessDeniedException'
    world.sandbox.setFaults([{kind: 'exception', exception, operation: 'DescribeImages', times: 1000}])
    const result = await world.promote(['app:v1'], {gate})
    expect(told(result)).toEqual(['app:v1 failed undetermined GATE_UNDETERMINED'])
    expect(world.written()).toEqual([])
  })

  test('when an answer is a web page', async () => {
    await world.put('app', {name: 'one', tags: ['v1'], findings: good})
    world.sandbox.setFaults([{kind: 'html', operation: 'DescribeImageScanFindings', times: 1000}])
    const result = await world.promote(['app:v1'], {gate})
    expect(told(result)).toEqual(['app:v1 failed undetermined GATE_UNDETERMINED'])
    expect(world.written()).toEqual([])
  })

  test('when the source is no private registry of ECR, and the line says what to do', async () => {
    await world.put('app', {name: 'one', tags: ['v1'], findings: good})
    const layout = `oci:${join(world.folder, 'layout')}`
    await world.promote(['app:v1'], {to: [layout]})
    world.sandbox.clearRequests()
    const result = await world.promote([`${layout}:app:v1`], {from: undefined, as: 'app', gate})
    expect(result.items[0]?.error?.message).toContain(
      'is no private registry of ECR, of which alone scans are read. Promote it to one without the gate first',
    )
    expect(result.exitCode).toBe(8)
    expect(world.written()).toEqual([])
  })
})

test('no answer that is malformed lets an image go', async () => {
  const digests = await world.put('app', {name: 'one', tags: ['v1'], findings: good})
  const own = {
    registryId: dev.account,
    repositoryName: 'app',
    imageId: {imageDigest: digests.get('one')},
    imageScanStatus: {status: 'COMPLETE'},
    imageScanFindings: {
      imageScanCompletedAt: Date.now() / 1000,
      findings: [{name: 'CVE-2026-1', severity: 'LOW', attributes: [{key: 'package_name', value: 'zlib'}]}],
      findingSeverityCounts: {LOW: 1},
    },
  }
  let pages: Pages = [own]
  const sandboxUrl = await startScanFront(world.sandbox.url, (operation, {nextToken}) =>
    operation === 'DescribeImageScanFindings' ? pages[nextToken === undefined ? 0 : 1] : undefined,
  )
  const aws = {env: {}, sandboxUrl, now: Date.now, signal: AbortSignal.timeout(60_000)}
  const promote = (dryRun = false) => world.promote(['app:v1'], {gate, dryRun}, {aws})
  expect(told(await promote(true))).toEqual(['app:v1 planned passed -'])

  const others: string[] = []
  for (const [what, malform] of Object.entries(malformed)) {
    pages = malform(own)
    const [verdict] = told(await promote())
    if (verdict !== 'app:v1 failed undetermined GATE_UNDETERMINED') others.push(`${what}: ${verdict}`)
  }
  expect(others).toEqual([])
  expect(world.written()).toEqual([])
})

describe('a scan that has not ended', () => {
  const around = (wait = (ms: number) => world.sandbox.advanceClock(ms)) => ({
    aws: {
      env: {},
      sandboxUrl: world.sandbox.url,
      now: () => world.sandbox.now(),
      wait,
      signal: AbortSignal.timeout(60_000),
    },
  })

  test('is waited for as long as the gate says, and the image goes then', async () => {
    const digests = await world.put('app', {name: 'one', tags: ['v1']})
    await world.sandbox.setClock(Date.now())
    const wait = async (ms: number) => {
      await world.find('app', digests.get('one') ?? 'sha256:', good)
      await world.sandbox.advanceClock(ms)
    }
    const estate = world.estate('gates:\n  strict: {failOn: {severity: high}, wait: 10m}\n')
    const events: string[] = []
    const onEvent = ({type}: {type: string}) => void events.push(type)
    const result = await world.promote(['app:v1'], {gate}, {...around(wait), estate, onEvent})
    expect(told(result)).toEqual(['app:v1 promoted passed -'])
    expect(events).toContain('scan-pending')
    expect(events.indexOf('judged')).toBeLessThan(events.indexOf('start'))
  })

  test('is waited for as long as --gate-wait says, whatever the gate says', async () => {
    await world.put('app', {name: 'one', tags: ['v1']})
    await world.sandbox.setClock(Date.now())
    const estate = world.estate('gates:\n  strict: {failOn: {severity: high}, wait: 24h}\n')
    const began = world.sandbox.now()
    const result = await world.promote(['app:v1'], {gate, gateWaitMs: 60_000}, {...around(), estate})
    expect(result.exitCode).toBe(8)
    expect(world.sandbox.now() - began).toBeGreaterThan(50_000)
    expect(world.sandbox.now() - began).toBeLessThan(120_000)
  })
})
