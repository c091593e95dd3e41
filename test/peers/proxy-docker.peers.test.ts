import {copyFile, mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {beforeEach, describe, expect, type TestContext, test} from 'vitest'
import {hasDockerEngine, startDockerEngine} from '../support/docker-engine.ts'
import {has, pathOf} from '../support/peers.ts'
import {openProxiedHome, type ProxiedHome} from './proxied-home.ts'
import {accounts, region} from './tool-home.ts'

const name = 'team/app'

interface Engine {
  readonly home: ProxiedHome
  readonly registry: string
  /** Image that the engine made, as it is to be in the registry. */
  readonly image: string
  readonly docker: (...args: readonly string[]) => Promise<string>
}

/** An engine that has the proxy and the certificate by its environment alone, and an image that says `hello`. */
async function openEngine({skip}: TestContext): Promise<Engine> {
  const home = await openProxiedHome([name])
  const registry = home.hosts.dev
  const image = `${registry}/${name}:v1`
  const host = await startDockerEngine(
    join(home.folder, 'engine'),
    home.proxy.env(accounts.dev, region),
  ).catch((error: Error) => skip(error.message))
  const docker = (...args: readonly string[]) =>
    home.run('env', 'DOCKER_BUILDKIT=0', `DOCKER_HOST=${host}`, 'docker', ...args)
  const context = join(home.folder, 'context')
  await mkdir(context)
  await copyFile(pathOf('busybox') ?? '', join(context, 'busybox'))
  await writeFile(
    join(context, 'Dockerfile'),
    'FROM scratch\nCOPY busybox /bin/busybox\nCMD ["/bin/busybox", "echo", "hello"]\n',
  )
  await docker('build', '--quiet', '--tag', image, 'context')
  return {home, registry, image, docker}
}

/** Pushes, forgets, pulls and runs. */
async function roundTrip({docker, image}: Engine): Promise<string> {
  await docker('push', '--quiet', image)
  await docker('rmi', '--force', image)
  await docker('pull', '--quiet', image)
  return docker('run', '--rm', '--network', 'none', image)
}

describe.skipIf(!hasDockerEngine || !has('busybox'))('Docker Engine with real host names', () => {
  let engine: Engine
  beforeEach(async context => {
    engine = await openEngine(context)
  })

  test.skipIf(!has('aws'))("pushes, pulls and runs with the AWS CLI's password", async () => {
    const {home, registry, docker} = engine
    const password = await home.run('aws', 'ecr', 'get-login-password')
    await home.feed(password, 'docker', 'login', '--username', 'AWS', '--password-stdin', registry)
    expect(await roundTrip(engine)).toBe('hello')
    const planes = home.sandbox.requests.map(({plane, host}) => `${plane} ${host}`)
    expect(planes).toContain(`download prod-${region}-starport-layer-bucket.s3.${region}.amazonaws.com`)
    expect(await docker('images', '--format', '{{.Repository}}')).toBe(`${registry}/${name}`)
  })

  test.skipIf(!has('docker-credential-ecr-login'))(
    "pushes, pulls and runs by AWS's credential helper",
    async () => {
      const {home, registry} = engine
      const settings = JSON.stringify({credHelpers: {[registry]: 'ecr-login'}})
      await writeFile(join(home.env['DOCKER_CONFIG'] ?? '', 'config.json'), settings)
      expect(await roundTrip(engine)).toBe('hello')
    },
  )

  test('is kept out without a password', async () => {
    await expect(roundTrip(engine)).rejects.toThrow('no basic auth credentials')
  })
})
