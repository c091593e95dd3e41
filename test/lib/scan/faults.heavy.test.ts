import {describe, expect, test} from 'vitest'
import type {OpenImage} from '../../../src/lib/ecr/inventory/images.ts'
import {defaultTimeouts} from '../../../src/lib/oci/transport.ts'
import {wait} from '../../../src/lib/oci/wait.ts'
import type {Fault} from '../../../src/lib/sandbox/index.ts'
import type {ImageEvidence} from '../../../src/lib/scan/evidence.ts'
import {type FaultCase, faultsOf, kinds, mayEnd} from '../../support/fault-kinds.ts'
import {basicFinding, basicScan} from '../../support/scan-documents.ts'
import {contextOf, devWest, openScanWorld, type ScanWorld} from '../../support/scan-world.ts'

const app = {...devWest, name: 'app'}
const minute = 60_000

/** An index of an image with two pages of findings, and of one that is clean. */
const index = [
  {
    name: 'amd64',
    findings: basicScan(...Array.from({length: 1001}, (_, n) => basicFinding(`CVE-${n}`, 'LOW'))),
  },
  {name: 'arm64', findings: basicScan()},
  {
    name: 'index',
    tags: ['v1'],
    lists: [
      {name: 'amd64', platform: 'linux/amd64'},
      {name: 'arm64', platform: 'linux/arm64'},
    ],
  },
]

/** Requests that hang are given up soon; those that fail are tried for longer than anybody waits here. */
async function openPatient(world: ScanWorld, words: readonly string[]): Promise<readonly OpenImage[]> {
  const timeouts = {...defaultTimeouts, headersMs: 150, stallMs: 150}
  const environment = {...world.aws, timeouts}
  const context = {...contextOf(environment), retryForMs: 10 * minute}
  const {images} = await world.open(words, {environment, context})
  return images
}

/** How many findings there are on each platform, or why none are known. */
function found(images: readonly ImageEvidence[]): Record<string, number | string> {
  return Object.fromEntries(
    images.flatMap(({platforms}) =>
      platforms.map(({platform, evidence}) => [
        platform ?? 'image',
        evidence.kind === 'scanned' ? evidence.findings.length : evidence.kind,
      ]),
    ),
  )
}

function faultAt(at: number, kind: string): FaultCase {
  return {dialect: 'ecr', injections: [{at, kind}]}
}

describe('one request that goes wrong', () => {
  const whole = {'linux/amd64': 1001, 'linux/arm64': 0}

  test.each(Object.keys(kinds))('%s leaves all of the evidence, or says that it is missing', async kind => {
    const world = await openScanWorld()
    await world.put(app, ...index)
    const images = await openPatient(world, ['dev/app:v1'])
    const look = () => world.look(images, {waitMs: 10 * minute})
    world.sandbox.clearRequests()
    expect(found(await look())).toEqual(whole)
    const positions = world.sandbox.requests.length
    expect(positions).toBe(6)
    for (let at = 1; at <= positions; at += 1) {
      const fault = faultAt(at, kind)
      world.sandbox.setFaults(faultsOf(fault))
      const evidence = found(await look())
      for (const [platform, count] of Object.entries(whole)) {
        const allowed = mayEnd(fault) ? [count, 'lost'] : [count]
        // An index that cannot be read has no platforms.
        expect(allowed, `request ${at}, ${platform}`).toContain(evidence[platform] ?? evidence['image'])
      }
    }
  })

  test.each(Object.keys(kinds))('%s begins one scan, or says that there is none', async kind => {
    const world = await openScanWorld({durations: {scan: 1000}})
    await world.put(app, {name: 'v1', tags: ['v1']})
    const images = await openPatient(world, ['dev/app:v1'])
    const fault = faultAt(1, kind)
    world.sandbox.setFaults(faultsOf(fault).map(each => ({...each, operation: 'StartImageScan'})))
    const evidence = found(await world.look(images, {start: true, waitMs: minute}))
    expect(mayEnd(fault) ? [0, 'lost'] : [0]).toContain(evidence['image'])
  })
})

describe('requests that never go right', () => {
  const waitMs = 400
  const faults = Object.entries(kinds).flatMap(([kind, {fault, isMild = false}]) =>
    fault === undefined ? [] : [{kind, fault, isMild}],
  )

  /** Looks in real time, so that a request that hangs is given up at the deadline and not sooner. */
  async function lookUnder(fault: Fault): Promise<{found: Record<string, number | string>; tookMs: number}> {
    const world = await openScanWorld()
    await world.put(app, {name: 'amd64', findings: basicScan()}, {name: 'arm64'}, ...index.slice(2))
    const environment = {...world.aws, now: Date.now, wait}
    const context = {...contextOf(environment), retryForMs: 10 * minute}
    const {images} = await world.open(['dev/app:v1'], {environment, context})
    world.sandbox.setFaults([{...fault, times: 1_000_000}])
    const begun = performance.now()
    const evidence = await world.look(images, {start: true, waitMs, now: Date.now, wait})
    return {found: found(evidence), tookMs: performance.now() - begun}
  }

  test.each([
    'BatchGetImage',
    'DescribeImages',
    'DescribeImageScanFindings',
    'GetRegistryScanningConfiguration',
    'StartImageScan',
  ])('%s does not outlast the deadline, however it fails', async operation => {
    const looks = await Promise.all(
      faults.map(async each => ({...each, ...(await lookUnder({...each.fault, operation}))})),
    )
    expect(looks.filter(({tookMs}) => tookMs > waitMs + 3000)).toEqual([])
    expect(looks.filter(look => look.found['linux/arm64'] === 0)).toEqual([])
    const needed = looks.filter(({isMild}) => operation !== 'StartImageScan' && !isMild)
    expect(needed.filter(look => look.found['linux/amd64'] === 0)).toEqual([])
  })
})
