import {writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {joinProtection, protectionOf, readProtection} from '../../../src/lib/lifecycle/protection.ts'
import type {Digest} from '../../../src/lib/oci/digest.ts'
import {temporaryFolder} from '../../support/temporary-folder.ts'

const digest = (hex: string): Digest => `sha256:${hex.repeat(64)}`
const a = digest('a')
const b = digest('b')
const registry = (account: string, region = 'eu-west-1') => ({
  label: account,
  host: `${account}.dkr.ecr.${region}.amazonaws.com`,
  account,
  region,
})
const prod = registry('222222222222')
const image = (
  more: {repository?: string; digest?: Digest; tags?: string[]; registry?: typeof prod} = {},
) => ({
  registry: prod,
  repository: 'payments/api',
  digest: a,
  tags: ['1.0'],
  ...more,
})
const noStdin = async () => Promise.reject(new Error('nobody reads standard input'))

/** Reads what standard input says. */
async function read(text: string | Uint8Array, allowEmpty = false) {
  const readStdin = async () => Buffer.from(text)
  return readProtection(['-'], {readStdin, allowEmpty})
}

const refused = (code: string, message: RegExp | string) =>
  expect.objectContaining({
    code,
    exitCode: 7,
    message: typeof message === 'string' ? message : expect.stringMatching(message),
  })

describe('what is read', () => {
  test('words stand between white space and commas, and # begins a comment', async () => {
    const {words, sources} = await read(
      `# in use\n${a}, payments/api:1.0\tother@${b}\r\n  ,,web:2 # not web:3\n#web:4`,
    )
    expect(words.map(({word, place}) => `${place} ${word}`)).toEqual([
      `standard input:2:1 ${a}`,
      'standard input:2:74 payments/api:1.0',
      `standard input:2:91 other@${b}`,
      'standard input:3:5 web:2',
    ])
    expect(sources).toEqual([{name: '-', words: 4, ignored: 0}])
  })

  test('lists of JSON hold strings, objects and lists of them', async () => {
    const {words} = await read(
      JSON.stringify(
        [a, ['web:1'], {image: 'web:2', imageDigest: b}, {containers: [{image: 'web:3'}]}],
        null,
        1,
      ),
    )
    expect(words.map(({word}) => word)).toEqual([a, 'web:1', 'web:2', b, 'web:3'])
    expect(words.map(({place}) => place.replace('standard input:', ''))).toEqual([
      '2:3',
      '4:4',
      '7:13',
      '8:19',
      '13:15',
    ])
  })

  test("kubectl's output is read: names and ids of images, and nothing else", async () => {
    const pods = {
      apiVersion: 'v1',
      items: [
        {
          metadata: {annotations: {digest2: 'no', note: 'web:9'}, finalizers: ['no word']},
          spec: {containers: [{name: 'web', image: 'web:1', command: ['sleep', 'web:8']}, {image: 'nginx'}]},
          status: {
            containerStatuses: [{image: 'web:1', imageID: `docker-pullable://web@${a}`}, {imageID: ''}],
          },
        },
      ],
    }
    const protection = await read(JSON.stringify(pods))
    expect(protection.words.map(({word}) => word)).toEqual([
      'web:1',
      'nginx',
      'web:1',
      `docker-pullable://web@${a}`,
    ])
    expect(protection.evidenceOf(image({digest: b, repository: 'nginx', tags: ['latest']}))).toHaveLength(1)
  })

  test('several files are read, each once, with the names that they were given', async () => {
    const folder = await temporaryFolder()
    const [one, two] = [join(folder, 'one.txt'), join(folder, 'two.json')]
    writeFileSync(one, `\u{feff}web:1\n${a}`)
    writeFileSync(two, JSON.stringify([{digest: a}]))
    const protection = await readProtection([one, two, one], {readStdin: noStdin})
    expect(protection.sources.map(({name}) => name)).toEqual([one, two])
    expect(protection.evidenceOf(image())).toEqual([`${one}:2:1: ${a}`, `${two}:1:13: ${a}`])
  })

  test('no files protect nothing', async () => {
    const protection = await readProtection([], {readStdin: noStdin})
    expect(protection).toMatchObject({words: [], sources: []})
    expect(protection.evidenceOf(image())).toEqual([])
  })
})

describe('what is protected', () => {
  const evidence = async (word: string, of = image()) => (await read(word)).evidenceOf(of)

  test('a digest wherever it is, whoever names it', async () => {
    const names = [a, `web@${a}`, `${prod.host}/web@${a}`, `docker.io/library/web@${a}`, `docker://${a}`]
    const places = [image(), image({repository: 'other'}), image({registry: registry('333333333333')})]
    for (const name of names)
      for (const place of places) expect(await evidence(name, place)).toEqual([`standard input:1:1: ${name}`])
    expect(await evidence(a, image({digest: b}))).toEqual([])
  })

  test('a tag without a host in every registry, at a host in that registry alone', async () => {
    const elsewhere = image({registry: registry('333333333333')})
    expect(await evidence('payments/api:1.0')).toHaveLength(1)
    expect(await evidence('payments/api:1.0', elsewhere)).toHaveLength(1)
    expect(await evidence(`${prod.host}/payments/api:1.0`)).toHaveLength(1)
    expect(await evidence(`${prod.host}/payments/api:1.0`, elsewhere)).toEqual([])
    const region = image({registry: registry(prod.account, 'us-east-1')})
    expect(await evidence(`${prod.host}/payments/api:1.0`, region)).toEqual([])
  })

  test('a registry is the same under each of its names', async () => {
    const host = `${prod.account}.dkr-ecr-fips.eu-west-1.on.aws`
    expect(await evidence(`${host}/payments/api:1.0`)).toHaveLength(1)
  })

  test('a tag is that of its repository alone', async () => {
    expect(await evidence('payments/api:1.1')).toEqual([])
    expect(await evidence('api:1.0')).toEqual([])
  })

  test('with a tag and a digest both', async () => {
    const both = `payments/api:1.0@${b}`
    expect(await evidence(both)).toHaveLength(1)
    expect(await evidence(both, image({digest: b, tags: []}))).toHaveLength(1)
  })

  test('tags of other registries are counted and protect nothing', async () => {
    const protection = await read(
      'docker.io/payments/api:1.0 ghcr.io/payments/api:1.0 public.ecr.aws/payments/api:1.0',
    )
    expect(protection.sources).toEqual([{name: '-', words: 0, ignored: 3}])
    expect(protection.evidenceOf(image())).toEqual([])
  })

  test('words that were read give the same protection again', async () => {
    const first = await read(`["payments/api", "${b}"]`)
    const again = protectionOf(structuredClone(first.words))
    for (const each of [image({tags: ['latest']}), image({digest: b}), image()])
      expect(again.evidenceOf(each)).toEqual(first.evidenceOf(each))
    expect(joinProtection([first, await read(a)]).evidenceOf(image())).toHaveLength(1)
  })

  test('the evidence of one image is not longer than a few places', async () => {
    expect(await evidence(`${a} `.repeat(1000))).toHaveLength(5)
  })
})

describe('what is refused', () => {
  test.each([
    ['no resources found', /^standard input:1:1: "no" names no image/],
    ['web:1\n  Web:2', /^standard input:2:3: .*lower case/],
    ['web', /the tag or digest is missing/],
    [`sha256:${'A'.repeat(64)}`, /is not a digest/],
    ['sha256:abc', /is not a digest/],
    [`web@sha256:${'a'.repeat(63)}`, /64 hex digits/],
    [`web:1 sha512:${'a'.repeat(128)}`, /^standard input:1:7: .*is not a digest/],
    ['web:1;web:2', /^standard input:1:1: /],
    ['- web:1', /^standard input:1:1: /],
    ['https://web/x:1', /no scheme/],
    ['["web:1"', /not JSON/],
    ['["web:1", 7]', /7 names no image/],
    ['["web:1", {"name": "x"}]', /names no image/],
    ['["web:1", null]', /null names no image/],
    ['[{"image": {"name": "x"}}]', /names no image/],
    ['[{"image": "web:1", "image": "web:2"}]', /twice/],
    ['["Web:1"]', /^standard input:1:3: /],
    [Buffer.from('web:1\n', 'utf16le'), /^standard input:1:1: /],
    [Buffer.from([0xff, 0xfe]), /not UTF-8/],
  ])('%j', async (text, message) => {
    await expect(read(text)).rejects.toEqual(refused('PROTECTION_INVALID', message))
  })

  test.each(['', ' \n', '# nothing\n', '[]', '[[]]', '{}', '{"items": []}'])(
    '%j: a source that names no image, unless that is said to be right',
    async text => {
      await expect(read(text)).rejects.toEqual(refused('PROTECTION_EMPTY', /names no image/))
      expect((await read(text, true)).words).toEqual([])
    },
  )

  test('a file that cannot be read', async () => {
    const gone = join(tmpdir(), 'there-is-no-such-file')
    const options = {readStdin: noStdin, allowEmpty: true}
    await expect(readProtection([gone], options)).rejects.toEqual(
      refused(
        'PROTECTION_UNREADABLE',
        `${gone} cannot be read (ENOENT), so nobody knows which images are needed. Nothing was done.`,
      ),
    )
    await expect(readProtection([tmpdir()], options)).rejects.toEqual(
      refused('PROTECTION_UNREADABLE', /EISDIR/),
    )
  })

  test.skipIf(process.platform === 'win32')('a file without end', async () => {
    await expect(readProtection(['/dev/zero'], {readStdin: noStdin})).rejects.toEqual(
      refused('PROTECTION_UNREADABLE', /larger than 64 MiB/),
    )
  })
})
