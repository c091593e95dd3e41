/** Files with three accounts, and what they say at their registries. */
import type {Estate} from '../../../src/lib/config/estate.ts'
import {parseEstate} from '../../../src/lib/config/parse.ts'
import {resolveRepository} from '../../../src/lib/config/resolve.ts'

const accounts = `version: 1
accounts:
  dev: {id: "111111111111", region: eu-west-1}
  prod: {id: "222222222222", regions: [eu-west-1, us-east-1]}
  via: {id: "333333333333", region: eu-west-1, via: prod}
`
export const dev = {account: '111111111111', region: 'eu-west-1', alias: 'dev'}
export const prod = {account: '222222222222', region: 'eu-west-1', alias: 'prod'}
export const east = {account: '222222222222', region: 'us-east-1', alias: 'prod'}
export const via = {account: '333333333333', region: 'eu-west-1', alias: 'via'}

export const parse = (text: string): Estate => parseEstate(accounts + text, 'repos.yaml')
export const tagsOf = (text: string, place = dev, name = 'a/b') =>
  resolveRepository(parse(text), place, name).settings.tags
export const allow = (sid: string) => `{Sid: ${sid}, Effect: Allow, Principal: "*", Action: "ecr:*"}`
export const sidsOf = (text: string, place = dev, name = 'a/b') =>
  resolveRepository(parse(text), place, name).settings.policy?.statements?.map(({Sid}) => Sid)
