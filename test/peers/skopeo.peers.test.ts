import {mkdir} from 'node:fs/promises'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {digestsOfLayout, writeLayout} from '../support/layout.ts'
import {has} from '../support/peers.ts'
import {buildTwoPlatforms, digestsOf, loginTo, type RegistryTool, testRegistryTool} from './registry-tool.ts'
import {openToolHome} from './tool-home.ts'

const skopeo = ['skopeo', '--insecure-policy'] as const
const plain = '--tls-verify=false'
const exactly = ['--all', '--preserve-digests', '--src-tls-verify=false', '--dest-tls-verify=false']

const tool: RegistryTool = {
  login: (home, host, password) =>
    home.feed(password, ...skopeo, 'login', plain, '--username', 'AWS', '--password-stdin', host),
  pushing: (layout, image) => [...skopeo, 'copy', ...exactly, `oci:${layout}`, `docker://${image}`],
  pull: (home, image, layout) =>
    home.run(...skopeo, 'copy', ...exactly, `docker://${image}`, `oci:${layout}`),
  copy: (home, from, to) => home.run(...skopeo, 'copy', ...exactly, `docker://${from}`, `docker://${to}`),
  digest: (home, image) =>
    home.run(...skopeo, 'inspect', plain, '--format', '{{.Digest}}', '--no-tags', `docker://${image}`),
  listing: repository => [...skopeo, 'list-tags', plain, `docker://${repository}`],
  // It resolves a tag and deletes the digest, with all of its tags.
  deleteDigest: (home, image) => home.run(...skopeo, 'delete', plain, `docker://${image}`),
}

describe.skipIf(!has('skopeo'))('skopeo', () => {
  testRegistryTool(tool)

  test('synchronizes all tags of a repository into a folder and from it into another account', async () => {
    const home = await openToolHome(['team/app'])
    const {dev, prod} = home.hosts
    const image = await buildTwoPlatforms()
    await writeLayout(join(home.folder, 'built'), image, 'v1')
    for (const account of ['dev', 'prod'] as const) await loginTo(tool, home, account)
    for (const tag of ['v1', 'v2']) await home.run(...tool.pushing('built:v1', `${dev}/team/app:${tag}`))
    await mkdir(join(home.folder, 'mirror'))
    const all = ['--all', '--scoped', '--src-tls-verify=false', '--dest-tls-verify=false']
    await home.run(...skopeo, 'sync', ...all, '--src=docker', '--dest=dir', `${dev}/team/app`, 'mirror')
    await home.run(
      ...skopeo,
      'sync',
      '--all',
      '--dest-tls-verify=false',
      '--src=dir',
      '--dest=docker',
      join('mirror', dev, 'team'),
      `${prod}/team`,
    )
    expect(JSON.parse(await home.run(...tool.listing(`${prod}/team/app`)))).toMatchObject({
      Tags: ['v1', 'v2'],
    })
    await tool.pull(home, `${prod}/team/app:v2`, 'synchronized:v1')
    expect(await digestsOfLayout(join(home.folder, 'synchronized'))).toEqual(digestsOf(image))
  })
})
