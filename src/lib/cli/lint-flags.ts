/** Flags of the commands that find what is doubtful: one name and one meaning in all of them. */
import {option} from '@oclif/core/flags'
import {UsageError} from '../errors.ts'

export const lintFlags = {
  'fail-on': option({
    options: ['error', 'warning', 'note'] as const,
    default: 'error' as const,
    summary: 'The least severity that makes it exit with 3.',
  })(),
  format: option({
    options: ['table', 'sarif'] as const,
    default: 'table' as const,
    summary: 'How the findings are shown.',
  })(),
}

/** @throws {UsageError} TWO_FORMATS */
export function assertOneFormat({json, format}: {readonly json: boolean; readonly format: string}): void {
  if (json && format === 'sarif')
    throw new UsageError('TWO_FORMATS', 'Choose one of --json and --format sarif.')
}
