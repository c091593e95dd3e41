import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {writeLayout} from '../support/layout.ts'
import {crane, craneTool as tool} from './crane-tool.ts'
import {buildTwoPlatforms, loginTo, testRegistryTool, testTagDeletion} from './registry-tool.ts'
import {linesOf, openToolHome} from './tool-home.ts'

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
