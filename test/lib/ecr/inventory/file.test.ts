import {readdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {gunzipSync} from 'node:zlib'
import fc from 'fast-check'
import {beforeEach, describe, expect, test} from 'vitest'
import {recordedInventory, recordInventory} from '../../../../src/lib/ecr/inventory/file.ts'
import {
  type ImageContent,
  type ImageRecord,
  type InventorySource,
  isUnreadable,
  type RepositoryInventory,
  type UnreadableRepository,
} from '../../../../src/lib/ecr/inventory/model.ts'
import {FailureError, GantryError} from '../../../../src/lib/errors.ts'
import {type Digest, digestOf} from '../../../../src/lib/oci/digest.ts'
import {temporaryFolder} from '../../../support/temporary-folder.ts'
import {allOf, devWest, prodEast} from './support.ts'

const hostOf = ({account, region}: typeof devWest) => `${account}.dkr.ecr.${region}.amazonaws.com`
const dev = {label: 'dev@eu-west-1', host: hostOf(devWest), ...devWest, alias: 'dev'}
const prod = {label: hostOf(prodEast), host: hostOf(prodEast), ...prodEast}
const takenAt = Date.UTC(2026, 10, 1)
const callers = [{account: devWest.account, arn: `arn:aws:iam::${devWest.account}:user/dev`}]
const options = {callers, registries: [dev, prod], manifests: true}

interface Known {
  readonly repository: RepositoryInventory | UnreadableRepository
  readonly contents: ReadonlyMap<Digest, ImageContent>
}

function sourceOf(known: readonly Known[]): InventorySource {
  return {
    takenAt,
    async *repositories() {
      for (const {repository} of known) yield repository
    },
    async contents(repository) {
      return known.find(each => each.repository === repository)?.contents ?? new Map()
    },
  }
}

async function readBack(file: string, words?: readonly string[]): Promise<Known[]> {
  const source = await recordedInventory(file, words)
  const known: Known[] = []
  for await (const repository of source.repositories()) {
    const contents = isUnreadable(repository)
      ? new Map()
      : await source.contents(
          repository,
          repository.images.map(({digest}) => digest),
        )
    known.push({repository, contents})
  }
  return known
}

const digest = fc.nat(200).map(n => digestOf(Buffer.from(`${n}`)))
const time = fc.date({min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true}).map(Number)
const image: fc.Arbitrary<ImageRecord> = fc.record(
  {
    digest,
    tags: fc.array(fc.string()),
    mediaType: fc.string(),
    artifactType: fc.string({unit: 'binary'}),
    size: fc.maxSafeNat(),
    status: fc.constantFrom('active', 'archived', 'activating'),
    pushedAt: time,
    pulledAt: time,
    archivedAt: time,
    activatedAt: time,
    subject: digest,
  },
  {requiredKeys: ['digest', 'tags', 'mediaType', 'size', 'status', 'pushedAt'], noNullPrototype: true},
)
const content = fc.record({
  children: fc.array(digest),
  blobs: fc.array(fc.record({digest, size: fc.nat()}, {noNullPrototype: true})),
})
const readable: fc.Arbitrary<Known> = fc
  .record({
    registry: fc.constantFrom(dev, prod),
    name: fc.string(),
    policy: fc.option(fc.string({unit: 'binary'})),
    images: fc.uniqueArray(fc.tuple(image, fc.option(content)), {selector: ([{digest: same}]) => same}),
  })
  .map(({images, ...repository}) => ({
    repository: {...repository, images: images.map(([record]) => record)},
    contents: new Map(images.flatMap(([record, said]) => (said === null ? [] : [[record.digest, said]]))),
  }))
const unreadable: fc.Arbitrary<Known> = fc
  .record({
    code: fc.string(),
    message: fc.string(),
    exitCode: fc.constantFrom(4, 5, 6),
    hints: fc.array(fc.string()),
  })
  .map(({code, message, exitCode, hints}) => ({
    repository: {registry: prod, name: 'secret', error: new FailureError(code, message, {exitCode, hints})},
    contents: new Map(),
  }))

test.each(['inventory.jsonl', 'inventory.jsonl.gz'])('what is recorded in %s is read back', async name => {
  const file = join(await temporaryFolder(), name)
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof({weight: 3, arbitrary: readable}, unreadable)), async known => {
      await recordInventory(sourceOf(known), file, options)
      const read = await readBack(file)
      expect(read).toEqual(known)
      const errors = (all: readonly Known[]) =>
        all.flatMap(({repository}) => {
          if (!isUnreadable(repository)) return []
          const {code, message, exitCode, hints} = repository.error
          return [{code, message, exitCode, hints}]
        })
      expect(errors(read)).toEqual(errors(known))
    }),
    {numRuns: 60},
  )
})

const [one, two, layer]: [Digest, Digest, Digest] = [
  digestOf(Buffer.from('one')),
  digestOf(Buffer.from('two')),
  digestOf(Buffer.from('layer')),
]
const record = (of: Digest): ImageRecord => ({
  digest: of,
  tags: ['v1'],
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  size: 700,
  status: 'active',
  pushedAt: takenAt,
})
const lists: ImageContent = {children: [], blobs: [{digest: layer, size: 5}]}
const sample: readonly Known[] = [
  {
    repository: {registry: dev, name: 'app', policy: '{"rules":[]}', images: [record(one), record(two)]},
    contents: new Map([
      [one, lists],
      [two, lists],
    ]),
  },
  {repository: {registry: prod, name: 'app', policy: null, images: []}, contents: new Map()},
  {
    repository: {registry: prod, name: 'secret', error: new FailureError('ACCESS_DENIED', 'No.')},
    contents: new Map(),
  },
]

describe('a recorded inventory', () => {
  let folder: string
  let file: string
  let text: string
  const altered = () => join(folder, 'altered.jsonl')

  beforeEach(async () => {
    folder = await temporaryFolder()
    file = join(folder, 'inventory.jsonl')
    await recordInventory(sourceOf(sample), file, options)
    text = await readFile(file, 'utf8')
  })

  test('says when it was taken and as whom, and has no preview', async () => {
    expect(await recordedInventory(file)).toMatchObject({takenAt, callers, warnings: []})
    expect(await recordedInventory(file)).not.toHaveProperty('preview')
  })

  test('has one object for a blob that several images share', async () => {
    const [app] = await readBack(file)
    expect(app?.contents.get(one)?.blobs[0]).toBe(app?.contents.get(two)?.blobs[0])
  })

  test('without manifests knows of no content', async () => {
    const bare = join(folder, 'bare.jsonl')
    await recordInventory(sourceOf(sample), bare, {...options, manifests: false})
    expect((await readBack(bare)).map(({contents}) => contents.size)).toEqual([0, 0, 0])
  })

  test.each<[string, string[], string[]]>([
    ['a name', ['app'], ['dev@eu-west-1/app', `${prod.host}/app`]],
    ['an account', ['dev/**'], ['dev@eu-west-1/app']],
    ['a host', [`${prod.host}/s*`], [`${prod.host}/secret`]],
  ])('gives the repositories that %s means', async (_, words, expected) => {
    const read = await readBack(file, words)
    expect(read.map(({repository: {registry, name}}) => `${registry.label}/${name}`)).toEqual(expected)
  })

  test('warns of a pattern that nothing fits; a name that is nowhere is an error', async () => {
    expect((await recordedInventory(file, ['app', 'nope/*'])).warnings).toEqual([
      'No repository is like "nope/*".',
    ])
    await expect(recordedInventory(file, ['nope'])).rejects.toMatchObject({code: 'REPOSITORY_NOT_FOUND'})
  })

  test('is an error wherever it is cut, in one line that says where', async () => {
    for (let length = 0; length < text.length; length += 5) {
      await writeFile(altered(), text.slice(0, length))
      const error: unknown = await recordedInventory(altered()).catch((thrown: unknown) => thrown)
      expect(error, `${length}`).toMatchObject({exitCode: 2})
      const [line] = /(?<=altered\.jsonl:)\d+(?=: )/.exec((error as GantryError).message) ?? []
      expect(Number(line), `${length}`).toBe(text.slice(0, length).split('\n').length)
    }
  })

  test('is an error wherever it is cut when it is compressed', async () => {
    const whole = join(folder, 'whole.jsonl.gz')
    await recordInventory(sourceOf(sample), whole, options)
    const bytes = await readFile(whole)
    expect(gunzipSync(bytes).toString()).toBe(text)
    const cut = join(folder, 'cut.jsonl.gz')
    for (let length = 0; length < bytes.length; length += 7) {
      await writeFile(cut, bytes.subarray(0, length))
      await expect(recordedInventory(cut), `${length}`).rejects.toMatchObject({exitCode: 2})
    }
  })

  test.each<[string, (lines: string[]) => string[], string, string]>([
    ['a size is another', swap('"size":700', '"size":701'), ':7: ', 'not those that were written'],
    ['a line is gone', lines => lines.toSpliced(2, 1), ':4: ', 'has 2 images'],
    ['a line is there twice', lines => lines.toSpliced(2, 0, lines[2] ?? ''), ':6: ', 'has 2 images'],
    ['a repository is gone', lines => lines.toSpliced(4, 1), ':6: ', 'not those that were written'],
    ['something comes after the end', lines => [...lines.slice(0, -1), '{}', ''], ':8: ', 'after the end'],
    ['a line is no JSON', lines => lines.with(3, 'no'), ':4: ', 'no JSON'],
    ['a status is new', swap('"status":"active"', '"status":"frozen"'), ':3: ', '"status"'],
    ['a digest is none', swap(`"digest":"${one}"`, '"digest":"one"'), ':3: ', '"digest"'],
    ['a field is unknown', swap('"size":700', '"size":700,"x":1'), ':3: ', 'is not what it should be'],
    ['a type is unknown', swap('"type":"image"', '"type":"picture"'), ':3: ', '"type"'],
    [
      'a registry is unknown',
      swap('"repository","registry":"1', '"repository","registry":"2'),
      ':2: ',
      'none',
    ],
    ['its version is another', swap('"schemaVersion":1', '"schemaVersion":2'), ':1: ', 'no inventory'],
    ['it is something else', () => ['{"type":"plan"}', ''], ':1: ', 'no inventory'],
    ['it begins twice', lines => lines.toSpliced(1, 0, lines[0] ?? ''), ':2: ', 'another inventory'],
  ])('is not read when %s', async (_, alter, place, words) => {
    await writeFile(altered(), alter(text.split('\n')).join('\n'))
    const error: unknown = await recordedInventory(altered()).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(GantryError)
    expect(error).toMatchObject({exitCode: 2, message: expect.stringContaining(`${altered()}${place}`)})
    expect(error).toMatchObject({message: expect.stringContaining(words)})
  })

  test('that is not there, or no text, is one clear error', async () => {
    for (const name of ['nowhere.jsonl', 'nowhere.jsonl.gz']) {
      await expect(recordedInventory(join(folder, name))).rejects.toMatchObject({
        code: 'INVENTORY_UNREADABLE',
        message: expect.stringContaining('ENOENT'),
      })
    }
    await writeFile(altered(), Buffer.from([0xff, 0xfe, 0x0a]))
    await expect(recordedInventory(altered())).rejects.toMatchObject({code: 'INVENTORY_DAMAGED'})
  })

  test('is what it was when another could not be taken', async () => {
    const broken: InventorySource = {
      ...sourceOf(sample),
      async *repositories() {
        yield* sample.map(({repository}) => repository)
        throw new FailureError('LOST', 'The network is gone.')
      },
    }
    await expect(recordInventory(broken, file, options)).rejects.toMatchObject({code: 'LOST'})
    expect(await readFile(file, 'utf8')).toBe(text)
    expect((await readdir(folder)).filter(name => name.endsWith('.tmp'))).toEqual([])
  })

  test('cannot be written where no folder is', async () => {
    const nowhere = join(folder, 'nowhere', 'inventory.jsonl')
    await expect(recordInventory(sourceOf(sample), nowhere, options)).rejects.toMatchObject({
      code: 'INVENTORY_UNWRITABLE',
      exitCode: 2,
    })
  })
})

/** Alters the first line that has this. */
function swap(before: string, after: string): (lines: string[]) => string[] {
  return lines => {
    const index = lines.findIndex(line => line.includes(before))
    expect(index).toBeGreaterThanOrEqual(0)
    return lines.with(index, (lines[index] ?? '').replace(before, after))
  }
}

test('images by the thousand are read back, repository by repository', async () => {
  const file = join(await temporaryFolder(), 'large.jsonl.gz')
  const images = Array.from({length: 500}, (_, n) => record(digestOf(Buffer.from(`${n}`))))
  const names = Array.from({length: 20}, (_, n) => `app${n}`)
  const many = names.map(name => ({
    repository: {registry: dev, name, policy: null, images},
    contents: new Map(),
  }))
  await recordInventory(sourceOf(many), file, options)
  const source = await recordedInventory(file)
  const read = await allOf(source.repositories())
  expect(read.map(each => (isUnreadable(each) ? 0 : each.images.length))).toEqual(names.map(() => 500))
})
