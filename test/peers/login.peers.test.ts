import {createHash} from 'node:crypto'
import {writeFile} from 'node:fs/promises'
import {delimiter, join} from 'node:path'
import {execa} from 'execa'
import {beforeAll, beforeEach, describe, expect, test} from 'vitest'
import {findExecutable} from '../../src/lib/login/tools.ts'
import {type Sandbox, startSandbox} from '../../src/lib/sandbox/index.ts'
import {temporaryFolder} from '../support/temporary-folder.ts'

const account = '111111111111'
const region = 'eu-west-1'
const config = Buffer.from('{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}')
const manifest = JSON.stringify({
  schemaVersion: 2,
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  config: {
    mediaType: 'application/vnd.oci.image.config.v1+json',
    digest: `sha256:${createHash('sha256').update(config).digest('hex')}`,
    size: config.length,
  },
  layers: [],
})

let sandbox: Sandbox
let registry: string
let env: Record<string, string>

beforeAll(async () => {
  sandbox = await startSandbox({registries: [{account, region, port: 0}]})
  registry = new URL(sandbox.registryUrls.get(`${account}/${region}`) ?? '').host
  const images = [{tag: 'v1', manifest}]
  const blobs = [config.toString('base64')]
  await sandbox.seed({repositories: [{account, region, name: 'app', blobs, images}]})
  return async () => await sandbox.close()
})

/** A home of its own for every tool, and docker-credential-gantry on PATH. */
beforeEach(async () => {
  const home = await temporaryFolder()
  const helper = join(import.meta.dirname, '../../bin/docker-credential-gantry.js')
  const script = `#!/bin/sh\nexec '${process.execPath}' '${helper}' "$@"\n`
  await writeFile(join(home, 'docker-credential-gantry'), script, {mode: 0o755})
  await writeFile(
    join(home, 'repos.yaml'),
    `version: 1\naccounts: {dev: {id: "${account}", region: ${region}, profile: dev}}\n`,
  )
  env = {
    PATH: [home, process.env['PATH']].join(delimiter),
    HOME: home,
    XDG_RUNTIME_DIR: home,
    DOCKER_CONFIG: home,
    REGISTRY_AUTH_FILE: join(home, 'auth.json'),
    GANTRY_CONFIG: join(home, 'repos.yaml'),
    GANTRY_SANDBOX: sandbox.url,
  }
})

async function run(program: string, ...args: string[]) {
  return await execa(program, args, {
    env,
    extendEnv: false,
    cwd: env['HOME'] ?? '',
    reject: false,
    stdin: 'ignore',
  })
}

async function gantry(...args: string[]) {
  return await run(process.execPath, join(import.meta.dirname, '../../bin/run.js'), ...args)
}

/** How each tool reads from a repository, as a proof that it is logged in. */
const readers = {
  docker: repository => ['manifest', 'inspect', '--insecure', `${repository}:v1`],
  skopeo: repository => ['list-tags', '--tls-verify=false', `docker://${repository}`],
  podman: repository => ['search', '--list-tags', '--tls-verify=false', repository],
} as const satisfies Record<string, (repository: string) => readonly string[]>

async function installed(tool: string): Promise<boolean> {
  return (await findExecutable(tool, process.env)) !== undefined
}

const present = {
  docker: await installed('docker'),
  skopeo: await installed('skopeo'),
  podman: await installed('podman'),
  buildah: await installed('buildah'),
}

async function canRead(tool: keyof typeof readers): Promise<boolean> {
  const {exitCode, stdout} = await run(tool, ...readers[tool](`${registry}/app`))
  return exitCode === 0 && /schemaVersion|v1/.test(stdout)
}

describe.each(['docker', 'skopeo', 'podman'] as const)('%s', tool => {
  test.runIf(present[tool])('gets in with gantry login, and not without', async () => {
    expect(await canRead(tool)).toBe(false)
    expect(await gantry('login', 'dev', '--tool', tool)).toMatchObject({exitCode: 0})
    expect(await canRead(tool)).toBe(true)
  })

  test.runIf(present[tool])('gets in by the credential helper that gantry registers', async () => {
    const file = tool === 'docker' ? [] : ['--authfile', env['REGISTRY_AUTH_FILE'] ?? '']
    expect(await gantry('login', 'dev', '--helper', '--yes', ...file)).toMatchObject({exitCode: 0})
    expect(await canRead(tool)).toBe(true)
  })

  test.runIf(present[tool])('gets in with the file that --authfile writes', async () => {
    const file = join(env['HOME'] ?? '', tool === 'docker' ? 'config.json' : 'auth.json')
    expect(await gantry('login', 'dev', '--authfile', file)).toMatchObject({exitCode: 0})
    expect(await canRead(tool)).toBe(true)
  })
})

test.runIf(present.buildah)('buildah is logged in with gantry login', async () => {
  expect((await gantry('login', 'dev', '--tool', 'buildah')).exitCode).toBe(0)
  expect((await run('buildah', 'login', '--get-login', registry)).stdout).toBe('AWS')
})

test.runIf(present.docker)('docker login and logout go through the helper without a trace', async () => {
  await gantry('login', 'dev', '--helper', '--yes')
  const {stdout: password} = await gantry('login', 'dev', '--print')
  const login = await execa('docker', ['login', '--username', 'AWS', '--password-stdin', registry], {
    env,
    extendEnv: false,
    input: password,
    reject: false,
  })
  expect(login.stdout).toContain('Login Succeeded')
  expect((await run('docker', 'logout', registry)).exitCode).toBe(0)
  expect(await canRead('docker')).toBe(true)
})
