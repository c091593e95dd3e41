import {mkdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {DescribeImagesCommand} from '@aws-sdk/client-ecr'
import {expect, test} from 'vitest'
import {ecrClient} from '../lib/sandbox/support.ts'
import {digestsOfLayout} from '../support/layout.ts'
import {has} from '../support/peers.ts'
import {loginTo} from './registry-tool.ts'
import {skopeo, skopeoTool} from './skopeo-tool.ts'
import {accounts, openToolHome} from './tool-home.ts'

const repositoryName = 'team/app'

test.skipIf(!has('umoci', 'skopeo'))(
  'images of umoci, whose manifests name no media type, are kept as they are, and grow by a layer',
  async () => {
    const home = await openToolHome([repositoryName])
    const repository = `${home.hosts.dev}/${repositoryName}`
    await loginTo(skopeoTool, home, 'dev')
    await mkdir(join(home.folder, 'root'))
    await writeFile(join(home.folder, 'root', 'first'), 'first\n')
    await home.run('umoci', 'init', '--layout', 'made')
    await home.run('umoci', 'new', '--image', 'made:v1')
    await home.run('umoci', 'insert', '--rootless', '--image', 'made:v1', 'root', '/')
    await home.run(...skopeoTool.pushing('made:v1', `${repository}:v1`))

    await skopeoTool.pull(home, `${repository}:v1`, 'pulled:v1')
    const raw = await home.run(...skopeo, 'inspect', '--raw', 'oci:pulled:v1')
    expect(JSON.parse(raw)).not.toHaveProperty('mediaType')
    await home.run('umoci', 'unpack', '--rootless', '--image', 'pulled:v1', 'bundle')
    await writeFile(join(home.folder, 'bundle', 'rootfs', 'second'), 'second\n')
    await home.run('umoci', 'repack', '--image', 'pulled:v2', 'bundle')
    home.sandbox.clearRequests()
    await home.run(...skopeoTool.pushing('pulled:v2', `${repository}:v2`))
    const uploads = home.sandbox.requests.filter(({operation}) => operation === 'upload.put')
    expect(uploads, 'the new layer and the new config').toHaveLength(2)

    await skopeoTool.pull(home, `${repository}:v2`, 'again:v2')
    await home.run('umoci', 'unpack', '--rootless', '--image', 'again:v2', 'unpacked')
    for (const file of ['first', 'second'])
      expect(await readFile(join(home.folder, 'unpacked', 'rootfs', file), 'utf8')).toBe(`${file}\n`)
    expect((await digestsOfLayout(join(home.folder, 'again'))).length).toBe(4)
    const describe = new DescribeImagesCommand({repositoryName, imageIds: [{imageTag: 'v2'}]})
    const {imageDetails} = await ecrClient(home.sandbox, accounts.dev).send(describe)
    expect(imageDetails).toMatchObject([
      {imageTags: ['v2'], imageManifestMediaType: 'application/vnd.oci.image.manifest.v1+json'},
    ])
  },
)
