import {readFile} from 'node:fs/promises'
import {expect, test} from 'vitest'
import {emptyEstate} from '../../../src/lib/config/estate.ts'
import {parseEstate} from '../../../src/lib/config/parse.ts'

const whole = `# yaml-language-server: $schema=./repos.schema.json
version: 1
accounts:
  dev:  { id: "111111111111", region: eu-west-1, profile: dev }
  prod: { id: "222222222222", regions: [eu-west-1, us-east-1], role: "arn:aws:iam::222222222222:role/ci/release", profile: ci }
  dr:
    id: "333333333333"
    region: eu-central-1
    role:
      arn: arn:aws:iam::333333333333:role/release
      externalId: x-1
      sessionName: gantry
  pods: { id: "555555555555", region: us-gov-west-1, role: { arn: "arn:aws-us-gov:iam::555555555555:role/r", webIdentityTokenFile: /var/run/token } }
  shared: { id: "444444444444", region: eu-west-1, via: dev }
promotions:
  release: { from: dev, to: [prod, dr], repositories: ["payments/**"], tags: ["v*"], immutable: true }
  nightly: { from: dev, to: [shared] }
defaults:
  promote: { referrers: false }
`
const estate = parseEstate(whole, 'infra/repos.yaml')

function withoutOrigin<Value extends {readonly origin: unknown}>(value: Value): Omit<Value, 'origin'> {
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== 'origin')) as Omit<
    Value,
    'origin'
  >
}

test('accounts come with their regions, identity and role', () => {
  expect(estate.file).toBe('infra/repos.yaml')
  expect([...estate.accounts.values()].map(withoutOrigin)).toEqual([
    {alias: 'dev', id: '111111111111', regions: ['eu-west-1'], profile: 'dev'},
    {
      alias: 'prod',
      id: '222222222222',
      regions: ['eu-west-1', 'us-east-1'],
      role: {arn: 'arn:aws:iam::222222222222:role/ci/release'},
      profile: 'ci',
    },
    {
      alias: 'dr',
      id: '333333333333',
      regions: ['eu-central-1'],
      role: {arn: 'arn:aws:iam::333333333333:role/release', externalId: 'x-1', sessionName: 'gantry'},
    },
    {
      alias: 'pods',
      id: '555555555555',
      regions: ['us-gov-west-1'],
      role: {arn: 'arn:aws-us-gov:iam::555555555555:role/r', webIdentityTokenFile: '/var/run/token'},
    },
    {alias: 'shared', id: '444444444444', regions: ['eu-west-1'], via: 'dev'},
  ])
})

test('promotions and defaults come complete', () => {
  expect([...estate.promotions.values()].map(withoutOrigin)).toEqual([
    {
      name: 'release',
      from: 'dev',
      to: ['prod', 'dr'],
      repositories: ['payments/**'],
      tags: ['v*'],
      immutable: true,
    },
    {name: 'nightly', from: 'dev', to: ['shared'], repositories: ['**'], tags: ['*'], immutable: false},
  ])
  expect(estate.defaults).toEqual({promote: {createRepositories: false, referrers: false, concurrency: 16}})
})

test('every value keeps its origin', () => {
  const file = 'infra/repos.yaml'
  expect(estate.accounts.get('dr')?.origin).toEqual({file, line: 6, column: 3})
  expect(estate.promotions.get('nightly')?.origin).toEqual({file, line: 17, column: 3})
  expect(estate.origins.get('accounts.dev.id')).toEqual({file, line: 4, column: 15})
  expect(estate.origins.get('accounts.prod.regions[1]')).toEqual({file, line: 5, column: 52})
  expect(estate.origins.get('accounts.dr.role.externalId')).toEqual({file, line: 11, column: 19})
  expect(estate.origins.get('promotions.release.tags')).toMatchObject({line: 16})
  expect(estate.origins.get('promotions.nightly.tags')).toBe('default')
  expect(estate.origins.get('defaults.promote.referrers')).toEqual({file, line: 19, column: 25})
  expect(estate.origins.get('defaults.promote.concurrency')).toBe('default')
  expect(estate.origins.has('accounts.shared.profile')).toBe(false)
})

test('a file of a version alone is the empty estate with a name', () => {
  expect(parseEstate('version: 1\n', 'repos.yaml')).toEqual({
    ...emptyEstate,
    file: 'repos.yaml',
    origins: new Map([...emptyEstate.origins, ['version', {file: 'repos.yaml', line: 1, column: 10}]]),
  })
})

test.each([
  ['cn-north-1', 'aws-cn'],
  ['us-gov-east-1', 'aws-us-gov'],
  ['us-iso-east-1', 'aws-iso'],
  ['us-isob-east-1', 'aws-iso-b'],
  ['eu-isoe-west-1', 'aws-iso-e'],
  ['us-isof-south-1', 'aws-iso-f'],
  ['eusc-de-east-1', 'aws-eusc'],
  ['ap-southeast-5', 'aws'],
])('%s takes a role of %s', (region, partition) => {
  const role = `arn:${partition}:iam::111111111111:role/r`
  const text = `version: 1\naccounts: {a: {id: "111111111111", region: ${region}, role: "${role}"}}\n`
  expect(parseEstate(text, 'repos.yaml').accounts.get('a')?.role).toEqual({arn: role})
})

test('the example of docs/repos-yaml.md is accepted', async () => {
  const page = await readFile(new URL('../../../docs/repos-yaml.md', import.meta.url), 'utf8')
  const [, example = ''] = /```yaml\r?\n(.*?)```/s.exec(page) ?? []
  expect([...parseEstate(example, 'repos.yaml').accounts.keys()]).toEqual(['dev', 'prod', 'dr', 'shared'])
})

test('prices are those that are written', () => {
  const prices = {
    transfer: {toRegion: 0.02, from: {'ap-southeast-2': {toInternet: 0.114}}},
    storage: {standard: 0.1, archive: 0.07},
  }
  const text = `version: 1
prices:
  transfer: {toRegion: 0.02, from: {ap-southeast-2: {toInternet: 0.114}}}
  storage: {standard: 0.1, archive: 0.07}
`
  expect(parseEstate(text, 'repos.yaml').prices).toEqual(prices)
  expect(parseEstate('version: 1\n', 'repos.yaml').prices).toEqual({transfer: {}, storage: {}})
})
