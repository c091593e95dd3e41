import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {openSandbox} from '../lib/sandbox/support.ts'
import {type RunOptions, runGantry, runJson} from '../support/cli.ts'
import {expectDocument} from '../support/schemas.ts'
import {temporaryFolder} from '../support/temporary-folder.ts'

interface Item {
  readonly check: string
  readonly status: string
  readonly message: string
}

const account = '111111111111'
const region = 'eu-west-1'

/** A folder with this repos.yaml, as the one in which gantry is run. */
async function folderWith(repos: string): Promise<string> {
  const folder = await temporaryFolder()

  await writeFile(join(folder, 'repos.yaml'), repos)
  return folder
}

async function statusesOf(args: readonly string[], options: RunOptions) {
  const document = await runJson<Item>(['doctor', ...args], options)
  expectDocument('doctor.schema.json', document)
  const statuses = Object.fromEntries(document.items.map(({check, status}) => [check, status]))
  return {exitCode: document.exitCode, statuses}
}

describe('gantry doctor', () => {
  test('ends with 0 where all is well, and has told it as its schema says', async () => {
    const sandbox = await openSandbox({proxy: 0})
    const env = sandbox.proxy?.env(account, region) ?? {}
    const {exitCode, statuses} = await statusesOf([], {env})
    expect(exitCode).toBe(0)
    expect(new Set(Object.values(statuses))).toEqual(new Set(['ok']))
  })

  test('with a broken repos.yaml, no credentials and no network: a table, a code, and no stack', async () => {
    const cwd = await folderWith('version: 1\nacounts: {}\n')
    const {status, stdout, stderr} = await runGantry(['doctor'], {cwd})
    expect(status).toBe(2)
    expect(stderr).toBe('')
    expect(stdout).toMatch(/^This machine\n {2}ok +Node\.js/)
    expect(stdout).toMatch(/^ {2}problem +repos\.yaml +repos\.yaml:2:1 .*Did you mean "accounts"\?$/m)
    expect(stdout).not.toMatch(/^ +at .*:\d+:\d+\)?$/m)
  })

  test('without credentials, behind a proxy that is not there', async () => {
    const {exitCode, statuses} = await statusesOf(['--region', region, '--check-timeout', '5s'], {
      env: {HTTPS_PROXY: 'http://127.0.0.1:1'},
    })
    expect(exitCode).toBe(5)
    expect(statuses).toMatchObject({
      credentials: 'problem',
      identity: 'skipped',
      endpoints: 'problem',
      registry: 'skipped',
    })
  })

  test('ends, though the program of a profile does not', async () => {
    const cwd = await folderWith(
      'version: 1\naccounts:\n  dev: {id: "111111111111", region: eu-west-1, profile: slow}\n',
    )
    const config = join(cwd, 'config')
    // It waits for the end of its input, which comes with that of gantry.
    const program = `"${process.execPath}" -e "process.stdin.resume()"`
    await writeFile(config, `[profile slow]\ncredential_process = ${program}\n`)
    const {exitCode, statuses} = await statusesOf(['--check-timeout', '1s'], {
      cwd,
      env: {AWS_CONFIG_FILE: config, HTTPS_PROXY: 'http://127.0.0.1:1'},
    })
    expect(exitCode).toBe(6)
    expect(statuses).toMatchObject({credentials: 'problem', identity: 'skipped', registry: 'skipped'})
  })

  test('in a sandbox, for one account of several', async () => {
    const sandbox = await openSandbox()
    const cwd = await folderWith(
      `version: 1\naccounts:\n  dev: {id: "${account}", region: ${region}}\n  prod: {id: "222222222222", region: ${region}}\n`,
    )
    const {status, stdout} = await runGantry(['doctor', '--account', 'prod'], {
      cwd,
      env: {...sandbox.env('222222222222', region)},
    })
    expect(status).toBe(0)
    expect(stdout).toContain('\nprod  222222222222/eu-west-1\n')
    expect(stdout).not.toContain('dev  ')
    expect(stdout).toContain('GANTRY_SANDBOX is set')
  })
})
