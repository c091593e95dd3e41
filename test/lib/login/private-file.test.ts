import {execFile} from 'node:child_process'
import {chown, readdir, readFile, stat, symlink, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {expect, test} from 'vitest'
import {readPrivateFile, replacePrivateFile} from '../../../src/lib/login/private-file.ts'
import {temporaryFolder} from '../../support/temporary-folder.ts'

const posix = process.platform !== 'win32'

async function folder(): Promise<string> {
  return await temporaryFolder()
}

test('a file that is not there reads as undefined and is made with its folder', async () => {
  const path = join(await folder(), 'new', 'auth.json')
  expect(await readPrivateFile(path)).toBeUndefined()
  await replacePrivateFile(path, '{}')
  expect(await readFile(path, 'utf8')).toBe('{}')
})

test.runIf(posix)('the file is mode 0600 even where it was open to others (T65)', async () => {
  const path = join(await folder(), 'auth.json')
  await writeFile(path, 'old', {mode: 0o644})
  await replacePrivateFile(path, 'new')
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect(await readPrivateFile(path)).toBe('new')
})

test('nothing but the file is left in the folder', async () => {
  const place = await folder()
  await replacePrivateFile(join(place, 'auth.json'), '1')
  await replacePrivateFile(join(place, 'auth.json'), '2')
  expect(await readdir(place)).toEqual(['auth.json'])
})

test('a failed write leaves no draft behind', async () => {
  const place = await folder()
  await expect(replacePrivateFile(place, 'x')).rejects.toThrow('cannot be written')
  expect(await readdir(place)).toEqual([])
})

test.runIf(posix)('a symbolic link is refused, its target untouched (T65)', async () => {
  const place = await folder()
  const target = join(place, 'target')
  await writeFile(target, 'mine')
  await symlink(target, join(place, 'auth.json'))
  await expect(readPrivateFile(join(place, 'auth.json'))).rejects.toThrow('is a symbolic link')
  expect(await readFile(target, 'utf8')).toBe('mine')
})

/** Containers run as users that no passwd file knows. */
test.runIf(process.getuid?.() === 0)('a user without a name reads their own file', async () => {
  const place = await folder()
  const path = join(place, 'auth.json')
  await writeFile(path, 'mine')
  for (const each of [place, path]) await chown(each, 54_321, 54_321)
  const module = new URL('../../../src/lib/login/private-file.ts', import.meta.url).href
  const script = `import(${JSON.stringify(module)}).then(async m => process.stdout.write(await m.readPrivateFile(${JSON.stringify(path)})))`
  const {stdout} = await promisify(execFile)(process.execPath, ['-e', script], {uid: 54_321, gid: 54_321})
  expect(stdout).toBe('mine')
})

test('a folder is refused', async () => {
  await expect(readPrivateFile(await folder())).rejects.toThrow('is not a file')
})
