import * as fc from 'fast-check'
import {expect, test} from 'vitest'
import {mintKeyId, ownerOfKey} from '../../../src/lib/sandbox/identity/keys.ts'

test('a key id that AWS made tells its account', () => {
  expect(ownerOfKey('ASIAQNZGKIQY56JQ7WML')).toEqual({account: '029608264753', temporary: true})
})

test('so does the key id of a user', () => {
  expect(ownerOfKey('AKIAQNZGKIQY56JQ7WML')).toEqual({account: '029608264753', temporary: false})
})

test('a minted key id tells its account, whichever it is', () => {
  fc.assert(
    fc.property(fc.integer({min: 0, max: 999_999_999_999}), number => {
      const account = String(number).padStart(12, '0')
      const keyId = mintKeyId(account)
      expect(keyId).toMatch(/^ASIA[A-Z2-7]{16}$/)
      expect(ownerOfKey(keyId)).toEqual({account, temporary: true})
    }),
  )
})

test.each([
  '',
  'ASIA',
  'AROAQNZGKIQY56JQ7WML',
  'ASIA0123456789012345',
  'ASIAAAAAAAAAAAAAAAAA',
  'ASIAQNZGKIQY56JQ7WMLA',
  // From before 2019.
  'AKIAIOSFODNN7EXAMPLE',
])('%j does not tell', keyId => {
  expect(ownerOfKey(keyId)).toBeUndefined()
})
