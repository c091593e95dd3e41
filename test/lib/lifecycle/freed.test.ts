import * as fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import type {ImageContent, ImageRecord, ImageStatus} from '../../../src/lib/ecr/inventory/model.ts'
import {freedBytes} from '../../../src/lib/lifecycle/freed.ts'
import type {Digest} from '../../../src/lib/oci/digest.ts'
import {mediaTypes} from '../../../src/lib/oci/media-types.ts'

function digest(name: string): Digest {
  return `sha256:${Buffer.from(name).toString('hex').padStart(64, '0')}`
}

function image(name: string, size: number, facts: Partial<ImageRecord> = {}): ImageRecord {
  const {ociManifest} = mediaTypes
  return {
    digest: digest(name),
    tags: [],
    mediaType: ociManifest,
    size,
    status: 'active',
    pushedAt: 0,
    ...facts,
  }
}

/** Blobs by name with their sizes: `{base: 100, top: 5}`. */
function content(blobs: Readonly<Record<string, number>>, children: readonly Digest[] = []): ImageContent {
  return {children, blobs: Object.entries(blobs).map(([name, size]) => ({digest: digest(name), size}))}
}

function named(...names: readonly string[]): ReadonlySet<Digest> {
  return new Set(names.map(digest))
}

const old = image('old', 105)
const older = image('older', 108)
const kept = image('kept', 103)
const contents = new Map([
  [old.digest, content({base: 100, a: 5})],
  [older.digest, content({base: 100, a: 5, b: 3})],
  [kept.digest, content({base: 100, c: 3})],
])

describe('what is freed', () => {
  test('are blobs that nothing which stays names, each once', () => {
    expect(freedBytes([old, older, kept], contents, named('old', 'older'))).toMatchObject({
      bytes: 8,
      atMost: 213,
    })
    expect(freedBytes([old, older, kept], contents, named('old'))).toMatchObject({bytes: 0, atMost: 105})
    expect(freedBytes([old, older, kept], contents, named('old', 'older', 'kept'))).toMatchObject({
      bytes: 111,
    })
  })

  test('is not what an archived image names, or one that is being restored', () => {
    for (const status of ['archived', 'activating'] as const) {
      expect(freedBytes([old, {...kept, status}], contents, named('old'))).toMatchObject({bytes: 5})
    }
  })

  test('is nothing when nothing goes, whatever is unknown', () => {
    expect(freedBytes([old, kept], new Map(), new Set())).toEqual({
      bytes: 0,
      atMost: 0,
      moves: {fromStandard: 0, fromArchive: 0, toArchive: 0},
    })
  })

  test('is not known when the manifest of an image that stays is not', () => {
    const unknown = image('unknown', 50, {status: 'archived'})
    expect(freedBytes([old, kept, unknown], contents, named('old'))).toEqual({
      bytes: null,
      atMost: 105,
      moves: null,
    })
  })

  test('is not known when the manifest of one that goes is not', () => {
    const unknown = image('unknown', 50)
    expect(freedBytes([old, kept, unknown], contents, named('old', 'unknown'))).toMatchObject({
      bytes: null,
      atMost: 155,
    })
  })

  test('needs no manifest of an index, whose size is that of one of its images', () => {
    const index = image('index', 105, {mediaType: mediaTypes.dockerIndex})
    const staying = image('other', 103, {mediaType: mediaTypes.ociIndex})
    const images = [index, staying, old, kept]
    expect(freedBytes(images, contents, named('index', 'old'))).toMatchObject({bytes: 5, atMost: 105})
  })
})

describe('what moves', () => {
  test('to the archive are blobs that no standard image names any more', () => {
    const {bytes, moves} = freedBytes([old, older, kept], contents, named('old'), named('older'))
    expect(bytes).toBe(0)
    expect(moves).toEqual({fromStandard: 0, fromArchive: 0, toArchive: 8})
  })

  test('from the archive are blobs that only archived images named', () => {
    const archived = {...older, status: 'archived'} as const
    expect(freedBytes([old, archived, kept], contents, named('old', 'older')).moves).toEqual({
      fromStandard: 5,
      fromArchive: 3,
      toArchive: 0,
    })
  })

  test('is gone when it is archived first and expires then', () => {
    const {moves} = freedBytes([old, kept], contents, named('old'), named('old'))
    expect(moves).toEqual({fromStandard: 5, fromArchive: 0, toArchive: 0})
  })
})

type Fate = 'stays' | 'expires' | 'is archived'

/** What a repository costs to store, blob by blob, with nothing clever. */
function stored(
  images: readonly {status: ImageStatus; blobs: readonly string[]}[],
  sizes: Record<string, number>,
) {
  const bytes = {standard: 0, archive: 0}
  for (const [name, size] of Object.entries(sizes)) {
    const classes = images.filter(({blobs}) => blobs.includes(name)).map(({status}) => status)
    if (classes.some(status => status !== 'archived')) bytes.standard += size
    else if (classes.length > 0) bytes.archive += size
  }
  return bytes
}

test('what a repository stores before and after differs by what is freed and what moves', () => {
  const sizes = Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f'].map((name, n) => [name, 10 ** n]))
  const repository = fc.array(
    fc.record({
      blobs: fc.uniqueArray(fc.constantFrom(...Object.keys(sizes)), {maxLength: 4}),
      status: fc.constantFrom<ImageStatus>('active', 'archived', 'activating'),
      fate: fc.constantFrom<Fate>('stays', 'expires', 'is archived'),
    }),
    {maxLength: 12},
  )
  fc.assert(
    fc.property(repository, made => {
      const records = made.map(({status}, n) => image(`${n}`, 1, {status}))
      const known = new Map(
        made.map(({blobs}, n) => [
          digest(`${n}`),
          content(Object.fromEntries(blobs.map(name => [name, sizes[name] ?? 0]))),
        ]),
      )
      const of = (fate: Fate) => named(...made.flatMap((each, n) => (each.fate === fate ? `${n}` : [])))
      const {bytes, moves} = freedBytes(records, known, of('expires'), of('is archived'))
      const before = stored(made, sizes)
      const after = stored(
        made
          .filter(({fate}) => fate !== 'expires')
          .map(each => (each.fate === 'is archived' ? {...each, status: 'archived'} : each)),
        sizes,
      )
      if (moves === null) throw new Error('every manifest is known')
      expect(bytes).toBe(moves.fromStandard + moves.fromArchive)
      expect(before.standard - after.standard).toBe(moves.fromStandard + moves.toArchive)
      expect(before.archive - after.archive).toBe(moves.fromArchive - moves.toArchive)
    }),
    {numRuns: 2000},
  )
})
