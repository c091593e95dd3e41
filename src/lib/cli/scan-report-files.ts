import {writeFile} from 'node:fs/promises'
import {resolve} from 'node:path'
import {custom} from '@oclif/core/flags'
import {UsageError} from '../errors.ts'
import {severalTimes} from './flags.ts'
import type {ReportKind} from './reports/report.ts'
import type {SarifRun} from './sarif.ts'
import type {ScanGateResult} from './scan-gate-result.ts'

const reportKinds: readonly ReportKind[] = ['json', 'markdown', 'sarif', 'junit', 'code-quality']

/** A file to write, and what it is to be. */
export interface ReportFile {
  readonly kind: ReportKind
  /** `-` is stdout. */
  readonly file: string
}

/** `--report`: files for {@link prepareReports} and {@link writeReports}. */
export const reportFiles = custom<ReportFile>({
  ...severalTimes,
  default: [],
  helpValue: 'KIND=FILE',
  summary: `Also write a report; several. Kinds: ${reportKinds.join(', ')}. "-" prints it instead of the table.`,
  parse: async text => {
    const at = text.indexOf('=')
    const kind = reportKinds.find(each => each === text.slice(0, at))
    const file = text.slice(at + 1)
    if (kind !== undefined && file !== '') return {kind, file}
    throw new UsageError(
      'INVALID_REPORT',
      `"${text}" is no report. Write a kind and a file: sarif=scan.sarif. Kinds are ${reportKinds.join(', ')}.`,
    )
  },
})

/**
 * Empties the files before anything is asked: whether they can be written is known by that, and a report of an earlier
 * run never stands for one that came to nothing.
 *
 * @param json whether stdout is taken by `--json`.
 * @param cwd folder that names of files are taken from.
 * @throws {UsageError} UNWRITABLE_FILE; ONE_FILE_TWICE when two go to the same place; TWO_FORMATS with `json` and `-`.
 */
export async function prepareReports(
  reports: readonly ReportFile[],
  {json, cwd}: {readonly json: boolean; readonly cwd: string},
): Promise<void> {
  if (json && reports.some(({file}) => file === '-')) {
    throw new UsageError('TWO_FORMATS', 'Choose one of --json and --report KIND=-: both are stdout.')
  }
  const places = reports.map(({file}) => placeOf(file, cwd))
  const twice = reports.find((_report, index) => places.indexOf(places[index] ?? '') < index)
  if (twice !== undefined) {
    throw new UsageError('ONE_FILE_TWICE', `Two reports go to ${twice.file}. Name a file for each.`)
  }
  for (const report of reports) await write(report, '', cwd)
}

/**
 * Writes a result as reports to their files.
 *
 * @returns the report for stdout; undefined when none goes there.
 * @throws {UsageError} UNWRITABLE_FILE.
 */
export async function writeReports(
  reports: readonly ReportFile[],
  result: ScanGateResult,
  run: SarifRun,
): Promise<string | undefined> {
  if (reports.length === 0) return undefined
  const {toReport} = await import('./reports/report.ts')
  let printed: string | undefined
  for (const report of reports) {
    const text = toReport(report.kind, result, run)
    if (report.file === '-') printed = text
    else await write(report, `${text}\n`, run.root)
  }
  return printed
}

async function write({file}: ReportFile, text: string, cwd: string): Promise<void> {
  if (file === '-') return
  try {
    await writeFile(placeOf(file, cwd), text)
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause)
    throw new UsageError('UNWRITABLE_FILE', `${file} cannot be written: ${reason}.`, {cause})
  }
}

function placeOf(file: string, cwd: string): string {
  return file === '-' ? file : resolve(cwd, file)
}
