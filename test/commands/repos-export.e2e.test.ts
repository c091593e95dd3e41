import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {CreateRepositoryCommand} from '@aws-sdk/client-ecr'
import {expect, test} from 'vitest'
import type {ExportedFile} from '../../src/lib/cli/repos-export-view.ts'
import {runGantry, runJson} from '../support/cli.ts'
import {accounts, openReposWorld} from '../support/repos-world.ts'
import {expectDocument} from '../support/schemas.ts'

/** A sandbox with two repositories, one of which has a tag that no terminal should see as it is. */
async function openWorld() {
  const {sandbox, folder, ecr, mutations, clearRequests} = await openReposWorld()
  const tags = [{Key: 'team', Value: 'a\u2028b'}]
  await ecr().send(new CreateRepositoryCommand({repositoryName: 'app', tags}))
  await ecr().send(new CreateRepositoryCommand({repositoryName: 'no', imageTagMutability: 'IMMUTABLE'}))
  clearRequests()
  await sandbox.setClock(undefined)
  await writeFile(join(folder, 'repos.yaml'), accounts)
  return {folder, mutations, run: {env: {GANTRY_SANDBOX: sandbox.url}, cwd: folder}}
}

test('standard output is a repos.yaml, with which a plan finds nothing to change', async () => {
  const {folder, mutations, run} = await openWorld()
  const exported = await runGantry(['repos', 'export'], run)
  expect(exported).toMatchObject({status: 0, stderr: 'Reading: 2 repositories\n'})
  expect(exported.stdout).toContain('  "no":\n    tagMutability: IMMUTABLE\n')
  expect(exported.stdout).toContain(String.raw`team: "a\u2028b"`)
  const file = join(folder, 'exported.yaml')
  await writeFile(file, exported.stdout)
  const plan = await runGantry(['repos', 'plan', '--detailed-exitcode', '--config', file], run)
  expect(plan.status).toBe(0)
  expect(mutations()).toEqual([])
  const log = await runGantry(['repos', 'export'], {...run, env: {...run.env, GITHUB_ACTIONS: 'true'}})
  expect(log.stdout).toBe(exported.stdout)
}, 60_000)

test('a file that is there is lost only if it is said twice', async () => {
  const {folder, run} = await openWorld()
  const refused = await runGantry(['repos', 'export', '--out', 'repos.yaml'], run)
  expect(refused.status).toBe(2)
  expect(refused.stderr).toContain('repos.yaml is there already')
  expect(await readFile(join(folder, 'repos.yaml'), 'utf8')).toBe(accounts)

  const fresh = await runGantry(['repos', 'export', '--out', 'new.yaml', '--only', 'tags'], run)
  expect(fresh.stdout).toBe(
    'new.yaml: 2 repositories of 3 registries.\ngantry repos plan --config new.yaml tells when something differs from it.\n',
  )
  expect(await readFile(join(folder, 'new.yaml'), 'utf8')).toContain('team:')
  const forced = await runGantry(['repos', 'export', '--out', 'repos.yaml', '--force'], run)
  expect(forced.status).toBe(0)
  expect(await readFile(join(folder, 'repos.yaml'), 'utf8')).toContain('encryption: AES256')
}, 60_000)

test('the document has the text, and what it took', async () => {
  const {run} = await openWorld()
  const document = await runJson<ExportedFile>(['repos', 'export', '--account', 'dev'], run)
  expectDocument('repos-export.schema.json', document)
  expect(document.items).toEqual([{file: null, text: expect.stringContaining('version: 1\n')}])
  expect(document.summary).toMatchObject({registries: 1, repositories: 2, mutatingRequests: 0})
  const failed = await runJson(['repos', 'export', '--only', 'nothing'], run)
  expectDocument('repos-export.schema.json', failed)
}, 60_000)
