import {access, mkdtemp, readFile, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {npm} from '../../tools/npm.ts'
import {runGantry} from '../support/cli.ts'
import {goodAnswers, type Installed, installPackage, useEverything} from '../support/installed.ts'
import {temporaryFolder} from '../support/temporary-folder.ts'

/** The first version that is supported, and the last of each line that is. */
const supported = ['22.13.0', '22.23.3', '24.21.0']
const tooOld = ['18.20.8', '20.20.2']

const work = await mkdtemp(join(tmpdir(), 'gantry-node-'))
const nodes = new Map(
  await Promise.all([...supported, ...tooOld].map(async version => [version, await bring(version)] as const)),
)
let installed: Installed

beforeAll(async () => {
  installed = await installPackage(work)
})

afterAll(() => rm(work, {recursive: true, force: true, maxRetries: 3}))

describe.each(supported)('Node.js %s', version => {
  const node = nodes.get(version)
  test.skipIf(node === undefined)('runs everything', async () => {
    const answers = await useEverything(installed, node ?? '', await temporaryFolder())
    expect(answers).toEqual(goodAnswers(installed))
  })
})

describe.each(tooOld)('Node.js %s', version => {
  const node = nodes.get(version)
  const line = `needs Node.js 22.13 or newer; this is v${version}. Install a current LTS from your usual source.\n`
  test.skipIf(node === undefined)('is told in one line what is missing, exit 2', async () => {
    const {gantry, 'docker-credential-gantry': helper} = installed.scripts
    const refused = {status: 2, stdout: '', stderr: `gantry ${line}`}
    expect(await runGantry(['--version'], {command: [node ?? '', gantry]})).toEqual(refused)
    // Docker shows what a credential helper writes to stdout.
    const refusedHelper = {status: 2, stdout: `docker-credential-gantry ${line}`, stderr: ''}
    expect(await runGantry(['get'], {command: [node ?? '', helper]})).toEqual(refusedHelper)
  })
})

/** The program of a Node.js that npm has for this machine. */
async function bring(version: string): Promise<string | undefined> {
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  const prefix = join(work, version)
  const quiet = ['--silent', '--no-audit', '--no-fund', '--no-save']
  try {
    await npm(['install', '--prefix', prefix, `${name}@${version}`, '--ignore-scripts', ...quiet], work)
    const folder = join(prefix, 'node_modules', name)
    const {bin} = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {bin: {node: string}}
    await access(join(folder, bin.node))
    return join(folder, bin.node)
  } catch {
    return undefined
  }
}
