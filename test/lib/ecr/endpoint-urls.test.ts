import {expect, test} from 'vitest'
import {ecrEndpoint} from '../../../src/lib/ecr/connection.ts'
import {stsEndpoint} from '../../../src/lib/ecr/sts.ts'
import {environmentFor} from './stub.ts'

// As in endpoints.integration.test.ts, which hears where the clients themselves go.
test.each([
  ['eu-west-1', {}, 'https://sts.eu-west-1.amazonaws.com/', 'https://api.ecr.eu-west-1.amazonaws.com/'],
  [
    'us-east-1',
    {useFips: true},
    'https://sts-fips.us-east-1.amazonaws.com/',
    'https://api.ecr-fips.us-east-1.amazonaws.com/',
  ],
  ['eu-west-1', {useDualstack: true}, 'https://sts.eu-west-1.api.aws/', 'https://ecr.eu-west-1.api.aws/'],
  [
    'us-gov-west-1',
    {useFips: true},
    'https://sts.us-gov-west-1.amazonaws.com/',
    'https://api.ecr-fips.us-gov-west-1.amazonaws.com/',
  ],
  [
    'cn-north-1',
    {},
    'https://sts.cn-north-1.amazonaws.com.cn/',
    'https://api.ecr.cn-north-1.amazonaws.com.cn/',
  ],
])('in %s with %j STS is at %s, and ECR at %s', async (region, settings, sts, ecr) => {
  const environment = environmentFor({}, settings)
  expect((await stsEndpoint(region, environment)).href).toBe(sts)
  expect((await ecrEndpoint(region, environment)).href).toBe(ecr)
})

test('endpoints of one’s own and a sandbox come first', async () => {
  const own = environmentFor({
    AWS_ENDPOINT_URL: 'https://aws.example/',
    AWS_ENDPOINT_URL_STS: 'https://sts.example/',
  })
  expect((await stsEndpoint('eu-west-1', own)).href).toBe('https://sts.example/')
  expect((await ecrEndpoint('eu-west-1', own)).href).toBe('https://aws.example/')
  const sandbox = environmentFor(own.env, {sandboxUrl: 'http://127.0.0.1:4510'})
  expect((await ecrEndpoint('eu-west-1', sandbox)).href).toBe('http://127.0.0.1:4510/')
})
