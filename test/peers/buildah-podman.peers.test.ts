import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import process from 'node:process'
import {BatchGetImageCommand} from '@aws-sdk/client-ecr'
import {describe, expect, test} from 'vitest'
import {ecrClient} from '../lib/sandbox/support.ts'
import {buildBusybox} from '../support/busybox.ts'
import type {BuiltImage} from '../support/images.ts'
import {has, pathOf} from '../support/peers.ts'
import {buildTwoPlatforms} from './registry-tool.ts'
import {accounts, linesOf, openToolHome, passwordOf, seedImage, type ToolHome} from './tool-home.ts'

const name = 'team/app'
const plain = '--tls-verify=false'
const root = process.getuid?.() === 0

// They share files, storage and most of their words.
describe.each(['buildah', 'podman'])('%s', program => {
  describe.skipIf(!has(program, 'busybox') || !root)('on this machine', () => {
    test('is kept out without a password, and by a wrong one', async () => {
      const {home, run, refusal, login} = await open(program)
      const image = `${home.hosts.dev}/${name}:v1`
      const denied = /authentication required|unauthorized|401|invalid username\/password/i
      expect(await refusal('pull', plain, image)).toMatch(denied)
      const wrong = ['--username', 'AWS', '--password', 'wrong', home.hosts.dev]
      expect(await refusal('login', plain, ...wrong)).toMatch(denied)
      await login()
      expect(await run('login', '--get-login', home.hosts.dev)).toBe('AWS')
      await run('pull', plain, image)
      await run('logout', home.hosts.dev)
      await run('rmi', image)
      expect(await refusal('pull', plain, image)).toMatch(denied)
    })

    test('pulls by tag and by digest what it was', async () => {
      const {home, run, login, busybox} = await open(program)
      await login()
      const repository = `${home.hosts.dev}/${name}`
      const {config} = JSON.parse(Buffer.from(busybox.root.bytes).toString()) as {config: {digest: string}}
      for (const image of [`${repository}:v1`, `${repository}@${busybox.root.digest}`])
        expect(`sha256:${await run('pull', '--quiet', plain, image)}`).toBe(config.digest)
    })

    test.each([
      ['oci', 'application/vnd.oci.image.manifest.v1+json'],
      ['docker', 'application/vnd.docker.distribution.manifest.v2+json'],
    ])('builds on an image and pushes the result in the format of %s', async (format, mediaType) => {
      const {home, run, login} = await open(program)
      await login()
      const repository = `${home.hosts.dev}/${name}`
      await writeFile(join(home.folder, 'file'), 'built\n')
      await writeFile(join(home.folder, 'Containerfile'), `FROM ${repository}:v1\nCOPY file /file\n`)
      const options = ['--isolation', 'chroot', '--format', format]
      await run('build', '--quiet', plain, ...options, '--tag', `${repository}:built`, '.')
      await run('push', '--quiet', plain, '--digestfile', 'digest', `${repository}:built`)
      const imageDigest = await readFile(join(home.folder, 'digest'), 'utf8')
      const [image] = await imagesOf(home, 'built')
      expect(image).toMatchObject({imageId: {imageDigest}, imageManifestMediaType: mediaType})
      await run('rmi', '--all', '--force')
      await run('pull', '--quiet', plain, `${repository}@${imageDigest}`)
    })

    test('makes an index of the platforms of others and pushes it with all of them', async () => {
      const {home, run, login} = await open(program)
      await login()
      const repository = `${home.hosts.dev}/${name}`
      const image = await buildTwoPlatforms()
      await seedImage(home, ['dev', name, 'two'], image)
      await run('manifest', 'create', 'mine')
      await run('manifest', 'add', plain, '--all', 'mine', `docker://${repository}:two`)
      await run('manifest', 'push', '--all', plain, 'mine', `docker://${repository}:mine`)
      const [pushed] = await imagesOf(home, 'mine')
      const {manifests} = JSON.parse(pushed?.imageManifest ?? '') as {manifests: {digest: string}[]}
      expect(manifests.map(({digest}) => digest).toSorted()).toEqual(
        image.manifests
          .filter(each => each !== image.root)
          .map(({digest}) => digest)
          .toSorted(),
      )
    })

    test('says why a push is refused', async () => {
      const {home, run, refusal, login} = await open(program)
      await login()
      const {dev} = home.hosts
      await run('pull', plain, `${dev}/${name}:v1`)
      const push = ['push', plain, `${dev}/${name}:v1`, `docker://${dev}/no/such:v1`]
      expect(await refusal(...push)).toContain(
        `The repository with name 'no/such' does not exist in the registry with id '${accounts.dev}'`,
      )
    })
  })
})

test.skipIf(!has('buildah', 'busybox') || !root)('buildah runs what it pulled', async () => {
  const {home, run, login} = await open('buildah')
  await login()
  const container = await run('from', '--quiet', plain, `${home.hosts.dev}/${name}:v1`)
  expect(await run('run', '--isolation', 'chroot', container, '--', '/bin/hello')).toBe('hello')
})

// crun cannot live with the first version of cgroups; runc comes with Docker Engine.
test.skipIf(!has('podman', 'runc', 'busybox') || !root)('podman runs what it pulls', async () => {
  const {home, run, login} = await open('podman', '--runtime', pathOf('runc') ?? '')
  await login()
  const limits = ['--ulimit', 'nofile=512:512', '--ulimit', 'nproc=512:512']
  const image = `${home.hosts.dev}/${name}:v1`
  expect(await run('run', '--rm', plain, '--network', 'none', ...limits, image)).toBe('hello')
})

test.skipIf(!has('podman', 'busybox') || !root)('podman lists the tags of a repository', async () => {
  const {home, run, login, busybox} = await open('podman')
  await login()
  await seedImage(home, ['dev', name, 'v2'], busybox)
  const repository = `${home.hosts.dev}/${name}`
  const [, ...rows] = linesOf(await run('search', plain, '--list-tags', repository))
  expect(rows.map(row => row.split(/ +/))).toEqual([
    [repository, 'v1'],
    [repository, 'v2'],
  ])
})

interface Opened {
  readonly home: ToolHome
  readonly busybox: BuiltImage
  readonly run: (...args: readonly string[]) => Promise<string>
  readonly refusal: (...args: readonly string[]) => Promise<string>
  /** To the registry of dev. */
  readonly login: () => Promise<unknown>
}

/** A tool with a storage of its own, and a registry that has busybox as `team/app:v1`. */
async function open(program: string, ...options: readonly string[]): Promise<Opened> {
  const home = await openToolHome([name])
  const busybox = await buildBusybox()
  await seedImage(home, ['dev', name, 'v1'], busybox)
  const storage = ['--storage-driver', 'vfs', '--root', 'storage', '--runroot', 'running']
  const podman = program === 'podman' ? ['--cgroup-manager', 'cgroupfs', '--tmpdir', 'tmp'] : []
  const words = [...storage, ...podman, ...options]
  const password = await passwordOf(home.sandbox, 'dev')
  return {
    home,
    busybox,
    run: (...args) => home.run(program, ...words, ...args),
    refusal: (...args) => home.refusal(program, ...words, ...args),
    login: () =>
      home.feed(password, program, 'login', plain, '--username', 'AWS', '--password-stdin', home.hosts.dev),
  }
}

async function imagesOf({sandbox}: ToolHome, imageTag: string) {
  const client = ecrClient(sandbox, accounts.dev)
  const {images = []} = await client.send(
    new BatchGetImageCommand({repositoryName: name, imageIds: [{imageTag}]}),
  )
  return images
}
