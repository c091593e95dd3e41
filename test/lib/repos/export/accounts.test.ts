import {expect, test} from 'vitest'
import {emptyEstate} from '../../../../src/lib/config/estate.ts'
import {parseEstate} from '../../../../src/lib/config/parse.ts'
import type {OpenRegistry} from '../../../../src/lib/ecr/inventory/registries.ts'
import {exportedAccounts} from '../../../../src/lib/repos/export/accounts.ts'

const [one, two, three] = ['111111111111', '222222222222', '333333333333']
const estate = parseEstate(
  `version: 1
accounts:
  dev: {id: "${one}", region: eu-west-1, profile: dev}
  prod: {id: "${two}", regions: [eu-west-1, us-east-1, us-west-2]}
  shared: {id: "${three}", region: eu-west-1, via: dev}
`,
  'repos.yaml',
)

/** A registry, and the account that asks; its own unless given. */
function open(account: string, region: string, alias?: string, asker = account): OpenRegistry {
  const host = `${account}.dkr.ecr.${region}.amazonaws.com`
  const registry = {label: host, host, account, region, ...(alias === undefined ? {} : {alias})}
  return {registry, caller: {account: asker, arn: `arn:aws:iam::${asker}:user/me`}, api: undefined as never}
}

/** Accounts without where they were written. */
function accountsOf(registries: readonly OpenRegistry[], known = estate) {
  const {accounts} = exportedAccounts(registries, known)
  return [...accounts.values()].map(account =>
    Object.fromEntries(Object.entries(account).filter(([key]) => key !== 'origin')),
  )
}

test('accounts stay as they are, with the regions that are exported, in the order of the file', () => {
  const registries = [
    open(two, 'us-west-2', 'prod'),
    open(two, 'eu-west-1', 'prod'),
    open(one, 'eu-west-1', 'dev'),
  ]
  expect(accountsOf(registries)).toEqual([
    {alias: 'dev', id: one, regions: ['eu-west-1'], profile: 'dev'},
    {alias: 'prod', id: two, regions: ['eu-west-1', 'us-west-2']},
  ])
})

test('an account brings the one along that asks for it', () => {
  expect(accountsOf([open(three, 'eu-west-1', 'shared', one)]).map(({alias}) => alias)).toEqual([
    'dev',
    'shared',
  ])
})

test('a region that the file does not have comes after those that it has', () => {
  const registries = [open(two, 'ap-south-1', 'prod'), open(two, 'us-east-1', 'prod')]
  expect(accountsOf(registries)).toMatchObject([{regions: ['us-east-1', 'ap-south-1']}])
})

test('the one account of who has no repos.yaml is main', () => {
  const registries = [open(one, 'eu-west-1'), open(one, 'us-east-1')]
  expect(accountsOf(registries, emptyEstate)).toEqual([
    {alias: 'main', id: one, regions: ['eu-west-1', 'us-east-1']},
  ])
  const {nameOf} = exportedAccounts(registries, emptyEstate)
  expect(nameOf(open(one, 'us-east-1').registry)).toMatchObject({alias: 'main', label: 'main@us-east-1'})
})

test('a registry that is named by its host gets an account, and who asks for it another one', () => {
  expect(accountsOf([open(two, 'eu-west-1', undefined, one)], emptyEstate)).toEqual([
    {alias: `account-${two}`, id: two, regions: ['eu-west-1'], via: `account-${one}`},
    {alias: `account-${one}`, id: one, regions: ['eu-west-1']},
  ])
  const stranger = '444444444444'
  expect(accountsOf([open(stranger, 'eu-west-1', undefined, one)])).toEqual([
    {alias: 'dev', id: one, regions: ['eu-west-1'], profile: 'dev'},
    {alias: `account-${stranger}`, id: stranger, regions: ['eu-west-1'], via: 'dev'},
  ])
})
