import * as fc from 'fast-check'
import {expect, test} from 'vitest'
import {accountOfMintedKey, mintKeyId} from '../../../src/lib/sandbox/identity/keys.ts'

test('a key id that AWS made tells its account', () => {
  expect(accountOfMintedKey('ASIAQNZGKIQY56JQ7WML')).toBe('029608264753')
})

test('a minted key id tells its account, whichever it is', () => {
  fc.assert(
    fc.property(fc.integer({min: 0, max: 999_999_999_999}), number => {
      const account = String(number).padStart(12, '0')
      const keyId = mintKeyId(account)
      expect(keyId).toMatch(/^ASIA[A-Z2-7]{16}$/)
      expect(accountOfMintedKey(keyId)).toBe(account)
    }),
  )
})

test.each([
  '',
  'ASIA',
  'AKIAQNZGKIQY56JQ7WML',
  'ASIA0123456789012345',
  'ASIAAAAAAAAAAAAAAAAA',
  'ASIAQNZGKIQY56JQ7WMLA',
])('%j was not minted', keyId => {
  expect(accountOfMintedKey(keyId)).toBeUndefined()
})
