import {type Context, GantryCommand, type Style} from '../lib/cli/command.ts'
import {lookWorld} from '../lib/cli/look-world.ts'
import {scanGateFlags, scanGateOrder} from '../lib/cli/scan-gate-flags.ts'
import {scanGateOutputs} from '../lib/cli/scan-gate-outputs.ts'
import {scanProgress} from '../lib/cli/scan-gate-progress.ts'
import {type ScanGateResult, toScanGateResult} from '../lib/cli/scan-gate-result.ts'
import {viewScanGate} from '../lib/cli/scan-gate-view.ts'
import {prepareReports, writeReports} from '../lib/cli/scan-report-files.ts'
import {imageArgs} from '../lib/cli/scope-flags.ts'
import {expandStdin} from '../lib/cli/stdin.ts'
import {UsageError} from '../lib/errors.ts'

export default class ScanGate extends GantryCommand<ScanGateResult> {
  static override summary = 'Judge images by what scans found in them; without evidence nothing passes.'
  static override description = [
    'Turns each tag into a digest, reads what basic or enhanced scanning found on every platform of it, and judges that by',
    'a gate of repos.yaml or by flags. Exit code 0 only when every image passed; 3 when one failed; 8 when there is no',
    'evidence of one. Nothing is changed, but that --start may begin scans.',
  ].join(' ')
  static override examples = [
    '<%= config.bin %> <%= command.id %> payments/api:v2 --wait 15m',
    '<%= config.bin %> <%= command.id %> dev/payments/api:v2 --gate strict --baseline prod',
    '<%= config.bin %> <%= command.id %> payments/api:v2 --fail-on critical --fixable --report sarif=scan.sarif',
  ]
  static override strict = false
  static override args = imageArgs
  static override flags = scanGateFlags

  /** The report that stands for the table. */
  #printed: string | undefined

  protected async execute(context: Context): Promise<ScanGateResult> {
    const {argv, flags} = await this.parse(ScanGate)
    const images = await expandStdin(argv.map(String), context.stdin)
    if (images.length === 0) {
      throw new UsageError('NO_IMAGE', 'Say which image: gantry scan-gate REPOSITORY:TAG.')
    }
    await prepareReports(flags.report, {json: flags.json, cwd: context.cwd})
    const {runScanGate} = await import('../lib/scan/gate-run.ts')
    const run = await runScanGate(scanGateOrder(images, flags), {
      ...(await lookWorld(context)),
      cwd: context.cwd,
      random: Math.random,
      onEvent: scanProgress(context),
    })
    const result = toScanGateResult(run)
    this.#printed = await writeReports(flags.report, result, {
      version: this.config.version,
      root: context.cwd,
    })
    return result
  }

  protected override outputs(result: ScanGateResult): Readonly<Record<string, string>> {
    return scanGateOutputs(result)
  }

  protected override async stepSummary(result: ScanGateResult): Promise<string> {
    const {toStepSummary} = await import('../lib/cli/reports/report.ts')
    return toStepSummary(result)
  }

  protected view(result: ScanGateResult, style: Style): string {
    return this.#printed ?? viewScanGate(result, style)
  }
}
