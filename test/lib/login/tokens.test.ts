import {expect, test} from 'vitest'
import {awsRegistries} from '../../../src/lib/login/registries.ts'
import {resolveTargets} from '../../../src/lib/login/targets.ts'
import {tokenIssuer} from '../../../src/lib/login/tokens.ts'

test('one password for each principal and region, one proof for each identity', async () => {
  const asked: string[] = []
  const issue = tokenIssuer({
    connect: async ({alias}) => {
      asked.push(`connect ${alias ?? 'default'}`)
      return await Promise.resolve({arn: alias === 'other' ? 'arn:other' : 'arn:same'})
    },
    issue: async (session, target) => {
      asked.push(`issue ${session.arn} ${target.visibility} ${target.region}`)
      return await Promise.resolve({username: 'AWS', password: 'p', expiresAt: new Date(0)})
    },
  })
  const targets = await resolveTargets({
    names: [],
    accounts: [
      {alias: 'dev', id: '111111111111', regions: ['eu-west-1', 'us-east-1']},
      {alias: 'test', id: '222222222222', regions: ['eu-west-1', 'us-east-1']},
      {alias: 'other', id: '333333333333', regions: ['us-east-1']},
    ],
    region: undefined,
    registries: awsRegistries(),
    defaultAccount: async () => await Promise.reject(new Error('not needed')),
  })
  const tokens = await Promise.all(targets.map(issue))
  expect(tokens.map(({principal}) => principal)).toEqual([
    'arn:same',
    'arn:same',
    'arn:same',
    'arn:same',
    'arn:other',
  ])
  expect(asked.toSorted()).toEqual([
    'connect dev',
    'connect other',
    'connect test',
    'issue arn:other private us-east-1',
    'issue arn:same private eu-west-1',
    'issue arn:same private us-east-1',
  ])
})
