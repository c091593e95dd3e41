import {gateSeverities} from '../config/gates.ts'
import type {GateVerdict} from '../scan/verdict.ts'
import {isGated, type ScanGateResult} from './scan-gate-result.ts'

/** Outputs of the step in GitHub Actions. */
export function scanGateOutputs(result: ScanGateResult): Readonly<Record<string, string>> {
  const {items, summary} = result
  const {passed, failed} = summary.verdicts
  const failing = gateSeverities.map(
    severity =>
      [
        severity,
        items.filter(isGated).reduce((sum, item) => sum + (item.failing[severity] ?? 0), 0),
      ] as const,
  )
  return {
    verdict: verdictOf(result),
    images: String(items.length),
    passed: String(passed),
    failed: String(failed),
    undetermined: String(items.length - passed - failed),
    failing: String(failing.reduce((sum, [, number]) => sum + number, 0)),
    ...Object.fromEntries(failing.map(([severity, number]) => [`failing-${severity}`, String(number)])),
  }
}

/** `passed` only when every image did; `failed` when one did; `undetermined` however else a run ends. */
export function verdictOf({summary, exitCode}: ScanGateResult): GateVerdict {
  if (summary.verdicts.failed > 0) return 'failed'
  return exitCode === 0 ? 'passed' : 'undetermined'
}
