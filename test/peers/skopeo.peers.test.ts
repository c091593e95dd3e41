import {mkdir} from 'node:fs/promises'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {digestsOfLayout, writeLayout} from '../support/layout.ts'
import {has} from '../support/peers.ts'
import {buildTwoPlatforms, digestsOf, loginTo, testRegistryTool} from './registry-tool.ts'
import {skopeo, skopeoTool as tool} from './skopeo-tool.ts'
import {openToolHome} from './tool-home.ts'

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
