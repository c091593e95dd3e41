import {copyFile, mkdir} from 'node:fs/promises'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {runGantry} from '../support/cli.ts'
import {hasDockerEngine, startDockerEngine} from '../support/docker-engine.ts'
import {goTool} from '../support/go-tools.ts'
import {type BuiltImage, pushImage} from '../support/images.ts'
import {digestsOfLayout} from '../support/layout.ts'
import {has, pathOf, run} from '../support/peers.ts'
import {temporaryFolder} from '../support/temporary-folder.ts'
import {crane} from './crane-tool.ts'
import {type Estate, startEstate} from './estate.ts'
import {buildTwoPlatforms, digestsOf} from './registry-tool.ts'
import {go} from './versions.ts'

const oras = pathOf('oras') ?? (await goTool(go.oras)) ?? ''
const regctl = (await goTool(go.regctl)) ?? ''

const name = 'team/app'

describe.skipIf(!has('skopeo'))('skopeo', () => {
  test.each(['oci:usb', 'oci-archive:usb.tar'])('copies what Gantry wrote to %s', async layout => {
    const {estate, image} = await written(layout)
    expect(await estate.skopeo('inspect', '--raw', `${layout}:${name}:v1`)).toBe(textOf(image))
    await estate.skopeo('copy', '--all', '--preserve-digests', `${layout}:${name}:v1`, 'oci:copy:v1')
    expect(await digestsOfLayout(join(estate.folder, 'copy'))).toEqual(digestsOf(image))
  })

  test.each(['oci:built', 'oci-archive:built.tar'])('is read where it wrote %s', async layout => {
    const {estate, image} = await pushed()
    const exactly = ['--all', '--preserve-digests', '--src-tls-verify=false']
    await estate.skopeo('copy', ...exactly, `docker://${estate.hosts.dev}/${name}:v1`, `${layout}:v1`)
    await expectPromoted(estate, image, [`${layout}:v1`, '--as', name])
  })

  test('is read where it wrote repository and tag', async () => {
    const {estate, image} = await pushed()
    const exactly = ['--all', '--preserve-digests', '--src-tls-verify=false']
    const from = `docker://${estate.hosts.dev}/${name}:v1`
    await estate.skopeo('copy', ...exactly, from, `oci-archive:named.tar:${name}:v1`)
    await expectPromoted(estate, image, [`${name}:v1`, '--from', 'oci-archive:named.tar'])
  })
})

describe.skipIf(oras === '')('oras', () => {
  test('reads the image, and finds its SBOM, in what Gantry wrote', async () => {
    const {estate, image} = await written('oci:usb')
    const {digest} = image.root
    const manifest = ['manifest', 'fetch', '--oci-layout-path', 'usb', `${name}:v1`]
    expect(await run(oras, manifest, estate.folder)).toBe(textOf(image))
    const found = await run(
      oras,
      ['discover', '--oci-layout', '--format', 'json', `usb@${digest}`],
      estate.folder,
    )
    expect(JSON.parse(found)).toMatchObject({referrers: [{digest: image.referrers[0]?.digest}]})
  })

  test('is read where it wrote, with the SBOM that it names in the index', async () => {
    const {estate, image} = await pushed()
    const to = ['--from-plain-http', '--to-oci-layout']
    await run(oras, ['cp', '-r', ...to, `${estate.hosts.dev}/${name}:v1`, 'built:v1'], estate.folder)
    const {items} = await expectPromoted(estate, image, ['oci:built:v1', '--as', name])
    expect(items).toMatchObject([{referrers: 1}])
  })
})

describe.skipIf(regctl === '')('regctl', () => {
  test('reads the image, and finds its SBOM, in what Gantry wrote', async () => {
    const {estate, image} = await written('oci:usb', '--as', 'unnamed')
    const manifest = ['manifest', 'get', '--format', 'raw-body', 'ocidir://usb:v1']
    expect(await run(regctl, manifest, estate.folder)).toBe(textOf(image))
    const found = await run(
      regctl,
      ['artifact', 'list', '--format', '{{json .}}', 'ocidir://usb:v1'],
      estate.folder,
    )
    expect(found).toContain(image.referrers[0]?.digest)
  })

  test('is read where it wrote, with the SBOM in its list of referrers', async () => {
    const {estate, image} = await pushed()
    await run(
      regctl,
      ['registry', 'set', '--tls', 'disabled', '--skip-check', estate.hosts.dev],
      estate.folder,
    )
    const from = `${estate.hosts.dev}/${name}:v1`
    await run(regctl, ['image', 'copy', '--referrers', from, 'ocidir://built:v1'], estate.folder)
    const {items} = await expectPromoted(estate, image, ['oci:built:v1', '--as', name])
    expect(items).toMatchObject([{referrers: 1}])
  })
})

describe.skipIf(crane === '')('crane', () => {
  test('pushes what Gantry wrote', async () => {
    const {estate, image} = await written('oci:usb', '--no-referrers')
    await run(crane, ['push', 'usb', `${estate.hosts.prod}/${name}:pushed`], estate.folder)
    expect((await run(crane, ['digest', `${estate.hosts.prod}/${name}:pushed`], estate.folder)).trim()).toBe(
      image.root.digest,
    )
  })

  test('is read where it wrote, by digest, or by the name that it was told to keep', async () => {
    const {estate, image} = await pushed()
    const from = `${estate.hosts.dev}/${name}:v1`
    await run(crane, ['pull', '--format=oci', from, 'built'], estate.folder)
    await expectPromoted(estate, image, [`oci:built@${image.root.digest}`, '--as', name, '--tag', 'v1'])
    await run(crane, ['pull', '--format=oci', '--annotate-ref', from, 'named'], estate.folder)
    const {items} = await estate.promote(`${name}:v1`, '--from', 'oci:named', '--to', 'prod')
    expect(items).toMatchObject([{outcome: 'unchanged', digest: image.root.digest}])
  })
})

test.skipIf(!hasDockerEngine)(
  'what Docker saved is promoted by its name there, or refused when that Docker is too old for layouts',
  async () => {
    const {estate} = await pushed()
    const host = await startDockerEngine(join(estate.folder, 'engine'))
    const docker = (...args: readonly string[]) => run('docker', ['--host', host, ...args], estate.folder)
    await docker('pull', `${estate.hosts.dev}/${name}:v1`)
    await docker('tag', `${estate.hosts.dev}/${name}:v1`, `${name}:local`)
    await docker('save', '--output', 'saved.tar', `${name}:local`)
    const version = Number.parseInt(await docker('version', '--format', '{{.Server.Version}}'), 10)
    const words = [`${name}:local`, '--from', 'oci-archive:saved.tar', '--to', 'prod']
    const options = {cwd: estate.folder, env: {GANTRY_SANDBOX: estate.sandbox.url}}
    const {status, stderr} = await runGantry(['promote', ...words], options)
    const isRefused = stderr.includes('docker saved it before version 25')
    expect({status, isRefused}).toEqual(
      version >= 25 ? {status: 0, isRefused: false} : {status: 2, isRefused: true},
    )
  },
)

/** An estate with an index of two platforms, attestations and an SBOM in dev. */
async function pushed(): Promise<{estate: Estate; image: BuiltImage}> {
  const estate = await startEstate(await temporaryFolder(), name)
  // Where oras, regctl, crane and Docker look.
  await mkdir(join(estate.folder, '.docker'))
  await copyFile(estate.authfile, join(estate.folder, '.docker', 'config.json'))
  const image = await buildTwoPlatforms(true)
  await pushImage((await estate.open('dev')).repository(name), image, 'v1')
  return {estate, image}
}

/** The same, promoted into a layout. */
async function written(
  layout: string,
  ...words: readonly string[]
): Promise<{estate: Estate; image: BuiltImage}> {
  const {estate, image} = await pushed()
  await estate.promote(`${name}:v1`, '--from', 'dev', '--to', layout, ...words)
  return {estate, image}
}

async function expectPromoted(
  estate: Estate,
  image: BuiltImage,
  words: readonly string[],
): ReturnType<Estate['promote']> {
  const output = await estate.promote(...words, '--to', 'prod')
  expect(output.items).toMatchObject([{outcome: 'promoted', digest: image.root.digest}])
  const inProd = (await estate.open('prod')).repository(name)
  expect(await inProd.resolve(['v1'])).toEqual(new Map([['v1', image.root.digest]]))
  return output
}

function textOf({root}: BuiltImage): string {
  return Buffer.from(root.bytes).toString()
}
