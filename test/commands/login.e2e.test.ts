import {mkdir, readdir, readFile, writeFile} from 'node:fs/promises'
import {get} from 'node:http'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {execa} from 'execa'
import {beforeAll, describe, expect, test} from 'vitest'
import {type Sandbox, startSandbox} from '../../src/lib/sandbox/index.ts'
import {type FakeTools, fakeTools} from '../lib/login/fake-tools.ts'
import {cleanEnvironment, runGantry} from '../support/cli.ts'
import {temporaryFolder} from '../support/temporary-folder.ts'

const registries = [
  {account: '111111111111', region: 'eu-west-1', port: 0},
  {account: '222222222222', region: 'eu-west-1', port: 0},
  {account: '222222222222', region: 'us-east-1', port: 0},
]
const estate = `
version: 1
accounts:
  dev: {id: "111111111111", region: eu-west-1, profile: dev}
  prod: {id: "222222222222", regions: [eu-west-1, us-east-1], profile: prod}
`
const existingConfig = '{\n  "auths": {"ghcr.io": {"auth": "b2xk"}},\n  "psFormat": "x"\n}\n'

let sandbox: Sandbox
let host: (registry: string) => string

beforeAll(async () => {
  sandbox = await startSandbox({registries})
  host = registry => new URL(sandbox.registryUrls.get(registry) ?? '').host
  return async () => await sandbox.close()
})

interface Place {
  readonly folder: string
  readonly tools: FakeTools
  readonly env: Record<string, string>
}

/** A home and working folder of its own with a repos.yaml, a docker configuration, and fake tools as the whole PATH. */
async function place(programs: Readonly<Record<string, string>> = {docker: ''}): Promise<Place> {
  const folder = await temporaryFolder()
  const tools = await fakeTools(programs)
  await mkdir(join(folder, '.docker'))
  await writeFile(join(folder, '.docker', 'config.json'), existingConfig)
  await writeFile(join(folder, 'repos.yaml'), estate)
  const env = {
    ...tools.env,
    HOME: folder,
    USERPROFILE: folder,
    GANTRY_SANDBOX: sandbox.url,
    DEBUG: '*',
    NODE_DEBUG: 'execa',
    GANTRY_DEBUG: '1',
  }
  return {folder, tools, env}
}

async function gantry(args: readonly string[], {folder, env}: Place) {
  return await runGantry(args, {cwd: folder, env})
}

async function askHelper(action: string, {folder, env}: Place, input = '') {
  const script = join(import.meta.dirname, '../../bin/docker-credential-gantry.js')
  const options = {cwd: folder, env: {...cleanEnvironment(folder), ...env}, extendEnv: false, input} as const
  return await execa(process.execPath, [script, action], {
    ...options,
    reject: false,
    stripFinalNewline: false,
  })
}

async function everyFile(folder: string): Promise<string> {
  const entries = await readdir(folder, {recursive: true, withFileTypes: true})
  const files = entries.filter(entry => entry.isFile())
  return (await Promise.all(files.map(file => readFile(join(file.parentPath, file.name), 'utf8')))).join('\n')
}

async function dockerConfig({folder}: Place): Promise<string> {
  return await readFile(join(folder, '.docker', 'config.json'), 'utf8')
}

/** The status of the registry's base with this Basic credential. */
async function probe(registry: string, credential: string): Promise<number | undefined> {
  return await new Promise((resolve, reject) => {
    const headers = {authorization: `Basic ${credential}`}
    get(`http://${registry}/v2/`, {headers, agent: false}, response => {
      response.resume()
      resolve(response.statusCode)
    }).on('error', reject)
  })
}

describe('gantry login', () => {
  test('logs docker in to every registry of repos.yaml', async () => {
    const where = await place()
    const {status, stdout} = await gantry(['login'], where)
    const calls = await where.tools.calls()
    expect(calls.map(({argv}) => argv)).toEqual(
      ['111111111111/eu-west-1', '222222222222/eu-west-1', '222222222222/us-east-1'].map(registry => [
        'login',
        '--username',
        'AWS',
        '--password-stdin',
        host(registry),
      ]),
    )
    expect(stdout).toContain(host('222222222222/us-east-1'))
    expect(status).toBe(0)
  })

  test('leaves no trace of a password in output, arguments, variables or files (T63, T65, T67)', async () => {
    const where = await place({
      docker:
        'process.stderr.write(stdin + " " + stdin.slice(40)); process.stdout.write(stdin); process.exitCode = 1',
      podman: '',
    })
    const plain = await gantry(['login', '--tool', 'docker', '--tool', 'podman'], where)
    const json = await gantry(['login', '--tool', 'docker', '--json'], where)
    const calls = await where.tools.calls()
    const seen = [plain.stdout, plain.stderr, json.stdout, json.stderr, await everyFile(where.folder)].join(
      '\n',
    )
    expect(new Set(calls.map(({stdin}) => stdin)).size).toBeGreaterThanOrEqual(3)
    for (const {argv, env, proc, stdin} of calls) {
      expect(stdin.length).toBeGreaterThan(100)
      expect(`${seen} ${JSON.stringify([argv, env, proc])}`).not.toContain(stdin.slice(50, 90))
      expect(seen).not.toContain(Buffer.from(`AWS:${stdin}`).toString('base64').slice(50, 90))
    }
    expect(plain.stdout).toMatch(/docker login to 127\.0\.0\.1:\d+ failed \(exit 1\): \[credentials\]/)
    expect([plain.status, json.status]).toEqual([4, 4])
    expect(await dockerConfig(where)).toBe(existingConfig)
  })

  test('--json is one document with an item a registry and tool', async () => {
    const {stdout} = await gantry(['login', 'dev', '--json'], await place())
    expect(JSON.parse(stdout)).toMatchObject({
      command: 'login',
      exitCode: 0,
      summary: {logins: 1, failed: 0},
      items: [
        {registry: host('111111111111/eu-west-1'), account: '111111111111', alias: 'dev', tool: 'docker'},
      ],
    })
  })

  test('--print writes the password and nothing else', async () => {
    const {status, stdout} = await gantry(['login', 'dev', '--print'], await place())
    expect(stdout).toMatch(/^\S{100,}\n$/)
    const credential = Buffer.from(`AWS:${stdout.trim()}`).toString('base64')
    const answer = await probe(host('111111111111/eu-west-1'), credential)
    expect([status, answer]).toEqual([0, 200])
  })

  test.each([
    [['login', 'prod', '--print'], '--print is for one registry; this names 2'],
    [['login', 'dev', '--print', '--json'], 'leave out --json'],
    [['login', 'prd'], 'Did you mean "prod"?'],
    [['login', '--tool', 'helm'], 'helm: not found on PATH.'],
    [['login', '--tool', 'nerdctl'], '--tool'],
    [['login', '--tool', 'docker', '--authfile', 'x'], '--tool'],
  ])('%j is an error of one line, exit 2', async (args, message) => {
    const {status, stdout, stderr} = await gantry(args, await place())
    expect(`${stdout}${stderr}`).toContain(message)
    expect(status).toBe(2)
  })

  test('--authfile writes the passwords there and leaves docker’s own file alone', async () => {
    const where = await place({})
    const {status} = await gantry(['login', 'prod', '--authfile', 'auth.json'], where)
    const {auths} = JSON.parse(await readFile(join(where.folder, 'auth.json'), 'utf8')) as {
      auths: Record<string, {auth: string}>
    }
    const statuses = Object.entries(auths).map(async ([registry, {auth}]) => await probe(registry, auth))
    expect(await Promise.all(statuses)).toEqual([200, 200])
    expect(status).toBe(0)
    expect(await dockerConfig(where)).toBe(existingConfig)
  })

  test('--helper shows what it would change, and changes it only after a yes', async () => {
    const where = await place()
    const refused = await gantry(['login', 'dev', '--helper'], where)
    expect(refused.stderr).toContain(`+   "${host('111111111111/eu-west-1')}": "gantry"`)
    expect(refused.stderr).toContain('give --yes')
    expect(refused.status).toBe(2)
    expect(await dockerConfig(where)).toBe(existingConfig)

    const agreed = await gantry(['login', 'dev', '--helper', '--yes'], where)
    expect(agreed.status).toBe(0)
    expect(JSON.parse(await dockerConfig(where))).toEqual({
      auths: {'ghcr.io': {auth: 'b2xk'}},
      psFormat: 'x',
      credHelpers: {[host('111111111111/eu-west-1')]: 'gantry'},
    })

    const again = await gantry(['login', 'dev', '--helper'], where)
    expect(again.stdout).toContain('unchanged')
    expect(again.status).toBe(0)
  })

  test('--helper writes the file that DOCKER_CONFIG names', async () => {
    const where = await place()
    const other = join(where.folder, 'other')
    await gantry(['login', 'dev', '--helper', '--yes'], {...where, env: {...where.env, DOCKER_CONFIG: other}})
    expect(JSON.parse(await readFile(join(other, 'config.json'), 'utf8'))).toHaveProperty('credHelpers')
    expect(await dockerConfig(where)).toBe(existingConfig)
  })
})

describe('docker-credential-gantry', () => {
  test('get answers with a password that opens the registry', async () => {
    const registry = host('222222222222/us-east-1')
    const {exitCode, stdout} = await askHelper('get', await place(), `${registry}\n`)
    const {ServerURL, Username, Secret} = JSON.parse(stdout) as Record<string, string>
    expect([exitCode, ServerURL, Username]).toEqual([0, registry, 'AWS'])
    expect(await probe(registry, Buffer.from(`AWS:${Secret ?? ''}`).toString('base64'))).toBe(200)
  })

  test('get knows nothing of other hosts, in the words that docker expects', async () => {
    const {exitCode, stdout} = await askHelper('get', await place(), 'docker.io')
    expect([exitCode, stdout]).toEqual([1, 'credentials not found in native keychain\n'])
  })

  test('a broken repos.yaml is one line on stdout, exit 1', async () => {
    const where = await place()
    await writeFile(join(where.folder, 'repos.yaml'), 'version: 1\naccounts: {dev: {id: 1}}\n')
    const registry = host('111111111111/eu-west-1')
    const {exitCode, stdout} = await askHelper('get', where, registry)
    expect(stdout).toMatch(/^repos\.yaml:2:.*\n$/)
    expect(exitCode).toBe(1)
  })

  test('GANTRY_CONFIG names the accounts from any folder', async () => {
    const where = await place()
    const config = join(where.folder, 'repos.yaml')
    const elsewhere = {...where, folder: tmpdir(), env: {...where.env, GANTRY_CONFIG: config}}
    const {stdout} = await askHelper('list', elsewhere)
    expect(JSON.parse(stdout)).toHaveProperty([`https://${host('111111111111/eu-west-1')}`], 'AWS')
  })

  test('keeps nothing on disk', async () => {
    const where = await place()
    const registry = host('111111111111/eu-west-1')
    const {stdout} = await askHelper('get', where, registry)
    const {Secret = ''} = JSON.parse(stdout) as Record<string, string>
    expect(Secret.length).toBeGreaterThan(100)
    expect(await everyFile(where.folder)).not.toContain(Secret.slice(50, 90))
  })
})
