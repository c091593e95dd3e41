import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {ScanStatus} from '@aws-sdk/client-ecr'
import {parse as parseArguments} from '@oclif/core/parser'
import {expect, test} from 'vitest'
import ScanDiff from '../src/commands/scan-diff.ts'
import ScanGate from '../src/commands/scan-gate.ts'
import {mostResults} from '../src/lib/cli/sarif.ts'
import {toScanDiffResult} from '../src/lib/cli/scan-diff-result.ts'
import {viewScanDiff} from '../src/lib/cli/scan-diff-view.ts'
import {scanGateOrder} from '../src/lib/cli/scan-gate-flags.ts'
import {toScanGateResult} from '../src/lib/cli/scan-gate-result.ts'
import {viewScanGate} from '../src/lib/cli/scan-gate-view.ts'
import {plainStyle} from '../src/lib/cli/style.ts'
import {parseEstate} from '../src/lib/config/parse.ts'
import type {Fields} from '../src/lib/oci/descriptor.ts'
import {runScanDiff} from '../src/lib/scan/diff-run.ts'
import {runScanGate, type ScanGateOrder} from '../src/lib/scan/gate-run.ts'
import {blocksOf, rowsOf, sectionOf} from './support/pages.ts'
import {enhancedFinding, enhancedScan} from './support/scan-documents.ts'
import {devWest, openScanWorld, prodWest, type ScanWorld} from './support/scan-world.ts'
import {expectShownOutputs, shownIn} from './support/shown-outputs.ts'
import {temporaryFolder} from './support/temporary-folder.ts'

const guide = 'docs/scan-gate.md'
/** The room of a terminal that is as wide as the guide's text. */
const style = {...plainStyle, columns: 120}
const platforms = ['linux/amd64', 'linux/arm64']
const today = Date.UTC(2026, 10, 21, 9)
const daysAgo = (days: number) => today / 1000 - days * 86_400

interface Found {
  readonly name: string
  readonly version: string
  readonly fixedInVersion?: string
  readonly filePath?: string
  readonly sourceLayerHash?: string
}

function found(id: string, severity: string, days: number, {filePath, ...vulnerable}: Found): Fields {
  const location = filePath === undefined ? {packageManager: 'OS'} : {packageManager: 'GOBINARY', filePath}
  return enhancedFinding(id, severity, {
    firstObservedAt: daysAgo(days),
    fixAvailable: vulnerable.fixedInVersion === undefined ? 'NO' : 'YES',
    packageVulnerabilityDetails: {vulnerabilityId: id, vulnerablePackages: [{...vulnerable, ...location}]},
  })
}

const filePath = 'usr/local/bin/api'
/** Of the base image, which all releases have. */
const sourceLayerHash = `sha256:${'ba5e'.repeat(16)}`
const openssl = found('CVE-2024-5535', 'CRITICAL', 60, {
  name: 'libssl3',
  version: '3.0.11-1~deb12u2',
  fixedInVersion: '3.0.14-1~deb12u2',
  sourceLayerHash,
})
const zlib = found('CVE-2023-45853', 'CRITICAL', 60, {name: 'zlib1g', version: '1.2.13', sourceLayerHash})
const crypto = found('CVE-2024-45337', 'CRITICAL', 19, {
  name: 'golang.org/x/crypto',
  version: '0.30.0',
  fixedInVersion: '0.31.0',
  filePath,
})
const oauth = found('CVE-2025-22868', 'HIGH', 5, {
  name: 'golang.org/x/oauth2',
  version: '0.24.0',
  fixedInVersion: '0.27.0',
  filePath,
})
const grpc = found('CVE-2023-44487', 'HIGH', 60, {
  name: 'google.golang.org/grpc',
  version: '1.58.2',
  fixedInVersion: '1.58.3',
  filePath,
})
const curl = found('CVE-2025-0167', 'MEDIUM', 60, {
  name: 'libcurl4',
  version: '7.88.1',
  fixedInVersion: '7.88.2',
})

/** The registries that the guide shows: one release in prod, the next two in dev, and a worker that nobody scanned. */
async function openShownWorld(): Promise<ScanWorld> {
  const world = await openScanWorld()
  for (const registry of [devWest, prodWest]) await world.configure(registry, 'ENHANCED')
  const release = (tag: string, ...findings: readonly Fields[]) => [
    ...platforms.map(platform => ({name: `${tag} ${platform}`, findings: enhancedScan(...findings)})),
    {name: tag, tags: [tag], lists: platforms.map(platform => ({name: `${tag} ${platform}`, platform}))},
  ]
  await world.put({...prodWest, name: 'payments/api'}, ...release('v1.4.0', openssl, zlib, grpc, curl))
  await world.put(
    {...devWest, name: 'payments/api'},
    ...release('v1.5.0', openssl, zlib, crypto, oauth, grpc),
    ...release('v1.5.1', openssl, zlib, oauth, grpc),
  )
  await world.put({...devWest, name: 'payments/worker'}, {name: 'v7', tags: ['v7']})
  await world.sandbox.setClock(today)
  return world
}

/** The guide's files, as their first keys say which is which. */
function shownFile(key: RegExp): string {
  const text = blocksOf(guide).find(({language, text}) => language === 'yaml' && key.test(text))?.text
  expect(text).toBeDefined()
  return text ?? ''
}

const around = {region: undefined, random: () => 1, onEvent: () => {}}

async function orderOf(line: readonly string[]): Promise<ScanGateOrder> {
  const {args, baseFlags, flags: ours, strict} = ScanGate
  const {argv, flags} = await parseArguments([...line], {args, flags: {...baseFlags, ...ours}, strict})
  return scanGateOrder(argv.map(String), flags)
}

async function gate(argv: string[], {aws}: ScanWorld): Promise<string> {
  const cwd = await temporaryFolder()
  await writeFile(join(cwd, '.gantry-ignores.yaml'), shownFile(/^ignores:/m))
  const estate = parseEstate(shownIn(guide, 'yaml'), 'repos.yaml')
  const run = await runScanGate(await orderOf(argv), {
    ...around,
    estate,
    aws,
    cwd,
  })
  return viewScanGate(toScanGateResult(run), style)
}

async function diff(argv: string[], {aws}: ScanWorld): Promise<string> {
  const {args: wanted, baseFlags, flags: ours} = ScanDiff
  const {args, flags} = await parseArguments(argv, {args: wanted, flags: {...baseFlags, ...ours}})
  const estate = parseEstate(shownIn(guide, 'yaml'), 'repos.yaml')
  const run = await runScanDiff(
    {...args, failOn: flags['fail-on'], waitMs: flags.wait ?? 0, concurrency: flags.concurrency},
    {...around, estate, aws},
  )
  return viewScanDiff(toScanDiffResult(run), style)
}

test('docs/scan-gate.md says what each status of ECR means', () => {
  const rows = rowsOf(guide, 'Evidence')
  expect(Object.values(ScanStatus).filter(status => !rows.includes(status))).toEqual([])
})

test('docs/scan-gate.md has each kind of report, and how many results a log has', () => {
  const [, kinds = ''] = /Kinds: (.*?)\./.exec(ScanGate.flags.report.summary ?? '') ?? []
  expect(rowsOf(guide, 'Reports').toSorted()).toEqual(kinds.split(', ').toSorted())
  expect(sectionOf(guide, 'Reports')).toContain(`the gravest ${mostResults.toLocaleString('en')} results`)
})

test('the permissions that docs/scan-gate.md shows are enough to judge an index, and to begin scans', async () => {
  const {account, region} = devWest
  const name = 'gate'
  const world = await openScanWorld()
  await world.sandbox.seed({
    accounts: [
      {
        id: account,
        roles: [
          {
            name,
            trusts: [`arn:aws:iam::${account}:root`],
            policy: JSON.parse(shownIn(guide, 'json')) as object,
          },
        ],
      },
    ],
  })
  await world.put(
    {...devWest, name: 'payments/api'},
    {name: 'amd64'},
    {name: 'index', tags: ['v1'], lists: [{name: 'amd64', platform: 'linux/amd64'}]},
  )
  const repos = `version: 1\naccounts: {dev: {id: "${account}", region: ${region}, role: "arn:aws:iam::${account}:role/${name}"}}`
  const run = await runScanGate(await orderOf(['payments/api:v1', '--start', '--wait', '1m']), {
    ...around,
    estate: parseEstate(repos, 'repos.yaml'),
    aws: world.aws,
    cwd: '.',
  })
  expect(run.images).toMatchObject([{verdict: 'passed', reasons: []}])
  expect(run.callers.map(({arn}) => arn)).toEqual([expect.stringContaining(`assumed-role/${name}/`)])
  expect(world.operations()).toMatchObject({StartImageScan: 1, GetRegistryScanningConfiguration: 1})
})

test('docs/scan-gate.md shows what its commands print', async () => {
  await expectShownOutputs(guide, 4, async ([command, ...argv]) => {
    const world = await openShownWorld()
    return command === 'scan-diff' ? diff(argv, world) : gate(argv, world)
  })
})
