import {buffer} from 'node:stream/consumers'
import fc from 'fast-check'
import {extract, pack} from 'tar-stream'
import {expect, test} from 'vitest'
import {decodeHeader, decodePax, encodeHeader, paddingOf} from '../../../../src/lib/oci/layout/tar-header.ts'

const name = `blobs/sha256/${'a'.repeat(64)}`

test('a header is read back as it was written, for any size', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), size => {
      expect(decodeHeader(encodeHeader(name, size))).toEqual({name, size, type: '0'})
    }),
  )
})

test.each([0, 1, 511, 512, 8 ** 11 - 1])('tar-stream reads the header of %i bytes', async size => {
  const archive = extract()
  const read = new Promise(resolve => archive.on('entry', resolve))
  archive.write(encodeHeader(name, size))
  expect(await read).toMatchObject({name, size, type: 'file', mode: 0o644})
})

test("tar-stream's headers are read", async () => {
  const archive = pack()
  archive.entry({name: 'index.json'}, '{}')
  archive.finalize()
  const bytes = await buffer(archive)
  expect(decodeHeader(bytes.subarray(0, 512))).toEqual({name: 'index.json', size: 2, type: '0'})
  expect(decodeHeader(bytes.subarray(1024, 1536))).toBeUndefined()
})

test('a header that was changed is refused', () => {
  const header = encodeHeader(name, 7)
  header[0] = 0x63
  expect(() => decodeHeader(header)).toThrow('checksum')
})

test('pax records are read, and broken ones refused, whatever the bytes', () => {
  expect(decodePax(Buffer.from('13 path=a\u{e9}b\n13 size=1234\n'))).toEqual(
    new Map([
      ['path', 'a\u{e9}b'],
      ['size', '1234'],
    ]),
  )
  fc.assert(
    fc.property(fc.uint8Array({maxLength: 64}), bytes => {
      expect(['read', 'refused']).toContain(outcomeOf(() => decodePax(bytes)))
    }),
  )
})

test('contents end at a block', () => {
  expect([0, 1, 511, 512, 513].map(paddingOf)).toEqual([0, 511, 1, 0, 511])
})

function outcomeOf(act: () => unknown): unknown {
  try {
    act()
    return 'read'
  } catch (error) {
    return error instanceof SyntaxError ? 'refused' : error
  }
}
