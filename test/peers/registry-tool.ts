import {join} from 'node:path'
import {expect, test} from 'vitest'
import {type BuiltImage, buildImage} from '../support/images.ts'
import {digestsOfLayout, writeLayout} from '../support/layout.ts'
import {
  type Account,
  accounts,
  linesOf,
  openToolHome,
  passwordOf,
  region,
  type ToolHome,
} from './tool-home.ts'

type Command = readonly [program: string, ...args: string[]]

/** What a registry client can do, in its own words. Images are `HOST/REPOSITORY:TAG` or `...@DIGEST`. */
export interface RegistryTool {
  /** What must be set before anything else, because the registry has no TLS. */
  trust?(home: ToolHome, host: string): Promise<unknown>
  login(home: ToolHome, host: string, password: string): Promise<unknown>
  /** Into an OCI layout, as `FOLDER:TAG`, with all platforms. */
  pull(home: ToolHome, image: string, layout: string): Promise<unknown>
  copy(home: ToolHome, from: string, to: string): Promise<unknown>
  digest(home: ToolHome, image: string): Promise<string>
  /** The command that lists tags, one a line. */
  listing(repository: string): Command
  /** The command that pushes from an OCI layout, as `FOLDER:TAG`, with all platforms. */
  pushing(layout: string, image: string): Command
  /** Removes an image with all of its tags. */
  deleteDigest(home: ToolHome, image: string): Promise<unknown>
}

const name = 'team/app'

/** Tests of all that one does with a registry, by a client that others wrote. */
export function testRegistryTool(tool: RegistryTool): void {
  test('is kept out without a password, and by a wrong one', async () => {
    const home = await openToolHome([name])
    await tool.trust?.(home, home.hosts.dev)
    const listing = tool.listing(`${home.hosts.dev}/${name}`)
    const denied = /unauthorized|authentication required|invalid username|credential|\b401\b/i
    expect(await home.refusal(...listing)).toMatch(denied)
    await expect(tool.login(home, home.hosts.dev, 'wrong').then(() => home.run(...listing))).rejects.toThrow(
      denied,
    )
    await loginTo(tool, home, 'dev')
    expect(await tagsOf(tool, home, `${home.hosts.dev}/${name}`)).toEqual([])
  })

  test('an index of two platforms goes in and comes out byte for byte', async () => {
    const {home, image} = await pushed(tool)
    expect(await tool.digest(home, `${home.hosts.dev}/${name}:v1`)).toBe(image.root.digest)
    await tool.pull(home, `${home.hosts.dev}/${name}:v1`, 'pulled:v1')
    expect(await digestsOfLayout(join(home.folder, 'pulled'))).toEqual(digestsOf(image))
    await tool.pull(home, `${home.hosts.dev}/${name}@${image.root.digest}`, 'by-digest:v1')
    expect(await digestsOfLayout(join(home.folder, 'by-digest'))).toEqual(digestsOf(image))
  })

  test('a tag is added by copying within the repository', async () => {
    const {home, image} = await pushed(tool)
    const repository = `${home.hosts.dev}/${name}`
    home.sandbox.clearRequests()
    await tool.copy(home, `${repository}:v1`, `${repository}:v2`)
    expect(await tagsOf(tool, home, repository)).toEqual(['v1', 'v2'])
    expect(await tool.digest(home, `${repository}:v2`)).toBe(image.root.digest)
    const uploads = home.sandbox.requests.filter(({operation}) => operation?.startsWith('upload.'))
    expect(uploads, 'nothing is uploaded again').toEqual([])
  })

  test("an image is copied into another account's registry", async () => {
    const {home, image} = await pushed(tool)
    await loginTo(tool, home, 'prod')
    await tool.copy(home, `${home.hosts.dev}/${name}:v1`, `${home.hosts.prod}/${name}:release`)
    expect(await tool.digest(home, `${home.hosts.prod}/${name}:release`)).toBe(image.root.digest)
    await tool.pull(home, `${home.hosts.prod}/${name}:release`, 'copied:v1')
    expect(await digestsOfLayout(join(home.folder, 'copied'))).toEqual(digestsOf(image))
  })

  test('a deleted image takes its tags with it', async () => {
    const {home, image} = await pushed(tool)
    const repository = `${home.hosts.dev}/${name}`
    await tool.copy(home, `${repository}:v1`, `${repository}:v2`)
    await tool.deleteDigest(home, `${repository}@${image.root.digest}`)
    expect(await tagsOf(tool, home, repository)).toEqual([])
    await expect(tool.pull(home, `${repository}:v1`, 'gone:v1')).rejects.toThrow(/not found|unknown|\b404\b/i)
  })

  test('a tag that is immutable stays what it is, and the tool says why', async () => {
    const {home, image} = await pushed(tool)
    const {dev} = home.hosts
    await home.sandbox.seed({
      repositories: [{account: accounts.dev, region, name, tagMutability: 'IMMUTABLE'}],
    })
    await writeLayout(join(home.folder, 'other'), await buildImage({layers: [{other: 'other'}]}), 'v1')
    expect(await home.refusal(...tool.pushing('other:v1', `${dev}/${name}:v1`))).toContain(
      `The image tag 'v1' already exists in the '${name}' repository and cannot be overwritten`,
    )
    expect(await tool.digest(home, `${dev}/${name}:v1`)).toBe(image.root.digest)
  })

  test('a push into a repository that is not there is refused, and the tool says why', async () => {
    const {home} = await pushed(tool)
    expect(await home.refusal(...tool.pushing('built:v1', `${home.hosts.dev}/no/such:v1`))).toMatch(
      /The repository with name 'no\/such' does not exist in the registry with id '111111111111'/,
    )
  })
}

/** The same for a client that can delete one tag alone. */
export function testTagDeletion(
  tool: RegistryTool,
  deleteTag: (home: ToolHome, image: string) => Promise<unknown>,
): void {
  test('a deleted tag leaves the image and its other tag', async () => {
    const {home, image} = await pushed(tool)
    const repository = `${home.hosts.dev}/${name}`
    await tool.copy(home, `${repository}:v1`, `${repository}:v2`)
    await deleteTag(home, `${repository}:v1`)
    expect(await tagsOf(tool, home, repository)).toEqual(['v2'])
    expect(await tool.digest(home, `${repository}@${image.root.digest}`)).toBe(image.root.digest)
  })
}

/** Logs a tool in to an account's registry. */
export async function loginTo(tool: RegistryTool, home: ToolHome, account: Account): Promise<void> {
  await tool.trust?.(home, home.hosts[account])
  await tool.login(home, home.hosts[account], await passwordOf(home.sandbox, account))
}

async function tagsOf(tool: RegistryTool, home: ToolHome, repository: string): Promise<readonly string[]> {
  const said = await home.run(...tool.listing(repository))
  // skopeo prints a document.
  return said.startsWith('{') ? (JSON.parse(said) as {Tags: string[]}).Tags : linesOf(said)
}

/** A home that is logged in to dev, with an index in `built:v1` and in dev. */
async function pushed(tool: RegistryTool): Promise<{home: ToolHome; image: BuiltImage}> {
  const home = await openToolHome([name])
  const image = await buildTwoPlatforms()
  await writeLayout(join(home.folder, 'built'), image, 'v1')
  await loginTo(tool, home, 'dev')
  await home.run(...tool.pushing('built:v1', `${home.hosts.dev}/${name}:v1`))
  return {home, image}
}

/** An index of two platforms with attestations, as BuildKit writes it. */
export function buildTwoPlatforms(sbom = false): Promise<BuiltImage> {
  return buildImage({
    layers: [{'etc/base': 'base\n'}, {'bin/hello': '#!/bin/sh\necho hello\n'}],
    platforms: [
      {os: 'linux', architecture: 'amd64'},
      {os: 'linux', architecture: 'arm64', variant: 'v8'},
    ],
    attestation: true,
    sbom,
  })
}

/** Of the image with everything in it, and without what refers to it. */
export function digestsOf({manifests}: BuiltImage): readonly string[] {
  const digests = manifests.flatMap(({digest, blobs}) => [digest, ...blobs.map(({digest}) => digest)])
  return [...new Set(digests)].toSorted()
}
