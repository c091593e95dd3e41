/** The way of the guide, through the built program: from what is there to drift that is found and mended. */
import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {text} from 'node:stream/consumers'
import {PutImageTagMutabilityCommand, SetRepositoryPolicyCommand} from '@aws-sdk/client-ecr'
import {expect, test} from 'vitest'
import type {ReposPlanItem} from '../../src/lib/cli/repos-plan-result.ts'
import type {ReposApplyItem} from '../../src/lib/repos/apply-items.ts'
import type {SandboxOptions} from '../../src/lib/sandbox/index.ts'
import {cleanEnvironment, type Output, program, runGantry, runJson} from '../support/cli.ts'
import {accounts, devId, openReposWorld} from '../support/repos-world.ts'

const names = ['team/api', 'team/app', 'team/web']

/** A sandbox whose time goes on, with repositories of which the last has a policy, and a file with the accounts alone. */
async function openWorld(options: SandboxOptions = {}) {
  const {sandbox, folder, ecr, mutations, clearRequests} = await openReposWorld(options)
  await sandbox.seed({repositories: names.map(name => ({account: devId, region: 'eu-west-1', name}))})
  const statement = {Sid: 'Others', Effect: 'Allow', Principal: '*', Action: 'ecr:BatchGetImage'}
  const policyText = JSON.stringify({Version: '2012-10-17', Statement: [statement]})
  await ecr().send(new SetRepositoryPolicyCommand({repositoryName: 'team/web', policyText}))
  clearRequests()
  await sandbox.setClock(undefined)
  const config = join(folder, 'repos.yaml')
  await writeFile(config, accounts)
  const env = {GANTRY_SANDBOX: sandbox.url, GANTRY_CONFIG: config}
  return {folder, config, env, ecr, mutations, clearRequests}
}

test('what was exported does not differ; what somebody changes is found, is changed back once it is agreed to, and does not differ again', async () => {
  const {config, env, ecr, mutations, clearRequests} = await openWorld()
  const plan = ['repos', 'plan', '--detailed-exitcode']

  const file = await runGantry(['repos', 'export'], {env})
  expect(file.stdout).toContain('team/web:')
  expect(file.status).toBe(0)
  await writeFile(config, file.stdout)
  const same = await runGantry(plan, {env})
  expect(same.stdout).toContain('No change')
  expect(same.stderr).not.toContain('No change')
  expect(same.status).toBe(0)
  expect(mutations()).toEqual([])

  const drift = {repositoryName: 'team/app', imageTagMutability: 'IMMUTABLE'} as const
  await ecr().send(new PutImageTagMutabilityCommand(drift))
  clearRequests()
  const found = await runJson<ReposPlanItem>(plan, {env})
  expect(found.items.filter(({kind}) => kind === 'change')).toMatchObject([
    {repository: 'team/app', resource: 'tagMutability', risks: []},
  ])
  expect(found.exitCode).toBe(10)

  const asked = await runGantry(['repos', 'apply'], {env})
  expect([asked.status, asked.stdout]).toEqual([2, ''])
  expect(asked.stderr).toContain('--yes')
  expect(mutations()).toEqual([])
  const applied = await runJson<ReposApplyItem>(['repos', 'apply', '--yes'], {env})
  expect(applied.items).toMatchObject([{repository: 'team/app', outcome: 'applied'}])
  expect(mutations()).toEqual(['PutImageTagMutability'])
  expect((await runGantry(plan, {env})).status).toBe(0)
}, 60_000)

// Windows has no signals for other processes: a kill is a kill there.
test.skipIf(process.platform === 'win32')(
  'Ctrl-C ends an apply with 130; result and record say what is done, and the next run does the rest',
  async () => {
    let child: ChildProcess | undefined
    let begun = 0
    const {folder, config, env, mutations} = await openWorld({
      // The request that the signal comes with is never answered: only being let go of ends it.
      onRequest({operation}) {
        if (operation !== 'PutImageTagMutability' || ++begun !== 2) return
        child?.kill('SIGINT')
        return new Promise(() => {})
      },
    })
    await writeFile(config, `${accounts}match: [{names: ["team/*"], set: {tagMutability: IMMUTABLE}}]\n`)
    const record = join(folder, 'record.jsonl')
    const words = ['repos', 'apply', '--account', 'dev', '--concurrency', '1', '--yes']
    child = spawn(process.execPath, [program, ...words, '--json', '--record', record], {
      env: {...cleanEnvironment(folder), ...env},
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const {stdout} = child
    if (stdout === null) throw new TypeError('it is a pipe')
    const [output, [status]] = await Promise.all([text(stdout), once(child, 'close')])
    expect(status).toBe(130)
    const {items, exitCode} = JSON.parse(output) as Output<ReposApplyItem>
    expect(exitCode).toBe(130)
    expect(items.map(({outcome}) => outcome)).toEqual(['applied', 'interrupted', 'interrupted'])
    const lines = (await readFile(record, 'utf8')).trimEnd().split('\n')
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({type: 'end', exitCode: 130})

    const rest = await runJson<ReposApplyItem>(words, {env})
    expect(rest.exitCode).toBe(0)
    expect(rest.items.map(({repository, outcome}) => [repository, outcome])).toEqual(
      names.slice(1).map(name => [name, 'applied']),
    )
    expect(mutations()).toHaveLength(names.length + 1)
  },
  60_000,
)
