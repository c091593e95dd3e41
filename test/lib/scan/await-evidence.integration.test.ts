import {describe, expect, test} from 'vitest'
import {
  basicFinding,
  basicScan,
  enhancedFinding,
  enhancedScan,
  scanDay,
  scanStatus,
} from '../../support/scan-documents.ts'
import {devWest, only, openScanWorld, type Place, prodEast, type ScanWorld} from '../../support/scan-world.ts'
import {virtualClock} from '../../support/virtual-clock.ts'

const app: Place = {...devWest, name: 'app'}
const minute = 60_000

function pauses({events}: ScanWorld): number[] {
  return events.flatMap(event => (event.type === 'scan-pending' ? event.nextLookMs : []))
}

describe('one look', () => {
  test('findings of a basic scan are evidence, with the image as it was named and where it is', async () => {
    const world = await openScanWorld()
    const digests = await world.put(app, {
      name: 'v1',
      tags: ['v1'],
      findings: basicScan(basicFinding('CVE-1', 'HIGH'), basicFinding('CVE-2', 'LOW')),
    })
    const [image] = await world.evidence(['dev/app:v1'])
    expect(image).toMatchObject({
      text: 'dev/app:v1',
      registry: 'dev@eu-west-1',
      host: '111111111111.dkr.ecr.eu-west-1.amazonaws.com',
      repository: 'app',
      tag: 'v1',
      digest: digests.get('v1'),
      pushedAt: scanDay,
    })
    expect(image?.platforms).toMatchObject([
      {
        platform: null,
        digest: digests.get('v1'),
        evidence: {
          kind: 'scanned',
          by: 'basic',
          status: 'COMPLETE',
          scannedAt: scanDay,
          findings: [{id: 'CVE-1'}, {id: 'CVE-2'}],
        },
      },
    ])
  })

  test('takes one request for a scan, and none that changes anything', async () => {
    const world = await openScanWorld()
    await world.put(app, {name: 'v1', tags: ['v1'], findings: basicScan(basicFinding('CVE-1', 'HIGH'))})
    await world.evidence(['dev/app:v1'])
    expect(world.operations()).toEqual({
      GetCallerIdentity: 1,
      DescribeRepositories: 1,
      DescribeImages: 1,
      DescribeImageScanFindings: 1,
    })
  })

  test('a basic scan that lists no findings is clean, once the registry has said that it scans so', async () => {
    const world = await openScanWorld()
    await world.put(app, {name: 'v1', tags: ['v1'], findings: basicScan()})
    expect(only(await world.evidence(['dev/app:v1']))).toMatchObject({
      kind: 'scanned',
      by: 'basic',
      findings: [],
    })
    expect(world.operations()).toMatchObject({GetRegistryScanningConfiguration: 1})
  })

  test('findings of an enhanced scan are evidence while it goes on', async () => {
    const world = await openScanWorld()
    await world.configure(devWest, 'ENHANCED')
    await world.put(app, {
      name: 'v1',
      tags: ['v1'],
      findings: enhancedScan(enhancedFinding('CVE-1', 'HIGH')),
    })
    expect(only(await world.evidence(['dev/app:v1']))).toMatchObject({
      kind: 'scanned',
      by: 'enhanced',
      status: 'ACTIVE',
      findings: [{id: 'CVE-1', fix: 'yes', fixedIn: '1.1.1n-0+deb11u5'}],
    })
  })

  test('an image without a scan is pending, and says how to get one', async () => {
    const world = await openScanWorld()
    await world.put(app, {name: 'v1', tags: ['v1']})
    const evidence = only(await world.evidence(['dev/app:v1']))
    expect(evidence).toEqual({kind: 'pending', status: null, reason: expect.stringContaining('--start')})
  })

  test('pages are read to the end', async () => {
    const world = await openScanWorld()
    const findings = Array.from({length: 2345}, (_, n) => basicFinding(`CVE-${n}`, 'LOW'))
    await world.put(app, {name: 'v1', tags: ['v1'], findings: basicScan(...findings)})
    const evidence = only(await world.evidence(['dev/app:v1']))
    expect(evidence.kind === 'scanned' && evidence.findings.map(({id}) => id)).toEqual(
      findings.map(({name}) => name),
    )
    expect(world.operations()).toMatchObject({DescribeImageScanFindings: 3})
  })

  test('several words for one image look at it once', async () => {
    const world = await openScanWorld()
    const digests = await world.put(app, {
      name: 'v1',
      tags: ['v1', 'latest'],
      findings: basicScan(basicFinding('CVE-1', 'HIGH')),
    })
    const images = await world.evidence(['dev/app:v1', 'dev/app:latest', `app@${digests.get('v1')}`])
    expect(images.map(({text}) => text)).toEqual(['dev/app:v1', 'dev/app:latest', `app@${digests.get('v1')}`])
    expect(images.flatMap(({platforms}) => platforms.map(({evidence}) => evidence.kind))).toEqual([
      'scanned',
      'scanned',
      'scanned',
    ])
    expect(world.operations()).toMatchObject({DescribeImageScanFindings: 1})
  })
})

describe('waiting', () => {
  test('ends when the scan has ended, and asks in pauses that grow', async () => {
    const world = await openScanWorld({durations: {scan: minute}})
    const digests = await world.put(app, {name: 'v1', tags: ['v1']})
    await world.find(app, digests.get('v1') ?? 'sha256:', basicScan(basicFinding('CVE-1', 'HIGH')), false)
    const evidence = only(await world.evidence(['dev/app:v1'], {start: true, waitMs: 15 * minute}))
    expect(evidence).toMatchObject({kind: 'scanned', findings: [{id: 'CVE-1'}]})
    expect(pauses(world)).toEqual([2000, 3000, 4500, 6750, 10_125, 15_188, 22_781])
    expect(world.events.at(-1)).toMatchObject({type: 'scan-known', evidence: {kind: 'scanned'}})
  })

  test('goes on in pauses of half a minute at most, the shortest half of the longest', async () => {
    const world = await openScanWorld()
    await world.put(app, {name: 'v1', tags: ['v1'], findings: scanStatus('IN_PROGRESS')})
    await world.evidence(['dev/app:v1'], {waitMs: 5 * minute, random: () => 0})
    expect(pauses(world).slice(0, 3)).toEqual([1000, 1500, 2250])
    expect(Math.max(...pauses(world))).toBe(15_000)
  })

  test('ends at the deadline with what was said last', async () => {
    const world = await openScanWorld()
    await world.put(app, {name: 'v1', tags: ['v1'], findings: scanStatus('PENDING')})
    const evidence = only(await world.evidence(['dev/app:v1'], {waitMs: minute}))
    expect(evidence).toEqual({kind: 'pending', status: 'PENDING', reason: 'The scan has not ended.'})
    expect(world.sandbox.now() - scanDay).toBe(minute - 1000)
  })

  test.each([
    ['FAILED', 'lost'],
    ['UNSUPPORTED_IMAGE', 'unsupported'],
    ['SCAN_ELIGIBILITY_EXPIRED', 'lost'],
    ['FINDINGS_UNAVAILABLE', 'lost'],
    ['LIMIT_EXCEEDED', 'lost'],
    ['IMAGE_ARCHIVED', 'lost'],
  ])('%s decides at once', async (status, kind) => {
    const world = await openScanWorld()
    await world.put(app, {name: 'v1', tags: ['v1'], findings: scanStatus(status)})
    expect(only(await world.evidence(['dev/app:v1'], {waitMs: minute}))).toMatchObject({kind, status})
    expect(world.sandbox.now()).toBe(scanDay)
  })

  test('is told of: what is waited for, and why', async () => {
    const world = await openScanWorld()
    await world.put(app, {name: 'v1', tags: ['v1'], findings: scanStatus('IN_PROGRESS')})
    await world.evidence(['dev/app:v1'], {waitMs: minute})
    expect(world.events[0]).toMatchObject({
      type: 'scan-pending',
      of: {text: 'dev/app:v1', registry: 'dev@eu-west-1', repository: 'app', platform: null},
      why: {status: 'IN_PROGRESS', reason: 'The scan has not ended.'},
    })
  })

  test('ends with the reason of the signal, and asks nothing any more', async () => {
    const world = await openScanWorld()
    await world.put(app, {name: 'v1', tags: ['v1'], findings: scanStatus('IN_PROGRESS')})
    const interruption = new AbortController()
    const reason = new Error('interrupted')
    const waiting = world.evidence(['dev/app:v1'], {
      waitMs: minute,
      signal: interruption.signal,
      wait: async (_, signal) => {
        interruption.abort(reason)
        signal.throwIfAborted()
      },
    })
    await expect(waiting).rejects.toBe(reason)
    expect(world.operations()).toMatchObject({DescribeImageScanFindings: 1})
  })
})

describe('many images', () => {
  test('wait at the same time, each for its own scan', async () => {
    const world = await openScanWorld()
    const names = Array.from({length: 40}, (_, n) => `v${n}`)
    await world.put(
      app,
      ...names.map((name, n) => ({
        name,
        tags: [name],
        findings: n % 2 === 0 ? basicScan(basicFinding(`CVE-${n}`, 'LOW')) : scanStatus('IN_PROGRESS'),
      })),
    )
    const {clock} = virtualClock(scanDay)
    const words = names.map(name => `dev/app:${name}`)
    const images = await world.evidence(words, {waitMs: minute, ...clock})
    expect(images.map(image => only([image]).kind)).toEqual(
      names.map((_, n) => (n % 2 === 0 ? 'scanned' : 'pending')),
    )
    // One after the other would take as long for each.
    expect(clock.now() - scanDay).toBe(minute - 1000)
  })

  test('are asked about as fast as the registry answers, and lose nothing when it throttles', async () => {
    const world = await openScanWorld()
    const names = Array.from({length: 60}, (_, n) => `v${n}`)
    await world.put(
      app,
      ...names.map(name => ({name, tags: [name], findings: basicScan(basicFinding(`CVE-${name}`, 'LOW'))})),
    )
    world.sandbox.setRates({DescribeImageScanFindings: {rate: 10, burst: 10}})
    const images = await world.evidence(
      names.map(name => `dev/app:${name}`),
      {waitMs: 10 * minute},
    )
    expect(images.map(image => only([image]))).toMatchObject(
      names.map(name => ({kind: 'scanned', findings: [{id: `CVE-${name}`}]})),
    )
    expect(world.sandbox.requests.filter(({hindrance}) => hindrance === 'rate').length).toBeGreaterThan(0)
  })
})

describe('what goes wrong with one image', () => {
  test('is no matter of the others', async () => {
    const world = await openScanWorld()
    const api: Place = {...prodEast, name: 'api'}
    await world.put(app, {name: 'v1', tags: ['v1'], findings: scanStatus('FAILED', 'No disk.')})
    await world.put(api, {name: 'v2', tags: ['v2'], findings: basicScan(basicFinding('CVE-1', 'LOW'))})
    const images = await world.evidence(['app:v1', 'prod@us-east-1/api:v2'], {waitMs: minute})
    expect(images.map(image => only([image]))).toMatchObject([
      {kind: 'lost', status: 'FAILED', reason: expect.stringContaining('No disk.')},
      {kind: 'scanned'},
    ])
  })

  test('a denial is lost evidence, at once', async () => {
    const world = await openScanWorld()
    await world.put(app, {name: 'v1', tags: ['v1'], findings: basicScan(basicFinding('CVE-1', 'LOW'))})
    world.sandbox.setFaults([
      {kind: 'exception', exception: 'AccessDeniedException', operation: 'DescribeImageScanFindings'},
    ])
    const evidence = only(await world.evidence(['dev/app:v1'], {waitMs: minute}))
    expect(evidence).toMatchObject({kind: 'lost', status: null})
    expect(world.sandbox.now()).toBe(scanDay)
  })

  test('a second page that is denied leaves no shorter list', async () => {
    const world = await openScanWorld()
    const findings = Array.from({length: 1001}, (_, n) => basicFinding(`CVE-${n}`, 'LOW'))
    await world.put(app, {name: 'v1', tags: ['v1'], findings: basicScan(...findings)})
    world.sandbox.setFaults([
      {kind: 'exception', exception: 'AccessDeniedException', operation: 'DescribeImageScanFindings', at: 2},
    ])
    expect(only(await world.evidence(['dev/app:v1']))).toMatchObject({kind: 'lost'})
  })
})
