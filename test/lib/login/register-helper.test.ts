import {readFile, stat, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {applyRegistration, planRegistration} from '../../../src/lib/login/register-helper.ts'
import {temporaryFolder} from '../../support/temporary-folder.ts'

const host = '111111111111.dkr.ecr.eu-west-1.amazonaws.com'

async function config(text?: string): Promise<string> {
  const path = join(await temporaryFolder(), 'config.json')
  if (text !== undefined) await writeFile(path, text)
  return path
}

test('planning writes nothing and shows the lines', async () => {
  const path = await config('{"x": 1}')
  const plan = await planRegistration(path, [host])
  expect(plan.diff).toEqual([path, '  "credHelpers":', `+   "${host}": "gantry"`])
  expect(await readFile(path, 'utf8')).toBe('{"x": 1}')
})

test('applying makes the change; a second time there is nothing to change and the file is not written', async () => {
  const path = await config()
  await applyRegistration(await planRegistration(path, [host]))
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({credHelpers: {[host]: 'gantry'}})
  const before = await stat(path, {bigint: true})
  const again = await planRegistration(path, [host])
  expect(again).toEqual({path, changes: [], diff: []})
  await applyRegistration(again)
  expect((await stat(path, {bigint: true})).ino).toBe(before.ino)
})

test('what another program wrote between the look and the change stays', async () => {
  const path = await config('{}')
  const plan = await planRegistration(path, [host])
  await writeFile(path, '{"auths": {"ghcr.io": {"auth": "bmV3"}}}')
  await applyRegistration(plan)
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({
    auths: {'ghcr.io': {auth: 'bmV3'}},
    credHelpers: {[host]: 'gantry'},
  })
})
