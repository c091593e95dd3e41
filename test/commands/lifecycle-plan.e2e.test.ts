import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import type {LifecyclePlanItem} from '../../src/lib/cli/lifecycle-plan-result.ts'
import {runGantry, runJson} from '../support/cli.ts'
import {expireAfter, keepNewest, openLifecycleWorld, policyText} from '../support/lifecycle-world.ts'

const place = {account: '111111111111', region: 'eu-west-1', name: 'team/app'}
const repos = `
version: 1
accounts:
  dev: {id: "${place.account}", region: ${place.region}}
`
const hostile = {
  ...keepNewest(1),
  description: '\u001B[2J::error::<img src=x> | [click](http://evil.example) \u202E',
}

/** A sandbox whose time goes on, with one repository whose older images its policy takes. */
async function openWorld() {
  const {sandbox, folder, fill, putPolicy, expectOnlyPreviews} = await openLifecycleWorld()
  await sandbox.setClock(Date.now())
  await fill({
    ...place,
    images: [
      {name: 'a', tags: ['v1', '__proto__'], pushed: 30},
      {name: 'b', tags: ['v2'], pushed: 20},
      {name: 'c', tags: ['v3'], pushed: 10},
    ],
  })
  await putPolicy(place, hostile)
  await sandbox.setClock(undefined)
  await writeFile(join(folder, 'repos.yaml'), repos)
  const env = {GANTRY_SANDBOX: sandbox.url, GANTRY_CONFIG: join(folder, 'repos.yaml')}
  return {folder, env, expectOnlyPreviews}
}

test('gantry lifecycle plan shows what goes to people, to programs and in Markdown, and nothing that is in names acts', async () => {
  const {folder, env, expectOnlyPreviews} = await openWorld()
  const file = join(folder, 'plan.md')
  const shown = await runGantry(['lifecycle', 'plan', '--markdown', file], {env})
  expect(shown.stderr).not.toContain('Error')
  expect(shown.status).toBe(0)
  expect(shown.stdout).toContain('team/app')
  expect(shown.stdout).not.toContain('\u001B')
  expect(shown.stdout).not.toContain('\u202E')
  const markdown = await readFile(file, 'utf8')
  expect(markdown).toContain('team/app')
  // In a fence nothing is markup.
  expect(markdown.replace(/^```diff\n[\s\S]*?^```$/gm, '')).not.toContain('<img')
  expect(markdown).not.toContain('\u001B')
  const printed = await runGantry(['lifecycle', 'plan', '--markdown', '-'], {env})
  expect(printed.stdout).toContain('| repository |')
  const {items, summary} = await runJson<LifecyclePlanItem>(['lifecycle', 'plan', 'dev/team/*'], {env})
  expect(items).toMatchObject([
    {repository: 'team/app', error: null, now: {expire: 2}, preview: {status: 'agrees'}},
  ])
  expect(summary).toMatchObject({repositories: 1, failed: 0, previewRequests: 1})
  expectOnlyPreviews()
}, 60_000)

test('gantry lifecycle plan tells by its exit code of changes, and of images that are needed', async () => {
  const {folder, env, expectOnlyPreviews} = await openWorld()
  const policy = join(folder, 'policy.json')
  await writeFile(policy, policyText(expireAfter(365)))
  const words = ['lifecycle', 'plan', '--policy', policy, '--detailed-exitcode', '--no-preview']
  expect((await runGantry(words, {env})).status).toBe(10)
  const protect = join(folder, 'in-use.txt')
  await writeFile(protect, 'team/app:v1\n')
  const endangered = await runGantry(
    ['lifecycle', 'plan', '--protect', protect, '--detailed-exitcode', '--no-preview'],
    {env},
  )
  expect(endangered.stderr).toContain('in-use.txt:1')
  expect(endangered.status).toBe(7)
  const out = join(folder, 'plan.json')
  expect((await runGantry([...words.slice(0, 4), '--no-preview', '--out', out], {env})).status).toBe(0)
  expect(JSON.parse(await readFile(out, 'utf8'))).toMatchObject({kind: 'lifecycle'})
  expectOnlyPreviews()
}, 60_000)
