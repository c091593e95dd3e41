/** What every file that Gantry reads has in common: plain YAML with a version and a schema, and problems with places. */
import type * as z from 'zod/mini'
import {type Document, type Entry, entryAt, readDocument} from './document.ts'
import {problemsOf} from './issues.ts'
import {ConfigError, configError, formatPath, type Problem, showBare} from './problems.ts'
import {checkText, fileError} from './text.ts'

/** What a file must be: a mapping with `version: 1`, of this schema, without what `crossCheck` finds in the plain values. */
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
 * Reads the text of a file, YAML or JSON. `file` is what messages call it.
 *
 * @param maxSize in UTF-16 units; 1 MiB without it.
 * @throws {ConfigError} INVALID_CONFIG, with all that is wrong: the first as the message, the others as hints.
 */
export function readChecked<T>(text: string, file: string, shape: Shape<T>, maxSize?: number): Checked<T> {
  const document = readTotal(checkText(text, file, maxSize), file)
  return {data: validate(document, file, shape), root: document.root}
}

/** A parser that meets text that its authors did not foresee may throw anything; the text is still what is wrong. */
function readTotal(text: string, file: string): Document {
  try {
    return readDocument(text, file)
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause
    throw fileError(
      file,
      {line: 1, column: 1},
      'the file is not YAML that can be read. Is it the right file?',
    )
  }
}

function validate<T>({data, root, problems}: Document, file: string, {schema, crossCheck}: Shape<T>): T {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    throw problems.length > 0
      ? configError(file, problems)
      : fileError(file, root.value, 'the file must be a mapping. Start it with "version: 1".')
  }
  const version = entryAt(root, ['version'])
  if ('version' in data && typeof data.version === 'number' && data.version !== 1 && version !== undefined) {
    const text = `${showBare(version.source ?? '')} is not a version that is known here. Write 1, or use a newer Gantry.`
    throw configError(file, [{position: version.value, path: ['version'], text}])
  }
  const result = schema.safeParse(data, {jitless: true})
  const found = result.success ? [] : result.error.issues.flatMap(issue => problemsOf(issue, data, root))
  const all = [...problems, ...worthSaying([...found, ...crossCheck(data, root)], problems)]
  if (!result.success || all.length > 0) throw configError(file, all)
  return result.data
}

/** Leaves out what only follows from another problem: a value refused before, a key that is there with a slip in it. */
function worthSaying(found: readonly Problem[], refused: readonly Problem[]): Problem[] {
  const said = new Set(refused.map(({path}) => formatPath(path)))
  const meant = new Set(
    found.flatMap(({path, meant}) => (meant === undefined ? [] : formatPath([...path, meant]))),
  )
  return found.filter(
    ({path, missing}) =>
      !said.has(formatPath(path)) && (missing === undefined || !meant.has(formatPath([...path, missing]))),
  )
}
