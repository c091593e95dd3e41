import {readFile} from 'node:fs/promises'
import type {Readable} from 'node:stream'
import {UsageError} from '../errors.ts'

const MiB = 1024 * 1024

/**
 * Replaces `-` among arguments by the lines of standard input; empty lines and lines that start with `#` don't count.
 *
 * @param files that the command reads besides, where `-` is standard input too.
 * @throws {UsageError} when `-` is given twice, the input is larger than 8 MiB, or names nothing: without names most commands
 *   mean everything.
 */
export async function expandStdin(
  values: readonly string[],
  stdin: Readable,
  files: readonly string[] = [],
): Promise<string[]> {
  if (!values.includes('-')) return [...values]
  const dashes = [...values, ...files].filter(value => value === '-').length
  if (dashes > 1) throw new UsageError('STDIN_TWICE', 'Standard input can be read once: give - one time.')
  const lines = (await readStdin(stdin))
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '' && !line.startsWith('#'))
  if (lines.length === 0) {
    throw new UsageError('STDIN_EMPTY', 'Standard input names nothing. Look at what writes the list.')
  }
  return values.flatMap(value => (value === '-' ? lines : [value]))
}

/**
 * All of standard input as text.
 * @throws {UsageError} when it is larger than `maximumMiB`.
 */
export async function readStdin(stdin: Readable, maximumMiB = 8): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of stdin as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > maximumMiB * MiB) {
      throw new UsageError('STDIN_TOO_LARGE', `Standard input is larger than ${maximumMiB} MiB.`)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Reads all of standard input when it is asked to. More than the maximum is a UsageError, as with `readStdin`. */
export function stdinReader(stdin: Readable): (maximumBytes: number) => Promise<Buffer> {
  return async maximumBytes => Buffer.from(await readStdin(stdin, maximumBytes / MiB))
}

/**
 * The text of a file that the user named; `-` is standard input, of at most 256 MiB.
 * @throws {UsageError} when it cannot be read.
 */
export async function readInput(file: string, stdin: Readable): Promise<string> {
  if (file === '-') return readStdin(stdin, 256)
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    throw new UsageError('UNREADABLE_FILE', `${file} cannot be read (${code}).`, {cause: error})
  }
}
