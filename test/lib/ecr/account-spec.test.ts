import {expect, test} from 'vitest'
import {type Account, emptyEstate} from '../../../src/lib/config/estate.ts'
import {accountSpec} from '../../../src/lib/ecr/account-spec.ts'

const origin = {file: 'repos.yaml', line: 1, column: 1}
const ci: Account = {alias: 'ci', id: '111111111111', regions: ['us-east-1'], profile: 'ci', origin}
const prod: Account = {alias: 'prod', id: '222222222222', regions: ['eu-west-1'], via: 'ci', origin}

test('an account that goes via another one is reached in its own region with the other’s credentials', () => {
  const estate = {...emptyEstate, accounts: new Map([ci, prod].map(account => [account.alias, account]))}
  expect(accountSpec(prod, 'eu-west-1', estate)).toMatchObject({
    id: '222222222222',
    region: 'eu-west-1',
    via: {id: '111111111111', profile: 'ci', region: 'eu-west-1'},
  })
  expect(accountSpec(ci, 'us-east-1', estate).via).toBeUndefined()
})
