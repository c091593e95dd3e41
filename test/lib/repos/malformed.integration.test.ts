import {writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {
  CreateRepositoryCommand,
  ECRClient,
  PutRegistryPolicyCommand,
  SetRepositoryPolicyCommand,
} from '@aws-sdk/client-ecr'
import {beforeAll, describe, expect, onTestFinished, test} from 'vitest'
import {type Sandbox, startSandbox} from '../../../src/lib/sandbox/index.ts'
import {runProgram} from '../../support/program.ts'
import {temporaryFolder} from '../../support/temporary-folder.ts'
import {contradictions} from './malformed/contradictions.ts'
import type {MalformedFile} from './malformed/files.ts'
import {noFile} from './malformed/no-file.ts'
import {nothingWritten} from './malformed/nothing-written.ts'
import {unknownKeys} from './malformed/unknown-keys.ts'
import {wrongTypes} from './malformed/wrong-types.ts'

/** Every command that reads the file. */
const commands = [
  ['repos', 'lint'],
  ['repos', 'plan'],
  ['repos', 'apply', '--yes'],
  ['repos', 'export'],
  ['repos', 'explain', 'app/api'],
] as const

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox()
  return () => sandbox.close()
})

async function fileOf(content: string | Buffer): Promise<string> {
  const file = join(await temporaryFolder(), 'repos.yaml')
  await writeFile(file, content)
  return file
}

describe.each([
  ['what is no file', noFile],
  ['an unknown key', unknownKeys],
  ['a wrong type', wrongTypes],
  ['nothing where something is to be', nothingWritten],
  ['a contradiction', contradictions],
] satisfies readonly (readonly [string, readonly MalformedFile[]])[])('%s', (_, files) => {
  test.each(files)('%s: one line, exit code 2 and no request', async (_what, content, line) => {
    const file = await fileOf(content)
    sandbox.clearRequests()
    for (const command of commands) {
      const {status, stdout, stderr} = await runProgram([...command, '--config', file], {
        GANTRY_SANDBOX: sandbox.url,
      })
      expect([status, stdout, stderr]).toEqual([2, '', `Error: ${file}:${line}\n`])
    }
    expect(sandbox.requests).toEqual([])
    expect(({} as {state?: unknown}).state).toBeUndefined()
  })
})

describe('what is there stays', () => {
  const account = '111111111111'
  const statement = (Resource?: string) =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {Sid: 'A', Effect: 'Allow', Principal: {AWS: '999999999999'}, Action: 'ecr:BatchGetImage', Resource},
      ],
    })

  /** A registry with something to lose, and what is in it. */
  async function registry() {
    const client = new ECRClient({
      endpoint: sandbox.url,
      region: 'eu-west-1',
      credentials: {accessKeyId: account, secretAccessKey: 'any'},
    })
    onTestFinished(() => client.destroy())
    await sandbox.reset()
    await client.send(new CreateRepositoryCommand({repositoryName: 'app/api'}))
    await client.send(new SetRepositoryPolicyCommand({repositoryName: 'app/api', policyText: statement()}))
    await client.send(new PutRegistryPolicyCommand({policyText: statement('*')}))
    sandbox.clearRequests()
  }

  const apply = (file: string) =>
    runProgram(['repos', 'apply', '--yes', '--delete-images', '--config', file], {
      GANTRY_SANDBOX: sandbox.url,
      AWS_ACCESS_KEY_ID: account,
      XDG_STATE_HOME: dirname(file),
    })
  const mutations = () => sandbox.requests.filter(({mutating}) => mutating)
  const goes = (id: string) => `version: 1
accounts: {dev: {id: "${id}", region: eu-west-1}}
registries: {dev: {policy: null, replication: null, scanning: null, signing: null}}
repositories: {app/api: {state: absent, images: delete}}
`

  test('with an empty file', async () => {
    await registry()
    const {status} = await apply(await fileOf(''))
    expect([status, sandbox.requests]).toEqual([2, []])
  })

  test('with a file that names nothing', async () => {
    await registry()
    const {status} = await apply(
      await fileOf(`version: 1\naccounts: {dev: {id: "${account}", region: eu-west-1}}\n`),
    )
    expect([status, mutations()]).toEqual([0, []])
  })

  test('with a file that is for another account', async () => {
    await registry()
    const {status, stderr} = await apply(await fileOf(goes('222222222222')))
    expect([status, mutations()]).toEqual([5, []])
    expect(stderr).toMatch(/222222222222.*111111111111|111111111111.*222222222222/)
  })

  test('but goes with a file that says so of this one: the tests above would notice', async () => {
    await registry()
    const {status} = await apply(await fileOf(goes(account)))
    expect(status).toBe(0)
    expect(mutations().map(({operation}) => operation)).toEqual(
      expect.arrayContaining(['DeleteRepository', 'DeleteRegistryPolicy']),
    )
  })
})
