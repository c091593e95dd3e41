import * as fc from 'fast-check'
import {expect, test} from 'vitest'
import {oneLine} from '../../../src/lib/oci/one-line.ts'

test('characters that could end a line or turn it around are shown, others are left', () => {
  expect(oneLine('a\nb\u001b[2K\u202e\u0085é😀')).toBe('a\\u{a}b\\u{1b}[2K\\u{202e}\\u{85}é😀')
})

test('long text is cut', () => {
  expect(oneLine('abcdef', 3)).toBe('abc…')
  expect(oneLine('abc', 3)).toBe('abc')
})

test('whatever the text, the answer is one line and not much longer than the limit', () => {
  fc.assert(
    fc.property(fc.string({unit: 'binary'}), fc.nat(100), (text, limit) => {
      const line = oneLine(text, limit)
      expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
      expect(line.length).toBeLessThanOrEqual(limit * 10 + 1)
    }),
  )
})
