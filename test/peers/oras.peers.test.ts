import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {goTool} from '../support/go-tools.ts'
import {digestsOfLayout, writeLayout} from '../support/layout.ts'
import {pathOf} from '../support/peers.ts'
import {buildTwoPlatforms, loginTo, type RegistryTool, testRegistryTool} from './registry-tool.ts'
import {linesOf, openToolHome} from './tool-home.ts'
import {go} from './versions.ts'

const oras = pathOf('oras') ?? (await goTool(go.oras)) ?? ''
const plain = '--plain-http'

const tool: RegistryTool = {
  login: (home, host, password) =>
    home.feed(password, oras, 'login', plain, '--username', 'AWS', '--password-stdin', host),
  pushing: (layout, image) => [oras, 'cp', '--from-oci-layout', '--to-plain-http', layout, image],
  pull: (home, image, layout) => home.run(oras, 'cp', '--from-plain-http', '--to-oci-layout', image, layout),
  copy: (home, from, to) => home.run(oras, 'cp', '--from-plain-http', '--to-plain-http', from, to),
  digest: (home, image) => home.run(oras, 'resolve', plain, image),
  listing: repository => [oras, 'repo', 'tags', plain, repository],
  // It resolves a tag and deletes the digest, with all of its tags.
  deleteDigest: (home, image) => home.run(oras, 'manifest', 'delete', plain, '--force', image),
}

describe.skipIf(oras === '')('oras', () => {
  testRegistryTool(tool)

  test('pushes files as an artifact, tags it, and pulls the files', async () => {
    const home = await openToolHome(['team/files'])
    const repository = `${home.hosts.dev}/team/files`
    await loginTo(tool, home, 'dev')
    await writeFile(join(home.folder, 'notes.txt'), 'notes\n')
    await home.run(oras, 'push', plain, `${repository}:a1`, 'notes.txt:text/plain')
    await home.run(oras, 'tag', plain, `${repository}:a1`, 'a2', 'a3')
    expect(linesOf(await home.run(...tool.listing(repository)))).toEqual(['a1', 'a2', 'a3'])
    await home.run(oras, 'pull', plain, '--output', 'got', `${repository}:a3`)
    expect(await readFile(join(home.folder, 'got', 'notes.txt'), 'utf8')).toBe('notes\n')
    expect(linesOf(await home.run(oras, 'repo', 'ls', plain, home.hosts.dev))).toEqual(['team/files'])
  })

  test('attaches an SBOM, discovers it, and copies image and SBOM into another account', async () => {
    const home = await openToolHome(['team/app'])
    const {dev, prod} = home.hosts
    const image = await buildTwoPlatforms()
    await writeLayout(join(home.folder, 'built'), image, 'v1')
    for (const account of ['dev', 'prod'] as const) await loginTo(tool, home, account)
    await home.run(...tool.pushing('built:v1', `${dev}/team/app:v1`))
    await writeFile(join(home.folder, 'sbom.json'), '{"spdxVersion": "SPDX-2.3"}')
    const type = 'application/spdx+json'
    await home.run(oras, 'attach', plain, '--artifact-type', type, `${dev}/team/app:v1`, `sbom.json:${type}`)
    const [sbom, ...others] = await discover(`${dev}/team/app:v1`)
    expect(others).toEqual([])
    expect(sbom).toMatchObject({artifactType: type})

    const both = ['--from-plain-http', '--to-plain-http']
    await home.run(oras, 'cp', '--recursive', ...both, `${dev}/team/app:v1`, `${prod}/team/app:v1`)
    expect(await tool.digest(home, `${prod}/team/app:v1`)).toBe(image.root.digest)
    expect(await discover(`${prod}/team/app:v1`)).toMatchObject([{digest: sbom?.digest}])
    await home.run(oras, 'pull', plain, '--output', 'got', `${prod}/team/app@${sbom?.digest}`)
    expect(await readFile(join(home.folder, 'got', 'sbom.json'), 'utf8')).toBe('{"spdxVersion": "SPDX-2.3"}')
    await tool.pull(home, `${prod}/team/app:v1`, 'pulled:v1')
    expect(await digestsOfLayout(join(home.folder, 'pulled'))).toContain(image.root.digest)

    async function discover(subject: string) {
      const said = await home.run(oras, 'discover', plain, '--format', 'json', subject)
      const {referrers} = JSON.parse(said) as {referrers: {digest: string; artifactType: string}[]}
      return referrers
    }
  })

  test('is told that blobs cannot be deleted', async () => {
    const home = await openToolHome(['team/files'])
    await loginTo(tool, home, 'dev')
    await writeFile(join(home.folder, 'blob'), 'blob')
    const repository = `${home.hosts.dev}/team/files`
    const pushed = await home.run(oras, 'blob', 'push', plain, '--descriptor', repository, 'blob')
    const {digest} = JSON.parse(pushed) as {digest: string}
    const said = await home.refusal(oras, 'blob', 'delete', plain, '--force', `${repository}@${digest}`)
    expect(said).toContain('unsupported: The operation is unsupported.')
  })
})
