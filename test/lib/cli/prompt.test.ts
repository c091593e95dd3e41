import {PassThrough} from 'node:stream'
import {expect, test} from 'vitest'
import {confirm, type PromptOptions} from '../../../src/lib/cli/prompt.ts'

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
