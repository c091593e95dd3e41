import {
  DeregisterPullTimeUpdateExclusionCommand,
  RegisterPullTimeUpdateExclusionCommand,
} from '@aws-sdk/client-ecr'
import {expect, test} from 'vitest'
import {pullTimeExclusions} from '../../../../src/lib/repos/resources/pull-time-exclusions.ts'
import {bring, devId, openReposWorld} from '../../../support/repos-world.ts'

const scanner = `arn:aws:iam::${devId}:role/scanner`
const other = `arn:aws:iam::${devId}:user/other`

test('an exclusion is made, found gone, made again and removed; that of others stays', async () => {
  const world = await openReposWorld()
  const place = {at: await world.at('dev@eu-west-1')}
  const set = (setting: true | null) => bring(world, pullTimeExclusions, place, setting, scanner)
  const live = () => pullTimeExclusions.read(place)
  await world.ecr().send(new RegisterPullTimeUpdateExclusionCommand({principalArn: other}))
  expect((await set(true)).lines).toEqual([{sign: '+', path: '', after: true}])
  expect((await set(true)).lines).toEqual([])
  expect(new Set((await live()).keys())).toEqual(new Set([scanner, other]))

  await world.ecr().send(new DeregisterPullTimeUpdateExclusionCommand({principalArn: scanner}))
  expect((await set(true)).lines).toHaveLength(1)
  expect((await set(null)).lines).toEqual([{sign: '-', path: '', before: true}])
  expect([...(await live())]).toEqual([[other, true]])

  world.clearRequests()
  expect((await set(null)).lines).toEqual([])
  expect(world.mutations()).toEqual([])
})
