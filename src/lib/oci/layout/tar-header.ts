/** Headers of tar: POSIX ustar with pax records and the extensions of GNU tar that others write. */

export const blockBytes = 512

/** What a header block says. */
export interface TarHeader {
  readonly name: string
  readonly size: number
  /** `0` a file, `1` and `2` links, `5` a folder; `x`, `g` and `L` are about what follows. */
  readonly type: string
}

/** @returns undefined for a block of zeros, which ends an archive. @throws {SyntaxError} */
export function decodeHeader(block: Uint8Array): TarHeader | undefined {
  if (block.every(byte => byte === 0)) return undefined
  if (sumOf(block) !== numberAt(block, 148, 8)) throw new SyntaxError('a header has the wrong checksum')
  const prefix = textAt(block, 257, 5) === 'ustar' && block[263] !== 0x20 ? textAt(block, 345, 155) : ''
  const name = textAt(block, 0, 100)
  const type = String.fromCharCode(block[156] ?? 0).replace('\0', '0')
  return {name: prefix === '' ? name : `${prefix}/${name}`, size: numberAt(block, 124, 12), type}
}

/** The header of a file, the same each time: nobody's, of the beginning of time. */
export function encodeHeader(name: string, size: number): Uint8Array {
  const block = Buffer.alloc(blockBytes)
  block.write(name, 0, 100, 'utf8')
  block.write('0000644\x000000000\x000000000\x00', 100, 'ascii')
  block.set(encodeSize(size), 124)
  block.write('00000000000\0', 136, 'ascii')
  block.write('0', 156, 'ascii')
  block.write('ustar\x0000', 257, 'latin1')
  block.write(`${sumOf(block).toString(8).padStart(6, '0')}\0 `, 148, 'ascii')
  return block
}

/** Bytes after an entry's content, up to the next block. */
export function paddingOf(size: number): number {
  return (blockBytes - (size % blockBytes)) % blockBytes
}

/** The records of a pax header (POSIX, pax Interchange Format): each `LENGTH KEY=VALUE\n`. @throws {SyntaxError} */
export function decodePax(bytes: Uint8Array): ReadonlyMap<string, string> {
  const records = new Map<string, string>()
  for (let start = 0; start < bytes.length; ) {
    const space = bytes.indexOf(0x20, start)
    const length = Number(asText(bytes.subarray(start, Math.max(space, start))) || Number.NaN)
    if (!Number.isSafeInteger(length) || length <= space - start || start + length > bytes.length)
      throw new SyntaxError('a pax header cannot be read')
    const record = asText(bytes.subarray(space + 1, start + length - 1))
    const equals = record.indexOf('=')
    records.set(record.slice(0, equals), record.slice(equals + 1))
    start += length
  }
  return records
}

/** Eleven octal digits; from 8 GiB on the number itself, as GNU tar writes it and Go, Python and BSD read it. */
function encodeSize(size: number): Uint8Array {
  if (size < 8 ** 11) return Buffer.from(`${size.toString(8).padStart(11, '0')}\0`, 'ascii')
  const field = Buffer.alloc(12)
  field[0] = 0x80
  field.writeBigUInt64BE(BigInt(size), 4)
  return field
}

function numberAt(block: Uint8Array, start: number, length: number): number {
  const field = block.subarray(start, start + length)
  const isBinary = (field[0] ?? 0) >= 0x80
  const digits = isBinary ? '' : asText(field).replaceAll(/[\0 ]/g, '')
  const number = isBinary
    ? field.subarray(1).reduce((sum, byte) => sum * 256 + byte, (field[0] ?? 0) & 0x7f)
    : Number(/^[0-7]*$/.test(digits) ? `0o${digits || '0'}` : Number.NaN)
  if (!Number.isSafeInteger(number)) throw new SyntaxError('a header has no number where one must be')
  return number
}

function textAt(block: Uint8Array, start: number, length: number): string {
  const field = block.subarray(start, start + length)
  const end = field.indexOf(0)
  return asText(end === -1 ? field : field.subarray(0, end))
}

function asText(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}

/** Of all bytes, with spaces where the sum itself stands. */
function sumOf(block: Uint8Array): number {
  return block.reduce((sum, byte, index) => sum + (index >= 148 && index < 156 ? 0x20 : byte), 0)
}
