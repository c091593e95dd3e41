import {buildEstate} from './build.ts'
import {crossCheck} from './checks.ts'
import {type Document, entryAt, readDocument} from './document.ts'
import type {Estate} from './estate.ts'
import {problemsOf} from './issues.ts'
import {ConfigError, configError, formatPath, type Problem, showBare} from './problems.ts'
import {type EstateFile, estateSchema} from './schema.ts'
import {checkText, fileError} from './text.ts'

/**
 * Reads the text of a `repos.yaml`. `file` is what messages call it.
 *
 * @throws {ConfigError} INVALID_CONFIG, with all that is wrong: the first as the message, the others as hints.
 */
export function parseEstate(text: string, file: string): Estate {
  const plain = checkText(text, file)
  const document = readTotal(plain, file)
  return buildEstate(validate(document, file), document.root, file)
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

function validate({data, root, problems}: Document, file: string): EstateFile {
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
  const result = estateSchema.safeParse(data, {jitless: true})
  const shape = result.success ? [] : result.error.issues.flatMap(issue => problemsOf(issue, data, root))
  const all = [...problems, ...worthSaying([...shape, ...crossCheck(data, root)], problems)]
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
