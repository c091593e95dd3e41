import {writeFile} from 'node:fs/promises'
import {UsageError} from '../errors.ts'
import type {LifecyclePlanResult} from './lifecycle-plan-result.ts'

/**
 * Writes a result as Markdown to the files that the user named; `-` is no file.
 *
 * @throws {UsageError} UNWRITABLE_FILE.
 */
export async function writeMarkdown<Result>(
  files: readonly string[],
  markdownOf: (result: Result) => string,
  result: Result,
): Promise<void> {
  for (const file of files.filter(each => each !== '-')) {
    try {
      await writeFile(file, `${markdownOf(result)}\n`)
    } catch (cause) {
      const reason = (cause as NodeJS.ErrnoException).code ?? String(cause)
      throw new UsageError('UNWRITABLE_FILE', `${file} cannot be written: ${reason}.`, {cause})
    }
  }
}

/** Outputs of the step in GitHub Actions. */
export function lifecyclePlanOutputs({summary}: LifecyclePlanResult): Readonly<Record<string, string>> {
  const {policyChanges, now, within, endangered, planFile} = summary
  return {
    'policy-changes': String(policyChanges),
    'expiring-now': String(now.expire),
    expiring: String(within.expire),
    archiving: String(within.archive),
    'freed-bytes': within.bytes === null ? '' : String(within.bytes),
    endangered: String(endangered),
    plan: planFile ?? '',
  }
}
