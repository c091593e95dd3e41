import type {FileHandle} from 'node:fs/promises'
import {RefusalError} from '../../errors.ts'
import {oneLine} from '../one-line.ts'
import {blockBytes, decodeHeader, decodePax, paddingOf, type TarHeader} from './tar-header.ts'

const maxEntries = 200_000
/** Bytes of the names and records that stand before an entry. */
const maxExtended = 64 * 1024

/** Where the content of a file stands in a tar. */
export interface TarEntry {
  readonly offset: number
  readonly size: number
}

/**
 * The files of a tar whose names `isWanted`, by name, without reading what is in them.
 *
 * @param where how messages call the tar.
 * @throws {RefusalError} INVALID_LAYOUT.
 */
export async function readEntries(
  handle: FileHandle,
  where: string,
  isWanted: (name: string) => boolean,
): Promise<ReadonlyMap<string, TarEntry>> {
  const wrong = (problem: string) => new RefusalError('INVALID_LAYOUT', `${where}: ${problem}.`)
  const parsed = <Value>(parse: () => Value): Value => {
    try {
      return parse()
    } catch (error) {
      throw error instanceof SyntaxError ? wrong(`it cannot be read as a tar, ${error.message}`) : error
    }
  }
  const {size: end} = await handle.stat()
  const found = new Map<string, TarEntry>()
  let extended: Partial<TarHeader> = {}
  let count = 0
  for (let position = 0; position < end; ) {
    const read = async (start: number, length: number) => {
      const {bytesRead, buffer} = await handle.read(Buffer.alloc(length), 0, length, start)
      if (bytesRead < length) throw wrong('the tar is cut off')
      return buffer
    }
    const block = await read(position, blockBytes)
    const plain = parsed(() => decodeHeader(block))
    if (plain === undefined) break
    if (++count > maxEntries) throw wrong(`the tar has over ${maxEntries} entries`)
    const offset = position + blockBytes
    const header = {...plain, ...(isExtension(plain) ? {} : extended)}
    if (offset + header.size > end) throw wrong('the tar is cut off')
    position = offset + header.size + paddingOf(header.size)
    if (isExtension(plain)) {
      if (plain.size > maxExtended) throw wrong('a name of the tar is too long')
      const bytes = await read(offset, plain.size)
      if (plain.type === 'x') extended = {...extended, ...parsed(() => paxHeader(bytes))}
      if (plain.type === 'L')
        extended = {...extended, name: new TextDecoder().decode(bytes).replace(/\0.*$/s, '')}
      continue
    }
    extended = {}
    const name = header.name.replace(/^(?:\.\/)+/, '')
    if (name.startsWith('/') || name.split(/[\\/]/).includes('..'))
      throw wrong(`the tar has an entry that leads out of it: ${oneLine(header.name, 120)}`)
    if (!isWanted(name) || header.type === '5') continue
    if (header.type !== '0' && header.type !== '7')
      throw wrong(`${oneLine(name, 120)} is a link or no file; only files are read`)
    if (found.has(name)) throw wrong(`the tar has ${oneLine(name, 120)} twice`)
    found.set(name, {offset, size: header.size})
  }
  return found
}

/** About the entries that follow rather than one itself: pax records of one or of all, a long name or target. */
function isExtension({type}: TarHeader): boolean {
  return ['x', 'g', 'L', 'K'].includes(type)
}

function paxHeader(bytes: Uint8Array): Partial<TarHeader> {
  const records = decodePax(bytes)
  const [path, size] = [records.get('path'), records.get('size')]
  if (size !== undefined && !/^\d{1,15}$/.test(size)) throw new SyntaxError('a pax size is no number')
  return {...(path === undefined ? {} : {name: path}), ...(size === undefined ? {} : {size: Number(size)})}
}
