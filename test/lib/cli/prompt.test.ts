import {PassThrough} from 'node:stream'
import {expect, test} from 'vitest'
import {confirm, confirmTyped, type PromptOptions} from '../../../src/lib/cli/prompt.ts'

function terminal(
  typed: string,
  overrides: Partial<PromptOptions> = {},
): {options: PromptOptions; shown: () => string} {
  const input = new PassThrough()
  input.end(typed)
  const output = new PassThrough()
  const {signal} = new AbortController()
  return {
    options: {yes: false, interactive: true, input, output, signal, ...overrides},
    shown: () => String(output.read() ?? ''),
  }
}

test.each([
  ['y\n', true],
  ['Yes\n', true],
  ['n\n', false],
  ['\n', false],
  ['yep\n', false],
  ['', false],
])('the answer %j is consent: %s', async (typed, consent) => {
  expect(await confirm('Delete 3 images?', terminal(typed).options)).toBe(consent)
})

test('the question names what happens, made harmless', async () => {
  const {options, shown} = terminal('y\n')
  await confirm('Delete a\u001b[2K?', options)
  expect(shown()).toContain(String.raw`Delete a\u{1b}[2K? [y/N] `)
})

test('--yes answers without asking', async () => {
  const {options, shown} = terminal('n\n', {yes: true})
  expect(await confirm('Delete?', options)).toBe(true)
  expect(shown()).toBe('')
})

test('where nobody can answer, --yes is asked for with exit 2', async () => {
  const {options} = terminal('y\n', {interactive: false})
  await expect(confirm('Delete?', options)).rejects.toMatchObject({code: 'CONFIRMATION_NEEDED', exitCode: 2})
})

test.each([
  ['legacy/app\n', true],
  ['  legacy/app \n', true],
  ['legacy\n', false],
  ['y\n', false],
  ['\n', false],
  ['', false],
])('the answer %j is the word legacy/app: %s', async (typed, consent) => {
  const {options, shown} = terminal(typed)
  expect(await confirmTyped('It goes.', 'legacy/app', options)).toBe(consent)
  expect(shown()).toContain('It goes. Type legacy/app to go on: ')
})

test('--yes types the word, and where nobody can, it is asked for', async () => {
  const {options} = terminal('no\n', {yes: true})
  expect(await confirmTyped('It goes.', 'app', options)).toBe(true)
  const nobody = terminal('app\n', {interactive: false}).options
  await expect(confirmTyped('It goes.', 'app', nobody)).rejects.toMatchObject({code: 'CONFIRMATION_NEEDED'})
})
