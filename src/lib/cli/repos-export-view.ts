import {exitCodes} from '../errors.ts'
import type {ReposExportRun} from '../repos/export-run.ts'
import type {CommandResult, Envelope, ErrorEnvelope} from './envelope.ts'
import {count} from './text.ts'

export interface ReposExportSummary {
  readonly registries: number
  /** Those of several registries that have one name count once each. */
  readonly repositories: number
  /** Of the text, in UTF-8. */
  readonly bytes: number
  readonly requests: number
  readonly mutatingRequests: number
  readonly retries: number
  readonly durationMs: number
  /** Every identity that took part. */
  readonly callers: ReposExportRun['callers']
}

/** What was written. */
export interface ExportedFile {
  /** Null where it was printed alone. */
  readonly file: string | null
  /** A whole repos.yaml. */
  readonly text: string
}

/** What `gantry repos export` returns. */
export interface ReposExportResult extends CommandResult {
  readonly summary: ReposExportSummary & CommandResult['summary']
  readonly items: readonly [ExportedFile]
}

/** The document of `gantry repos export --json`. @public for tools/generate-schema.ts */
export type ReposExportDocument = ReposExportEnvelope | ErrorEnvelope

interface ReposExportEnvelope extends Envelope {
  readonly summary: ReposExportSummary & Envelope['summary']
  readonly items: readonly [ExportedFile]
}

export function toReposExportResult(run: ReposExportRun, file: string | null): ReposExportResult {
  const {text, registries, repositories, callers, warnings, traffic, durationMs} = run
  const {requests, mutatingRequests, retries} = traffic
  const [caller] = callers
  return {
    ...(caller === undefined ? {} : {caller}),
    summary: {
      registries,
      repositories,
      bytes: Buffer.byteLength(text),
      requests,
      mutatingRequests,
      retries,
      durationMs,
      callers,
    },
    items: [{file, text}],
    warnings,
    exitCode: exitCodes.done,
  }
}

/** What was written to a file. */
export function viewReposExport({summary, items: [{file}]}: ReposExportResult): string {
  const {repositories, registries} = summary
  return [
    `${file ?? ''}: ${count(repositories, 'repository')} of ${count(registries, 'registry')}.`,
    `gantry repos plan --config ${file ?? ''} tells when something differs from it.`,
  ].join('\n')
}
