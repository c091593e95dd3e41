import {parse as parseArguments} from '@oclif/core/parser'
import {describe, expect, test} from 'vitest'
import Login from '../src/commands/login.ts'
import ScanGate from '../src/commands/scan-gate.ts'
import {toReport} from '../src/lib/cli/reports/report.ts'
import {scanGateOrder} from '../src/lib/cli/scan-gate-flags.ts'
import {scanGateOutputs} from '../src/lib/cli/scan-gate-outputs.ts'
import {toScanGateResult} from '../src/lib/cli/scan-gate-result.ts'
import {parseEstate} from '../src/lib/config/parse.ts'
import {runScanGate, type ScanGateRun} from '../src/lib/scan/gate-run.ts'
import {
  commandsOf,
  documentOf,
  manifests,
  ownVersion,
  unknownKeys,
  versionsInstalled,
} from './support/manifests.ts'
import {read} from './support/pages.ts'
import {enhancedFinding, enhancedScan} from './support/scan-documents.ts'
import {devWest, openScanWorld} from './support/scan-world.ts'

const [gitHub, gitLab] = ['deploy/scan-gate/github-actions.yml', 'deploy/scan-gate/gitlab-ci.yml']
const files = manifests('deploy/scan-gate/*')
const repository = 'payments/api'
const host = `${devWest.account}.dkr.ecr.${devWest.region}.amazonaws.com`

/** What each system puts in the place of its variables. */
function variablesFor(digest: string): Readonly<Record<string, string>> {
  return {'needs.build.outputs.digest': digest, IMAGE: `${host}/${repository}@${digest}`}
}

const digest = `sha256:${'0'.repeat(64)}`

/** The words of the one command line of the gate. */
function gateLine(file: string, image: string): string[] {
  const lines = commandsOf(file, variablesFor(image)).filter(([command]) => command === 'scan-gate')
  expect(lines).toHaveLength(1)
  return lines[0]?.slice(1) ?? []
}

async function parsed(line: readonly string[]) {
  const {args, baseFlags, flags, strict} = ScanGate
  return parseArguments([...line], {args, flags: {...baseFlags, ...flags}, strict})
}

/** Runs the gate's command line over an image whose only platform has one finding. */
async function run(file: string, severity: string): Promise<{run: ScanGateRun; pushed: string}> {
  const world = await openScanWorld()
  await world.configure(devWest, 'ENHANCED')
  const digests = await world.put(
    {...devWest, name: repository},
    {name: 'amd64', findings: enhancedScan(enhancedFinding('CVE-2026-1', severity))},
    {name: 'index', lists: [{name: 'amd64', platform: 'linux/amd64'}]},
  )
  const pushed = digests.get('index') ?? ''
  const {argv, flags} = await parsed(gateLine(file, pushed))
  const repos = `version: 1
accounts:
  dev: {id: "${devWest.account}", region: ${devWest.region}}
gates:
  strict: {failOn: {severity: high}}
`
  const given = await runScanGate(scanGateOrder(argv.map(String), flags), {
    estate: parseEstate(repos, 'repos.yaml'),
    aws: world.aws,
    region: undefined,
    cwd: '.',
    random: () => 1,
    onEvent: () => {},
  })
  expect(world.sandbox.requests.filter(({mutating}) => mutating)).toEqual([])
  return {run: given, pushed}
}

test('there is a pipeline for each of two systems', () => {
  expect(files).toEqual([gitHub, gitLab])
})

describe.each(files)('%s', file => {
  test('asks for the digest that was pushed, waits, and takes no answer but yes for one', async () => {
    const {argv, flags} = await parsed(gateLine(file, digest))
    expect(argv).toEqual([expect.stringMatching(new RegExp(`/${repository}@${digest}$`))])
    expect(flags).toMatchObject({gate: 'strict', wait: 15 * 60_000})
    expect(read(file)).not.toMatch(/allow_failure|continue-on-error|\|\| true/)
  })

  test.each([
    ['MEDIUM', 'passed', 0],
    ['HIGH', 'failed', 3],
  ] as const)('judges an image with a %s finding: %s', async (severity, verdict, exitCode) => {
    const {run: given, pushed} = await run(file, severity)
    expect(given.images).toMatchObject([{verdict, image: {digest: pushed}}])
    expect(given.exitCode).toBe(exitCode)
  })

  test('installs the version that it was written for, and is led to by the guide', () => {
    expect(new Set(versionsInstalled(file))).toEqual(new Set([ownVersion()]))
    expect(read('docs/scan-gate.md')).toContain(`(../${file})`)
  })
})

interface GitHubStep {
  readonly id?: string
  readonly if?: string
  readonly run?: string
  readonly uses?: string
  readonly with?: Readonly<Record<string, string>>
}

test('the GitHub workflow uploads SARIF also when the gate said no, and hands on the digest that was judged', async () => {
  const workflow = documentOf(gitHub) as {
    readonly permissions: object
    readonly jobs: Readonly<
      Record<
        string,
        {readonly permissions: object; readonly outputs: object; readonly steps: readonly GitHubStep[]}
      >
    >
  }
  const {build, 'scan-gate': gate} = workflow.jobs
  expect(Object.keys(workflow.jobs)).toEqual(['build', 'scan-gate'])
  expect(workflow.permissions).toEqual({})
  expect(gate).toMatchObject({needs: 'build', permissions: {'id-token': 'write', 'security-events': 'write'}})
  expect(gate?.outputs).toEqual({digest: '${{ needs.build.outputs.digest }}'})
  expect(build?.outputs).toEqual({digest: '${{ steps.push.outputs.digest }}'})
  for (const step of [...(build?.steps ?? []), ...(gate?.steps ?? [])]) {
    // GitHub documentation, "Workflow syntax": a step either uses an action or runs a script.
    expect(unknownKeys(step, 'id if name uses run with env')).toEqual([])
    expect('uses' in step).not.toBe('run' in step)
  }

  const last = gate?.steps.at(-1)
  const {run: given} = await run(gitHub, 'HIGH')
  const result = toScanGateResult(given)
  const {flags} = await parsed(gateLine(gitHub, digest))
  expect(flags.report).toEqual([{kind: 'sarif', file: last?.with?.['sarif_file']}])
  // The output that the step asks for is there whatever the verdict is.
  expect(last?.if).toBe('always() && steps.gate.outputs.verdict')
  expect(gate?.steps.at(-2)?.id).toBe('gate')
  expect(scanGateOutputs(result)).toMatchObject({verdict: 'failed'})
  expect(reportOf(given, 'sarif')).toContain('CVE-2026-1')
})

test('the build of the GitHub workflow logs in to the account of the image', async () => {
  const [login = []] = commandsOf(gitHub, variablesFor(digest))
  const {args, baseFlags, flags, strict} = Login
  expect(login[0]).toBe('login')
  const given = await parseArguments(login.slice(1), {args, flags: {...baseFlags, ...flags}, strict})
  expect(given.argv).toEqual(['dev'])
})

test('the GitLab pipeline keeps both reports whatever the verdict is, and goes on by digest', async () => {
  const pipeline = documentOf(gitLab) as Readonly<Record<string, Readonly<Record<string, unknown>>>>
  const {stages, build, 'scan-gate': gate} = pipeline
  expect(Object.keys(pipeline)).toEqual(['stages', 'build', 'scan-gate'])
  expect([stages, build?.['stage'], gate?.['stage']]).toEqual([['build', 'scan'], 'build', 'scan'])
  // GitLab documentation, "CI/CD YAML syntax reference".
  for (const job of [build, gate]) {
    expect(
      unknownKeys(job, 'stage image services variables id_tokens script timeout retry artifacts'),
    ).toEqual([])
  }
  const {flags} = await parsed(gateLine(gitLab, digest))
  const [junit, codequality] = flags.report
  expect([junit?.kind, codequality?.kind]).toEqual(['junit', 'code-quality'])
  expect(gate?.['artifacts']).toEqual({
    when: 'always',
    reports: {junit: junit?.file, codequality: codequality?.file},
  })
  expect(build?.['artifacts']).toEqual({reports: {dotenv: 'image.env'}})
  const {run: given} = await run(gitLab, 'HIGH')
  expect(reportOf(given, 'junit')).toContain('<failure')
  expect(reportOf(given, 'code-quality')).toContain('CVE-2026-1')
})

function reportOf(given: ScanGateRun, kind: Parameters<typeof toReport>[0]): string {
  return toReport(kind, toScanGateResult(given), {version: ownVersion(), root: '.'})
}
