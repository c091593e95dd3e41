import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {expectImage} from '../support/completeness.ts'
import {pushImage} from '../support/images.ts'
import {digestsOfLayout, writeLayout} from '../support/layout.ts'
import {has} from '../support/peers.ts'
import {temporaryFolder} from '../support/temporary-folder.ts'
import {crane, craneTool} from './crane-tool.ts'
import {openRegistry, startEstate} from './estate.ts'
import {foreignRegistries} from './foreign-registries.ts'
import {buildTwoPlatforms, digestsOf, loginTo} from './registry-tool.ts'
import {skopeoTool} from './skopeo-tool.ts'
import {openToolHome} from './tool-home.ts'

const name = 'team/app'

const copiers = {
  skopeo: {tool: skopeoTool, usable: has('skopeo')},
  crane: {tool: craneTool, usable: crane !== ''},
}

describe.each(Object.entries(foreignRegistries))('%s', (_, start) => {
  test.skipIf(start === undefined)(
    'gives gantry an image with its SBOM for ECR, and takes it back from there',
    async () => {
      const estate = await startEstate(await temporaryFolder(), name)
      const source = (await start?.(join(estate.folder, 'source'))) ?? ''
      const target = (await start?.(join(estate.folder, 'target'))) ?? ''
      const image = await buildTwoPlatforms(true)
      await pushImage(openRegistry(source).repository(name), image, 'v1')

      const into = await estate.promote(`${source}/${name}:v1`, '--to', 'prod')
      expect(into.items).toMatchObject([{outcome: 'promoted', digest: image.root.digest, referrers: 1}])
      await expectImage((await estate.open('prod')).repository(name), image, 'v1')

      const back = await estate.promote(`prod/${name}:v1`, '--to', target)
      expect(back.items).toMatchObject([{outcome: 'promoted', digest: image.root.digest, referrers: 1}])
      await expectImage(openRegistry(target).repository(name), image, 'v1')

      const again = await estate.promote(`prod/${name}:v1`, '--to', target)
      expect(again.items).toMatchObject([{outcome: 'unchanged'}])
      expect(again.summary).toMatchObject({mutatingRequests: 0})
    },
  )

  describe.each(Object.entries(copiers))('with %s', (_, {tool, usable}) => {
    test.skipIf(start === undefined || !usable)('gives an image to ECR, and takes it back', async () => {
      const home = await openToolHome([name])
      const {dev} = home.hosts
      const foreign = await start?.(join(home.folder, 'registry'))
      const image = await buildTwoPlatforms()
      await writeLayout(join(home.folder, 'built'), image, 'v1')
      await home.run(...tool.pushing('built:v1', `${foreign}/${name}:v1`))

      await loginTo(tool, home, 'dev')
      await tool.copy(home, `${foreign}/${name}:v1`, `${dev}/${name}:v1`)
      expect(await tool.digest(home, `${dev}/${name}:v1`)).toBe(image.root.digest)
      await tool.pull(home, `${dev}/${name}:v1`, 'from-ecr:v1')
      expect(await digestsOfLayout(join(home.folder, 'from-ecr'))).toEqual(digestsOf(image))

      await tool.copy(home, `${dev}/${name}:v1`, `${foreign}/back/app:v1`)
      await tool.pull(home, `${foreign}/back/app:v1`, 'back:v1')
      expect(await digestsOfLayout(join(home.folder, 'back'))).toEqual(digestsOf(image))
    })
  })
})
