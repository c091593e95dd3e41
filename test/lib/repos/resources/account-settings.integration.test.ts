import {expect, test} from 'vitest'
import {accountSettings} from '../../../../src/lib/repos/resources/account-settings.ts'
import {bring, openReposWorld} from '../../../support/repos-world.ts'

test('an account setting is set, is found changed, and is set again', async () => {
  const world = await openReposWorld()
  const place = {at: await world.at('dev@eu-west-1')}
  const set = () => bring(world, accountSettings, place, 'ENABLED', 'BLOB_MOUNTING')
  expect((await set()).lines).toMatchObject([{path: '', after: 'ENABLED'}])
  expect((await set()).lines).toEqual([])
  await bring(world, accountSettings, place, 'DISABLED', 'BLOB_MOUNTING')
  expect((await set()).lines).toEqual([{sign: '~', path: '', before: 'DISABLED', after: 'ENABLED'}])
  expect(world.mutations()).toEqual(['PutAccountSetting', 'PutAccountSetting', 'PutAccountSetting'])
  expect(world.passed()).toEqual(
    Array(3).fill('put-account-setting 111111111111.dkr.ecr.eu-west-1.amazonaws.com#settings/BLOB_MOUNTING'),
  )
})
