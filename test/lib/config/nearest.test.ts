import {expect, test} from 'vitest'
import {nearest} from '../../../src/lib/config/nearest.ts'

test.each([
  ['regoin', 'region'],
  ['Region', 'region'],
  ['regions', 'regions'],
  ['acounts', 'accounts'],
  ['too', 'to'],
  ['xyz', undefined],
  ['q', undefined],
])('%s is near to %s', (word, expected) => {
  expect(nearest(word, ['to', 'region', 'regions', 'accounts'])).toBe(expected)
})
