import {CLIError} from '@oclif/core/errors'
import {integer, string} from '@oclif/core/flags'
import {parse} from '@oclif/core/parser'
import {expect, test} from 'vitest'
import {describe as describeError, errorLines} from '../../../src/lib/cli/errors.ts'
import {duration} from '../../../src/lib/cli/flags.ts'
import {DeniedError, UsageError} from '../../../src/lib/errors.ts'

const flags = {port: integer({}), data: string({}), timeout: duration({})}

async function parserError(...argv: string[]): Promise<unknown> {
  return parse(argv, {flags, args: {}}).then(
    () => undefined,
    (error: unknown) => error,
  )
}

test.each([
  [['--prot', '1'], '--prot is not a flag of this command. Did you mean --port?'],
  [['--prot=1'], '--prot is not a flag of this command. Did you mean --port?'],
  [['--zzzzzz'], '--zzzzzz is not a flag of this command. See --help.'],
  [['stray'], 'Unexpected argument "stray". See --help.'],
  [['--port'], 'Flag --port expects a value'],
  [['--port', 'x'], '--port: Expected an integer but received: x'],
  [
    ['--timeout', '5y'],
    '--timeout: "5y" is no duration between 1ms and 24h. Write a number and a unit: 30s, 10m, 2h.',
  ],
  [['--data', 'a', '--data', 'b'], 'Flag --data can only be specified once'],
])('the command line %j is told in one line, exit 2', async (argv, message) => {
  const description = describeError(await parserError(...argv))
  expect(description).toMatchObject({message, exitCode: 2})
  expect(description.stack).toBeUndefined()
})

test('an error of ours keeps its code, exit code and hints', () => {
  const error = new DeniedError('DENIED', 'No ecr:PutImage in 111111111111.', {hints: ['Add a statement.']})
  const description = describeError(error)
  expect(description).toEqual({
    code: 'DENIED',
    message: 'No ecr:PutImage in 111111111111.',
    hints: ['Add a statement.'],
    exitCode: 5,
  })
  expect(errorLines(description)).toEqual(['Error: No ecr:PutImage in 111111111111.', '  Add a statement.'])
})

test('what strangers put into a message cannot leave its line', () => {
  const error = new UsageError('X', 'tag \u001b[2K\r\nError: fine', {hints: ['a\nb']})
  expect(errorLines(describeError(error)).join('')).not.toMatch(/\p{Cc}/u)
})

test.each([
  [new TypeError('x is not a function')],
  [new CLIError('module not found', {exit: 1})],
  ['thrown text'],
])('anything else is a bug of ours, exit 1: %s', thrown => {
  const description = describeError(thrown)
  expect(description).toMatchObject({code: 'BUG', exitCode: 1})
  expect(description.message).toMatch(/please report it/)
  expect(description.stack).toBeDefined()
})
