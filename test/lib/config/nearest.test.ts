import fc from 'fast-check'
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

test('a word with one slip is near to what it was, whatever repeats in it', () => {
  const word = fc.string({unit: fc.constantFrom('a', 'b'), minLength: 3, maxLength: 12})
  fc.assert(
    fc.property(word, fc.nat(11), fc.constantFrom('', 'x', 'ab'), (meant, place, slip) => {
      const at = place % meant.length
      const cut = slip === '' ? 1 : 0
      expect(nearest(meant.slice(0, at) + slip.slice(0, 1) + meant.slice(at + cut), [meant])).toBe(meant)
    }),
  )
})

test('thousands of wrong words among thousands of names take no minutes', () => {
  const names = Array.from({length: 20_000}, (_, index) => `preset-number-${index}`)
  const start = performance.now()
  for (let index = 0; index < 1000; index++) nearest(`preset-numbr-${index}`, names)
  expect(performance.now() - start).toBeLessThan(10_000)
  expect(nearest('preset-numbr-7', names)).toBe('preset-number-7')
})
