import {describe, expect, test} from 'vitest'
import {commandIdOf, resolveRequest} from '../../../src/lib/cli/dispatch.ts'

const commands = {
  commandIDs: ['promote', 'login', 'sandbox:start', 'sandbox:seed'],
  topics: [{name: 'sandbox'}],
}
const resolve = (line: string) => resolveRequest(line === '' ? [] : line.split(' '), commands)

describe('a command line', () => {
  test.each([
    ['promote app:1 --to prod', {kind: 'command', id: 'promote', argv: ['app:1', '--to', 'prod']}],
    ['sandbox start --port 1', {kind: 'command', id: 'sandbox:start', argv: ['--port', '1']}],
    ['promote -- --help', {kind: 'command', id: 'promote', argv: ['--', '--help']}],
    ['promote start', {kind: 'command', id: 'promote', argv: ['start']}],
    ['', {kind: 'help', words: []}],
    ['--help', {kind: 'help', words: []}],
    ['help', {kind: 'help', words: []}],
    ['help sandbox start', {kind: 'help', words: ['sandbox', 'start']}],
    ['sandbox', {kind: 'help', words: ['sandbox']}],
    ['sandbox --help', {kind: 'help', words: ['sandbox']}],
    ['sandbox start -h', {kind: 'help', words: ['sandbox', 'start']}],
    ['promote app:1 --help', {kind: 'help', words: ['promote']}],
    ['--version', {kind: 'version'}],
  ])('%j', (line, request) => {
    expect(resolve(line)).toEqual(request)
  })
})

describe('a command that there is none of', () => {
  test.each([
    ['promotr app', '"promotr" is not a command of gantry. Did you mean "promote"?'],
    ['zebra --help', '"zebra" is not a command of gantry. See gantry --help.'],
    ['sandbox strat', '"strat" is not a command of gantry sandbox. Did you mean "start"?'],
    ['sandboc start', '"sandboc" is not a command of gantry. Did you mean "sandbox"?'],
    ['--json promote', 'Flags come after the command: gantry COMMAND --json. See gantry --help.'],
    ['sandbox --json', '"sandbox" needs a command after it. See gantry sandbox --help.'],
  ])('%j', (line, message) => {
    expect(() => resolve(line)).toThrow(expect.objectContaining({message, exitCode: 2}))
  })
})

test('the command is known even where its flags are wrong', () => {
  expect(commandIdOf(['sandbox', 'start', '--nope'], commands)).toBe('sandbox:start')
  expect(commandIdOf(['nope'], commands)).toBeUndefined()
})
