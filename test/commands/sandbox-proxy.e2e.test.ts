import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {text} from 'node:stream/consumers'
import {expect, onTestFinished, test} from 'vitest'
import {cleanEnvironment, program, runGantry} from '../support/cli.ts'
import {temporaryFolder} from '../support/temporary-folder.ts'

interface Ready {
  readonly url: string
  readonly proxy: {
    readonly url: string
    readonly caFile: string
    readonly environment: Readonly<Record<string, string>>
  }
}

/** A sandbox with a proxy, and all that it prints when it has ended. */
async function start(...args: readonly string[]) {
  const home = await temporaryFolder()
  const flags = ['--proxy', '0', '--data', 'a b', '--ready-file', 'ready.json', ...args]
  const child = spawn(process.execPath, [program, 'sandbox', 'start', ...flags], {
    cwd: home,
    env: cleanEnvironment(home),
  })
  const ended = once(child, 'close')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  const stdout = text(child.stdout)
  await once(child.stdout, 'data')
  const ready = JSON.parse(await readFile(join(home, 'ready.json'), 'utf8')) as Ready
  const stop = async () => {
    child.kill()
    return await stdout
  }
  return {home, ready, stop}
}

test('start --proxy tells the same to people, to the ready file and as JSON', async () => {
  const {ready, stop} = await start('--json', '--registry', '222222222222/eu-west-1=0')
  const {proxy} = ready
  expect(proxy).toMatchObject({
    caFile: expect.stringMatching(/a b[/\\]ca\.pem$/),
    environment: {HTTPS_PROXY: proxy.url, AWS_ACCESS_KEY_ID: '222222222222', AWS_REGION: 'eu-west-1'},
  })
  expect(await readFile(proxy.caFile, 'utf8')).toMatch(/^-----BEGIN CERTIFICATE-----/)
  expect(JSON.parse(await stop())).toMatchObject({summary: {url: ready.url, proxy}})
})

test.skipIf(process.platform === 'win32')('the lines that start prints are for a shell', async () => {
  const {home, ready, stop} = await start()
  const lines = await stop()
  const shell = spawn('sh', ['-c', `${lines}\nexec env`], {
    env: {...cleanEnvironment(home), AWS_PROFILE: 'me'},
  })
  const environment = (await text(shell.stdout)).split('\n')
  const expected = Object.entries(ready.proxy.environment).map(([name, value]) => `${name}=${value}`)
  expect(environment).toEqual(expect.arrayContaining([...expected, `GANTRY_SANDBOX=${ready.url}`]))
  expect(environment.join('\n')).not.toContain('AWS_PROFILE')
})

test('gantry itself reaches the sandbox through the proxy, as any tool does', async () => {
  const {ready} = await start()
  const registry = '111111111111.dkr.ecr.us-east-1.amazonaws.com'
  const {stdout, status, stderr} = await runGantry(['login', registry, '--print'], {
    env: ready.proxy.environment,
  })
  expect([status, stderr]).toEqual([0, ''])
  const {type} = JSON.parse(Buffer.from(stdout, 'base64').toString()) as {type: string}
  expect(type).toBe('DATA_KEY')
})
