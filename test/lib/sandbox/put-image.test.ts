import {describe, expect, test} from 'vitest'
import {addBlob} from '../../../src/lib/sandbox/state/blobs.ts'
import {MemoryContent} from '../../../src/lib/sandbox/state/content.ts'
import {putImage} from '../../../src/lib/sandbox/state/images.ts'
import {Store} from '../../../src/lib/sandbox/state/store.ts'
import type {TagMutability} from '../../../src/lib/sandbox/state/tag-mutability.ts'
import {World} from '../../../src/lib/sandbox/state/world.ts'
import {dev, region, smallImage} from './support.ts'

/** A repository that has all that images are made of, and a way to put one. */
async function repository(mode: TagMutability['mode'] = 'MUTABLE') {
  const world = new World(new MemoryContent(), new Store(undefined))
  const made = world.createRepository(
    {account: dev, region, name: 'app'},
    {
      createdAt: 0,
      tagMutability: {mode, exclusions: []},
      scanOnPush: false,
      encryption: {encryptionType: 'AES256'},
    },
  )
  const put = async (content: string, tag?: string, more = '') => {
    const {layer, config, manifest} = smallImage(content)
    for (const blob of [layer, config]) await addBlob(world, made, Buffer.from(blob))
    // Of a member that is there twice, JSON takes the last.
    const bytes = Buffer.from(manifest.replace(/}$/, `${more}}`))
    return () => putImage(world, made, {bytes, tag}, 0)
  }
  return {world, made, put}
}

describe('several requests at once', () => {
  test('move an immutable tag once', async () => {
    const {made, put} = await repository('IMMUTABLE')
    const puts = [await put('one', 'v1'), await put('two', 'v1'), await put('three', 'v1')]
    const outcomes = await Promise.allSettled(puts.map(one => one()))
    expect(outcomes.map(({status}) => status).toSorted()).toEqual(['fulfilled', 'rejected', 'rejected'])
    expect(made.size).toBe(1)
  })

  test('refuse an image whose repository is deleted while it is put', async () => {
    const {world, made, put} = await repository()
    const putting = (await put('one'))()
    world.deleteRepository(made)
    await expect(putting).rejects.toMatchObject({exception: 'RepositoryNotFoundException'})
  })

  test('read an image that is deleted while it is read', async () => {
    const {world, made, put} = await repository()
    const {image} = await (await put('one'))()
    const reading = world.holdings.readWhole(image.digest)
    made.removeImage(image.digest)
    await world.flush()
    expect((await reading).length).toBe(image.manifestSize)
    made.addLayer('sha256:0', 0)
    await world.flush()
    expect(await world.content.sizeOf(image.digest)).toBeUndefined()
  })
})

describe('a manifest', () => {
  test.each(['a\nb', 'application/ä中', ''])(
    'of media type %j is refused: no header can carry it',
    async type => {
      const {put} = await repository()
      const putting = await put('one', undefined, `,"mediaType":${JSON.stringify(type)}`)
      await expect(putting()).rejects.toMatchObject({exception: 'InvalidParameterException'})
    },
  )

  test('is refused when its subject has something else than a digest', async () => {
    const {put} = await repository()
    const putting = await put('one', undefined, ',"subject":{"digest":"a\\nb"}')
    await expect(putting()).rejects.toMatchObject({exception: 'InvalidParameterException'})
  })

  test('keeps of its annotations what are texts, however deep the others are', async () => {
    const {put} = await repository()
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
    const subject = JSON.stringify({digest: smallImage('other').digest})
    const putting = await put(
      'one',
      undefined,
      `,"subject":${subject},"annotations":{"kept":"yes","dropped":${deep}}`,
    )
    expect((await putting()).image.annotations).toEqual({kept: 'yes'})
  })
})
