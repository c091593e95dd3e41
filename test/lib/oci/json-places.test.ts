import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {lineAndColumn, placesOf} from '../../../src/lib/oci/json-places.ts'

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

test('a value is found by its keys, or what it would be in', () => {
  const text = '{\n  "auths": {"a/b": [1, {"auth": "x"}], "c": {"auth": 7}}\n}'
  const places = placesOf(text)
  expect(places.error).toBeUndefined()
  const at = (...path: string[]) => lineAndColumn(text, places.of(path))
  expect(at()).toBe('1:1')
  expect(at('auths')).toBe('2:12')
  expect(at('auths', 'a/b')).toBe('2:20')
  expect(at('auths', 'c', 'auth')).toBe('2:54')
  expect(at('auths', 'c', 'missing')).toBe('2:45')
  expect(at('other')).toBe('1:1')
})

describe('what is no JSON is so from', () => {
  test.each([
    ['', '1:1'],
    ['{"a": 1,}', '1:9'],
    ['{"a" 1}', '1:6'],
    ['{"a": 1 "b": 2}', '1:9'],
    ['[1 2]', '1:4'],
    ['{\n"a": nope}', '2:6'],
    ['{"a": "b', '1:7'],
    ['{} x', '1:4'],
    ['\u{feff}{}', '1:1'],
  ])('%j: %s', (text, place) => {
    const {error} = placesOf(text)
    expect(error === undefined ? undefined : lineAndColumn(text, error)).toBe(place)
  })
})

test('lists without end are read to a depth that nobody needs', () => {
  expect(placesOf('['.repeat(1_000_000)).error).toBe(65)
})

test('it and the parser agree about what is JSON', () => {
  fc.assert(
    fc.property(
      fc.json({noUnicodeString: true}),
      fc.nat(),
      fc.constantFrom('', ',', '"', '{', 'x'),
      (json, at, extra) => {
        const index = at % (json.length + 1)
        const text = json.slice(0, index) + extra + json.slice(index)
        expect(placesOf(text).error === undefined).toBe(isJson(text))
      },
    ),
  )
})
