import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import type {ReposApplyItem} from '../../src/lib/repos/apply-items.ts'
import {runGantry, runJson} from '../support/cli.ts'
import {accounts, devId, openReposWorld} from '../support/repos-world.ts'
import {expectDocument} from '../support/schemas.ts'

const file = `
repositories:
  app: {tagMutability: IMMUTABLE}
  fresh: {in: [dev], tags: {team: core}}
  old: {state: absent, images: delete}
`

/** A sandbox whose time goes on, with a repository that is to change and one that is to go. */
async function openWorld(text = file) {
  const {sandbox, folder, mutations, clearRequests} = await openReposWorld()
  const place = {account: devId, region: 'eu-west-1'}
  const images = [{tag: 'v1'}, {tag: 'v2'}]
  await sandbox.seed({repositories: ['app', 'old'].map(name => ({...place, name, images}))})
  clearRequests()
  await sandbox.setClock(undefined)
  const config = join(folder, 'repos.yaml')
  await writeFile(config, `${accounts}${text}`)
  const env = {GANTRY_SANDBOX: sandbox.url, GANTRY_CONFIG: config}
  return {folder, env, mutations}
}

test('what differs is shown and asked about, applied with a record, and then nothing differs', async () => {
  const {folder, env, mutations} = await openWorld()
  const asked = await runGantry(['repos', 'apply'], {env})
  expect(asked.status).toBe(2)
  expect(asked.stderr).toContain('tagMutability')
  expect(asked.stderr).toMatch(/Make a repository, change 1 setting in dev@eu-west-1 as .*give --yes/)
  expect(mutations()).toEqual([])

  const record = join(folder, 'record.jsonl')
  const outputs = join(folder, 'outputs')
  const run = await runGantry(['repos', 'apply', '--yes', '--delete-images', '--record', record], {
    env: {...env, GITHUB_ACTIONS: 'true', GITHUB_OUTPUT: outputs},
  })
  expect(run.stdout).toContain('3 applied')
  expect(run.stdout).toContain(`Record: ${record}`)
  expect(run.status).toBe(0)
  expect(mutations().toSorted()).toEqual(['CreateRepository', 'DeleteRepository', 'PutImageTagMutability'])
  expect(await readFile(outputs, 'utf8')).toMatch(/^applied<<(\S+)\n3\n\1$/m)
  expect(await readFile(record, 'utf8')).toMatch(/^\{.*"type":"repos"\}\n/)
  const again = await runGantry(['repos', 'apply'], {env})
  expect(again.stdout).toContain('Nothing is to be changed.')
  expect(again.status).toBe(0)
  expect((await runGantry(['repos', 'plan', '--detailed-exitcode'], {env})).status).toBe(0)
}, 60_000)

test('a saved plan is applied, and says by its document and exit code what it left', async () => {
  const {folder, env} = await openWorld()
  const plan = join(folder, 'plan.json')
  expect((await runGantry(['repos', 'plan', '--out', plan], {env})).status).toBe(0)
  const dry = await runJson<ReposApplyItem>(['repos', 'apply', plan, '--dry-run'], {env})
  expect(dry.items.map(({outcome}) => outcome)).toEqual(['planned', 'planned', 'blocked'])
  const run = await runGantry(['repos', 'apply', plan, '--yes', '--json'], {env})
  const document = JSON.parse(run.stdout) as {items: readonly ReposApplyItem[]}
  expectDocument('repos-apply.schema.json', document)
  expect(document.items.map(({outcome, verb}) => `${outcome} ${verb}`)).toEqual([
    'applied create-repository',
    'applied change-tag-mutability',
    'blocked delete-repository',
  ])
  expect(run.status).toBe(4)
  const mixed = await runGantry(['repos', 'apply', plan, '--account', 'dev', '--yes'], {env})
  expect(mixed.stderr).toContain('a saved plan says itself what is done')
  expect(mixed.status).toBe(2)
  await writeFile(plan, (await readFile(plan, 'utf8')).replaceAll('IMMUTABLE', 'MUTABLE'))
  const edited = await runGantry(['repos', 'apply', plan, '--yes'], {env})
  expect(edited.stderr).toContain('was changed after it was made')
  expect(edited.status).toBe(7)
}, 60_000)
