import {expect, test} from 'vitest'
import {startSandbox} from '../../src/lib/sandbox/index.ts'
import {runProgram} from '../support/program.ts'
import {temporaryFolder} from '../support/temporary-folder.ts'

test.each([
  ['repos', 'plan', '--detailed-exitcode'],
  ['repos', 'apply', '--yes'],
  ['repos', 'lint'],
  ['repos', 'explain', 'app/api'],
])(
  'gantry %s %s without a repos.yaml is an error, not agreement with nothing: nobody is asked',
  async (...argv) => {
    const sandbox = await startSandbox()
    const cwd = process.cwd()
    process.chdir(await temporaryFolder())
    try {
      const env = {GANTRY_SANDBOX: sandbox.url, AWS_ACCESS_KEY_ID: '111111111111', AWS_REGION: 'eu-west-1'}
      const {status, stdout, stderr} = await runProgram(argv, env)
      expect([status, stdout, stderr]).toEqual([
        2,
        '',
        'Error: There is no repos.yaml here or above. Name one with --config.\n',
      ])
      expect(sandbox.requests).toEqual([])
    } finally {
      process.chdir(cwd)
      await sandbox.close()
    }
  },
)
