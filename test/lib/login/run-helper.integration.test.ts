import {chmod, writeFile} from 'node:fs/promises'
import {delimiter, dirname, join} from 'node:path'
import {expect, test} from 'vitest'
import {runHelper} from '../../../src/lib/login/run-helper.ts'
import {temporaryFolder} from '../../support/temporary-folder.ts'

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
  return (server: string) => runHelper(name, server, {env, signal: AbortSignal.timeout(20_000)})
}

test.skipIf(process.platform === 'win32')('a credential helper is asked for exactly the server', async () => {
  const ask = await helper(
    'one',
    'console.log(JSON.stringify({Username: process.argv[2], Secret: `for ${server}`}))',
  )
  expect(await ask('registry.test:5000')).toEqual({username: 'get', password: 'for registry.test:5000'})
})

test.skipIf(process.platform === 'win32').each([
  ['fails', 'console.log("credentials not found in native keychain"); process.exitCode = 1'],
  ['answers no JSON', 'console.log("hello")'],
  ['answers null', 'console.log("null")'],
  ['answers no secret', 'console.log(JSON.stringify({Username: "me"}))'],
])('a helper that %s has nothing for the server', async (_, script) => {
  expect(await (await helper('two', script))('registry.test')).toBeUndefined()
})

test('a helper that is not installed has nothing for the server', async () => {
  const env = {PATH: dirname(process.execPath)}
  expect(
    await runHelper('not-installed', 'registry.test', {env, signal: AbortSignal.timeout(20_000)}),
  ).toBeUndefined()
})
