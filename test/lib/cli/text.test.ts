import {describe, expect, test} from 'vitest'
import {count, displayWidth, formatBytes, pad, truncateMiddle, wrapWords} from '../../../src/lib/cli/text.ts'

describe('width', () => {
  test.each([
    ['abc', 3],
    ['\u001b[32mabc\u001b[39m', 3],
    ['東京', 4],
    ['e\u0301', 1],
    ['🚀', 2],
    ['a→b', 3],
    ['', 0],
  ])('%j takes %i columns', (text, columns) => {
    expect(displayWidth(text)).toBe(columns)
  })

  test('padding counts columns, not characters', () => {
    expect(pad('東', 4)).toBe('東  ')
    expect(pad('7', 3, 'right')).toBe('  7')
    expect(pad('long', 2)).toBe('long')
  })
})

describe('cutting', () => {
  test('keeps both ends and fits exactly', () => {
    expect(truncateMiddle('payments/api:1.4', 9)).toBe('paym…:1.4')
    expect(truncateMiddle('payments/api:1.4', 16)).toBe('payments/api:1.4')
  })

  test('never makes more columns than asked, wide characters included', () => {
    for (let columns = 0; columns < 12; columns++) {
      expect(displayWidth(truncateMiddle('東京タワー/api', columns))).toBeLessThanOrEqual(columns)
    }
  })
})

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1.0 KiB'],
  [12.3 * 1024 ** 2, '12.3 MiB'],
  [1024 ** 2 - 1, '1.0 MiB'],
  [3 * 1024 ** 6, '3072.0 PiB'],
])('%d bytes read as %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text)
})

test('one is singular', () => {
  expect([count(0, 'image'), count(1, 'image'), count(2, 'image')]).toEqual([
    '0 images',
    '1 image',
    '2 images',
  ])
})

test('a sentence breaks between words, and a word that is too wide has its own line', () => {
  expect(wrapWords('one two  three', 7)).toEqual(['one two', ' three'])
  expect(wrapWords('a 東京タワー b', 6)).toEqual(['a', '東京タワー', 'b'])
  expect(wrapWords('as it is', Number.POSITIVE_INFINITY)).toEqual(['as it is'])
})

test('plain letters are cut like all others', () => {
  for (let columns = 0; columns < 20; columns++) {
    const others = truncateMiddle('paymentséapi:1.4', columns)
    expect(truncateMiddle('payments/api:1.4', columns)).toBe(others.replace('é', '/'))
  }
})
