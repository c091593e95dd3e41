/** What scripts read of the lifecycle commands and of inventories, beside the schemas that tell of it. */
import {createHash} from 'node:crypto'
import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {runGantry, runJson} from '../support/cli.ts'
import {expireAfter, keepNewest, openLifecycleWorld, policyText} from '../support/lifecycle-world.ts'
import {expectValidSarif} from '../support/sarif.ts'
import {expectDocument} from '../support/schemas.ts'

const app = {account: '111111111111', region: 'eu-west-1', name: 'team/app'}
const bare = {...app, name: 'team/bare'}
const host = `${app.account}.dkr.ecr.${app.region}.amazonaws.com`
const repos = `version: 1
accounts:
  dev: {id: "${app.account}", region: ${app.region}}
presets:
  lifecycle:
    app:
      expire: [{tags: "v*", keepLast: 1}, {untagged: true, olderThan: 30d}]
      archive: [{any: true, notPulledFor: 180d, thenExpireAfter: 365d}]
repositories:
  team/app: {lifecycle: {use: app}}
`

/** A sandbox with images of every kind, two repositories, and an inventory in which a third could not be read. */
async function openWorld() {
  const {sandbox, folder, fill, putPolicy} = await openLifecycleWorld()
  await sandbox.setClock(Date.now())
  await fill(
    {
      ...app,
      images: [
        {name: 'kept', pushed: 200, archived: 100},
        {name: 'amd64', pushed: 40},
        {name: 'index', tags: ['v1', 'latest'], pushed: 39, lists: ['amd64'], pulled: 1},
        {name: 'signature', pushed: 38, refersTo: 'index'},
        {name: 'v2', tags: ['v2'], pushed: 20, layers: ['shared', 'two']},
        {name: 'v3', tags: ['v3'], pushed: 10, layers: ['shared', 'three']},
      ],
    },
    {...bare, images: [{name: 'one', tags: ['x'], pushed: 3}]},
  )
  await putPolicy(app, keepNewest(10))
  await putPolicy(bare, expireAfter(1))
  await sandbox.setClock(undefined)
  const files = {
    repos: join(folder, 'repos.yaml'),
    policy: join(folder, 'policy.json'),
    trap: join(folder, 'trap.json'),
    bad: join(folder, 'bad.json'),
    needed: join(folder, 'needed.txt'),
    plan: join(folder, 'plan.json'),
    inventory: join(folder, 'inventory.jsonl'),
    partial: join(folder, 'partial.jsonl'),
  }
  await writeFile(files.repos, repos)
  await writeFile(files.policy, policyText(expireAfter(25)))
  const both = {tagStatus: 'tagged', tagPrefixList: ['v', 'release-']} as const
  await writeFile(
    files.trap,
    policyText({...keepNewest(5), selection: {...keepNewest(5).selection, ...both}}),
  )
  await writeFile(files.bad, '{"rules": [{"rulePriority": 0}]}')
  await writeFile(files.needed, `${host}/team/app:v1\n`)
  const env = {GANTRY_SANDBOX: sandbox.url, GANTRY_CONFIG: files.repos}
  expect((await runGantry(['inventory', '--out', files.inventory], {env})).status).toBe(0)
  await writeFile(files.partial, withUnreadable(await readFile(files.inventory, 'utf8')))
  return {env, files}
}

/** A recorded inventory with one more repository: one that could not be read. */
function withUnreadable(text: string): string {
  const lines = text.trimEnd().split('\n')
  const end = JSON.parse(lines.at(-1) ?? '') as {repositories: number}
  const error = {code: 'REGISTRY_UNREACHABLE', message: 'It did not answer.', exitCode: 6, hints: ['Wait.']}
  const unreadable = {type: 'unreadable', registry: host, name: 'team/cut', error}
  const before = [...lines.slice(0, -1), JSON.stringify(unreadable)].map(line => `${line}\n`).join('')
  const sha256 = createHash('sha256').update(before).digest('hex')
  return `${before}${JSON.stringify({...end, repositories: end.repositories + 1, sha256})}\n`
}

test('everything that is printed with --json or recorded is as its schema says, and has no member besides', async () => {
  const {env, files} = await openWorld()
  const expectJson = async (schema: string, exitCode: number, ...args: readonly string[]) => {
    const document = await runJson(args, {env})
    expect(document.exitCode, `${args.join(' ')}: ${JSON.stringify(document)}`).toBe(exitCode)
    expectDocument(schema, document)
  }
  const lifecycle = (command: string, exitCode: number, ...args: readonly string[]) =>
    expectJson(`lifecycle-${command}.schema.json`, exitCode, 'lifecycle', command, ...args)

  await lifecycle('compile', 0)
  await lifecycle('compile', 0, 'team/app')
  await lifecycle('compile', 0, '--policy', files.policy)
  await lifecycle('compile', 2, 'team/nothing')

  await lifecycle('plan', 0, '--out', files.plan)
  await lifecycle('plan', 0, '--policy', files.policy, '--days', '365', '--no-preview')
  await lifecycle('plan', 0, '--protect', files.needed, '--no-preview')
  await lifecycle('plan', 4, '--inventory', files.partial)
  await lifecycle('plan', 2, '--policy', files.bad)

  await lifecycle('explain', 0, 'dev/team/app:v1', 'dev/team/app:v2', '--protect', files.needed)
  await lifecycle('explain', 4, 'dev/team/app:v11')

  await lifecycle('lint', 3, '--policy', files.bad, '--policy', files.trap)
  await lifecycle('lint', 3)
  await lifecycle('lint', 3, '--inventory', files.partial)

  expectDocument('lifecycle-plan-file.schema.json', JSON.parse(await readFile(files.plan, 'utf8')))
  await lifecycle('apply', 0, files.plan, '--max-share', '100', '--dry-run')
  await lifecycle('apply', 7, files.plan, '--yes')
  await lifecycle('apply', 0, files.plan, '--max-share', '100', '--yes')
  await lifecycle('apply', 0, files.plan, '--max-share', '100', '--yes')

  await expectJson('inventory.schema.json', 0, 'inventory')
  for (const file of [files.inventory, files.partial]) {
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n')
    for (const line of lines) expectDocument('inventory-line.schema.json', JSON.parse(line))
  }
}, 120_000)

test('a member that no schema tells of is refused, and so is one that is missing', () => {
  const error = {code: 'X', message: 'It failed.', hints: []}
  const document = {
    schemaVersion: 1,
    command: 'lifecycle plan',
    caller: null,
    summary: {},
    items: [],
    warnings: [],
    exitCode: 2,
    error,
  }
  expectDocument('lifecycle-plan.schema.json', document)
  for (const faulty of [
    {...document, more: 1},
    {...document, error: {...error, more: 1}},
  ])
    expect(() => expectDocument('lifecycle-plan.schema.json', faulty)).toThrow('more')
  expect(() => expectDocument('lifecycle-plan.schema.json', {...document, caller: undefined})).toThrow(
    'caller',
  )
})

test('what lint prints as SARIF is SARIF, of files and of repositories', async () => {
  const {env, files} = await openWorld()
  const sarif = ['lifecycle', 'lint', '--format', 'sarif', '--fail-on', 'error']
  const ofFiles = await runGantry([...sarif, '--policy', files.bad, '--policy', files.trap], {env})
  const ofRepositories = await runGantry(sarif, {env})
  for (const {stdout} of [ofFiles, ofRepositories]) {
    expectValidSarif(stdout)
    expect(stdout).toContain('"ruleId"')
  }
}, 60_000)
