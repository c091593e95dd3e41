import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {goTool} from '../support/go-tools.ts'
import {digestsOfLayout, writeLayout} from '../support/layout.ts'
import {
  buildTwoPlatforms,
  digestsOf,
  loginTo,
  type RegistryTool,
  testRegistryTool,
  testTagDeletion,
} from './registry-tool.ts'
import {linesOf, openToolHome, type ToolHome} from './tool-home.ts'
import {go} from './versions.ts'

const regctl = (await goTool(go.regctl)) ?? ''

const tool: RegistryTool = {
  trust: (home, host) => home.run(regctl, 'registry', 'set', '--tls', 'disabled', '--skip-check', host),
  login: (home, host, password) =>
    home.feed(password, regctl, 'registry', 'login', '--user', 'AWS', '--pass-stdin', host),
  pushing: (layout, image) => [regctl, 'image', 'copy', `ocidir://${layout}`, image],
  pull: (home, image, layout) => home.run(regctl, 'image', 'copy', image, `ocidir://${layout}`),
  copy: (home, from, to) => home.run(regctl, 'image', 'copy', from, to),
  digest: (home, image) => home.run(regctl, 'image', 'digest', image),
  listing: repository => [regctl, 'tag', 'ls', repository],
  deleteDigest: (home, image) => home.run(regctl, 'manifest', 'delete', image),
}

describe.skipIf(regctl === '')('regctl', () => {
  testRegistryTool(tool)
  testTagDeletion(tool, (home, image) => home.run(regctl, 'tag', 'delete', image))

  test('attaches a signature, lists what refers to an image, and reads it', async () => {
    const {home, image} = await withImage()
    const subject = `${home.hosts.dev}/team/app:v1`
    const type = 'application/vnd.example.signature'
    const put = ['artifact', 'put', '--artifact-type', type, '--file-media-type', 'application/json']
    await home.feed('{"signed": true}', regctl, ...put, '--annotation', 'by=us', '--subject', subject)
    const listed = await home.run(
      regctl,
      'artifact',
      'list',
      subject,
      '--format',
      '{{jsonPretty .Descriptors}}',
    )
    expect(JSON.parse(listed)).toEqual([
      expect.objectContaining({artifactType: type, annotations: {by: 'us'}}),
    ])
    const got = await home.run(
      regctl,
      'artifact',
      'get',
      '--subject',
      subject,
      '--filter-artifact-type',
      type,
    )
    expect(JSON.parse(got)).toEqual({signed: true})
    expect(await home.run(regctl, 'artifact', 'tree', subject)).toContain(image.root.digest)
    expect(linesOf(await home.run(regctl, 'tag', 'ls', `${home.hosts.dev}/team/app`))).toEqual(['v1'])
  })

  test('copies an image with what refers to it into another account', async () => {
    const {home, image} = await withImage()
    const {dev, prod} = home.hosts
    const [sbom] = image.referrers
    await home.run(regctl, 'image', 'copy', 'ocidir://built:referrer-0', `${dev}/team/app@${sbom?.digest}`)
    await loginTo(tool, home, 'prod')
    await home.run(regctl, 'image', 'copy', '--referrers', `${dev}/team/app:v1`, `${prod}/team/app:v1`)
    const listed = await home.run(
      regctl,
      'artifact',
      'list',
      `${prod}/team/app:v1`,
      '--format',
      '{{jsonPretty .Descriptors}}',
    )
    expect(JSON.parse(listed)).toMatchObject([{digest: sbom?.digest, artifactType: 'application/spdx+json'}])
    await home.run(regctl, 'image', 'copy', `${prod}/team/app@${sbom?.digest}`, 'ocidir://sbom:v1')
    expect(await digestsOfLayout(join(home.folder, 'sbom'))).toContain(sbom?.digest)
  })

  test('reads a file of one platform, exports and imports', async () => {
    const {home, image} = await withImage()
    const {dev} = home.hosts
    const file = ['image', 'get-file', '--platform', 'linux/arm64/v8', `${dev}/team/app:v1`]
    expect(await home.run(regctl, ...file, '/etc/platform')).toBe('linux/arm64')
    await home.run(regctl, 'image', 'export', `${dev}/team/app:v1`, 'image.tar')
    await home.run(regctl, 'image', 'import', `${dev}/team/app:imported`, 'image.tar')
    expect(await tool.digest(home, `${dev}/team/app:imported`)).toBe(image.root.digest)
    expect(linesOf(await home.run(regctl, 'repo', 'ls', dev))).toEqual(['team/app'])
    await tool.pull(home, `${dev}/team/app:imported`, 'pulled:v1')
    expect(await digestsOfLayout(join(home.folder, 'pulled'))).toEqual(digestsOf(image))
  })
})

/** An image with an SBOM in `built`; the image, without its SBOM, is in dev. */
async function withImage(): Promise<{home: ToolHome; image: Awaited<ReturnType<typeof buildTwoPlatforms>>}> {
  const home = await openToolHome(['team/app'])
  const image = await buildTwoPlatforms(true)
  await writeLayout(join(home.folder, 'built'), image, 'v1')
  await loginTo(tool, home, 'dev')
  await home.run(...tool.pushing('built:v1', `${home.hosts.dev}/team/app:v1`))
  return {home, image}
}
