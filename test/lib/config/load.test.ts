import {execFile} from 'node:child_process'
import {chmod, chown, mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {emptyEstate} from '../../../src/lib/config/estate.ts'
import {loadEstate} from '../../../src/lib/config/load.ts'

let root: string
const account = (alias: string) =>
  `version: 1\naccounts: {${alias}: {id: "111111111111", region: eu-west-1}}\n`
const aliasesFrom = async (cwd: string) => [...(await loadEstate({cwd})).accounts.keys()]

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'estate-'))
  await mkdir(join(root, 'a/b/c'), {recursive: true})
})
afterEach(async () => {
  await rm(root, {recursive: true})
})

describe('without --config', () => {
  test('the nearest file upwards is read', async () => {
    await writeFile(join(root, 'repos.yaml'), account('far'))
    await writeFile(join(root, 'a/repos.yml'), account('near'))
    expect(await aliasesFrom(join(root, 'a/b/c'))).toEqual(['near'])
    expect(await aliasesFrom(root)).toEqual(['far'])
  })

  test('it is named from where the user stands', async () => {
    await writeFile(join(root, 'a/repos.yaml'), account('dev'))
    expect((await loadEstate({cwd: join(root, 'a/b')})).file).toBe(join('..', 'repos.yaml'))
  })

  test('no file is the empty estate', async () => {
    expect(await loadEstate({cwd: join(root, 'a/b/c')})).toBe(emptyEstate)
  })

  test('a directory of that name is passed over', async () => {
    await writeFile(join(root, 'repos.yaml'), account('far'))
    await mkdir(join(root, 'a/repos.yaml'))
    expect(await aliasesFrom(join(root, 'a'))).toEqual(['far'])
  })

  test('both names in one directory are refused', async () => {
    await writeFile(join(root, 'a/repos.yaml'), account('one'))
    await writeFile(join(root, 'a/repos.yml'), account('two'))
    await expect(loadEstate({cwd: join(root, 'a/b')})).rejects.toMatchObject({
      code: 'CONFIG_AMBIGUOUS',
      exitCode: 2,
      message: `${join(root, 'a')} has both repos.yaml and repos.yml. Keep one, or name one with --config.`,
    })
  })

  test('a broken file is an error, not passed over for one above it', async () => {
    await writeFile(join(root, 'repos.yaml'), account('far'))
    await writeFile(join(root, 'a/repos.yaml'), '')
    await expect(loadEstate({cwd: join(root, 'a')})).rejects.toMatchObject({
      message: 'repos.yaml:1:1 the file is empty. Start it with "version: 1".',
    })
  })

  test.skipIf(process.getuid?.() !== 0)(
    "a stranger's file in a directory open to all is refused unless named",
    async () => {
      const file = join(root, 'repos.yaml')
      await writeFile(file, account('evil'))
      await chown(file, 12_345, 12_345)
      expect(await aliasesFrom(join(root, 'a'))).toEqual(['evil'])
      await chmod(root, 0o1777)
      await expect(loadEstate({cwd: join(root, 'a')})).rejects.toMatchObject({
        code: 'CONFIG_UNTRUSTED',
        exitCode: 2,
      })
      expect([...(await loadEstate({cwd: root, file: 'repos.yaml'})).accounts.keys()]).toEqual(['evil'])
    },
  )
})

describe('with --config', () => {
  test('the file is taken from the work directory and named as the user named it', async () => {
    await writeFile(join(root, 'a/estate.yaml'), account('dev'))
    const estate = await loadEstate({file: 'a/estate.yaml', cwd: root})
    expect(estate.file).toBe('a/estate.yaml')
    expect(estate.accounts.get('dev')?.origin.file).toBe('a/estate.yaml')
  })

  test('a file that is not there is an error even where another would be found', async () => {
    await writeFile(join(root, 'repos.yaml'), account('dev'))
    await expect(loadEstate({file: 'repo.yaml', cwd: root})).rejects.toMatchObject({
      code: 'CONFIG_NOT_FOUND',
      exitCode: 2,
      message: 'repo.yaml: there is no such file. Check the name given to --config.',
    })
  })

  test('a directory is an error', async () => {
    await expect(loadEstate({file: 'a', cwd: root})).rejects.toMatchObject({
      code: 'CONFIG_UNREADABLE',
      message: 'a: cannot be read: it is a directory.',
    })
  })

  test.skipIf(process.platform === 'win32')(
    'a device without end is read no further than the limit',
    async () => {
      await expect(loadEstate({file: '/dev/zero', cwd: root})).rejects.toMatchObject({
        message: '/dev/zero:1:1 the file is larger than 8 MiB. Is it the right file?',
      })
    },
  )

  test.each([
    [
      'invalid UTF-8',
      [0x76, 0x3a, 0x0a, 0x20, 0xff],
      'x.yaml:2:2 the file is not UTF-8 text. Save it as UTF-8.',
    ],
    ['UTF-16', [0xff, 0xfe, 0x76, 0x00], 'x.yaml:1:1 the file is not UTF-8 text. Save it as UTF-8.'],
  ])('%s is an error with its place', async (_, bytes, message) => {
    await writeFile(join(root, 'x.yaml'), Uint8Array.from(bytes))
    await expect(loadEstate({file: 'x.yaml', cwd: root})).rejects.toMatchObject({message})
  })
})

test('without a file neither the YAML nor the schema library is loaded', async () => {
  const source = new URL('../../../src/lib/config/load.ts', import.meta.url).href
  const program = `
    import {registerHooks} from 'node:module'
    const loaded = []
    registerHooks({resolve: (name, context, next) => (loaded.push(name), next(name, context))})
    const {loadEstate} = await import(${JSON.stringify(source)})
    await loadEstate({cwd: ${JSON.stringify(root)}})
    console.log(JSON.stringify(loaded.filter(name => /yaml|zod|parse/.test(name))))`
  const {stdout} = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program])
  expect(JSON.parse(stdout)).toEqual([])
})
