import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {text} from 'node:stream/consumers'
import {beforeEach, describe, expect, test} from 'vitest'
import {cleanEnvironment, program, runGantry} from '../support/cli.ts'
import {basicFinding, basicScan} from '../support/scan-documents.ts'
import {devWest, openScanWorld, type ScanWorld} from '../support/scan-world.ts'
import {expectDocument} from '../support/schemas.ts'
import {temporaryFolder} from '../support/temporary-folder.ts'

const [clean, bad, unscanned] = ['payments/api:clean', 'payments/api:bad', 'payments/api:unscanned']
const high = basicFinding('CVE-2026-1', 'HIGH')
const low = basicFinding('CVE-2026-2', 'LOW')
const account = `{id: "${devWest.account}", region: ${devWest.region}}`
const repos = `version: 1
accounts: {dev: ${account}}
gates: {strict: {failOn: {severity: high}}}
`

let world: ScanWorld
let folder: string
let env: Record<string, string>

beforeEach(async () => {
  world = await openScanWorld()
  folder = await temporaryFolder()
  await writeFile(join(folder, 'repos.yaml'), repos)
  env = {GANTRY_SANDBOX: world.sandbox.url}
  await world.put(
    {...devWest, name: 'payments/api'},
    {name: 'clean', tags: ['clean'], findings: basicScan(low)},
    {name: 'bad', tags: ['bad'], findings: basicScan(high, low)},
    {name: 'unscanned', tags: ['unscanned']},
  )
})

function gate(args: readonly string[], more: {input?: string; env?: Record<string, string>} = {}) {
  return runGantry(['scan-gate', ...args], {cwd: folder, ...more, env: {...env, ...more.env}})
}

describe('the exit code', () => {
  test('is 0 of images that pass, and nothing is changed', async () => {
    const {status, stdout, stderr} = await gate([clean, '--gate', 'strict'])
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toContain('PASSED dev@eu-west-1 payments/api:clean')
    expect(stdout).toContain('1 passed · 0 failed · 0 undetermined · gate strict')
    expect(world.sandbox.requests.filter(({mutating}) => mutating)).toEqual([])
  })

  test('is 3 when one fails, and what the others are is shown too', async () => {
    const {status, stdout} = await gate([clean, bad, unscanned])
    expect(status).toBe(3)
    expect(stdout.match(/^(PASSED|FAILED|UNDETERMINED)/gm)).toEqual(['PASSED', 'FAILED', 'UNDETERMINED'])
    expect(stdout).toContain('  1 high fails: CVE-2026-1 in openssl.')
  })

  test('is 8 when there is no evidence of one', async () => {
    const {status, stdout} = await gate([clean, unscanned])
    expect(status).toBe(8)
    expect(stdout).toContain('There is no scan of the image.')
  })

  test('is 4 when one is not there, whose near ones are named', async () => {
    const {status, stdout} = await gate([clean, 'payments/api:cleam'])
    expect(status).toBe(4)
    expect(stdout).toContain('There is no image payments/api:cleam. Did you mean the tag "clean"?')
  })

  test('is 5 when one may not be looked at', async () => {
    const name = 'nobody'
    const arn = `arn:aws:iam::${devWest.account}:role/${name}`
    const trusts = [`arn:aws:iam::${devWest.account}:root`]
    const policy = {
      Version: '2012-10-17',
      Statement: [{Effect: 'Allow', Action: 'ecr:DescribeRepositories', Resource: '*'}],
    }
    await world.sandbox.seed({accounts: [{id: devWest.account, roles: [{name, trusts, policy}]}]})
    await writeFile(
      join(folder, 'repos.yaml'),
      repos.replace(account, account.replace('}', `, role: "${arn}"}`)),
    )
    const {status, stdout, stderr} = await gate([clean])
    expect(status).toBe(5)
    expect(stderr).toBe('')
    expect(stdout).toContain('assumed-role/nobody/gantry is not allowed ecr:DescribeImages on ')
  })
})

describe('one line and exit code 2', () => {
  test.each([
    ['without an image', [], /^Error: Say which image: gantry scan-gate REPOSITORY:TAG\.$/m],
    [
      'for a gate that there is not, with the nearest that there is',
      [clean, '--gate', 'strickt'],
      /^Error: --gate strickt: repos\.yaml names no such gate\. Did you mean "strict"\?$/m,
    ],
    [
      'for a repository without a tag',
      ['payments/api'],
      /^Error: "payments\/api" names no image\. Write REPO/,
    ],
    [
      'for a filter that basic scans have no answer to',
      [clean, '--fixable'],
      /^Error: payments\/api:clean: "failOn\.fixable" asks .* Leave it out \(--fixable, /,
    ],
    [
      'for a report that there is not',
      [clean, '--report', 'sarfi=x'],
      /^Error: --report: "sarfi=x" is no report\. .*Kinds are json, markdown, sarif, junit, code-quality\.$/m,
    ],
    ['for a file of ignore rules that is not there', [clean, '--ignores', 'no.yaml'], /^Error: no\.yaml: /],
  ] as const)('%s', async (_what, args, line) => {
    const result = await gate(args)
    expect(result).toMatchObject({status: 2, stdout: ''})
    expect(result.stderr).toMatch(line)
    expect(result.stderr.trimEnd().split('\n')).toHaveLength(1)
  })
})

test('images are read from standard input', async () => {
  const {status, stdout} = await gate(['-'], {input: `# of this release\n${clean}\n\n${bad}\n`})
  expect(status).toBe(3)
  expect(stdout).toContain('2 images · 1 passed · 1 failed')
})

test('the document is of its schema, and says of each image which digest was judged', async () => {
  const {status, stdout} = await gate([clean, bad, unscanned, 'payments/api:none', '--json'])
  expect(status).toBe(3)
  const document = JSON.parse(stdout)
  expectDocument('scan-gate.schema.json', document)
  expect(document).toMatchObject({
    command: 'scan-gate',
    exitCode: 3,
    summary: {gate: null, verdicts: {passed: 1, failed: 1, undetermined: 1}, missing: 1, mutatingRequests: 0},
    items: [
      {image: clean, verdict: 'passed', digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string},
      {
        image: bad,
        verdict: 'failed',
        failing: {high: 1},
        findings: [{id: 'CVE-2026-1', outcome: 'fails'}, {}],
      },
      {image: unscanned, verdict: 'undetermined', platforms: [{evidence: 'pending', status: null}]},
      {image: 'payments/api:none', verdict: 'undetermined', error: {code: 'IMAGE_NOT_FOUND'}},
    ],
  })
})

test('an error is a document of the same schema', async () => {
  const {status, stdout} = await gate([clean, '--gate', 'strickt', '--json'])
  const document = JSON.parse(stdout)
  expectDocument('scan-gate.schema.json', document)
  expect([status, document.error.code]).toEqual([2, 'UNKNOWN_GATE'])
})

test('reports go to files beside the table, and to GitHub without a flag', async () => {
  const github = {
    GITHUB_ACTIONS: 'true',
    GITHUB_OUTPUT: join(folder, 'outputs'),
    GITHUB_STEP_SUMMARY: join(folder, 'summary'),
  }
  const kinds = {
    sarif: 'a.sarif',
    junit: 'a.xml',
    markdown: 'a.md',
    'code-quality': 'a.json',
    json: 'all.json',
  }
  const reports = Object.entries(kinds).flatMap(([kind, file]) => ['--report', `${kind}=${file}`])
  const {status, stdout} = await gate([bad, ...reports], {env: github})
  expect(status).toBe(3)
  expect(stdout).toContain('FAILED dev@eu-west-1 payments/api:bad')
  for (const file of Object.values(kinds)) {
    expect(await readFile(join(folder, file), 'utf8')).toMatch(/CVE(-|&#45;)2026/)
  }
  expectDocument('scan-gate.schema.json', JSON.parse(await readFile(join(folder, 'all.json'), 'utf8')))
  expect(await readFile(github.GITHUB_STEP_SUMMARY, 'utf8')).toContain('### Scan gate: failed')
  expect(await readFile(github.GITHUB_OUTPUT, 'utf8')).toMatch(/^verdict<<.+\nfailed$/m)
})

test('a report on standard output takes the place of the table, and no report of an earlier run is left by an error', async () => {
  await writeFile(join(folder, 'old.sarif'), 'of yesterday')
  const {stdout} = await gate([clean, '--report', 'markdown=-'])
  expect(stdout).toMatch(/^### Scan gate: passed\n/)
  expect((await gate([clean, '--fixable', '--report', 'sarif=old.sarif'])).status).toBe(2)
  expect(await readFile(join(folder, 'old.sarif'), 'utf8')).toBe('')
})

describe('while scans are waited for', () => {
  test('says so, and ends with 8 at the deadline', async () => {
    const {status, stdout, stderr} = await gate([unscanned, '--wait', '2s'])
    expect(status).toBe(8)
    expect(stdout).toContain('UNDETERMINED dev@eu-west-1 payments/api:unscanned')
    expect(stderr).toMatch(/^Waiting for scans$/m)
  })

  test('an interruption leaves one clear line', async () => {
    const child = spawn(process.execPath, [program, 'scan-gate', unscanned, '--wait', '10m'], {
      cwd: folder,
      env: {...cleanEnvironment(folder), ...env},
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (!child.killed && said.includes(`started  ${unscanned}`)) child.kill('SIGINT')
    })
    const [stdout, [status]] = await Promise.all([text(child.stdout), once(child, 'close')])
    expect([stdout, status]).toEqual(['', 130])
    expect(said.trimEnd().split('\n')).toEqual([
      'Waiting for scans',
      expect.stringContaining(unscanned) as string,
      expect.stringMatching(/Stopped by SIGINT\.$/) as string,
    ])
  })

  test('--timeout ends it without a verdict', async () => {
    const {status, stdout, stderr} = await gate([unscanned, '--wait', '10m', '--timeout', '2s'])
    expect([status, stdout]).toEqual([6, ''])
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(/^Error: .*2 ?s/)
  })
})
