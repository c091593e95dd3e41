import * as fc from 'fast-check'
import {expect, test} from 'vitest'
import {parseChallenges} from '../../../src/lib/oci/challenge.ts'

test.each<[string, [string, Record<string, string>][]]>([
  ['Basic realm="x"', [['basic', {realm: 'x'}]]],
  [
    'Bearer realm="https://a/token",service="s, t",scope="repository:a:pull,push"',
    [['bearer', {realm: 'https://a/token', service: 's, t', scope: 'repository:a:pull,push'}]],
  ],
  ['bearer REALM=abc , Service = "q\\"u"', [['bearer', {realm: 'abc', service: 'q"u'}]]],
  [
    'Negotiate, Basic realm="x", Bearer realm="y"',
    [
      ['negotiate', {}],
      ['basic', {realm: 'x'}],
      ['bearer', {realm: 'y'}],
    ],
  ],
  ['Bearer', [['bearer', {}]]],
  ['', []],
  ['"nonsense', []],
  ['Bearer realm="open', [['bearer', {}]]],
])('%s', (header, expected) => {
  const found = parseChallenges(header)
  expect(found.map(({scheme, parameters}) => [scheme, Object.fromEntries(parameters)])).toEqual(expected)
})

test('any header comes to an end', () => {
  const parts = fc.constantFrom('Bearer', ' ', ',', '=', '"', '\\', 'a', 'realm="x"', '\t')
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(parts).map(list => list.join('')),
      ),
      header => {
        expect(parseChallenges(header).length).toBeLessThanOrEqual(header.length)
      },
    ),
  )
})
