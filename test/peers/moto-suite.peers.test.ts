import {readdir, readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {execa} from 'execa'
import {expect, test} from 'vitest'
import {openSandbox} from '../lib/sandbox/support.ts'
import {buildWith, builtTool} from '../support/built-tools.ts'
import {cleanEnvironment} from '../support/cli.ts'
import {pythonPrograms} from '../support/python-tools.ts'
import {temporaryFolder} from '../support/temporary-folder.ts'
import {judge, readExpected} from './conformance/judge.ts'
import {python} from './versions.ts'

const own = join(import.meta.dirname, 'moto-suite')
const programs = await pythonPrograms(...python.moto)
const source = programs && (await motoSource(programs))

test.skipIf(source === undefined)(
  "moto's own tests of ECR differ only where moto is known to deviate from ECR",
  async () => {
    const {passed, skipped, failures} = await runSuite(programs ?? '', source ?? '')
    process.stderr.write(`moto: ${passed} passed, ${failures.size} failed, ${skipped} skipped\n`)
    const expected = readExpected(await readFile(join(own, 'expected-differences.txt'), 'utf8'), 'moto')
    expect(judge({passed, skipped, failures}, expected)).toEqual({unexpected: [], expectedButNotFailed: []})
    expect(passed).toBeGreaterThan(110)
  },
)

/** moto's source, whose tests the installed package does not have. */
function motoSource(programs: string): Promise<string | undefined> {
  const [moto] = python.moto
  const requirement = moto.replace('[server]', '')
  return builtTool(`source-${requirement.replace('==', '@')}`, async folder => {
    const download = ['download', '--quiet', '--no-deps', '--no-binary', ':all:', '--dest', folder]
    await buildWith(join(programs, 'pip'), [...download, requirement])
    const [archive = ''] = await readdir(folder)
    await buildWith('tar', ['-xzf', archive, '--strip-components=1'], {cwd: folder})
  })
}

/** Runs the tests as moto runs them against a server, which is the sandbox. */
async function runSuite(programs: string, source: string) {
  const sandbox = await openSandbox()
  const python = join(programs, 'python')
  const quiet = ['-q', '-p', 'no:cacheprovider', '--tb=line', '--color=no']
  const {stdout} = await execa(
    python,
    ['-B', '-m', 'pytest', ...quiet, '-p', 'on_sandbox', 'tests/test_ecr'],
    {
      cwd: source,
      extendEnv: false,
      env: {
        ...cleanEnvironment(await temporaryFolder()),
        AWS_ACCESS_KEY_ID: '123456789012',
        AWS_SECRET_ACCESS_KEY: 'any',
        AWS_DEFAULT_REGION: 'us-east-1',
        AWS_MAX_ATTEMPTS: '1',
        TEST_SERVER_MODE: 'true',
        TEST_SERVER_MODE_ENDPOINT: sandbox.url,
        MOTO_CALL_RESET_API: 'false',
        PYTHONPATH: own,
      },
      reject: false,
    },
  )
  const [, json] = /^outcomes (.*)$/m.exec(stdout) ?? []
  if (json === undefined) throw new Error(`pytest did not run: ${stdout.slice(-2000)}`)
  const outcomes = Object.entries(JSON.parse(json) as Record<string, string>)
  const of = (kind: string) => outcomes.filter(([, outcome]) => outcome === kind).map(([name]) => name)
  return {
    passed: of('passed').length,
    skipped: of('skipped').length,
    failures: new Set([...of('failed'), ...of('error')]),
  }
}
