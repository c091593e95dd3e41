import {cp, mkdir, readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect, onTestFinished, test} from 'vitest'
import type {Repository} from '../../src/lib/oci/registry.ts'
import {type DockerRegistry, startDockerRegistry} from '../support/docker-registry.ts'
import {type BuiltImage, buildImage, pushImage} from '../support/images.ts'
import {digestsOfLayout, writeLayout} from '../support/layout.ts'
import {has, pathOf, run} from '../support/peers.ts'
import {temporaryFolder} from '../support/temporary-folder.ts'
import {type Estate, openRegistry, startEstate} from './estate.ts'

const name = 'team/app'

test.skipIf(!has('busybox', 'umoci', 'skopeo'))(
  "a root file system of Debian's busybox, made an image by umoci and pushed by skopeo, arrives byte for byte",
  async () => {
    const estate = await startEstate(await temporaryFolder(), name)
    await pushRootFileSystem(estate)
    const raw = await inspect(estate, `${estate.hosts.dev}/${name}:v1`)
    expect(JSON.parse(raw), 'umoci writes no mediaType').not.toHaveProperty('mediaType')

    const {items} = await estate.promote(`${name}:v1`, '--from', 'dev', '--to', 'prod')
    expect(items).toMatchObject([{outcome: 'promoted', blobs: {uploaded: 2}}])
    expect(await inspect(estate, `${estate.hosts.prod}/${name}:v1`)).toBe(raw)

    const [dev, prod] = [join(estate.folder, 'from-dev'), join(estate.folder, 'from-prod')]
    await pull(estate, estate.hosts.dev, dev)
    await pull(estate, estate.hosts.prod, prod)
    expect(await digestsOfLayout(prod)).toEqual(await digestsOfLayout(dev))
    await run('umoci', ['unpack', '--rootless', '--image', `${prod}:v1`, 'unpacked'], estate.folder)
    expect(await readFile(join(estate.folder, 'unpacked', 'rootfs', 'usr', 'bin', 'busybox'))).toEqual(
      await readFile(join(estate.folder, 'rootfs', 'usr', 'bin', 'busybox')),
    )
  },
)

test.skipIf(!has('skopeo'))(
  'an index of two platforms with attestations and an SBOM, pushed by skopeo, arrives complete',
  async () => {
    const estate = await startEstate(await temporaryFolder(), name)
    const image = await buildIndex()
    await writeLayout(join(estate.folder, 'built'), image, 'v1')
    await push(estate, 'built:v1', `${name}:v1`)
    await push(estate, 'built:referrer-0', `${name}:sbom`)

    const {items} = await estate.promote(`${name}:v1`, '--from', 'dev', '--to', 'prod')
    expect(items).toMatchObject([{outcome: 'promoted', digest: image.root.digest, referrers: 1}])
    await expectComplete((await estate.open('prod')).repository(name), image)
    for (const {digest} of [...image.manifests, ...image.referrers]) {
      expect(await inspect(estate, `${estate.hosts.prod}/${name}@${digest}`)).toBe(
        await inspect(estate, `${estate.hosts.dev}/${name}@${digest}`),
      )
    }
    const pulled = join(estate.folder, 'pulled')
    await pull(estate, estate.hosts.prod, pulled)
    expect(await digestsOfLayout(pulled)).toEqual(digestsWithoutReferrers(image))
  },
)

test.skipIf(!has('skopeo'))('a second run makes no request that could change anything', async () => {
  const estate = await startEstate(await temporaryFolder(), name)
  await writeLayout(join(estate.folder, 'built'), await buildIndex(), 'v1')
  await push(estate, 'built:v1', `${name}:v1`)
  await push(estate, 'built:referrer-0', `${name}:sbom`)
  await estate.promote(`${name}:v1`, '--from', 'dev', '--to', 'prod')

  estate.sandbox.clearRequests()
  const {items, summary} = await estate.promote(`${name}:v1`, '--from', 'dev', '--to', 'prod')
  expect(items).toMatchObject([{outcome: 'unchanged'}])
  expect(summary).toMatchObject({mutatingRequests: 0, requests: estate.sandbox.requests.length})
  expect(estate.sandbox.requests.filter(({mutating}) => mutating)).toEqual([])
})

test.skipIf(!has('docker-registry', 'skopeo'))(
  "an index with its SBOM goes from Docker's registry into ECR and back into another of Docker's registries",
  async () => {
    const estate = await startEstate(await temporaryFolder(), name)
    const [source, target] = [await dockerRegistry(estate, 'source'), await dockerRegistry(estate, 'target')]
    const image = await buildIndex()
    await pushImage(openRegistry(source.host).repository(name), image, 'v1')

    const into = await estate.promote(`${source.host}/${name}:v1`, '--to', 'prod')
    expect(into.items).toMatchObject([{outcome: 'promoted', digest: image.root.digest, referrers: 1}])
    await expectComplete((await estate.open('prod')).repository(name), image)

    const back = await estate.promote(`prod/${name}:v1`, '--to', target.host)
    expect(back.items).toMatchObject([{outcome: 'promoted', digest: image.root.digest, referrers: 1}])
    await expectComplete(openRegistry(target.host).repository(name), image)
    // Docker's registry lists no referrers: clients keep the list under a tag made of the subject's digest.
    const list = await inspect(estate, `${target.host}/${name}:${image.root.digest.replace(':', '-')}`)
    expect(JSON.parse(list)).toMatchObject({
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests: [{digest: image.referrers[0]?.digest, artifactType: 'application/spdx+json'}],
    })

    const again = await estate.promote(`prod/${name}:v1`, '--to', target.host)
    expect(again.items).toMatchObject([{outcome: 'unchanged'}])
    expect(again.summary).toMatchObject({mutatingRequests: 0})
  },
)

test.skipIf(!has('docker-registry', 'busybox', 'umoci', 'skopeo'))(
  "umoci's image, which names no media type, goes through ECR into Docker's registry and keeps its bytes",
  async () => {
    const estate = await startEstate(await temporaryFolder(), name)
    const target = await dockerRegistry(estate, 'target')
    await pushRootFileSystem(estate)
    await estate.promote(`dev/${name}:v1`, '--to', target.host, '--tag', 'release')
    expect(await inspect(estate, `${target.host}/${name}:release`)).toBe(
      await inspect(estate, `${estate.hosts.dev}/${name}:v1`),
    )
  },
)

test.skipIf(!has('busybox', 'umoci', 'skopeo', 'podman'))('podman pulls what was promoted', async () => {
  const estate = await startEstate(await temporaryFolder(), name)
  await pushRootFileSystem(estate)
  await estate.promote(`${name}:v1`, '--from', 'dev', '--to', 'prod')
  const {config} = JSON.parse(await inspect(estate, `${estate.hosts.dev}/${name}:v1`)) as {
    config: {digest: string}
  }
  const storage = ['--storage-driver', 'vfs', '--root', 'storage', '--runroot', 'run']
  const pulling = ['pull', '-q', '--tls-verify=false', '--authfile', estate.authfile]
  const image = `${estate.hosts.prod}/${name}:v1`
  const id = await run('podman', [...storage, ...pulling, image], estate.folder)
  expect(id.trim()).toBe(config.digest.slice('sha256:'.length))
})

/** Makes `rootfs` with busybox and its applets, puts it into an image, and pushes that to dev as `v1`. */
async function pushRootFileSystem(estate: Estate): Promise<void> {
  const {folder} = estate
  const programs = join(folder, 'rootfs', 'usr', 'bin')
  await mkdir(programs, {recursive: true})
  await mkdir(join(folder, 'rootfs', 'bin'))
  await cp(pathOf('busybox') ?? '', join(programs, 'busybox'), {dereference: true})
  await run('busybox', ['--install', '-s', join(folder, 'rootfs', 'bin')], folder)
  await run('umoci', ['init', '--layout', 'umoci'], folder)
  await run('umoci', ['new', '--image', 'umoci:v1'], folder)
  await run('umoci', ['insert', '--rootless', '--image', 'umoci:v1', 'rootfs', '/'], folder)
  await run('umoci', ['config', '--image', 'umoci:v1', '--config.cmd', '/bin/sh'], folder)
  await push(estate, 'umoci:v1', `${name}:v1`)
}

function buildIndex(): Promise<BuiltImage> {
  return buildImage({
    layers: [{'etc/base': 'base\n'}, {'bin/hello': '#!/bin/sh\necho hello\n'}],
    platforms: [
      {os: 'linux', architecture: 'amd64'},
      {os: 'linux', architecture: 'arm64', variant: 'v8'},
    ],
    attestation: true,
    sbom: true,
  })
}

/** Pushes from an OCI layout to dev. */
async function push({skopeo, hosts}: Estate, layout: string, to: string): Promise<void> {
  const exactly = ['--all', '--preserve-digests', '--dest-tls-verify=false']
  await skopeo('copy', ...exactly, `oci:${layout}`, `docker://${hosts.dev}/${to}`)
}

/** Pulls `v1` into an OCI layout. */
async function pull({skopeo}: Estate, host: string, layout: string): Promise<void> {
  const exactly = ['--all', '--preserve-digests', '--src-tls-verify=false']
  await skopeo('copy', ...exactly, `docker://${host}/${name}:v1`, `oci:${layout}:v1`)
}

function inspect({skopeo}: Estate, image: string): Promise<string> {
  return skopeo('inspect', '--raw', '--tls-verify=false', `docker://${image}`)
}

async function dockerRegistry({folder}: Estate, role: string): Promise<DockerRegistry> {
  const registry = await startDockerRegistry(join(folder, role))
  onTestFinished(() => registry.close())
  return registry
}

/** Every manifest is there with its bytes, every blob, the tag, and the list of what refers to the root. */
async function expectComplete(repository: Repository, image: BuiltImage): Promise<void> {
  const wanted = [...image.manifests, ...image.referrers]
  const found = await repository.manifests(wanted.map(({digest}) => digest))
  for (const {digest, bytes} of wanted)
    expect(Buffer.from(found.get(digest)?.bytes ?? [])).toEqual(Buffer.from(bytes))
  expect(await repository.presentBlobs([...image.blobs.keys()])).toEqual(new Set(image.blobs.keys()))
  expect(await repository.resolve(['v1'])).toEqual(new Map([['v1', image.root.digest]]))
  const listed = await repository.referrers(image.root.digest)
  expect(listed.map(({digest}) => digest)).toEqual(image.referrers.map(({digest}) => digest))
}

function digestsWithoutReferrers({manifests}: BuiltImage): readonly string[] {
  const digests = manifests.flatMap(({digest, blobs}) => [digest, ...blobs.map(({digest}) => digest)])
  return [...new Set(digests)].toSorted()
}
