import {describe, expect, test} from 'vitest'
import {basicFinding, basicScan, scanStatus} from '../../support/scan-documents.ts'
import {devWest, only, openScanWorld} from '../../support/scan-world.ts'

const app = {...devWest, name: 'app'}
const minute = 60_000

describe('--start', () => {
  test('begins one basic scan where there is none, and waits for it', async () => {
    const world = await openScanWorld({durations: {scan: 20_000}})
    const digests = await world.put(app, {name: 'v1', tags: ['v1']})
    await world.find(app, digests.get('v1') ?? 'sha256:', basicScan(basicFinding('CVE-1', 'HIGH')), false)
    const evidence = only(await world.evidence(['dev/app:v1'], {start: true, waitMs: 5 * minute}))
    expect(evidence).toMatchObject({kind: 'scanned', findings: [{id: 'CVE-1'}]})
    expect(world.operations()).toMatchObject({StartImageScan: 1})
    expect(world.events[0]).toMatchObject({type: 'scan-started', of: {text: 'dev/app:v1'}})
  })

  test('begins none where there is one, whatever has become of it', async () => {
    const world = await openScanWorld()
    await world.put(app, {name: 'v1', tags: ['v1'], findings: scanStatus('FAILED')})
    await world.evidence(['dev/app:v1'], {start: true, waitMs: minute})
    expect(world.operations()).not.toHaveProperty('StartImageScan')
  })

  test('says that enhanced scanning scans by itself, once, and waits for that', async () => {
    const world = await openScanWorld()
    await world.configure(devWest, 'ENHANCED', 'other/*')
    await world.put(app, {name: 'v1', tags: ['v1']})
    const evidence = only(await world.evidence(['dev/app:v1'], {start: true, waitMs: minute}))
    expect(evidence).toMatchObject({kind: 'pending', reason: expect.stringContaining('enhanced scanning')})
    expect(world.operations()).toMatchObject({StartImageScan: 1})
    expect(world.events.filter(({type}) => type === 'scan-not-started')).toHaveLength(1)
  })

  test('uses what is there where the image was scanned within a day', async () => {
    const world = await openScanWorld()
    await world.put(app, {name: 'v1', tags: ['v1']})
    world.sandbox.setFaults([
      {kind: 'exception', exception: 'LimitExceededException', operation: 'StartImageScan', times: 9},
    ])
    const evidence = only(await world.evidence(['dev/app:v1'], {start: true, waitMs: minute}))
    expect(evidence).toMatchObject({kind: 'pending', reason: expect.stringContaining('once in 24 hours')})
    expect(world.operations()).toMatchObject({StartImageScan: 1})
  })

  test('an artifact that cannot be scanned is unsupported', async () => {
    const world = await openScanWorld()
    await world.put(app, {name: 'v1', tags: ['v1']})
    world.sandbox.setFaults([
      {kind: 'exception', exception: 'UnsupportedImageTypeException', operation: 'StartImageScan'},
    ])
    expect(only(await world.evidence(['dev/app:v1'], {start: true}))).toMatchObject({kind: 'unsupported'})
  })
})
