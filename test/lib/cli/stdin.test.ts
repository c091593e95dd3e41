import {Readable} from 'node:stream'
import {expect, test} from 'vitest'
import {expandStdin, readInput, stdinReader} from '../../../src/lib/cli/stdin.ts'

const stdin = (text: string) => Readable.from([Buffer.from(text)])

test('- stands for the lines of standard input, in its place', async () => {
  expect(await expandStdin(['a', '-', 'z'], stdin('b\r\n\n# no\n  c\n'))).toEqual(['a', 'b', 'c', 'z'])
})

test.each(['', '\n', '# nothing was built\n'])(
  'standard input that names nothing is not everything: %j',
  async text => {
    await expect(expandStdin(['-'], stdin(text))).rejects.toMatchObject({code: 'STDIN_EMPTY', exitCode: 2})
    await expect(expandStdin(['a', '-'], stdin(text))).rejects.toMatchObject({code: 'STDIN_EMPTY'})
  },
)

test('standard input is left alone when nobody names it', async () => {
  const untouched = stdin('b\n')
  expect(await expandStdin(['a'], untouched)).toEqual(['a'])
  expect(untouched.readableDidRead).toBe(false)
})

test('- is given once, whether as an argument or as a file', async () => {
  const untouched = stdin('b\n')
  await expect(expandStdin(['-'], untouched, ['in-use.txt', '-'])).rejects.toMatchObject({
    code: 'STDIN_TWICE',
  })
  expect(untouched.readableDidRead).toBe(false)
  expect(await expandStdin(['a'], untouched, ['-'])).toEqual(['a'])
  expect(await expandStdin(['-'], untouched, ['in-use.txt'])).toEqual(['b'])
})

test('standard input is read when it is asked for, up to the size that is asked for', async () => {
  const MiB = 1024 * 1024
  expect(await stdinReader(stdin('b\n'))(MiB)).toEqual(Buffer.from('b\n'))
  await expect(stdinReader(Readable.from([Buffer.alloc(MiB + 1)]))(MiB)).rejects.toMatchObject({
    code: 'STDIN_TOO_LARGE',
  })
})

test('- twice, endless input and a missing file are usage errors', async () => {
  await expect(expandStdin(['-', '-'], stdin(''))).rejects.toMatchObject({code: 'STDIN_TWICE', exitCode: 2})
  const endless = Readable.from(
    (function* () {
      for (;;) yield Buffer.alloc(1024 * 1024)
    })(),
  )
  await expect(expandStdin(['-'], endless)).rejects.toMatchObject({code: 'STDIN_TOO_LARGE'})
  await expect(readInput('/no/such/file', stdin(''))).rejects.toMatchObject({
    code: 'UNREADABLE_FILE',
    exitCode: 2,
  })
})
