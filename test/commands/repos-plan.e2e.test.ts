import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import type {ReposPlanItem} from '../../src/lib/cli/repos-plan-result.ts'
import {runGantry, runJson} from '../support/cli.ts'
import {accounts, devId, openReposWorld} from '../support/repos-world.ts'
import {expectDocument} from '../support/schemas.ts'

const hostile = '::error::@team http://evil.example'

/** A sandbox whose time goes on, with one repository that differs from repos.yaml and one that it does not list. */
async function openWorld() {
  const {sandbox, folder, mutations, clearRequests} = await openReposWorld()
  const images = [{tag: 'v1'}, {tag: 'v2'}, {tag: 'v3'}]
  const place = {account: devId, region: 'eu-west-1'}
  await sandbox.seed({
    repositories: [
      {...place, name: 'payments/api', images, resourceTags: {theirs: hostile}},
      {...place, name: 'scratch/tmp'},
    ],
  })
  clearRequests()
  await sandbox.setClock(undefined)
  const config = join(folder, 'repos.yaml')
  await writeFile(
    config,
    `${accounts}
registries: {dev: {settings: {BLOB_MOUNTING: ENABLED}}}
repositories:
  payments/api:
    encryption: KMS
    tags: {team: core}
    lifecycle: {rules: [{rulePriority: 1, selection: {tagStatus: any, countType: imageCountMoreThan, countNumber: 1}, action: {type: expire}}]}
  payments/new: {in: [dev], tagMutability: IMMUTABLE}
`,
  )
  const env = {GANTRY_SANDBOX: sandbox.url, GANTRY_CONFIG: config}
  return {folder, env, expectNoMutation: () => expect(mutations()).toEqual([])}
}

test('gantry repos plan shows what differs to people, to programs, to reviewers and to GitHub, and changes nothing', async () => {
  const {folder, env, expectNoMutation} = await openWorld()
  const [file, summary, outputs] = ['plan.md', 'summary.md', 'outputs'].map(name => join(folder, name))
  const shown = await runGantry(['repos', 'plan', '--markdown', file ?? ''], {
    env: {...env, GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary ?? '', GITHUB_OUTPUT: outputs ?? ''},
  })
  expect(shown.stderr).not.toContain('Error')
  expect(shown.status).toBe(0)
  expect(shown.stdout).toContain('  ! encryption')
  expect(shown.stdout).toContain('Plan: 2 to create, 2 to change, 1 blocked.')
  const markdown = await readFile(file ?? '', 'utf8')
  expect(markdown).toContain('<summary>&#126; dev&#64;eu&#45;west&#45;1 payments/api')
  expect(markdown.replace(/^```diff\n[\s\S]*?^```$/gm, '')).not.toMatch(/@team|http:/)
  expect((await readFile(summary ?? '', 'utf8')).trim()).toBe(markdown.trim())
  expect(await readFile(outputs ?? '', 'utf8')).toMatch(/^blocked<<(\S+)\n1\n\1$/m)
  expect((await runGantry(['repos', 'plan', '--markdown', '-'], {env})).stdout).toContain('### Repos plan')
  expectNoMutation()
}, 60_000)

test('gantry repos plan tells by its exit code of differences, and of images that are needed', async () => {
  const {folder, env, expectNoMutation} = await openWorld()
  const words = ['repos', 'plan', '--detailed-exitcode']
  expect((await runGantry(words, {env})).status).toBe(10)
  expect((await runGantry([...words, 'dev/scratch/*'], {env})).status).toBe(0)
  const protect = join(folder, 'in-use.txt')
  await writeFile(protect, 'payments/api:v1\n')
  const endangered = await runGantry([...words, '--protect', protect], {env})
  expect(endangered.stdout).toContain('in-use.txt:1')
  expect(endangered.status).toBe(7)
  const out = join(folder, 'plan.json')
  const blind = await runGantry(['repos', 'plan', '--no-images', '--out', out], {env})
  expect(blind.stderr).toContain('give --out without --no-images')
  expect(blind.status).toBe(2)
  expectNoMutation()
}, 60_000)

test('what programs read of a plan and of its file is as the schemas say', async () => {
  const {folder, env, expectNoMutation} = await openWorld()
  const out = join(folder, 'plan.json')
  const {stdout} = await runGantry(['repos', 'plan', '--out', out, '--json'], {env})
  expectDocument('repos-plan.schema.json', JSON.parse(stdout))
  expectDocument('repos-plan-file.schema.json', JSON.parse(await readFile(out, 'utf8')))
  const {items} = await runJson<ReposPlanItem>(['repos', 'plan'], {env})
  expect(items.map(({kind, repository}) => `${kind} ${repository}`)).toEqual([
    'change null',
    'create payments/new',
    'blocked payments/api',
    'change payments/api',
    'create payments/api',
    'foreign payments/api',
    'unlisted scratch/tmp',
  ])
  expectNoMutation()
}, 60_000)
