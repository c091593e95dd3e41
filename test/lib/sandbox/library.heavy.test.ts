import {mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import process from 'node:process'
import {execa} from 'execa'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {cleanEnvironment} from '../../support/cli.ts'
import {installInto, packPackage} from '../../support/installed.ts'

const root = join(import.meta.dirname, '..', '..', '..')
const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')

// A project of somebody else, in which the package is installed from its tarball.
let project: string

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'gantry-library-'))
  await writeFile(
    join(project, 'package.json'),
    JSON.stringify({name: 'theirs', type: 'module', private: true}),
  )
  await installInto(project, await packPackage(project))
}, 120_000)

afterAll(() => rm(project, {recursive: true, force: true, maxRetries: 3}))

const strictest = {
  strict: true,
  target: 'es2022',
  module: 'nodenext',
  lib: ['es2022'],
  skipLibCheck: false,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: true,
}

/** Compiles files in a folder of the project, and returns what the compiler says. */
async function compile(
  name: string,
  files: Readonly<Record<string, string>>,
  options: object = {types: []},
): Promise<{readonly folder: string; readonly said: string}> {
  const folder = join(project, name)
  await mkdir(folder)
  for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text)
  const compilerOptions = {...strictest, ...options}
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({compilerOptions}))
  const {stdout} = await execa(process.execPath, [compiler, '--project', folder], {reject: false})
  return {folder, said: stdout}
}

function run(...args: readonly string[]) {
  const environment = cleanEnvironment(project)
  return execa(process.execPath, args, {cwd: project, env: environment, extendEnv: false, reject: false})
}

test('the example of the page on the sandbox is right, and passes', async () => {
  const page = await readFile(join(root, 'docs', 'sandbox.md'), 'utf8')
  const [, example = ''] = /^### In unit tests\n.*?^```ts\n(.*?)^```$/ms.exec(page) ?? []
  expect(example).toContain("from 'ecr-gantry/sandbox'")
  const ours = {types: ['node'], typeRoots: [join(root, 'node_modules', '@types')]}
  const {folder, said} = await compile('example', {'release.test.ts': example}, ours)
  expect(said).toBe('')
  const {exitCode, stdout} = await run('--test', '--test-reporter=tap', join(folder, 'release.test.js'))
  expect(stdout).toMatch(/^# pass 1$/m)
  expect(exitCode).toBe(0)
})

describe('in a project without the types of Node.js', () => {
  test('an ECMAScript module uses everything', async () => {
    const {folder, said} = await compile('module', {
      'use.ts': `
import {startSandbox, type Fault, type RecordedRequest, type SandboxEvent, type SandboxSeed} from 'ecr-gantry/sandbox'

const account = '111111111111'
const region = 'eu-west-1'
const seen: (string | undefined)[] = []
{
  await using sandbox = await startSandbox({
    registries: [{account, region, port: 0}],
    rates: {PutImage: {rate: 10}},
    onRequest: ({operation}: RecordedRequest) => void seen.push(operation),
  })
  const seed: SandboxSeed = {repositories: [{account, region, name: 'app', images: [{tag: ['v1', 'v2']}]}]}
  await sandbox.seed(seed)
  const fault: Fault = {kind: 'slow', delayMs: 10}
  sandbox.setFaults([fault])
  await sandbox.setClock(1_800_000_000_000)
  await sandbox.advanceClock(1)
  const events: readonly SandboxEvent[] = sandbox.events
  const url: string = sandbox.registryUrls.get(\`\${account}/\${region}\`) ?? ''
  const environment: Record<string, string> = sandbox.env(account, region)
  const done = [sandbox.now(), events.length, url.startsWith('http://127.0.0.1:'), environment['AWS_REGION']]
  if (JSON.stringify(done) !== '[1800000000001,0,true,"eu-west-1"]') throw new Error(JSON.stringify(done))
  await sandbox.reset()
}
`,
    })
    expect(said).toBe('')
    const {exitCode, stderr} = await run(join(folder, 'use.js'))
    expect([
      exitCode,
      stderr.replaceAll(/^.*(?:ExperimentalWarning|--trace-warnings).*$/gm, '').trim(),
    ]).toEqual([0, ''])
  })

  test('CommonJS requires it', async () => {
    const {folder, said} = await compile('common', {
      'use.cts': `
import sandboxes = require('ecr-gantry/sandbox')
export = sandboxes.startSandbox().then((sandbox: sandboxes.Sandbox) => sandbox.close())
`,
    })
    expect(said).toBe('')
    expect((await run(join(folder, 'use.cjs'))).exitCode).toBe(0)
  })

  test('mistakes are found by the compiler', async () => {
    const {said} = await compile('mistakes', {
      'use.ts': `
import {startSandbox} from 'ecr-gantry/sandbox'
const sandbox = await startSandbox({ports: 1})
sandbox.setFaults([{kind: 'flood'}])
sandbox.world
`,
    })
    const lines = said.match(/use\.ts[(:]\d+/g)?.map(place => Number(place.slice(7).match(/\d+/)?.[0]))
    expect(lines).toEqual([3, 4, 5])
  })
})

test('nothing else of the package can be imported', async () => {
  for (const path of ['', '/dist/main.js', '/dist/sandbox.js', '/sandbox.js']) {
    const {exitCode, stderr} = await run('--input-type=module', '--eval', `await import('ecr-gantry${path}')`)
    expect([path, exitCode]).toEqual([path, 1])
    expect(stderr).toContain('ERR_PACKAGE_PATH_NOT_EXPORTED')
  }
})
