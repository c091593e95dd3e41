import {resolve} from 'node:path'
import {BugError} from '../../errors.ts'
import {checkUnique, elementsOf, mappingOf, reporter} from '../check-parts.ts'
import {readChecked} from '../checked.ts'
import {type Entry, entryAt} from '../document.ts'
import type {Problem} from '../problems.ts'
import {readTextFile} from '../text-file.ts'
import type {IgnoreRule} from './model.ts'
import {type IgnoreData, ignoresSchema} from './schema.ts'
import {endOf} from './until.ts'

/**
 * Reads a file of ignore rules.
 *
 * @param cwd that its name is taken from.
 * @throws {ConfigError} CONFIG_NOT_FOUND, CONFIG_UNREADABLE; INVALID_CONFIG with all that is wrong.
 */
export async function readIgnoreFile(file: string, cwd: string): Promise<readonly IgnoreRule[]> {
  const text = await readTextFile(resolve(cwd, file), file, 'the name that the gate or a flag gives')
  return parseIgnores(text, file)
}

/**
 * As {@link readIgnoreFile}, from its text; `file` is what messages call it.
 *
 * @throws {ConfigError} INVALID_CONFIG with all that is wrong: the first as the message, the others as hints.
 */
export function parseIgnores(text: string, file: string): readonly IgnoreRule[] {
  const {data, root} = readChecked(text, file, {schema: ignoresSchema, crossCheck})
  return data.ignores.map((ignore, index) => toRule(ignore, entryAt(root, ['ignores', index]) ?? root, file))
}

function toRule({owner, ...data}: IgnoreData, {key}: Entry, file: string): IgnoreRule {
  const endsAt = endOf(data.until)
  if (endsAt === undefined) throw new BugError(`${file}: a rule that never ends or ends passed the checks.`)
  return {
    repositories: [],
    packages: [],
    platforms: [],
    ...data,
    endsAt,
    owner: owner ?? null,
    origin: {file, ...key},
  }
}

function crossCheck(data: unknown, root: Entry): Problem[] {
  const problems: Problem[] = []
  const report = reporter(root, problems)
  for (const [index, ignore] of elementsOf(mappingOf(data)['ignores']).entries()) {
    for (const key of ['repositories', 'packages', 'platforms']) {
      checkUnique(mappingOf(ignore)[key], ['ignores', index, key], report)
    }
  }
  return problems
}
