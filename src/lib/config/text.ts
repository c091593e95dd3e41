import {configError, type Position, positionAt} from './problems.ts'

/** The largest file that is read, in bytes; as text, in UTF-16 units: a repos.yaml of 10,000 repositories with much of their own. */
export const maxSize = 8 * 1024 * 1024

/**
 * The text of a file's bytes, without a byte order mark.
 *
 * @param max in bytes.
 * @throws {ConfigError} INVALID_CONFIG when they are too many or not UTF-8.
 */
export function decodeText(bytes: Uint8Array, file: string, max = maxSize): string {
  if (bytes.length > max) throw tooLarge(file, max)
  try {
    return new TextDecoder('utf-8', {fatal: true}).decode(bytes)
  } catch {
    const replaced = new TextDecoder('utf-8').decode(bytes)
    const at = positionAt(replaced, replaced.indexOf('\uFFFD'))
    throw fileError(file, at, 'the file is not UTF-8 text. Save it as UTF-8.', 'not-utf8')
  }
}

/**
 * The text without a byte order mark.
 *
 * @param max in UTF-16 units.
 * @throws {ConfigError} INVALID_CONFIG when it is too large, or no text.
 */
export function checkText(text: string, file: string, max = maxSize): string {
  if (text.length > max) throw tooLarge(file, max)
  const plain = text.startsWith('\uFEFF') ? text.slice(1) : text
  const nul = plain.indexOf('\0')
  if (nul !== -1)
    throw fileError(
      file,
      positionAt(plain, nul),
      'the file has a NUL byte. Save it as UTF-8 text.',
      'nul-byte',
    )
  return plain
}

/** An error about the file as a whole, at a place in it. */
export function fileError(file: string, position: Position, text: string, code: string) {
  return configError(file, [{position, path: [], text, code}])
}

function tooLarge(file: string, max = maxSize) {
  const text = `the file is larger than ${max / 1024 / 1024} MiB. Is it the right file?`
  return fileError(file, {line: 1, column: 1}, text, 'file-too-large')
}
