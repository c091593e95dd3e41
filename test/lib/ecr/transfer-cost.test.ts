import {expect, test} from 'vitest'
import {ecrHost} from '../../../src/lib/ecr/hosts.ts'
import {defaultPrices, transferCost, transferPrice} from '../../../src/lib/ecr/transfer-cost.ts'

const account = '111111111111'
const ireland = ecrHost({account, region: 'eu-west-1'})
const other = ecrHost({account: '222222222222', region: 'eu-west-1'})
const virginia = ecrHost({account, region: 'us-east-1'})
const sydney = ecrHost({account, region: 'ap-southeast-2'})
const china = ecrHost({account, region: 'cn-north-1'})

test.each([
  ['within a region, also to another account', ireland, other, 'within-region', 0],
  ['to another region', ireland, virginia, 'to-region', defaultPrices.toRegion],
  ['to another cloud', ireland, 'europe-docker.pkg.dev', 'to-internet', defaultPrices.toInternet],
  ['to another partition of AWS', ireland, china, 'to-internet', defaultPrices.toInternet],
  ['from elsewhere', 'docker.io', ireland, 'into-aws', 0],
  ['from ECR Public', 'public.ecr.aws', ireland, 'into-aws', 0],
  ['to ECR Public, which is in us-east-1', ireland, 'public.ecr.aws', 'to-region', defaultPrices.toRegion],
  ['to ECR Public from where it is', virginia, 'public.ecr.aws', 'within-region', 0],
  ['past AWS', 'docker.io', 'ghcr.io', 'outside-aws', 0],
])('%s', (_, from, to, way, usdPerGb) => {
  const price = transferPrice(from, to)
  expect(price).toMatchObject({way, usdPerGb, basis: usdPerGb === 0 ? 'free' : 'default'})
  expect(price.from).toBe(usdPerGb === 0 ? null : from === virginia ? 'us-east-1' : 'eu-west-1')
})

test('prices of repos.yaml go before, those of the region that is left before those of all', () => {
  const prices = {toRegion: 0.02, from: {'ap-southeast-2': {toRegion: 0.098}}}
  expect(transferPrice(ireland, virginia, prices)).toMatchObject({usdPerGb: 0.02, basis: 'repos.yaml'})
  expect(transferPrice(sydney, virginia, prices)).toMatchObject({usdPerGb: 0.098, basis: 'repos.yaml'})
  expect(transferPrice(sydney, 'ghcr.io', prices)).toMatchObject({
    usdPerGb: defaultPrices.toInternet,
    basis: 'default',
  })
})

test('a GB is 10^9 bytes, and what does not move costs nothing', () => {
  expect(transferCost(2.5e9, transferPrice(ireland, virginia, {toRegion: 0.02})).usd).toBeCloseTo(0.05)
  expect(transferCost(0, transferPrice(ireland, virginia)).usd).toBe(0)
})
