import {chmod, writeFile} from 'node:fs/promises'
import {delimiter, dirname, join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {UsageError} from '../../../src/lib/errors.ts'
import {runHelper} from '../../../src/lib/login/run-helper.ts'
import {temporaryFolder} from '../../support/temporary-folder.ts'
import {rejected} from '../oci/thrown.ts'

const signal = AbortSignal.timeout(20_000)

/** Puts `docker-credential-NAME` on a PATH of its own; it answers `script` of what it reads. */
async function helper(name: string, script: string) {
  const folder = await temporaryFolder()
  const file = join(folder, `docker-credential-${name}`)
  await writeFile(
    file,
    `#!/usr/bin/env node\nconst server = require('fs').readFileSync(0, 'utf8')\n${script}\n`,
  )
  await chmod(file, 0o755)
  const env = {PATH: [folder, dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter)}
  return (server: string, timeoutMs?: number) =>
    runHelper(name, server, {
      env,
      signal,
      file: 'config.json',
      ...(timeoutMs === undefined ? {} : {timeoutMs}),
    })
}

describe.skipIf(process.platform === 'win32')('a credential helper', () => {
  test('is asked for exactly the server', async () => {
    const ask = await helper(
      'one',
      'console.log(JSON.stringify({Username: process.argv[2], Secret: `for ${server}`}))',
    )
    expect(await ask('registry.test:5000')).toEqual({username: 'get', password: 'for registry.test:5000'})
  })

  test('that says so has nothing for the server', async () => {
    const script = 'console.log("credentials not found in native keychain"); process.exitCode = 1'
    expect(await (await helper('two', script))('registry.test')).toBeUndefined()
  })

  test.each([
    [
      'fails',
      'console.log("the keychain is locked\\n"); process.exitCode = 1',
      'failed (exit 1: the keychain is locked)',
    ],
    [
      'fails with a secret in its hand',
      'console.log(JSON.stringify({Secret: "planted"})); process.exitCode = 3',
      'failed (exit 3)',
    ],
    ['answers no JSON', 'console.log("planted")', 'answered no JSON'],
    ['answers null', 'console.log("null")', 'answered without Username and Secret'],
    [
      'answers no secret',
      'console.log(JSON.stringify({Username: "planted"}))',
      'answered without Username and Secret',
    ],
  ])('that %s is an error of one line, not an absence', async (_, script, problem) => {
    const error = await rejected((await helper('three', script))('registry.test'))
    expect(error).toBeInstanceOf(UsageError)
    expect(error?.message).toBe(
      `config.json names docker-credential-three for registry.test, which ${problem}. ` +
        'Correct that, or take it out of the file.',
    )
  })

  test('that never answers is given up', async () => {
    const ask = await helper('four', 'setInterval(() => undefined, 1000)')
    expect((await rejected(ask('registry.test', 300)))?.message).toContain('gave no answer for 0.3 s')
  })
})

test('a helper that is not installed is an error of one line, not an absence', async () => {
  const env = {PATH: dirname(process.execPath)}
  const asked = runHelper('not-installed', 'registry.test', {env, signal, file: 'config.json'})
  const error = await rejected(asked)
  expect(error).toMatchObject({code: 'CREDENTIAL_HELPER', exitCode: 2})
  expect(error?.message).toContain('docker-credential-not-installed for registry.test, which is not on PATH')
})
