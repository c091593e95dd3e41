/** The validator of the SARIF SDK, with the rules of the standard and those of GitHub's code scanning. */
import {chmod, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {toSarif} from '../../src/lib/cli/sarif.ts'
import {npm} from '../../tools/npm.ts'
import {hostileTexts, resultWith} from '../lib/cli/reports/hostile-texts.ts'
import {mixed, reportOf} from '../lib/cli/scan-gate-support.ts'
import {buildWith, builtTool} from '../support/built-tools.ts'
import {runGantry} from '../support/cli.ts'
import {expireAfter, openLifecycleWorld} from '../support/lifecycle-world.ts'
import {run} from '../support/peers.ts'
import {temporaryFolder} from '../support/temporary-folder.ts'
import {sarifMultitool} from './versions.ts'

const multitool = await builtTool(sarifMultitool, async folder => {
  await npm(['install', sarifMultitool, '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund'])
  await chmod(programIn(folder), 0o755)
  await buildWith(programIn(folder), ['--version'])
})

function programIn(folder: string): string {
  return join(folder, 'node_modules', sarifMultitool.replace(/@[^@]*$/, ''), 'Sarif.Multitool')
}

/** What the validator finds wrong: its rules and where. */
async function errorsIn(log: string): Promise<readonly string[]> {
  const folder = await temporaryFolder()
  await writeFile(join(folder, 'log.sarif'), log)
  const options = ['--rule-kind', 'Sarif;Ghas', '--level', 'Error', '--output', 'found.sarif']
  await run(programIn(multitool ?? ''), ['validate', 'log.sarif', ...options], folder)
  const text = await readFile(join(folder, 'found.sarif'), 'utf8')
  const {runs} = JSON.parse(text.replace(/^\uFEFF/, '')) as {
    runs: {
      invocations: {executionSuccessful: boolean}[]
      results: {ruleId: string; message: {arguments?: string[]}}[]
    }[]
  }
  expect(runs.flatMap(({invocations}) => invocations)).toMatchObject([{executionSuccessful: true}])
  return runs.flatMap(({results}) =>
    results.map(({ruleId, message}) => `${ruleId} ${message.arguments?.join(' ') ?? ''}`),
  )
}

describe.skipIf(multitool === undefined)(`what ${sarifMultitool} says`, () => {
  const log = toSarif(
    [
      {id: 'plain', level: 'note', summary: 'A thing.'},
      {
        id: 'CVE-1',
        level: 'error',
        summary: 'A hole.',
        helpUri: 'https://example.com/1',
        securitySeverity: 9.8,
      },
    ],
    [
      {
        ruleId: 'plain',
        level: 'note',
        message: 'Here.',
        place: {file: {path: 'a b.json', line: 3, column: 2}},
      },
      {
        ruleId: 'CVE-1',
        level: 'error',
        message: 'There.',
        place: {subject: `111111111111.dkr.ecr.eu-west-1.amazonaws.com/app@sha256:${'0'.repeat(64)}`},
        suppression: {justification: 'It is not reached.'},
      },
    ],
    {version: '1.2.3', root: '/work'},
  )

  test('is nothing of findings in files and images, suppressed ones too', async () => {
    expect(await errorsIn(JSON.stringify(log))).toEqual([])
  })

  test('is what is wrong with others', async () => {
    expect(await errorsIn(JSON.stringify({...log, more: 1}))).toEqual([expect.stringContaining('JSON1005')])
  })

  test('is nothing of what gantry scan-gate reports, whatever strangers wrote', async () => {
    const items = hostileTexts.flatMap(([, text]) => resultWith(text).items)
    const log = reportOf('sarif', {...mixed, items: [...mixed.items, ...items]})
    expect(await errorsIn(log)).toEqual([])
  })

  test('is nothing of what gantry lifecycle lint prints', async () => {
    const {sandbox, folder, fill, putPolicy} = await openLifecycleWorld()
    const app = {account: '111111111111', region: 'eu-west-1', name: 'team/app'}
    await fill({...app, images: [{name: 'one', tags: ['v1'], pushed: 30}]})
    await putPolicy(app, expireAfter(1))
    const config = join(folder, 'repos.yaml')
    await writeFile(config, `version: 1\naccounts:\n  dev: {id: "${app.account}", region: ${app.region}}\n`)
    await writeFile(join(folder, 'bad.json'), '{"rules": [{"rulePriority": 0}]}')
    const env = {GANTRY_SANDBOX: sandbox.url, GANTRY_CONFIG: config}
    for (const args of [[], ['--policy', 'bad.json']]) {
      const {stdout} = await runGantry(['lifecycle', 'lint', '--format', 'sarif', ...args], {
        env,
        cwd: folder,
      })
      expect(stdout).toContain('"ruleId"')
      expect(await errorsIn(stdout)).toEqual([])
    }
  })
})
