import {expect, test} from 'vitest'
import {hasColor, styleFor} from '../../../src/lib/cli/style.ts'

test.each([
  [true, {}, true],
  [false, {}, false],
  [true, {NO_COLOR: '1'}, false],
  [true, {NO_COLOR: ''}, true],
  [true, {TERM: 'dumb'}, false],
  [false, {FORCE_COLOR: '1'}, true],
  [false, {FORCE_COLOR: ''}, true],
  [true, {FORCE_COLOR: '0'}, false],
  [true, {FORCE_COLOR: '1', NO_COLOR: '1'}, true],
])('terminal %s, environment %j: colour %s', (isTTY, env, colored) => {
  expect(hasColor({isTTY}, env)).toBe(colored)
})

test('a terminal has colours and a width, a pipe has neither', async () => {
  const terminal = await styleFor({isTTY: true, columns: 80}, {})
  expect(terminal.good('yes')).toBe('\u001b[32myes\u001b[39m')
  expect(terminal.columns).toBe(80)
  const pipe = await styleFor({isTTY: false}, {})
  expect(pipe.good('yes')).toBe('yes')
  expect(pipe.columns).toBe(Number.POSITIVE_INFINITY)
})
