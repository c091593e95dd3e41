import {describe, expect, test} from 'vitest'
import {basicScan, enhancedFinding, enhancedScan, scanDay} from '../../support/scan-documents.ts'
import {devWest, only, openScanWorld, type ScanWorld} from '../../support/scan-world.ts'

const app = {...devWest, name: 'app'}
const minute = 60_000

describe('an enhanced scan without findings', () => {
  async function clean(): Promise<ScanWorld> {
    const world = await openScanWorld()
    await world.configure(devWest, 'ENHANCED')
    await world.put(app, {name: 'v1', tags: ['v1'], findings: enhancedScan()})
    return world
  }

  test('is no evidence at the first look', async () => {
    const world = await clean()
    expect(only(await world.evidence(['dev/app:v1']))).toMatchObject({kind: 'pending', status: 'ACTIVE'})
  })

  test('is clean when it is the same for a quarter of a minute', async () => {
    const world = await clean()
    const evidence = only(await world.evidence(['dev/app:v1'], {waitMs: 5 * minute}))
    expect(evidence).toMatchObject({kind: 'scanned', by: 'enhanced', findings: []})
    expect(world.sandbox.now() - scanDay).toBeGreaterThanOrEqual(15_000)
  })

  test('has findings when they arrive later', async () => {
    const world = await clean()
    const {sandbox} = world
    const evidence = only(
      await world.evidence(['dev/app:v1'], {
        waitMs: 5 * minute,
        wait: async ms => {
          await sandbox.advanceClock(ms)
          if (sandbox.now() - scanDay < 10_000) return
          const findings = enhancedScan(enhancedFinding('CVE-1', 'CRITICAL'))
          await sandbox.putFindings({...devWest, repository: 'app', tag: 'v1', findings})
        },
      }),
    )
    expect(evidence).toMatchObject({kind: 'scanned', findings: [{id: 'CVE-1'}]})
  })

  test('is the same from anew once it was scanned again meanwhile', async () => {
    let digest = ''
    const looks: string[] = []
    const world = await openScanWorld({
      change(operation) {
        if (operation !== 'DescribeImageScanFindings') return undefined
        looks.push('look')
        const status = looks.length === 3 ? 'PENDING' : 'ACTIVE'
        const found = {
          imageScanCompletedAt: scanDay / 1000 + 1,
          enhancedFindings: [],
          findingSeverityCounts: {},
        }
        return {
          registryId: devWest.account,
          repositoryName: 'app',
          imageId: {imageDigest: digest},
          imageScanStatus: {status},
          ...(status === 'ACTIVE' && {imageScanFindings: found}),
        }
      },
    })
    await world.configure(devWest, 'ENHANCED')
    digest = (await world.put(app, {name: 'v1', tags: ['v1']})).get('v1') ?? ''
    // Looks at 0, 10, 20 (when it is scanned), 30, 40 and 50 seconds.
    const wait = () => world.sandbox.advanceClock(10_000)
    const evidence = only(await world.evidence(['dev/app:v1'], {waitMs: 5 * minute, wait}))
    expect(evidence).toMatchObject({kind: 'scanned', findings: []})
    expect(looks).toHaveLength(6)
  })

  test('stays pending when nobody looked at the image since it was pushed', async () => {
    const world = await openScanWorld()
    await world.configure(devWest, 'ENHANCED')
    const imageScanFindings = {enhancedFindings: [], imageScanCompletedAt: scanDay / 1000 - 60}
    const findings = {imageScanStatus: {status: 'ACTIVE'}, imageScanFindings}
    await world.put(app, {name: 'v1', tags: ['v1'], findings})
    const evidence = only(await world.evidence(['dev/app:v1'], {waitMs: 5 * minute}))
    expect(evidence).toMatchObject({
      kind: 'pending',
      reason: expect.stringContaining('before the image was pushed'),
    })
  })

  test('is as doubtful where nobody may ask how the registry scans', async () => {
    const world = await openScanWorld()
    await world.sandbox.seed({
      accounts: [
        {
          id: devWest.account,
          user: {
            policy: {
              Version: '2012-10-17',
              Statement: [
                {Effect: 'Allow', Action: 'ecr:*', Resource: '*'},
                {Effect: 'Deny', Action: 'ecr:GetRegistryScanningConfiguration', Resource: '*'},
              ],
            },
          },
        },
      ],
    })
    await world.put(app, {name: 'v1', tags: ['v1'], findings: basicScan()})
    expect(only(await world.evidence(['dev/app:v1']))).toMatchObject({kind: 'pending'})
    expect(only(await world.evidence(['dev/app:v1'], {waitMs: 5 * minute}))).toMatchObject({kind: 'scanned'})
  })
})
