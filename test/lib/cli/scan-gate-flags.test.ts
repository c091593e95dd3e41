import {parse} from '@oclif/core/parser'
import {describe, expect, test} from 'vitest'
import {scanGateFlags, scanGateOrder} from '../../../src/lib/cli/scan-gate-flags.ts'

async function parsed(...words: readonly string[]) {
  const {argv, flags} = await parse([...words], {flags: scanGateFlags, strict: false})
  return {images: argv, flags}
}

describe('an image that comes after a flag is judged', () => {
  test.each([
    ['--account', 'dev'],
    ['--package', 'openssl'],
    ['--path', 'app/**'],
    ['--most', 'high=3'],
    ['--ignores', 'rules.yaml'],
    ['--vex', 'vex.json'],
    ['--report', 'sarif=scan.sarif'],
  ])('%s %s', async (flag, value) => {
    expect((await parsed('app:v1', flag, value, 'app:v2')).images).toEqual(['app:v1', 'app:v2'])
  })
})

test('flags that may be there several times are', async () => {
  const {flags} = await parsed('--package', 'a', 'app:v1', '--package', 'b*', '--most', 'high=3,low=1')
  expect(flags).toMatchObject({
    package: ['a', 'b*'],
    most: [
      ['high', 3],
      ['low', 1],
    ],
  })
})

test.each(['', ' ', 'open ssl', 'a\nb'])(
  'a filter that nothing can meet lets nothing pass: %j',
  async text => {
    for (const flag of ['--package', '--path']) {
      await expect(parsed('app:v1', flag, text)).rejects.toMatchObject({code: 'INVALID_PATTERN', exitCode: 2})
    }
  },
)

test('a path that no finding can have is none', async () => {
  await expect(parsed('app:v1', '--path', './app/**')).rejects.toMatchObject({code: 'INVALID_PATTERN'})
})

test('two numbers for one severity are a mistake: which is meant nobody said', async () => {
  const {flags} = await parsed('app:v1', '--most', 'high=0', '--most', 'high=9')
  expect(() => scanGateOrder(['app:v1'], flags)).toThrow('--most gives high twice. Keep one number.')
})
