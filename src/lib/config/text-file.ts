import {createReadStream} from 'node:fs'
import {ConfigError} from './problems.ts'
import {decodeText, maxSize} from './text.ts'

/**
 * The text of a file.
 *
 * @param path where it is.
 * @param shown what messages call it.
 * @param named where the user named it, for one that is not there: `the name given to --config`.
 * @throws {ConfigError} CONFIG_NOT_FOUND, CONFIG_UNREADABLE; INVALID_CONFIG when it is too large or not UTF-8.
 */
export async function readTextFile(
  path: string,
  shown: string,
  named: string,
  max = maxSize,
): Promise<string> {
  return decodeText(await readBytes(path, shown, named, max), shown, max)
}

/** At most one byte more than is allowed, so that a pipe or a device without end is read no further. */
async function readBytes(path: string, shown: string, named: string, max: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  try {
    for await (const chunk of createReadStream(path, {end: max})) chunks.push(chunk as Uint8Array)
  } catch (cause) {
    if (hasCode(cause, 'ENOENT', 'ENOTDIR')) {
      throw new ConfigError('CONFIG_NOT_FOUND', `${shown}: there is no such file. Check ${named}.`, {cause})
    }
    throw unreadable(shown, cause)
  }
  return Buffer.concat(chunks)
}

export function unreadable(shown: string, cause: unknown): ConfigError {
  const why = hasCode(cause, 'EISDIR') ? 'it is a directory' : codeOf(cause)
  return new ConfigError('CONFIG_UNREADABLE', `${shown}: cannot be read: ${why}.`, {cause})
}

export function hasCode(cause: unknown, ...codes: string[]): boolean {
  return codes.includes(codeOf(cause))
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
}
