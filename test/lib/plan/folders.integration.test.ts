import {stat, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {makeFolder} from '../../../src/lib/plan/folders.ts'
import {temporaryFolder} from '../../support/temporary-folder.ts'

test('a folder is made with all that are missing above it, and again without harm', async () => {
  const folder = join(await temporaryFolder(), 'a', 'b', 'c')
  await makeFolder(folder)
  await makeFolder(folder)
  expect((await stat(folder)).isDirectory()).toBe(true)
})

test('a folder below a file cannot be made, and the error says why', async () => {
  const file = join(await temporaryFolder(), 'file')
  await writeFile(file, '')
  await expect(makeFolder(join(file, 'a', 'b'))).rejects.toMatchObject({code: 'ENOTDIR'})
})

test('below a folder in which nothing can be made, such as /proc, it ends: one try a part on the way up, one down', async () => {
  const asked: string[] = []
  const makeOne = (folder: string) => {
    asked.push(folder)
    const code = folder === '/proc' ? 'EEXIST' : 'ENOENT'
    return Promise.reject(Object.assign(new Error(code), {code}))
  }
  await expect(makeFolder('/proc/a/b', makeOne)).rejects.toMatchObject({code: 'ENOENT'})
  expect(asked).toEqual(['/proc/a/b', '/proc/a', '/proc', '/proc/a'])
})
