import {parseEstate} from '../../../src/lib/config/parse.ts'
import {runScanDiff} from '../../../src/lib/scan/diff-run.ts'
import {runScanGate} from '../../../src/lib/scan/gate-run.ts'
import {openGatedWorld, strict} from '../../support/gated-world.ts'
import {basicFinding, basicScan} from '../../support/scan-documents.ts'
import {devWest, openScanWorld, type ScanWorld} from '../../support/scan-world.ts'
import {dev, prod} from '../../support/world.ts'
import {testLeast} from './least.ts'

const app = {...devWest, name: 'team/app'}
const findings = basicScan(basicFinding('CVE-1', 'LOW'))
const around = {region: undefined, random: () => 1, onEvent: () => {}}
const estate = parseEstate(
  `version: 1\naccounts:\n  dev: {id: "${app.account}", region: ${app.region}}\n`,
  'repos.yaml',
)
const passed = (outcome: object) => 'exitCode' in outcome && outcome.exitCode === 0

function gate({aws}: ScanWorld, start: boolean) {
  const order = {accounts: [], gate: undefined, flags: {waitMs: 300_000}, baseline: undefined, concurrency: 4}
  return runScanGate({...order, images: ['team/app:v1'], start}, {estate, aws, cwd: '.', ...around})
}

testLeast('an image with findings', {
  command: 'scan-gate',
  estate,
  isDone: passed,
  async open() {
    const world = await openScanWorld()
    await world.put(app, {name: 'v1', tags: ['v1'], findings})
    return {sandbox: world.sandbox, run: () => gate(world, false)}
  },
})

testLeast('an index', {
  command: 'scan-gate',
  estate,
  holds: ['ecr:BatchGetImage'],
  isDone: passed,
  async open() {
    const world = await openScanWorld()
    await world.put(
      app,
      {name: 'amd64', findings},
      {name: 'all', tags: ['v1'], lists: [{name: 'amd64', platform: 'linux/amd64'}]},
    )
    return {sandbox: world.sandbox, run: () => gate(world, false)}
  },
})

testLeast('an image that was never scanned', {
  command: 'scan-gate --start',
  estate,
  holds: ['ecr:StartImageScan'],
  isDone: passed,
  async open() {
    const world = await openScanWorld()
    const digests = await world.put(app, {name: 'v1', tags: ['v1']})
    await world.find(app, digests.get('v1') ?? 'sha256:', findings, false)
    return {sandbox: world.sandbox, run: () => gate(world, true)}
  },
})

testLeast('two images', {
  command: 'scan-diff',
  estate,
  isDone: passed,
  async open() {
    const {sandbox, aws, put} = await openScanWorld()
    await put(app, {name: 'v1', tags: ['v1'], findings}, {name: 'v2', tags: ['v2'], findings})
    const order = {before: 'team/app:v1', after: 'team/app:v2', failOn: undefined, waitMs: 0, concurrency: 4}
    return {sandbox, run: () => runScanDiff(order, {estate, aws, ...around})}
  },
})

const gated = parseEstate(
  `version: 1
accounts:
  dev: {id: "${dev.account}", region: ${dev.region}}
  prod: {id: "${prod.account}", region: ${prod.region}}
promotions:
  release: {from: dev, to: [prod], repositories: ["team/**"], gate: strict}
${strict}`,
  'repos.yaml',
)

testLeast('a route with a gate', {
  command: 'promote',
  estate: gated,
  isDone: passed,
  async open() {
    const world = await openGatedWorld()
    await world.put('team/app', {name: 'one', tags: ['v1'], findings})
    return {sandbox: world.sandbox, run: () => world.promote(['team/app:v1'], {}, {estate: gated})}
  },
})
