import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {beforeEach, describe, expect, test} from 'vitest'
import {runGantry} from '../support/cli.ts'
import {basicFinding, basicScan} from '../support/scan-documents.ts'
import {devWest, openScanWorld, prodWest, type ScanWorld} from '../support/scan-world.ts'
import {expectDocument} from '../support/schemas.ts'
import {temporaryFolder} from '../support/temporary-folder.ts'

const [before, after, unscanned] = ['dev/app:v1', 'dev/app:v2', 'dev/app:v3']
const finding = (id: string, severity: string) => basicFinding(id, severity)

let world: ScanWorld
let folder: string

beforeEach(async () => {
  world = await openScanWorld()
  folder = await temporaryFolder()
  await writeFile(
    join(folder, 'repos.yaml'),
    `version: 1
accounts:
  dev: {id: "${devWest.account}", region: ${devWest.region}}
  prod: {id: "${prodWest.account}", region: ${prodWest.region}}
`,
  )
  await world.put(
    {...devWest, name: 'app'},
    {
      name: 'v1',
      tags: ['v1'],
      findings: basicScan(finding('CVE-1', 'LOW'), finding('CVE-2', 'MEDIUM'), finding('CVE-3', 'HIGH')),
    },
    {
      name: 'v2',
      tags: ['v2'],
      findings: basicScan(finding('CVE-1', 'LOW'), finding('CVE-2', 'HIGH'), finding('CVE-4', 'MEDIUM')),
    },
    {name: 'v3', tags: ['v3']},
  )
  await world.put({...prodWest, name: 'app'}, {name: 'v1', tags: ['v1']})
})

function diff(args: readonly string[]) {
  return runGantry(['scan-diff', ...args], {cwd: folder, env: {GANTRY_SANDBOX: world.sandbox.url}})
}

describe('the exit code', () => {
  test('is 0 of what was compared, whatever came of it, and nothing is changed', async () => {
    const {status, stdout, stderr} = await diff([before, after])
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout.match(/^(new|changed|unchanged|fixed) +\S+ +\S+/gm)?.map(row => row.split(/ +/))).toEqual([
      ['new', 'medium', 'CVE-4'],
      ['changed', 'high', 'CVE-2'],
      ['fixed', 'high', 'CVE-3'],
    ])
    expect(stdout).toContain('1 new · 1 changed · 1 unchanged · 0 inherited · 1 fixed')
    expect(world.sandbox.requests.filter(({mutating}) => mutating)).toEqual([])
  })

  test('is 3 when something new or worse is as grave as --fail-on says', async () => {
    const {status, stdout} = await diff([before, after, '--fail-on', 'high'])
    expect(status).toBe(3)
    expect(stdout).toContain('\nFAILED 1 finding new or worse, and as grave as --fail-on says.\n')
    expect((await diff([before, after, '--fail-on', 'critical'])).status).toBe(0)
  })

  test('is 8 when there is no evidence of one, and nothing is said to be new or fixed', async () => {
    const {status, stdout} = await diff([before, unscanned, '--fail-on', 'critical'])
    expect(status).toBe(8)
    expect(stdout).toContain(`NO EVIDENCE ${unscanned}\n  There is no scan of the image.`)
    expect(stdout).toContain('\nnot compared · ')
    expect(stdout).not.toContain('CVE-')
  })

  test.each([
    ['4 for an image that is not there', [before, 'dev/app:v9'], 4, 'Error: There is no image dev/app:v9.'],
    [
      '2 for an image that is in several registries',
      ['app:v1', after],
      2,
      'Error: app:v1 is in dev@eu-west-1 and ',
    ],
    ['2 for one image alone', [before], 2, 'Error: AFTER is missing. See --help.'],
  ] as const)('is %s, with one line', async (_what, args, exitCode, line) => {
    const {status, stdout, stderr} = await diff(args)
    expect([status, stdout]).toEqual([exitCode, ''])
    expect(stderr).toMatch(/^.+\n( {2}.+\n)?$/)
    expect(stderr).toContain(line)
  })
})

test('the document is of its schema, and has what is the same too', async () => {
  const {stdout} = await diff([before, after, '--fail-on', 'high', '--json'])
  const document = JSON.parse(stdout)
  expectDocument('scan-diff.schema.json', document)
  expect(document).toMatchObject({
    command: 'scan-diff',
    exitCode: 3,
    summary: {
      before: {tag: 'v1'},
      after: {tag: 'v2'},
      changes: {new: 1, changed: 1, unchanged: 1},
      failing: 1,
    },
    items: [
      {change: 'new', id: 'CVE-4', before: null},
      {change: 'changed', id: 'CVE-2', differences: ['high was medium']},
      {change: 'unchanged', id: 'CVE-1'},
      {change: 'fixed', id: 'CVE-3', after: null},
    ],
  })
})

test('without evidence the document has no numbers', async () => {
  const document = JSON.parse((await diff([before, unscanned, '--json'])).stdout)
  expectDocument('scan-diff.schema.json', document)
  expect(document).toMatchObject({exitCode: 8, summary: {changes: null, failing: null}, items: []})
})
