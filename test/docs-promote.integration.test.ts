import {join} from 'node:path'
import {parse as parseArguments} from '@oclif/core/parser'
import {onTestFinished, test} from 'vitest'
import Promote from '../src/commands/promote.ts'
import {promotionOrder} from '../src/lib/cli/promotion-flags.ts'
import {toPromoteResult, viewPromotion} from '../src/lib/cli/promotion-view.ts'
import {plainStyle} from '../src/lib/cli/style.ts'
import {parseEstate} from '../src/lib/config/parse.ts'
import {runPromotion} from '../src/lib/promote/run.ts'
import {startSandbox} from '../src/lib/sandbox/index.ts'
import {away, client, delay, home, replicateTo} from './lib/sandbox/replication-support.ts'
import {blocksOf} from './support/pages.ts'
import {basicFinding, basicScan, scanDay} from './support/scan-documents.ts'
import {scannedRepository} from './support/scan-images.ts'
import {expectShownOutputs} from './support/shown-outputs.ts'
import {temporaryFolder} from './support/temporary-folder.ts'

const page = 'docs/promote.md'
const dev = {account: '111111111111', region: home}
const prod = {account: '222222222222', region: home}
/** The room of a terminal that is as wide as the page's text. */
const style = {...plainStyle, columns: 120}
const low = basicFinding('CVE-2025-6020', 'LOW')
const backdoor = basicFinding('CVE-2024-3094', 'CRITICAL', {
  attributes: [
    {key: 'package_name', value: 'xz-utils'},
    {key: 'package_version', value: '5.6.1-1'},
  ],
})

/** Three images in dev, of which one passes, one fails and one was not scanned; prod replicates to dr. */
async function openShownWorld() {
  const sandbox = await startSandbox({durations: {replication: delay}})
  onTestFinished(() => sandbox.close())
  await sandbox.setClock(scanDay)
  const images = {
    'payments/api': {name: 'api', tags: ['v1.5.0'], findings: basicScan(low)},
    'payments/worker': {name: 'worker', tags: ['v7'], findings: basicScan(backdoor, low)},
    'payments/ledger': {name: 'ledger', tags: ['v3']},
  }
  for (const [name, image] of Object.entries(images)) {
    const {seed} = scannedRepository({...dev, name}, [image])
    await sandbox.seed({repositories: [seed, {...prod, name}]})
  }
  const api = client(sandbox, home, prod.account)
  await replicateTo(api, [{region: away, registryId: prod.account}])
  return sandbox
}

test(`${page} shows what its commands print`, async () => {
  const sandbox = await openShownWorld()
  const cwd = await temporaryFolder()
  const repos = blocksOf(page).find(({text}) => text.includes('gate: strict'))?.text ?? ''
  const {args, baseFlags, flags: ours, strict} = Promote
  const wait = (ms: number) => sandbox.advanceClock(ms)
  const aws = {
    env: {},
    sandboxUrl: sandbox.url,
    now: () => sandbox.now(),
    wait,
    signal: AbortSignal.timeout(60_000),
  }

  await expectShownOutputs(page, 2, async ([, ...words]) => {
    const {argv, flags} = await parseArguments(words, {args, flags: {...baseFlags, ...ours}, strict})
    const estate = parseEstate(repos, 'repos.yaml')
    const order = promotionOrder(argv.map(String), flags, {defaults: estate.defaults.promote, aws, env: {}})
    const record = join(cwd, order.record ?? 'record.jsonl')
    const result = await runPromotion(
      {...order, record},
      {
        estate,
        aws,
        credentialsFor: async () => undefined,
        records: cwd,
        cwd,
        random: () => 1,
        deadlineAfter: () => new AbortController().signal,
        onEvent: () => {},
      },
    )
    return viewPromotion(toPromoteResult(result, result.exitCode), style).replaceAll(join(cwd, '/'), '')
  })
})
