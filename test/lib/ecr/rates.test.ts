import {expect, test} from 'vitest'
import {apiPace, operationOf, pacesOf} from '../../../src/lib/ecr/rates.ts'
import {createPaces} from '../../../src/lib/oci/pace.ts'
import {virtualClock} from '../../support/virtual-clock.ts'
import {environmentFor} from './stub.ts'

const digest = `sha256:${'a'.repeat(64)}`

test.each([
  ['HEAD', '/v2/app/manifests/v1', 'BatchGetImage'],
  ['GET', `/v2/team/app/manifests/${digest}`, 'BatchGetImage'],
  ['PUT', '/v2/app/manifests/v1', 'PutImage'],
  ['GET', `/v2/app/referrers/${digest}`, 'BatchGetImage'],
  ['GET', '/v2/app/tags/list?n=1', 'ListImages'],
  ['HEAD', `/v2/app/blobs/${digest}`, 'BatchCheckLayerAvailability'],
  ['GET', `/v2/app/blobs/${digest}`, 'GetDownloadUrlForLayer'],
  ['POST', '/v2/app/blobs/uploads/', 'InitiateLayerUpload'],
  ['POST', `/v2/app/blobs/uploads/?mount=${digest}&from=other`, 'InitiateLayerUpload'],
  ['PATCH', '/v2/app/blobs/uploads/7f', 'UploadLayerPart'],
  ['PUT', `/v2/app/blobs/uploads/7f?digest=${digest}`, 'CompleteLayerUpload'],
  ['GET', '/v2/blobs/manifests/v1', 'BatchGetImage'],
  ['GET', '/v2/_catalog?n=100', 'DescribeRepositories'],
])('%s %s consumes the rate of %s', (method, path, operation) => {
  expect(operationOf({method, url: new URL(path, 'https://registry.example')})).toBe(operation)
})

test('an operation of one account and region has one pace, whoever asks, and no other shares it', () => {
  const paces = createPaces(virtualClock().clock)
  const here = {account: '111111111111', region: 'eu-west-1'}
  const put = apiPace(paces, here, 'PutImage')
  expect(apiPace(paces, {...here}, 'PutImage')).toBe(put)
  const others = [
    apiPace(paces, here, 'BatchGetImage'),
    apiPace(paces, {...here, region: 'us-east-1'}, 'PutImage'),
    apiPace(paces, {...here, account: '222222222222'}, 'PutImage'),
  ]
  expect(new Set([put, ...others]).size).toBe(4)
})

test('who has no run to share with has paces alone', () => {
  const environment = environmentFor({})
  expect(pacesOf(environment)).not.toBe(pacesOf(environment))
  const paces = pacesOf(environment)
  expect(pacesOf({...environment, paces})).toBe(paces)
})
