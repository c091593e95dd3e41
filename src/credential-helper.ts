/** The program `docker-credential-gantry`: one call of docker's credential helper protocol. */
import {readFile} from 'node:fs/promises'
import {homedir} from 'node:os'
import {describe} from './lib/cli/errors.ts'
import {guardStreams} from './lib/cli/output.ts'
import {readInput} from './lib/cli/stdin.ts'
import {loadEstate} from './lib/config/load.ts'
import type {AwsEnvironment} from './lib/ecr/environment.ts'
import {readProfileSettings} from './lib/ecr/profile-settings.ts'
import {TransientError} from './lib/errors.ts'
import {openHelperBackend} from './lib/login/helper-backend.ts'
import {answerHelper} from './lib/login/helper-protocol.ts'
import {readNetwork} from './lib/oci/network.ts'

/** Docker waits for its helper without a limit of its own. */
const longestMs = 120_000

/** Answers one call on stdout, errors too, as docker expects it; leaves an exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  guardStreams()
  // The SDK warns about versions of Node.js that bin/docker-credential-gantry.js has checked already.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true'
  try {
    const [action] = argv
    const input =
      action === 'get' || action === 'store' || action === 'erase' ? await readInput('-', process.stdin) : ''
    const call = {action, input, version: await version()}
    const {output, exitCode} = await answerHelper(call, await openBackend())
    process.stdout.write(output)
    process.exitCode = exitCode
  } catch (error) {
    process.stdout.write(`${describe(error).message}\n`)
    process.exitCode = 1
  }
}

async function openBackend() {
  const {env} = process
  const file = env['GANTRY_CONFIG']
  const sandboxUrl = env['GANTRY_SANDBOX'] || undefined
  const home = sandboxUrl === undefined ? homedir() : undefined
  const {useFips, useDualstack, caBundle} = await readProfileSettings(env, {home})
  const environment: AwsEnvironment = {
    env,
    ...(sandboxUrl === undefined ? {network: readNetwork(env, {bundle: caBundle})} : {sandboxUrl}),
    now: () => Date.now(),
    signal: deadline(),
    useFips,
    useDualstack,
  }
  return await openHelperBackend({
    environment,
    estate: async () => await loadEstate({cwd: process.cwd(), ...(file ? {file} : {})}),
  })
}

function deadline(): AbortSignal {
  const controller = new AbortController()
  const late = new TransientError('TIMEOUT', `AWS gave no password within ${longestMs / 1000} s. Try again.`)
  setTimeout(() => controller.abort(late), longestMs).unref()
  return controller.signal
}

async function version(): Promise<string> {
  const text = await readFile(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as {version: string}).version
}
