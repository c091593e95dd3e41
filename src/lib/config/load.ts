import {stat} from 'node:fs/promises'
import {dirname, isAbsolute, join, relative, resolve} from 'node:path'
import {type Estate, emptyEstate} from './estate.ts'
import {ConfigError} from './problems.ts'
import {hasCode, readTextFile, unreadable} from './text-file.ts'

const fileNames = ['repos.yaml', 'repos.yml'] as const

/**
 * Reads the estate: from `file`, taken from `cwd`, or else from the nearest `repos.yaml` or `repos.yml` in `cwd` and the
 * directories above it. Without any, {@link emptyEstate}.
 *
 * @throws {ConfigError} CONFIG_NOT_FOUND when `file` does not exist; CONFIG_UNREADABLE when it cannot be read;
 *   CONFIG_AMBIGUOUS when both names stand in one directory; CONFIG_UNTRUSTED when the file found is another user's in a
 *   directory that everybody may write; INVALID_CONFIG when its content is wrong.
 */
export async function loadEstate({file, cwd}: {file?: string; cwd: string}): Promise<Estate> {
  const found = file === undefined ? await discover(cwd) : resolve(cwd, file)
  if (found === undefined) return emptyEstate
  const shown = file ?? shorter(relative(cwd, found), found)
  const text = await readTextFile(found, shown, 'the name given to --config')
  // The YAML and schema libraries are loaded for those who have a file.
  const {parseEstate} = await import('./parse.ts')
  return parseEstate(text, shown)
}

async function discover(cwd: string): Promise<string | undefined> {
  let directory = resolve(cwd)
  for (;;) {
    const found: string[] = []
    for (const name of fileNames) {
      const path = join(directory, name)
      if (await isFile(path)) found.push(path)
    }
    const [first, second] = found
    if (second !== undefined) {
      const message = `${directory} has both repos.yaml and repos.yml. Keep one, or name one with --config.`
      throw new ConfigError('CONFIG_AMBIGUOUS', message)
    }
    if (first !== undefined) {
      await refuseStrangers(first)
      return first
    }
    const parent = dirname(directory)
    if (parent === directory) return undefined
    directory = parent
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return !(await stat(path)).isDirectory()
  } catch (cause) {
    if (hasCode(cause, 'ENOENT', 'ENOTDIR')) return false
    throw unreadable(path, cause)
  }
}

/** Nobody's credentials go where a stranger's `/tmp/repos.yaml` says, only because it lies above the work directory. */
async function refuseStrangers(path: string): Promise<void> {
  const self = process.getuid?.()
  const {uid} = await stat(path)
  if (self === undefined || uid === self || uid === 0) return
  const {mode} = await stat(dirname(path))
  if ((mode & 0o002) === 0) return
  const message = `${path} belongs to another user, in a directory that everybody may write. Name it with --config to use it.`
  throw new ConfigError('CONFIG_UNTRUSTED', message)
}

function shorter(path: string, absolute: string): string {
  return !isAbsolute(path) && path.length < absolute.length ? path : absolute
}
