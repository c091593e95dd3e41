import {describe, expect, test} from 'vitest'
import type {EncryptionSetting} from '../../../../src/lib/config/settings.ts'
import {encryption} from '../../../../src/lib/repos/resources/encryption.ts'

const id = '1234abcd-12ab-34cd-56ef-1234567890ab'
const arn = `arn:aws:kms:eu-west-1:111111111111:key/${id}`
const alias = 'arn:aws:kms:eu-west-1:111111111111:alias/ecr'
const where = {repository: 'payments/api'} as never

function compare(setting: EncryptionSetting, live: EncryptionSetting) {
  const {state, blocked, notes} = encryption.desired(setting, live, where)
  return {lines: encryption.diff(live, state), blocked, notes}
}

describe('what means the same is no difference', () => {
  test.each<[string, EncryptionSetting, EncryptionSetting]>([
    ['the type', {type: 'AES256'}, {type: 'AES256'}],
    ['any key, where none is named', {type: 'KMS'}, {type: 'KMS', key: arn}],
    ['the ARN', {type: 'KMS', key: arn}, {type: 'KMS', key: arn}],
    ['the id of the ARN', {type: 'KMS_DSSE', key: id}, {type: 'KMS_DSSE', key: arn}],
    ['the ARN of the id', {type: 'KMS', key: arn}, {type: 'KMS', key: id}],
    ['the alias of its ARN', {type: 'KMS', key: 'alias/ecr'}, {type: 'KMS', key: alias}],
  ])('%s', (_, setting, live) => {
    expect(compare(setting, live)).toEqual({lines: [], notes: []})
  })
})

describe('what is another is blocked with what to do, since ECR changes none', () => {
  test.each<[string, EncryptionSetting, EncryptionSetting]>([
    ['type', {type: 'KMS'}, {type: 'AES256'}],
    ['kind of KMS', {type: 'KMS_DSSE', key: arn}, {type: 'KMS', key: arn}],
    ['key', {type: 'KMS', key: arn.replace('1234abcd', '9999abcd')}, {type: 'KMS', key: arn}],
    [
      'account of the key',
      {type: 'KMS', key: arn.replace('111111111111', '222222222222')},
      {type: 'KMS', key: arn},
    ],
    ['id', {type: 'KMS', key: id.replace('1', '2')}, {type: 'KMS', key: arn}],
    ['alias', {type: 'KMS', key: 'alias/other'}, {type: 'KMS', key: alias}],
  ])('%s', (_, setting, live) => {
    const {lines, blocked} = compare(setting, live)
    expect(lines).not.toEqual([])
    expect(blocked).toContain('gantry promote')
    expect(blocked).toContain('payments/api')
  })
})

test('whether an alias names a key is not guessed', () => {
  const {lines, blocked, notes} = compare({type: 'KMS', key: 'alias/ecr'}, {type: 'KMS', key: arn})
  expect([lines, blocked]).toEqual([[], undefined])
  expect(notes).toEqual([expect.stringContaining('cannot be told from here')])
})

test.each<EncryptionSetting>([{type: 'AES256'}, {type: 'KMS', key: arn}, {type: 'KMS_DSSE', key: alias}])(
  'what is exported changes nothing: %o',
  live => {
    const setting = encryption.export(live, where)
    if (setting === undefined) throw new TypeError('nothing is exported')
    expect(compare(setting, live)).toEqual({lines: [], notes: []})
  },
)
