/** What every file that Gantry reads has in common: plain YAML with a version and a schema, and problems with places. */
import type * as z from 'zod/mini'
import {type Document, type Entry, entryAt, readDocument} from './document.ts'
import {problemsOf} from './issues.ts'
import {ConfigError, configError, formatPath, inOrder, type Problem, showBare} from './problems.ts'
import {checkText, fileError} from './text.ts'

/** What a file must be: of this schema, without what `crossCheck` finds in the plain values. */
export interface Shape<T> {
  readonly schema: z.ZodMiniType<T>
  readonly crossCheck: (data: unknown, root: Entry) => readonly Problem[]
}

/** A file that is what it must be, and the places of its values. */
export interface Checked<T> {
  readonly data: T
  readonly root: Entry
}

/**
 * Reads the text of a file, YAML or JSON: a mapping with `version: 1`. `file` is what messages call it.
 *
 * @param maxSize in UTF-16 units; 8 MiB without it.
 * @throws {ConfigError} INVALID_CONFIG, with all that is wrong: the first as the message, the others as hints.
 */
export function readChecked<T>(text: string, file: string, shape: Shape<T>, maxSize?: number): Checked<T> {
  return requireShape(openVersioned(text, file, maxSize), file, shape)
}

/**
 * The values of a file that says which version of its format it is of.
 *
 * @param maxSize in UTF-16 units; 8 MiB without it.
 * @throws {ConfigError} INVALID_CONFIG when it is not one mapping of plain values, or of another version.
 */
export function openVersioned(text: string, file: string, maxSize?: number): Document {
  const document = openDocument(text, file, undefined, maxSize)
  requireVersion(document, file)
  return document
}

/**
 * The values of a document, of the shape that they must have.
 *
 * @throws {ConfigError} INVALID_CONFIG, with all that is wrong.
 */
export function requireShape<T>(document: Document, file: string, shape: Shape<T>): Checked<T> {
  const {data, problems} = checkDocument(document, shape)
  if (data === undefined || problems.length > 0) throw configError(file, problems)
  return {data, root: document.root}
}

/**
 * The values of a file, whatever they are.
 *
 * @param start what such a file starts with, for one that is empty.
 * @param maxSize in UTF-16 units; 8 MiB without it.
 * @throws {ConfigError} INVALID_CONFIG when it is not one document of plain values.
 */
export function openDocument(text: string, file: string, start?: string, maxSize?: number): Document {
  const plain = checkText(text, file, maxSize)
  try {
    return readDocument(plain, file, start)
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause
    // A parser that meets text that its authors did not foresee may throw anything; the text is still what is wrong.
    throw fileError(
      file,
      {line: 1, column: 1},
      'the file is not YAML that can be read. Is it the right file?',
      'not-yaml',
    )
  }
}

/** All that is wrong with the values of a file, and the values themselves when they have the shape of the schema. */
export function checkDocument<T>(
  {data, root, problems}: Document,
  {schema, crossCheck}: Shape<T>,
): {readonly data: T | undefined; readonly problems: readonly Problem[]} {
  const result = schema.safeParse(data, {jitless: true})
  const found = result.success ? [] : result.error.issues.flatMap(issue => problemsOf(issue, data, root))
  const all = [...problems, ...worthSaying([...found, ...crossCheck(data, root)], problems)]
  return {data: result.success ? result.data : undefined, problems: inOrder(all)}
}

function requireVersion({data, root, problems}: Document, file: string): void {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    throw problems.length > 0
      ? configError(file, problems)
      : fileError(file, root.value, 'the file must be a mapping. Start it with "version: 1".', 'wrong-type')
  }
  const version = entryAt(root, ['version'])
  if ('version' in data && typeof data.version === 'number' && data.version !== 1 && version !== undefined) {
    const text = `${showBare(version.source ?? '')} is not a version that is known here. Write 1, or use a newer Gantry.`
    throw configError(file, [{position: version.value, path: ['version'], text}])
  }
}

/**
 * Leaves out what only follows from another problem: a value that was refused or has to go, a key that is there with a
 * slip in it.
 */
function worthSaying(found: readonly Problem[], refused: readonly Problem[]): Problem[] {
  const leftOut = refused.filter(({code}) => code !== 'duplicate-key')
  const said = new Set(leftOut.map(({path}) => formatPath(path)))
  const going = new Set(found.flatMap(({path, needless}) => (needless ? [formatPath(path)] : [])))
  const meant = new Set(
    found.flatMap(({path, meant}) => (meant === undefined ? [] : formatPath([...path, meant]))),
  )
  return found.filter(
    ({path, missing, needless}) =>
      !said.has(formatPath(path)) &&
      (needless || !going.has(formatPath(path))) &&
      (missing === undefined || !meant.has(formatPath([...path, missing]))),
  )
}
