import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {goTool} from '../support/go-tools.ts'
import {writeLayout} from '../support/layout.ts'
import {
  buildTwoPlatforms,
  loginTo,
  type RegistryTool,
  testRegistryTool,
  testTagDeletion,
} from './registry-tool.ts'
import {linesOf, openToolHome} from './tool-home.ts'
import {go} from './versions.ts'

const crane = (await goTool(go.crane)) ?? ''

const tool: RegistryTool = {
  login: (home, host, password) =>
    home.feed(password, crane, 'auth', 'login', '--username', 'AWS', '--password-stdin', host),
  pushing: (layout, image) => [crane, 'push', folderOf(layout), image],
  pull: (home, image, layout) => home.run(crane, 'pull', '--format=oci', image, folderOf(layout)),
  copy: (home, from, to) => home.run(crane, 'copy', from, to),
  digest: (home, image) => home.run(crane, 'digest', image),
  listing: repository => [crane, 'ls', repository],
  deleteDigest: (home, image) => home.run(crane, 'delete', image),
}

describe.skipIf(crane === '')('crane', () => {
  testRegistryTool(tool)
  testTagDeletion(tool, (home, image) => home.run(crane, 'delete', image))

  test('appends a layer, exports the files, validates, and lists repositories', async () => {
    const home = await openToolHome(['team/app', 'team/web'])
    const {dev} = home.hosts
    await loginTo(tool, home, 'dev')
    await writeLayout(join(home.folder, 'built'), await buildTwoPlatforms(), 'v1')
    await home.run(...tool.pushing('built:v1', `${dev}/team/app:v1`))

    await writeFile(join(home.folder, 'added'), 'added\n')
    await home.run('tar', '-cf', 'added.tar', 'added')
    const base = ['--base', `${dev}/team/app:v1`, '--platform', 'linux/arm64']
    await home.run(crane, 'append', ...base, '--new_layer', 'added.tar', '--new_tag', `${dev}/team/web:v2`)
    await home.run(crane, 'export', `${dev}/team/web:v2`, 'files.tar')
    expect(linesOf(await home.run('tar', '-tf', 'files.tar')).toSorted()).toEqual([
      'added',
      'bin/hello',
      'etc/base',
      'etc/platform',
    ])
    expect(JSON.parse(await home.run(crane, 'config', `${dev}/team/web:v2`))).toMatchObject({
      architecture: 'arm64',
    })
    await home.run(crane, 'validate', '--remote', `${dev}/team/web:v2`)
    expect(linesOf(await home.run(crane, 'catalog', dev))).toEqual(['team/app', 'team/web'])
  })
})

function folderOf(layout: string): string {
  return layout.replace(/:.*/, '')
}
