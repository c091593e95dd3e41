import {expect, test} from 'vitest'
import {parseEstate} from '../../../../src/lib/config/parse.ts'
import {desiredPolicy} from '../../../../src/lib/repos/iam/policy.ts'
import {replication} from '../../../../src/lib/repos/resources/replication.ts'
import {liveRules} from '../../../../src/lib/repos/resources/replication-rules.ts'
import {scanning} from '../../../../src/lib/repos/resources/scanning.ts'
import {signing} from '../../../../src/lib/repos/resources/signing.ts'

const [account, region] = ['111111111111', 'eu-west-1']
const where = {
  registry: {label: 'dev@eu-west-1', host: 'dev', account, region},
  estate: parseEstate('version: 1\n', 'repos.yaml'),
}
const statement = {Sid: 'Lambda', Effect: 'Allow', Principal: '*', Action: 'ecr:BatchGetImage'}
const policy = JSON.stringify({Version: '2012-10-17', Statement: [statement]})
const rules = liveRules([{destinations: [{registryId: account, region: 'us-east-1'}]}])
const filters = {type: 'ENHANCED', continuous: ['prod/*'], onPush: []}
const signed = {rules: {profile: ['prod/*']}}

test('exclusive by itself, as at a weak level, removes nothing: no list was said', () => {
  const told = [
    desiredPolicy({exclusive: true}, policy),
    desiredPolicy({exclusive: true, version: '2012-10-17'}, policy),
    replication.desired({exclusive: true}, rules, where),
    scanning.desired({exclusive: true}, filters, where),
    signing.desired({exclusive: true}, signed, where),
  ]
  expect(told.map(({state}) => state)).toEqual([policy, policy, rules, filters, signed])
  expect(told.map(({foreign}) => foreign.length)).toEqual([1, 1, 1, 1, 1])
})

test('an empty list is one: nothing of others is to be there', () => {
  const told = [
    desiredPolicy({exclusive: true, statements: []}, policy),
    replication.desired({exclusive: true, rules: []}, rules, where),
    scanning.desired({exclusive: true, continuous: []}, filters, where),
    signing.desired({exclusive: true, rules: []}, signed, where),
  ]
  expect(told.map(({state}) => state)).toEqual([null, null, {...filters, continuous: []}, null])
})
