import {mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {buildBusybox} from '../support/busybox.ts'
import {hasDockerEngine, startDockerEngine} from '../support/docker-engine.ts'
import type {BuiltImage} from '../support/images.ts'
import {has} from '../support/peers.ts'
import {buildTwoPlatforms} from './registry-tool.ts'
import {accounts, openToolHome, passwordOf, region, seedImage, type ToolHome} from './tool-home.ts'

const name = 'team/app'

describe.skipIf(!hasDockerEngine || !has('busybox'))('Docker Engine', () => {
  test('is kept out without a password, and by a wrong one', async () => {
    const {home, docker} = await openEngine()
    const image = `${home.hosts.dev}/${name}:v1`
    expect(await docker.refusal('pull', image)).toContain('no basic auth credentials')
    const wrong = ['login', '--username', 'AWS', '--password', 'wrong', home.hosts.dev]
    expect(await docker.refusal(...wrong)).toMatch(/401|unauthorized/i)
    await docker.login()
    await docker.run('pull', image)
    await docker.run('logout', home.hosts.dev)
    await docker.run('rmi', image)
    expect(await docker.refusal('pull', image)).toContain('no basic auth credentials')
  })

  test('pulls and runs an image, by tag and by digest', async () => {
    const {home, docker, busybox} = await openEngine()
    await docker.login()
    const repository = `${home.hosts.dev}/${name}`
    expect(await docker.run('run', '--rm', '--network', 'none', `${repository}:v1`)).toBe('hello')
    const digests = await docker.run('inspect', '--format', '{{json .RepoDigests}}', `${repository}:v1`)
    expect(JSON.parse(digests)).toEqual([`${repository}@${busybox.root.digest}`])
    await docker.run('rmi', `${repository}:v1`)
    const byDigest = ['run', '--rm', '--network', 'none', `${repository}@${busybox.root.digest}`]
    expect(await docker.run(...byDigest, '/bin/cat', '/etc/platform')).toMatch(/^linux\//)
  })

  test('builds on an image, pushes the result into two repositories, and runs what it pulls again', async () => {
    const {home, docker} = await openEngine()
    await docker.login()
    const {dev} = home.hosts
    await mkdir(join(home.folder, 'context'))
    await writeFile(join(home.folder, 'context', 'file'), 'built\n')
    await writeFile(
      join(home.folder, 'context', 'Dockerfile'),
      `FROM ${dev}/${name}:v1\nCOPY file /file\nCMD ["/bin/cat", "/file"]\n`,
    )
    await docker.run('build', '--quiet', '--tag', `${dev}/${name}:built`, 'context')
    const digest = pushedDigest(await docker.run('push', `${dev}/${name}:built`))
    await docker.run('tag', `${dev}/${name}:built`, `${dev}/team/web:built`)
    await docker.run('push', `${dev}/team/web:built`)

    await docker.run('rmi', `${dev}/${name}:built`, `${dev}/team/web:built`)
    await docker.run('pull', `${dev}/team/web:built`)
    expect(await docker.run('run', '--rm', '--network', 'none', `${dev}/team/web:built`)).toBe('built')
    const manifest = JSON.parse(
      await docker.run('manifest', 'inspect', '--insecure', `${dev}/${name}@${digest}`),
    ) as unknown
    expect(manifest, 'bytes are kept as Docker made them').toMatchObject({
      mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
    })
  })

  test('pulls the platform that is asked for of an index, and makes an index of its own', async () => {
    const {home, docker} = await openEngine()
    await docker.login()
    const repository = `${home.hosts.dev}/team/web`
    const index = await buildTwoPlatforms()
    await seedImage(home, ['dev', 'team/web', 'v1'], index)
    for (const architecture of ['arm64', 'amd64']) {
      await docker.run('pull', '--platform', `linux/${architecture}`, `${repository}:v1`)
      expect(await docker.run('inspect', '--format', '{{.Architecture}}', `${repository}:v1`)).toBe(
        architecture,
      )
    }
    const platforms = index.manifests.slice(0, 2).map(({digest}) => `${repository}@${digest}`)
    await docker.run('manifest', 'create', '--insecure', `${repository}:mine`, ...platforms)
    const digest = await docker.run('manifest', 'push', '--insecure', `${repository}:mine`)
    const pulled = await docker.run('pull', '--platform', 'linux/arm64', `${repository}:mine`)
    expect(pulled).toContain(`Digest: ${digest}`)
  })

  test('says why a push is refused', async () => {
    const {home, docker} = await openEngine()
    await docker.login()
    const {dev} = home.hosts
    await docker.run('pull', `${dev}/${name}:v1`)
    await docker.run('tag', `${dev}/${name}:v1`, `${dev}/no/such:v1`)
    expect(await docker.refusal('push', `${dev}/no/such:v1`)).toContain(
      `The repository with name 'no/such' does not exist in the registry with id '${accounts.dev}'`,
    )
    await home.sandbox.seed({
      repositories: [{account: accounts.dev, region, name, tagMutability: 'IMMUTABLE'}],
    })
    await seedImage(home, ['dev', 'team/web', 'other'], await buildTwoPlatforms())
    await docker.run('pull', `${dev}/team/web:other`)
    await docker.run('tag', `${dev}/team/web:other`, `${dev}/${name}:v1`)
    expect(await docker.refusal('push', `${dev}/${name}:v1`)).toContain(
      `tag invalid: The image tag 'v1' already exists in the '${name}' repository and cannot be overwritten because the tag is immutable.`,
    )
  })
})

interface Docker {
  run(...args: readonly string[]): Promise<string>
  refusal(...args: readonly string[]): Promise<string>
  /** To the registry of dev. */
  login(): Promise<unknown>
}

/** An engine, and a registry that has busybox as `team/app:v1`, and an empty repository `team/web`. */
async function openEngine(): Promise<{home: ToolHome; docker: Docker; busybox: BuiltImage}> {
  const home = await openToolHome([name, 'team/web'])
  const busybox = await buildBusybox()
  await seedImage(home, ['dev', name, 'v1'], busybox)
  const host = await startDockerEngine(join(home.folder, 'engine'))
  const docker = ['env', `DOCKER_HOST=${host}`, 'DOCKER_BUILDKIT=0', 'docker'] as const
  return {
    home,
    busybox,
    docker: {
      run: (...args) => home.run(...docker, ...args),
      refusal: (...args) => home.refusal(...docker, ...args),
      login: async () => {
        const password = await passwordOf(home.sandbox, 'dev')
        return home.feed(
          password,
          ...docker,
          'login',
          '--username',
          'AWS',
          '--password-stdin',
          home.hosts.dev,
        )
      },
    },
  }
}

function pushedDigest(said: string): string {
  return /digest: (sha256:[0-9a-f]{64})/.exec(said)?.[1] ?? said
}
