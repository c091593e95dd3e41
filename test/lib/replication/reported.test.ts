import type {ImageReplicationStatus} from '@aws-sdk/client-ecr'
import {expect, test} from 'vitest'
import {toReport} from '../../../src/lib/replication/reported.ts'

const place = {account: '222222222222', region: 'us-east-1'}
const here = {registryId: place.account, region: place.region}

test.each<[string, object[], object]>([
  [
    'says what ECR says',
    [{...here, status: 'COMPLETE'}],
    {kind: 'said', status: 'COMPLETE', failureCode: null},
  ],
  [
    'says the failure code',
    [{...here, status: 'FAILED', failureCode: 'AccessDenied'}],
    {kind: 'said', status: 'FAILED', failureCode: 'AccessDenied'},
  ],
  ['is silent when there is nothing', [], {kind: 'silent'}],
  [
    'is silent when only others are told of',
    [
      {...here, region: 'us-west-2', status: 'COMPLETE'},
      {...here, registryId: '333333333333', status: 'COMPLETE'},
    ],
    {kind: 'silent'},
  ],
  [
    'lets FAILED beside COMPLETE win, in any order',
    [
      {...here, status: 'COMPLETE'},
      {...here, status: 'FAILED', failureCode: 'Kms'},
      {...here, status: 'IN_PROGRESS'},
    ],
    {kind: 'said', status: 'FAILED', failureCode: 'Kms'},
  ],
  [
    'lets IN_PROGRESS beside COMPLETE win',
    [
      {...here, status: 'COMPLETE'},
      {...here, status: 'IN_PROGRESS'},
    ],
    {kind: 'said', status: 'IN_PROGRESS', failureCode: null},
  ],
  ['does not know another status', [{...here, status: 'QUEUED'}], {kind: 'unreadable', passes: false}],
  [
    'does not know it at another destination either',
    [{...here, status: 'COMPLETE'}, {status: 'COMPLETE'}],
    {kind: 'unreadable', passes: false},
  ],
  ['does not know no status', [here], {kind: 'unreadable', passes: false}],
  ['does not know null', [{...here, status: null}], {kind: 'unreadable', passes: false}],
])('a report %s', (_name, answer, expected) => {
  expect(toReport(answer as ImageReplicationStatus[])(place)).toMatchObject(expected)
})
