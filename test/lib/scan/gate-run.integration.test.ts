import {describe, expect, test} from 'vitest'
import type {GateFlags} from '../../../src/lib/config/gates.ts'
import {runScanDiff} from '../../../src/lib/scan/diff-run.ts'
import {runScanGate, type ScanGateOrder, type ScanGateRun} from '../../../src/lib/scan/gate-run.ts'
import {basicFinding, basicScan} from '../../support/scan-documents.ts'
import {devWest, openScanWorld, prodEast, prodWest, type ScanWorld} from '../../support/scan-world.ts'

const app = {...devWest, name: 'app'}
const high = basicFinding('CVE-1', 'HIGH')
const low = basicFinding('CVE-2', 'LOW')

function gate(
  {estate, aws}: ScanWorld,
  images: readonly string[],
  flags: GateFlags = {},
  order: Partial<ScanGateOrder> = {},
): Promise<ScanGateRun> {
  return runScanGate(
    {
      images,
      accounts: [],
      gate: undefined,
      flags,
      start: false,
      baseline: undefined,
      concurrency: 4,
      ...order,
    },
    {estate, aws, region: undefined, cwd: '.', random: () => 1, onEvent: () => {}},
  )
}

const verdictsOf = ({images}: ScanGateRun) =>
  images.map(({image, verdict}) => `${verdict} ${image.registry} ${image.repository}:${image.tag}`)

describe('the exit code', () => {
  test('is 0 only when every image passed', async () => {
    const world = await openScanWorld()
    await world.put(app, {name: 'v1', tags: ['v1'], findings: basicScan(low)})
    const run = await gate(world, ['app:v1'])
    expect(verdictsOf(run)).toEqual(['passed dev@eu-west-1 app:v1'])
    expect(run.exitCode).toBe(0)
  })

  test('is 3 when one failed, whatever else there is', async () => {
    const world = await openScanWorld()
    await world.put(
      app,
      {name: 'v1', tags: ['v1'], findings: basicScan(low)},
      {name: 'v2', tags: ['v2'], findings: basicScan(high)},
      {name: 'v3', tags: ['v3']},
    )
    const run = await gate(world, ['app:v1', 'app:v2', 'app:v3', 'app:v4'])
    expect(verdictsOf(run)).toEqual([
      'passed dev@eu-west-1 app:v1',
      'failed dev@eu-west-1 app:v2',
      'undetermined dev@eu-west-1 app:v3',
    ])
    expect(run.missing.map(({text, error}) => [text, error.code])).toEqual([['app:v4', 'IMAGE_NOT_FOUND']])
    expect(run.exitCode).toBe(3)
  })

  test('is 8 when there is no evidence of one', async () => {
    const world = await openScanWorld()
    await world.put(app, {name: 'v1', tags: ['v1'], findings: basicScan(low)}, {name: 'v3', tags: ['v3']})
    expect((await gate(world, ['app:v1', 'app:v3'])).exitCode).toBe(8)
  })

  test('is 4 when one is not there and the others passed', async () => {
    const world = await openScanWorld()
    await world.put(app, {name: 'v1', tags: ['v1'], findings: basicScan(low)})
    expect((await gate(world, ['app:v1', 'app:v2'])).exitCode).toBe(4)
  })
})

test('an image is judged at each registry that has it', async () => {
  const world = await openScanWorld()
  await world.put(app, {name: 'v1', tags: ['v1'], findings: basicScan(low)})
  await world.put({...prodWest, name: 'app'}, {name: 'v1', tags: ['v1'], findings: basicScan(high)})
  expect(verdictsOf(await gate(world, ['app:v1']))).toEqual([
    'passed dev@eu-west-1 app:v1',
    'failed prod@eu-west-1 app:v1',
  ])
  expect(verdictsOf(await gate(world, ['dev/app:v1']))).toEqual(['passed dev@eu-west-1 app:v1'])
})

test('a gate that repos.yaml does not name is refused before anything is asked', async () => {
  const world = await openScanWorld()
  await expect(gate(world, ['app:v1'], {}, {gate: 'strict'})).rejects.toMatchObject({
    code: 'UNKNOWN_GATE',
    exitCode: 2,
  })
  expect(world.operations()).toEqual({})
})

test('a tag that moves while scans are waited for is not passed', async () => {
  const world = await openScanWorld()
  const digests = await world.put(app, {name: 'v1', tags: ['v1']})
  const judged = digests.get('v1')
  if (judged === undefined) throw new TypeError('v1 was put')
  const wait = async (ms: number): Promise<void> => {
    await world.find(app, judged, basicScan(low))
    await world.put(app, {name: 'v2', tags: ['v1']})
    await world.sandbox.advanceClock(ms)
  }
  const run = await gate({...world, aws: {...world.aws, wait}}, ['app:v1'], {waitMs: 60_000})
  expect(run.images[0]?.image.digest).toBe(judged)
  expect(run.images[0]?.reasons.at(-1)).toContain('The tag v1 moved to sha256:')
  expect([verdictsOf(run), run.exitCode]).toEqual([['undetermined dev@eu-west-1 app:v1'], 8])
})

test('a tag that cannot be looked at again leaves what failed failed, and lets nothing else pass', async () => {
  const world = await openScanWorld()
  await world.put(
    app,
    {name: 'v1', tags: ['v1'], findings: basicScan(low)},
    {name: 'v2', tags: ['v2'], findings: basicScan(high)},
  )
  const fault = {kind: 'exception', exception: 'AccessDeniedException', times: 1000} as const
  world.sandbox.setFaults([{...fault, operation: 'DescribeImages', at: 2}])
  const run = await gate(world, ['dev/app:v1', 'dev/app:v2'])
  expect(verdictsOf(run)).toEqual(['undetermined dev@eu-west-1 app:v1', 'failed dev@eu-west-1 app:v2'])
  expect(run.images[0]?.reasons.at(-1)).toContain('Whether the tag v1 still names it is not known: ')
  expect(run.exitCode).toBe(3)
})

describe('a baseline', () => {
  const [inherited, worse, fresh] = ['CVE-1', 'CVE-2', 'CVE-3'].map(id => basicFinding(id, 'HIGH'))
  if (inherited === undefined || worse === undefined || fresh === undefined) throw new TypeError('three')
  const older = basicScan(inherited, basicFinding('CVE-2', 'MEDIUM'))

  const outcomesOf = ({images}: ScanGateRun) =>
    images.flatMap(({findings}) => findings.map(({finding, outcome}) => `${finding.id} ${outcome}`))

  test('takes out what it has too, not what is worse or new', async () => {
    const world = await openScanWorld()
    await world.put(
      app,
      {name: 'v1', tags: ['v1'], findings: older},
      {name: 'v2', tags: ['v2'], findings: basicScan(inherited, worse, fresh)},
    )
    const run = await gate(world, ['app:v2'], {}, {baseline: 'dev/app:v1'})
    expect(outcomesOf(run)).toEqual(['CVE-1 inherited', 'CVE-2 fails', 'CVE-3 fails'])
    expect(run.images[0]?.baseline).toMatchObject({text: 'dev/app:v1', problem: null})
  })

  test('of an account is the newest tagged image of the same repository there', async () => {
    const world = await openScanWorld()
    const there = {...prodWest, name: 'app'}
    await world.put(there, {name: 'old', tags: ['r1'], findings: basicScan(inherited, fresh)})
    await world.sandbox.advanceClock(60_000)
    const digests = await world.put(there, {name: 'new', tags: ['r2'], findings: basicScan(inherited)})
    await world.sandbox.advanceClock(60_000)
    await world.put(there, {name: 'untagged', findings: basicScan(fresh)})
    await world.put(app, {name: 'v2', tags: ['v2'], findings: basicScan(inherited, fresh)})
    const run = await gate(world, ['dev/app:v2'], {}, {baseline: 'prod'})
    expect(outcomesOf(run)).toEqual(['CVE-1 inherited', 'CVE-3 fails'])
    expect(run.images[0]?.baseline).toEqual({
      text: 'prod/app:r2',
      digest: digests.get('new'),
      problem: null,
    })
  })

  test('of an account is none of the images that are judged', async () => {
    const world = await openScanWorld()
    await world.put(app, {name: 'v1', tags: ['v1'], findings: basicScan(inherited)})
    await world.sandbox.advanceClock(60_000)
    await world.put(app, {name: 'v2', tags: ['v2'], findings: basicScan(inherited, fresh)})
    const run = await gate(world, ['dev/app:v2'], {}, {baseline: 'dev'})
    expect(outcomesOf(run)).toEqual(['CVE-1 inherited', 'CVE-3 fails'])
    const alone = await gate(world, ['dev/app:v1', 'dev/app:v2'], {}, {baseline: 'dev'})
    expect(alone.images.map(({baseline}) => baseline?.problem)).toEqual(
      Array(2).fill('dev/app has no other tagged image.'),
    )
    expect(alone.exitCode).toBe(3)
  })

  test('is not scanned, whatever may be begun of the image', async () => {
    const world = await openScanWorld()
    await world.put(
      app,
      {name: 'v1', tags: ['v1']},
      {name: 'v2', tags: ['v2'], findings: basicScan(inherited)},
    )
    const run = await gate(world, ['dev/app:v2'], {}, {baseline: 'dev/app:v1', start: true})
    expect(run.images[0]?.baseline?.problem).toContain('There is no scan')
    expect(world.operations()['StartImageScan']).toBeUndefined()
    expect(run.exitCode).toBe(3)
  })

  test('that is the image itself takes nothing out, and that is said', async () => {
    const world = await openScanWorld()
    await world.put(app, {name: 'v2', tags: ['v2', 'latest'], findings: basicScan(inherited)})
    const run = await gate(world, ['dev/app:v2'], {}, {baseline: 'dev/app:latest'})
    expect(outcomesOf(run)).toEqual(['CVE-1 fails'])
    expect(run.images[0]?.baseline?.problem).toContain('It is the image itself')
  })

  test('that another registry has too says that nothing is new there', async () => {
    const world = await openScanWorld()
    const v2 = {name: 'v2', tags: ['v2'], findings: basicScan(inherited)}
    await world.put(app, v2)
    await world.put({...prodWest, name: 'app'}, v2)
    const run = await gate(world, ['dev/app:v2'], {}, {baseline: 'prod@eu-west-1/app:v2'})
    expect(outcomesOf(run)).toEqual(['CVE-1 inherited'])
  })

  test('is one image: of several that a word means nobody says which', async () => {
    const world = await openScanWorld()
    await world.put(
      app,
      {name: 'dev', tags: ['v1'], findings: basicScan(inherited)},
      {name: 'v2', tags: ['v2'], findings: basicScan(inherited)},
    )
    await world.put({...prodWest, name: 'app'}, {name: 'prod', tags: ['v1'], findings: basicScan(fresh)})
    await expect(gate(world, ['dev/app:v2'], {}, {baseline: 'app:v1'})).rejects.toMatchObject({
      code: 'AMBIGUOUS_IMAGE',
      message: 'app:v1 is in dev@eu-west-1 and prod@eu-west-1. Write which: dev@eu-west-1/app:v1.',
    })
  })

  test.each([
    ['is not there', 'dev/app:v0', 'There is no image dev/app:v0'],
    ['has no repository of the name', 'prod', 'There is no repository prod/app'],
    ['was never scanned', 'dev/app:v1', 'no scan'],
  ])('that %s takes nothing out, and that is said', async (_name, baseline, problem) => {
    const world = await openScanWorld()
    await world.put(
      app,
      {name: 'v1', tags: ['v1']},
      {name: 'v2', tags: ['v2'], findings: basicScan(inherited)},
    )
    const run = await gate(world, ['dev/app:v2'], {}, {baseline})
    expect(outcomesOf(run)).toEqual(['CVE-1 fails'])
    expect(run.images[0]?.baseline?.problem).toContain(problem)
    expect(run.exitCode).toBe(3)
  })
})

describe('a comparison', () => {
  const diff = ({estate, aws}: ScanWorld, before: string, after: string, failOn?: 'high') =>
    runScanDiff(
      {before, after, failOn, waitMs: 0, concurrency: 4},
      {estate, aws, region: undefined, random: () => 1, onEvent: () => {}},
    )

  test('is a no only where it was asked for and something new is as grave', async () => {
    const world = await openScanWorld()
    await world.put(
      app,
      {name: 'v1', tags: ['v1'], findings: basicScan(low)},
      {name: 'v2', tags: ['v2'], findings: basicScan(low, high)},
    )
    const [there, back] = [['app:v1', 'app:v2'] as const, ['app:v2', 'app:v1'] as const]
    expect((await diff(world, ...there)).exitCode).toBe(0)
    expect((await diff(world, ...there, 'high')).exitCode).toBe(3)
    const reverse = await diff(world, ...back, 'high')
    expect([reverse.exitCode, reverse.findings.map(({change}) => change)]).toEqual([
      0,
      ['unchanged', 'fixed'],
    ])
  })

  test('with an image that has no evidence is none', async () => {
    const world = await openScanWorld()
    await world.put(app, {name: 'v1', tags: ['v1']}, {name: 'v2', tags: ['v2'], findings: basicScan(low)})
    const run = await diff(world, 'app:v1', 'app:v2', 'high')
    expect([run.exitCode, run.findings]).toEqual([8, []])
  })

  test('with an image that is in two registries asks which', async () => {
    const world = await openScanWorld()
    await world.put(app, {name: 'v1', tags: ['v1'], findings: basicScan(low)})
    await world.put({...prodEast, name: 'app'}, {name: 'v1', tags: ['v1'], findings: basicScan(low)})
    await expect(diff(world, 'app:v1', 'dev/app:v1')).rejects.toMatchObject({
      code: 'AMBIGUOUS_IMAGE',
      message: expect.stringContaining('dev@eu-west-1 and prod@us-east-1'),
    })
  })
})
