import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {runGantry, runJson} from '../support/cli.ts'
import {expireAfter, openLifecycleWorld, policyText} from '../support/lifecycle-world.ts'

const place = {account: '111111111111', region: 'eu-west-1', name: 'team/app'}
const repos = `
version: 1
accounts:
  dev: {id: "${place.account}", region: ${place.region}}
`

/** A sandbox whose time goes on, with one repository of which a policy of 25 days takes one image in three. */
async function openWorld() {
  const {sandbox, folder, fill, putPolicy} = await openLifecycleWorld()
  await sandbox.setClock(Date.now())
  const images = [30, 20, 10].map((pushed, n) => ({name: `${n}`, tags: [`v${n + 1}`], pushed}))
  await fill({...place, images})
  await putPolicy(place, expireAfter(365))
  await sandbox.setClock(undefined)
  const policy = join(folder, 'policy.json')
  await writeFile(policy, policyText(expireAfter(25)))
  await writeFile(join(folder, 'repos.yaml'), repos)
  const env = {GANTRY_SANDBOX: sandbox.url, GANTRY_CONFIG: join(folder, 'repos.yaml')}
  return {env, policy, plan: join(folder, 'plan.json'), inventory: join(folder, 'inventory.jsonl')}
}

test('a saved plan is shown, asked about, applied, and applied again without a change; one that was edited is refused', async () => {
  const {env, policy, plan} = await openWorld()
  expect((await runGantry(['lifecycle', 'plan', '--policy', policy, '--out', plan], {env})).status).toBe(0)
  const apply = (...words: readonly string[]) => runJson(['lifecycle', 'apply', plan, ...words], {env})

  expect((await apply('--dry-run')).items).toMatchObject([{outcome: 'planned'}])
  expect((await runGantry(['lifecycle', 'apply', plan], {env})).status).toBe(2)
  const strict = await runGantry(['lifecycle', 'apply', plan, '--max-images', '0', '--yes'], {env})
  expect(strict.status).toBe(7)
  expect((await apply('--yes')).items).toMatchObject([{repository: 'team/app', outcome: 'applied'}])
  expect((await apply('--yes')).items).toMatchObject([{outcome: 'unchanged'}])

  await writeFile(plan, (await readFile(plan, 'utf8')).replaceAll('25', '1'))
  const edited = await runGantry(['lifecycle', 'apply', plan, '--yes'], {env})
  expect(edited.stderr).toContain('was changed after it was made')
  expect(edited.status).toBe(7)
}, 60_000)

test("one image's story names the rule that takes it, and another that is not there its near name", async () => {
  const {env, policy} = await openWorld()
  const told = await runGantry(['lifecycle', 'explain', 'dev/team/app:v1', '--policy', policy], {env})
  expect(told.stderr).toBe('')
  expect(told.stdout).toContain('rule 1')
  expect(told.stdout).toContain('expires now')
  expect(told.status).toBe(0)
  const missing = await runGantry(['lifecycle', 'explain', 'dev/team/app:v11'], {env})
  expect(missing.status).not.toBe(0)
  expect(missing.stderr).toContain('v1')
}, 60_000)

test('a recorded inventory is planned with as the registries are', async () => {
  const {env, policy, inventory} = await openWorld()
  const planned = ['lifecycle', 'plan', '--policy', policy, '--no-preview']
  const live = await runJson<object>(planned, {env})
  expect((await runGantry(['inventory', '--out', inventory], {env})).status).toBe(0)
  const offline = await runJson<object>([...planned, '--inventory', inventory], {
    env: {...env, GANTRY_SANDBOX: 'http://127.0.0.1:1'},
  })
  const figures = ({now, within, change}: Record<string, unknown>) => ({now, within, change})
  expect(offline.items.map(item => figures({...item}))).toEqual(live.items.map(item => figures({...item})))
  expect(live.items).toMatchObject([{now: {expire: 1}}])
}, 60_000)
