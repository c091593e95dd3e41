import {expect, test} from 'vitest'
import {parseDuration, wantsJson} from '../../../src/lib/cli/flags.ts'

test.each([
  ['500ms', 500],
  ['30s', 30_000],
  ['10m', 600_000],
  ['24h', 86_400_000],
])('%s is %d ms', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds)
})

test.each(['', '30', 's', '0s', '-1s', '1.5h', '25h', '1 m', '9999999999999s', '30S'])(
  '%j is no duration',
  text => {
    expect(() => parseDuration(text)).toThrow(expect.objectContaining({exitCode: 2}))
  },
)

test('--json counts before -- only', () => {
  expect(wantsJson(['promote', 'a', '--json'])).toBe(true)
  expect(wantsJson(['promote', '--', '--json'])).toBe(false)
  expect(wantsJson(['promote', '--jsonx'])).toBe(false)
})
