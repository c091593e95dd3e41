import {execFile} from 'node:child_process'
import {mkdtemp, readdir, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {delimiter, join} from 'node:path'
import {promisify} from 'node:util'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {cleanEnvironment} from './support/cli.ts'
import {goodAnswers, type Installed, installPackage, useEverything} from './support/installed.ts'
import {temporaryFolder} from './support/temporary-folder.ts'

let work: string
let installed: Installed

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'gantry-install-'))
  installed = await installPackage(work)
}, 120_000)

afterAll(() => rm(work, {recursive: true, force: true, maxRetries: 3}))

test('the tarball holds the program, its licences and its schemas, and neither sources nor maps', async () => {
  const entries = await readdir(installed.folder, {recursive: true, withFileTypes: true})
  const files = entries
    .filter(entry => entry.isFile())
    .map(({parentPath, name}) => join(parentPath, name).slice(installed.folder.length + 1))
    .map(file => file.replaceAll('\\', '/'))
  const wanted = [
    /^(?:LICENSE|README\.md|package\.json|oclif\.manifest\.json)$/,
    /^bin\/(?:run\.js|run\.cmd|start\.js|docker-credential-gantry\.js)$/,
    /^dist\/(?:[\w-]+\.js|sandbox\.d\.ts|commands\/(?:[\w-]+\/)?[\w-]+\.js|licenses\.txt)$/,
    /^schemas\/[\w-]+\.schema\.json$/,
  ]
  expect(files.filter(file => !wanted.some(pattern => pattern.test(file)))).toEqual([])
  for (const pattern of wanted)
    expect(
      files.some(file => pattern.test(file)),
      String(pattern),
    ).toBe(true)
})

test('npm puts both commands on the PATH', async () => {
  const windows = process.platform === 'win32'
  const folder = windows ? installed.prefix : join(installed.prefix, 'bin')
  const environment = cleanEnvironment(await temporaryFolder())
  const env = {...environment, PATH: [folder, environment['PATH']].join(delimiter)}
  for (const command of ['gantry --version', 'docker-credential-gantry version']) {
    const [name = '', ...args] = command.split(' ')
    const {stdout} = await promisify(execFile)(name, args, {env, shell: windows})
    expect(stdout).toContain(installed.version)
  }
})

test('everything works without a home, without a network and from any folder', async () => {
  const answers = await useEverything(installed, process.execPath, await temporaryFolder())
  expect(answers).toEqual(goodAnswers(installed))
})
