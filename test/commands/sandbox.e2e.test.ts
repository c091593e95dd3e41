import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {createInterface} from 'node:readline'
import {text} from 'node:stream/consumers'
import {expect, onTestFinished, test} from 'vitest'
import {http} from '../lib/sandbox/support.ts'
import {cleanEnvironment, program, runGantry, startSandbox} from '../support/cli.ts'

async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'gantry-sandbox-'))
  onTestFinished(() => rm(directory, {recursive: true, force: true}))
  return directory
}

async function start(...args: string[]) {
  const home = await temporaryDirectory()
  const child = spawn(process.execPath, [program, 'sandbox', 'start', ...args], {
    cwd: home,
    env: cleanEnvironment(home),
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  return {home, child, status: once(child, 'close').then(([code]: (number | null)[]) => code)}
}

const onePicture = {repositories: [{account: '111111111111', region: 'eu-west-1', name: 'app'}]}

// Windows has no signals: kill() ends the process at once.
const ends = process.platform === 'win32' ? ([] as const) : (['SIGINT', 'SIGTERM'] as const)

test.each(ends)('start prints one document when it is ready, serves, and ends with 0 at %s', async signal => {
  const {home, child, status} = await start(
    '--registry',
    '111111111111/eu-west-1=0',
    '--ready-file',
    'ready.json',
    '--json',
  )
  const stdout = text(child.stdout)
  const stderr = text(child.stderr)
  await once(child.stdout, 'data')
  const ready = JSON.parse(await readFile(join(home, 'ready.json'), 'utf8')) as {
    url: string
    registries: object
  }
  const reset = await runGantry(['sandbox', 'reset', '--json'], {env: {GANTRY_SANDBOX: ready.url}})
  expect(JSON.parse(reset.stdout)).toMatchObject({
    command: 'sandbox reset',
    summary: {url: ready.url},
    exitCode: 0,
  })
  child.kill(signal)
  expect(await status).toBe(0)
  expect(await stderr).toBe('')
  expect(JSON.parse(await stdout)).toMatchObject({
    schemaVersion: 1,
    command: 'sandbox start',
    summary: {url: ready.url},
    items: Object.entries(ready.registries).map(([registry, url]) => ({registry, url: String(url)})),
    exitCode: 0,
  })
})

test('for people, start prints the line that a shell takes', async () => {
  const {child} = await start()
  const lines: string[] = []
  for await (const line of createInterface(child.stdout)) {
    lines.push(line)
    if (line.startsWith('export')) break
  }
  expect(lines.every(line => /^(#|export )/.test(line))).toBe(true)
  expect(lines.at(-1)).toMatch(/^export GANTRY_SANDBOX=http:\/\/127\.0\.0\.1:\d+$/)
})

test('a port that is taken is told in one line', async () => {
  const sandbox = await startSandbox()
  onTestFinished(() => sandbox.close())
  const {status, stderr} = await runGantry(['sandbox', 'start', '--port', new URL(sandbox.url).port])
  expect(status).toBe(2)
  expect(stderr).toMatch(/^Error: [^\n]+\n$/)
})

test.each(['nonsense', '111111111111/eu-west-1', '1/eu-west-1=1', '111111111111/eu-west-1=99999'])(
  '--registry %s is refused before anything is served',
  async registry => {
    const {status, stderr} = await runGantry(['sandbox', 'start', '--registry', registry])
    expect(status).toBe(2)
    expect(stderr).toContain('is not ACCOUNT/REGION=PORT')
  },
)

test('seed sends a file or standard input to the sandbox', async () => {
  const sandbox = await startSandbox()
  onTestFinished(() => sandbox.close())
  const env = {GANTRY_SANDBOX: sandbox.url}
  const file = join(await temporaryDirectory(), 'seed.json')
  await writeFile(file, JSON.stringify(onePicture))
  const fromFile = await runGantry(['sandbox', 'seed', file], {env})
  expect(fromFile).toMatchObject({
    status: 0,
    stderr: '',
    stdout: `The sandbox at ${sandbox.url} took ${file}.\n`,
  })
  await sandbox.reset()
  expect(await runGantry(['sandbox', 'seed', '-'], {env, input: JSON.stringify(onePicture)})).toMatchObject({
    status: 0,
  })
})

test('a seed that the sandbox refuses is told with its place, exit 2', async () => {
  const sandbox = await startSandbox()
  onTestFinished(() => sandbox.close())
  const {status, stderr} = await runGantry(['sandbox', 'seed', '-'], {
    env: {GANTRY_SANDBOX: sandbox.url},
    input: '{"repositories":[{}]}',
  })
  expect(status).toBe(2)
  expect(stderr).toMatch(/^Error: .*repositories\[0\]/)
})

test.each(['https://127.0.0.1:1', 'http://example.com', 'http://127.0.0.1.example.com:80', 'nonsense'])(
  'GANTRY_SANDBOX=%s is refused: no sandbox is elsewhere',
  async url => {
    const {status, stderr} = await runGantry(['sandbox', 'reset'], {env: {GANTRY_SANDBOX: url}})
    expect(status).toBe(2)
    expect(stderr).toContain('GANTRY_SANDBOX is no address of a sandbox on this machine')
  },
)

test('start takes where events go and which rates hold', async () => {
  const {home, child} = await start(
    '--events',
    'events.jsonl',
    '--rates',
    'published',
    '--ready-file',
    'ready.json',
  )
  await once(child.stdout, 'data')
  const {url} = JSON.parse(await readFile(join(home, 'ready.json'), 'utf8')) as {url: string}
  expect(JSON.parse((await http(`${url}/_sandbox/rates`)).text)).toMatchObject({
    rates: {PutImage: {rate: 10}},
  })
  expect(await readFile(join(home, 'events.jsonl'), 'utf8')).toBe('')
})

test.each([
  ['quay.io', '--upstream "quay.io" is not HOST=URL'],
  ['quay.io=http://192.168.0.1:5000', 'quay.io must be an origin on this machine'],
])('--upstream %s is refused: upstream registries are on this machine alone', async (upstream, problem) => {
  const {status, stderr} = await runGantry(['sandbox', 'start', '--upstream', upstream])
  expect(status).toBe(2)
  expect(stderr).toContain(problem)
})

test('events go to this machine alone', async () => {
  const {status, stderr} = await runGantry(['sandbox', 'start', '--events', 'http://192.168.0.1/events'])
  expect(status).toBe(2)
  expect(stderr).toContain('Events cannot go to "http://192.168.0.1/events"')
})

test('a ready file that cannot be written ends it', async () => {
  const file = join('missing', 'ready.json')
  const {status, stderr} = await runGantry(['sandbox', 'start', '--ready-file', file])
  expect(status).toBe(2)
  expect(stderr).toContain(`${file} cannot be written (ENOENT).`)
})
