import {Readable} from 'node:stream'
import {text} from 'node:stream/consumers'
import {extract} from 'tar-stream'
import {expect, test} from 'vitest'
import {sampleImage} from '../../../src/lib/sandbox/sample-image.ts'
import {sha256} from './support.ts'

test('a sample image is one file, and says of all its parts what they are', async () => {
  const words = 'app:v1 – ümläut'
  const {blobs, manifest} = sampleImage(words)
  const [layer = Buffer.alloc(0), config = Buffer.alloc(0)] = blobs
  expect(JSON.parse(manifest.toString())).toMatchObject({
    schemaVersion: 2,
    config: {digest: sha256(config), size: config.length},
    layers: [{digest: sha256(layer), size: layer.length}],
  })
  expect(JSON.parse(config.toString())).toMatchObject({
    architecture: 'amd64',
    os: 'linux',
    rootfs: {type: 'layers', diff_ids: [sha256(layer)]},
  })
  const files: unknown[] = []
  for await (const entry of Readable.from([layer]).pipe(extract())) {
    const {name, size, mode} = entry.header
    files.push({name, size, mode, content: await text(entry)})
  }
  expect(files).toEqual([{name: 'sample.txt', size: Buffer.byteLength(words), mode: 0o644, content: words}])
})

test('the same text makes the same image, and another text another one', () => {
  expect(sampleImage('a')).toEqual(sampleImage('a'))
  expect(sha256(sampleImage('a').manifest)).not.toBe(sha256(sampleImage('b').manifest))
})

test.each([0, 511, 512, 513])('a text of %d bytes fills whole blocks', length => {
  const [layer] = sampleImage('x'.repeat(length)).blobs
  expect(layer?.length).toBe(512 * (1 + Math.ceil(length / 512) + 2))
})
