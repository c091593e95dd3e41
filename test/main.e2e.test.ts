import {execFileSync, spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {createServer} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {createInterface} from 'node:readline'
import {text} from 'node:stream/consumers'
import {setImmediate} from 'node:timers/promises'
import {describe, expect, onTestFinished, test} from 'vitest'
import {cleanEnvironment, program, runGantry} from './support/cli.ts'

async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'gantry-main-'))
  onTestFinished(() => rm(directory, {recursive: true, force: true}))
  return directory
}

/** The running program, for tests that treat its streams badly. */
async function start(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const home = await temporaryDirectory()
  const child = spawn(process.execPath, [program, ...args], {
    cwd: home,
    env: {...cleanEnvironment(home), ...env},
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const status = once(child, 'close').then(([code]: (number | null)[]) => code)
  return {child, status}
}

/** A server that takes a connection and never answers: a command waits there. */
async function silentServer(): Promise<{url: string; reached: Promise<void>}> {
  const {promise: reached, resolve} = Promise.withResolvers<void>()
  const server = createServer(socket => {
    socket.on('error', () => undefined)
    socket.once('data', () => resolve())
    onTestFinished(() => void socket.destroy())
  })
  onTestFinished(() => void server.close())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`, reached}
}

describe('help', () => {
  test('lists the commands and what each exit code means', async () => {
    const {status, stdout, stderr} = await runGantry(['--help'])
    expect({status, stderr}).toEqual({status: 0, stderr: ''})
    expect(stdout).toMatch(/sandbox/)
    expect(stdout).toMatch(/^EXIT CODES\n {2}0 .+\n(.+\n)+ {2}143 /m)
  })

  test.each([['sandbox', '--help'], ['sandbox'], ['help', 'sandbox', 'start'], ['sandbox', 'seed', '-h']])(
    '%s %s is answered on stdout with exit 0',
    async (...args) => {
      const {status, stdout, stderr} = await runGantry(args)
      expect({status, stderr}).toEqual({status: 0, stderr: ''})
      expect(stdout).toMatch(/USAGE/)
    },
  )

  test('a reader who takes the first line only is no error', async () => {
    const {child, status} = await start(['--help'])
    const stderr = text(child.stderr)
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
    child.stdout.destroy()
    expect(line).not.toBe('')
    expect(await status).toBe(0)
    expect(await stderr).toBe('')
  })
})

describe('a wrong command line', () => {
  test.each([
    [['sandbox', 'strat'], '"strat" is not a command of gantry sandbox. Did you mean "start"?'],
    [['zzzzz'], '"zzzzz" is not a command of gantry. See gantry --help.'],
    [['sandbox', 'start', '--prot', '1'], '--prot is not a flag of this command. Did you mean --port?'],
    [['sandbox', 'start', '--port', '70000'], '--port: "70000" is no whole number from 0 to 65535.'],
    [['sandbox', 'seed'], 'FILE is missing. See --help.'],
    [['sandbox', 'reset', '--timeout', 'soon'], '--timeout: "soon" is no duration'],
    [
      ['sandbox', 'seed', 'no\u001b[2Ksuch\nfile'],
      String.raw`no\u{1b}[2Ksuch\u{a}file cannot be read (ENOENT).`,
    ],
  ])('%j: one line on stderr, nothing on stdout, exit 2', async (args, message) => {
    const {status, stdout, stderr} = await runGantry(args)
    expect({status, stdout}).toEqual({status: 2, stdout: ''})
    expect(stderr).toMatch(/^Error: [^\n]+\n$/)
    expect(stderr).toContain(message)
  })

  test.each([
    [['sandbox', 'start', '--prot', '--json'], 'sandbox start', 'USAGE'],
    [['zzzzz', '--json'], null, 'UNKNOWN_COMMAND'],
    [['--json'], null, 'NO_COMMAND'],
    [['sandbox', 'reset', '--json'], 'sandbox reset', 'NO_SANDBOX'],
  ])('%j: exactly one JSON document on stdout, nothing on stderr', async (args, command, code) => {
    const {status, stdout, stderr} = await runGantry(args)
    expect({status, stderr}).toEqual({status: 2, stderr: ''})
    expect(JSON.parse(stdout)).toMatchObject({
      schemaVersion: 1,
      command,
      exitCode: 2,
      items: [],
      error: {code},
    })
  })

  test('in GitHub Actions the error is an annotation too, and stdout stays JSON', async () => {
    const {stdout, stderr} = await runGantry(['sandbox', 'reset', '--json'], {env: {GITHUB_ACTIONS: 'true'}})
    expect(JSON.parse(stdout)).toMatchObject({exitCode: 2})
    expect(stderr).toMatch(/^::error title=gantry sandbox reset::GANTRY_SANDBOX is not set/)
  })
})

describe('pipes', () => {
  // Windows allows 32 thousand characters in a command line; this answer is larger than what pipes and readers keep.
  test.skipIf(process.platform === 'win32')('a slow reader gets all of a large JSON error', async () => {
    const name = '\u202e'.repeat(40_000)
    const {child, status} = await start(['sandbox', 'seed', name, '--json'])
    let received = ''
    for await (const chunk of child.stdout) {
      received += String(chunk)
      await setImmediate()
    }
    const document = JSON.parse(received) as {error: {message: string}}
    expect(document.error.message).toContain(String.raw`\u{202e}`.repeat(40_000))
    expect(await status).toBe(2)
  })

  test.each([['--help'], ['sandbox', 'reset', '--json']])(
    'nobody reads the stdout of %s %s: a quiet end',
    async (...args) => {
      const {child, status} = await start(args)
      child.stdout.destroy()
      const stderr = await text(child.stderr)
      expect(stderr).toBe('')
      expect(await status).toBe(args.includes('--help') ? 0 : 2)
    },
  )

  test('nobody reads stderr: the exit code is still told', async () => {
    const {child, status} = await start(['zzzzz'])
    child.stderr.destroy()
    expect(await status).toBe(2)
  })
})

describe('a run that is cut short', () => {
  // Windows has no signals: kill() ends the process at once.
  test.skipIf(process.platform === 'win32').each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s: one line and exit %i', async (signal, exitCode) => {
    const {url, reached} = await silentServer()
    const {child, status} = await start(['sandbox', 'reset'], {GANTRY_SANDBOX: url})
    const stderr = text(child.stderr)
    await reached
    child.kill(signal)
    expect(await status).toBe(exitCode)
    expect(await stderr).toBe(`Error: Stopped by ${signal}.\n`)
  })

  test('--timeout: safe to run again, exit 6', async () => {
    const {url} = await silentServer()
    const {status, stdout} = await runGantry(['sandbox', 'reset', '--timeout', '50ms', '--json'], {
      env: {GANTRY_SANDBOX: url},
    })
    expect(status).toBe(6)
    expect(JSON.parse(stdout)).toMatchObject({error: {code: 'TIMEOUT'}, exitCode: 6})
  })
})

describe('the run-time', () => {
  const oldNode = 'v20.20.2'
  const refusal = (version: string) =>
    `gantry needs Node.js 22.13 or newer; this is ${version}. Install a current LTS from your usual source.\n`

  test('an older Node.js is told in one line what is missing, exit 2', async () => {
    const preload = join(await temporaryDirectory(), 'old.cjs')
    await writeFile(
      preload,
      `Object.defineProperty(process, 'versions', {value: {...process.versions, node: '${oldNode.slice(1)}'}})`,
    )
    const {status, stdout, stderr} = await runGantry(['--version'], {
      env: {NODE_OPTIONS: `--require "${preload}"`},
    })
    expect({status, stdout, stderr}).toEqual({status: 2, stdout: '', stderr: refusal(oldNode)})
  })

  const other = otherNode()
  test.skipIf(other === undefined)(
    `a real ${other?.version ?? 'older Node.js, which this machine lacks,'} says the same`,
    async () => {
      const child = spawn(other?.path ?? '', [program, '--version'], {stdio: 'pipe'})
      const [stderr, [status]] = await Promise.all([text(child.stderr), once(child, 'close')])
      expect({status, stderr}).toEqual({status: 2, stderr: refusal(other?.version ?? '')})
    },
  )

  test('the compile cache lies in the directory of the user', async () => {
    const home = await temporaryDirectory()
    const env = {XDG_CACHE_HOME: home, HOME: home, LOCALAPPDATA: home, NODE_DISABLE_COMPILE_CACHE: ''}
    const {status, stdout} = await runGantry(['--version'], {env})
    expect(status).toBe(0)
    expect(stdout).toMatch(/^ecr-gantry\/\d+\.\d+\.\d+ /)
  })
})

/** A Node.js of the machine that is too old for gantry. */
function otherNode(): {path: string; version: string} | undefined {
  if (process.platform === 'win32') return undefined
  const path = '/usr/bin/node'
  try {
    const version = execFileSync(path, ['--version']).toString().trim()
    const [major = 0, minor = 0] = version.slice(1).split('.').map(Number)
    return major < 22 || (major === 22 && minor < 13) ? {path, version} : undefined
  } catch {
    return undefined
  }
}
