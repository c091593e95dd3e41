import * as fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {RefusalError} from '../../../src/lib/errors.ts'
import {digestOf} from '../../../src/lib/oci/digest.ts'
import {maxManifestRead, parseManifest} from '../../../src/lib/oci/manifest.ts'
import {mediaTypes} from '../../../src/lib/oci/media-types.ts'
import {thrown} from './thrown.ts'

const a = `sha256:${'a'.repeat(64)}`
const b = `sha256:${'b'.repeat(64)}`
const config = {mediaType: 'application/vnd.oci.image.config.v1+json', digest: a, size: 7}
const layer = {mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest: b, size: 9}
const image = {schemaVersion: 2, mediaType: mediaTypes.ociManifest, config, layers: [layer]}
const child = {mediaType: mediaTypes.ociManifest, digest: a, size: 7}
const index = {schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [child]}

describe('manifests that are read', () => {
  test('an image: its bytes as they are, its digest, config and layers', () => {
    const bytes = utf8(JSON.stringify(image, null, 3))
    const manifest = parseManifest(bytes, mediaTypes.ociManifest)
    expect(manifest).toEqual({
      bytes,
      digest: digestOf(bytes),
      mediaType: mediaTypes.ociManifest,
      kind: 'image',
      blobs: [config, layer],
      children: [],
    })
    expect(manifest.bytes).toBe(bytes)
  })

  test('an index: its children with their platforms', () => {
    const platform = {os: 'linux', architecture: 'arm64', variant: 'v8', 'os.version': '1'}
    const manifest = parse({...index, manifests: [{...child, platform}, child]})
    expect(manifest.kind).toBe('index')
    expect(manifest.blobs).toEqual([])
    expect(manifest.children).toEqual([{...child, platform}])
  })

  test('Docker types, with the type from either side alone', () => {
    expect(parse({...image, mediaType: mediaTypes.dockerManifest}).kind).toBe('image')
    expect(parse({...index, mediaType: mediaTypes.dockerIndex}, mediaTypes.dockerIndex).kind).toBe('index')
    expect(
      parse({...image, mediaType: undefined}, `${mediaTypes.ociManifest}; charset=utf-8`).mediaType,
    ).toBe(mediaTypes.ociManifest)
  })

  test('a document without any type is OCI, image or index by its content', () => {
    expect(parse({...image, mediaType: undefined}).mediaType).toBe(mediaTypes.ociManifest)
    expect(parse({...index, mediaType: undefined}).mediaType).toBe(mediaTypes.ociIndex)
  })

  test('an artifact: subject and artifactType, an empty config', () => {
    const manifest = parse({...image, layers: [], artifactType: 'application/spdx+json', subject: child})
    expect(manifest.subject).toEqual(child)
    expect(manifest.artifactType).toBe('application/spdx+json')
  })

  test('a layer that is there twice is one blob', () => {
    expect(parse({...image, layers: [layer, layer]}).blobs).toEqual([config, layer])
  })

  test('a platform without content is no platform', () => {
    expect(parse({...index, manifests: [{...child, platform: {os: '', architecture: ''}}]}).children).toEqual(
      [child],
    )
  })

  test('an annotation named __proto__ is data', () => {
    const text = JSON.stringify(index).replace('"size":7', '"size":7,"annotations":{"__proto__":"x"}')
    expect(parseManifest(utf8(text)).children[0]?.annotations).toEqual(JSON.parse('{"__proto__":"x"}'))
    expect(Object.prototype).not.toHaveProperty('x')
  })
})

describe('documents that could be two things are refused', () => {
  test.each([
    ['manifests and layers', {...index, layers: []}, undefined],
    ['manifests and config', {...index, config}, undefined],
    ['an index as an image', {...index, mediaType: mediaTypes.ociManifest}, undefined],
    ['an image as an index', {...image, mediaType: mediaTypes.ociIndex}, undefined],
    ['another Content-Type', image, mediaTypes.ociIndex],
    ['another Content-Type of the same kind', image, mediaTypes.dockerManifest],
    ['two sizes of one digest', {...image, layers: [layer, {...layer, size: 8}]}, undefined],
  ])('%s', (_, document, contentType) => {
    expect(refusal(utf8(JSON.stringify(document)), contentType).code).toBe('AMBIGUOUS_MANIFEST')
  })
})

describe('documents that are wrong are refused, saying what is wrong', () => {
  test.each([
    ['a byte order mark', `\u{feff}${JSON.stringify(image)}`, 'byte order mark'],
    ['a key twice', '{"schemaVersion":2,"layers":[],"layers":[]}', 'the key "layers" is there twice'],
    [
      'a key twice, one escaped',
      '{"schemaVersion":2,"layers":[],"la\\u0079ers":[]}',
      'the key "layers" is there twice',
    ],
    ['a key twice deep inside', '{"a":[{"b":{"c":1,"c":2}}]}', 'the key "c" is there twice'],
    ['no JSON', 'not json', 'it is not JSON'],
    ['a cut document', JSON.stringify(image).slice(0, -1), 'it is not JSON'],
    ['a page', '<html></html>', 'it is not JSON'],
    ['nothing', '', 'it is not JSON'],
    ['a list', '[]', 'is not a JSON object'],
    ['null', 'null', 'is not a JSON object'],
    ['deep nesting', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'nested over 64 levels'],
    ['no schemaVersion', text({...image, schemaVersion: undefined}), 'schemaVersion must be 2'],
    ['a mediaType that is no text', text({...image, mediaType: 1}), 'mediaType must be text'],
    ['manifests that are no list', text({...index, manifests: {}}), '"manifests" must be a list'],
    ['layers missing', text({...image, layers: undefined}), '"layers" must be a list'],
    ['config missing', text({...image, config: undefined}), 'config: a descriptor must be'],
    ['a layer that is null', text({...image, layers: [null]}), 'layers[0]: a descriptor must be'],
    ['a layer without type', text({...image, layers: [{...layer, mediaType: ''}]}), 'mediaType is missing'],
    ['1,001 children', text({...index, manifests: Array.from({length: 1001}, () => child)}), 'at most 1000'],
    ['1,001 layers', text({...image, layers: Array.from({length: 1001}, () => layer)}), 'at most 1000'],
    ['a subject that is no descriptor', text({...image, subject: 'x'}), 'subject: a descriptor must be'],
    [
      'annotations that are no text',
      text({...index, manifests: [{...child, annotations: {x: 1}}]}),
      '"x" must be text',
    ],
    ...['../../etc', `${a}\n`, a.toUpperCase(), 'md5:00', '', 7, undefined].map(digest => [
      `the digest ${JSON.stringify(digest)}`,
      text({...image, layers: [{...layer, digest}]}),
      'is not sha256: and 64',
    ]),
    ...[2 ** 53, -1, 1.5, '10', null, undefined].map(size => [
      `the size ${JSON.stringify(size)}`,
      text({...image, layers: [{...layer, size}]}),
      'is not a number of bytes',
    ]),
  ])('%s', (_, document = '', problem = '') => {
    const error = refusal(utf8(document))
    expect(error.code).toBe('INVALID_MANIFEST')
    expect(error.message).toContain(problem)
  })

  test('bytes that are not UTF-8', () => {
    expect(refusal(Uint8Array.of(0x22, 0xff, 0x22)).message).toContain('it is not UTF-8 text')
  })

  test('more bytes than are read', () => {
    expect(refusal(new Uint8Array(maxManifestRead + 1)).code).toBe('MANIFEST_TOO_LARGE')
  })

  test('a string of 8 MiB does not exhaust the scanner', () => {
    expect(parse({...image, note: 'x'.repeat(maxManifestRead - 2000)}).kind).toBe('image')
  })
})

test('a layer with external URLs is refused by name', () => {
  const error = refusal(utf8(text({...image, layers: [{...layer, urls: ['https://evil.example/x']}]})))
  expect(error.code).toBe('FOREIGN_LAYER')
  expect(error.message).toContain(`${b} has external URLs; not supported`)
  expect(error.message).not.toContain('evil')
})

test.each([
  ['Docker schema 1', {schemaVersion: 1, fsLayers: []}, undefined, 'old schema 1'],
  [
    'Docker schema 1 by its type',
    image,
    'application/vnd.docker.distribution.manifest.v1+prettyjws',
    'old schema 1',
  ],
  ['an unknown type', {...image, mediaType: 'application/x'}, undefined, 'application/x; not supported'],
  ['a web page', {...image, mediaType: undefined}, 'text/html', 'text/html; not supported'],
])('%s is not supported', (_, document, contentType, problem) => {
  const error = refusal(utf8(text(document)), contentType)
  expect(error.code).toBe('UNSUPPORTED_MANIFEST')
  expect(error.message).toContain(problem)
})

test('any JSON either is a manifest or is refused in one line', () => {
  const pieces = fc.constantFrom<unknown>(
    image,
    index,
    config,
    [layer],
    [child],
    2,
    mediaTypes.ociIndex,
    null,
    {},
    [],
    '\n',
  )
  const documents = fc.dictionary(
    fc.constantFrom('schemaVersion', 'mediaType', 'config', 'layers', 'manifests', 'subject', '__proto__'),
    fc.oneof(pieces, fc.jsonValue()),
  )
  fc.assert(
    fc.property(documents, document => {
      const error = thrown(() => parseManifest(utf8(JSON.stringify(document))))
      expect(error === undefined || error instanceof RefusalError).toBe(true)
      expect(error?.message ?? '').not.toMatch(/[\n\r]/)
    }),
    {numRuns: 500},
  )
})

function parse(document: unknown, contentType?: string) {
  return parseManifest(utf8(text(document)), contentType)
}

function refusal(bytes: Uint8Array, contentType?: string): RefusalError {
  const error = thrown(() => parseManifest(bytes, contentType))
  if (error instanceof RefusalError) return error
  throw new Error('it was not refused')
}

function text(document: unknown): string {
  return JSON.stringify(document)
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
