/** Files of lines, compressed when their name ends in `.gz`, too large to be held in memory. */
import {randomBytes} from 'node:crypto'
import {createReadStream, createWriteStream} from 'node:fs'
import {rename, rm} from 'node:fs/promises'
import {basename, dirname, join} from 'node:path'
import {Readable} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import {createGunzip, createGzip} from 'node:zlib'

const chunkSize = 64 * 1024
const longestLine = 64 * 1024 * 1024

/**
 * Puts a file of these lines in the place of what is there, in one step when all of them are on the disk; for its owner
 * alone.
 *
 * @throws {NodeJS.ErrnoException}, and what the lines throw: then what was there stays.
 */
export async function writeLines(file: string, lines: AsyncIterable<string>): Promise<void> {
  const draft = join(dirname(file), `.${basename(file)}.${randomBytes(6).toString('hex')}.tmp`)
  try {
    const target = createWriteStream(draft, {flags: 'wx', mode: 0o600, flush: true})
    const source = Readable.from(inChunks(lines))
    await (isCompressed(file) ? pipeline(source, createGzip(), target) : pipeline(source, target))
    await rename(draft, file)
  } catch (error) {
    await rm(draft, {force: true}).catch(() => undefined)
    throw error
  }
}

/**
 * The lines of a file, without their ends.
 *
 * @throws {RangeError} when the last line does not end, or is too long to be one; {TypeError} when a line is no UTF-8;
 *   {NodeJS.ErrnoException} of the file or of its compression.
 */
export async function* readLines(file: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true})
  let rest = ''
  for await (const chunk of bytesOf(file)) {
    const [first = '', ...others] = decoder.decode(chunk, {stream: true}).split('\n')
    rest += first
    for (const next of others) {
      yield rest
      rest = next
    }
    if (rest.length > longestLine) throw new RangeError('it is too long')
  }
  rest += decoder.decode()
  if (rest !== '') throw new RangeError('the file is cut')
}

async function* bytesOf(file: string): AsyncGenerator<Buffer> {
  const source = createReadStream(file)
  if (!isCompressed(file)) return yield* source as AsyncIterable<Buffer>
  const plain = createGunzip()
  // What goes wrong destroys both, and is thrown where the bytes are read.
  const moved = pipeline(source, plain).catch(() => undefined)
  yield* plain as AsyncIterable<Buffer>
  await moved
}

async function* inChunks(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let chunk = ''
  for await (const line of lines) {
    chunk += `${line}\n`
    if (chunk.length < chunkSize) continue
    yield chunk
    chunk = ''
  }
  if (chunk !== '') yield chunk
}

function isCompressed(file: string): boolean {
  return file.toLowerCase().endsWith('.gz')
}
