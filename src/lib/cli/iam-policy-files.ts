import {writeFile} from 'node:fs/promises'
import {join, resolve} from 'node:path'
import type {GeneratedPolicy} from '../access/model.ts'
import {UsageError} from '../errors.ts'
import {makeFolder} from '../plan/folders.ts'
import {toSafeJson} from './escape.ts'

/**
 * Writes each policy into a file of a folder, which is made where it is missing.
 *
 * @returns the files as the user would name them, in the order of the policies.
 * @throws {UsageError} UNWRITABLE_FILE.
 */
export async function writePolicies(
  folder: string,
  cwd: string,
  policies: readonly GeneratedPolicy[],
): Promise<string[]> {
  const names = fileNamesOf(policies)
  const files = names.map(name => join(folder, name))
  try {
    await makeFolder(resolve(cwd, folder))
    for (const [index, file] of files.entries())
      await writeFile(resolve(cwd, file), `${toSafeJson(policies[index]?.policy)}\n`)
  } catch (cause) {
    const {code = String(cause)} = cause as NodeJS.ErrnoException
    throw new UsageError('UNWRITABLE_FILE', `The policies cannot be written to ${folder}: ${code}.`, {cause})
  }
  return files
}

/** `prod.identity.json`, `shared_eu-west-1_payments_all.repository.json`: names of files that any system takes. */
export function fileNamesOf(policies: readonly GeneratedPolicy[]): string[] {
  const used = new Set<string>()
  return policies.map(({kind, name}) => {
    const plain = name
      .replaceAll('**', 'all')
      .replaceAll('*', 'any')
      .replaceAll(/[^A-Za-z0-9.-]+/g, '_')
    for (let count = 1; ; count++) {
      const file = `${plain}${count === 1 ? '' : `-${count}`}.${kind}.json`
      if (used.has(file)) continue
      used.add(file)
      return file
    }
  })
}
