import {oneLine} from '../../oci/one-line.ts'
import {toEnvelope} from '../envelope.ts'
import {changeTexts, toSafeJson} from '../escape.ts'
import type {SarifRun} from '../sarif.ts'
import type {ScanGateResult} from '../scan-gate-result.ts'
import {toCodeQuality} from './code-quality.ts'
import {toJunit} from './junit.ts'
import {toMarkdown} from './markdown.ts'
import {toSarifLog} from './sarif.ts'

/** What a result of `gantry scan-gate` can be written as. */
export type ReportKind = 'json' | 'markdown' | 'sarif' | 'junit' | 'code-quality'

/** So many characters of a stranger's text are shown: what is longer is no name and no sentence. */
const longestText = 500

/**
 * A result as the text of a report, without the last line end. JSON is the document of `--json`; the others show every
 * text in one line of which nothing is a control character or turns the reading direction.
 */
export function toReport(kind: ReportKind, result: ScanGateResult, run: SarifRun): string {
  switch (kind) {
    case 'json':
      return toSafeJson(toEnvelope('scan-gate', result))
    case 'markdown':
      return toMarkdown(readable(result))
    case 'sarif':
      return toSafeJson(toSarifLog(readable(result), run))
    case 'junit':
      return toJunit(readable(result))
    case 'code-quality':
      return toSafeJson(toCodeQuality(readable(result)))
  }
}

/** What the page of a step in GitHub Actions, which holds 1 MiB, shows of a result. */
export function toStepSummary(result: ScanGateResult): string {
  return `\n${toMarkdown(readable(result))}\n`
}

function readable(result: ScanGateResult): ScanGateResult {
  return changeTexts(result, text => {
    const line = text.replace(/\s+/g, ' ')
    // Readers of reports take a name that cannot be seen for none.
    return line === ' ' ? String.raw`\u{20}` : oneLine(line, longestText)
  })
}
