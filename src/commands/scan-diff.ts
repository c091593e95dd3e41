import {string as stringArg} from '@oclif/core/args'
import {option} from '@oclif/core/flags'
import {type Context, GantryCommand, type Style} from '../lib/cli/command.ts'
import {duration} from '../lib/cli/flags.ts'
import {lookWorld} from '../lib/cli/look-world.ts'
import {type ScanDiffResult, toScanDiffResult} from '../lib/cli/scan-diff-result.ts'
import {viewScanDiff} from '../lib/cli/scan-diff-view.ts'
import {scanProgress} from '../lib/cli/scan-gate-progress.ts'
import {concurrency} from '../lib/cli/scope-flags.ts'
import {gateSeverities} from '../lib/config/gates.ts'

const image = (name: string, description: string) =>
  stringArg({name, required: true, ignoreStdin: true, description})

export default class ScanDiff extends GantryCommand<ScanDiffResult> {
  static override summary = 'Compare what scans find in two images: new, worse, fixed, inherited.'
  static override description = [
    'Reads what scans say of both images now, so that what was published since the older one was built is new in neither.',
    'Exit code 0 when they were compared; 3 with --fail-on, when something new or worse is as grave; 8 when there is no',
    'evidence of one of them. Nothing is changed.',
  ].join(' ')
  static override examples = [
    '<%= config.bin %> <%= command.id %> prod/payments/api:v1 dev/payments/api:v2',
    '<%= config.bin %> <%= command.id %> payments/api:main payments/api:pr-7 --fail-on high',
  ]
  static override args = {
    before: image('BEFORE', '[ALIAS/]REPOSITORY:TAG or @DIGEST, or with a host: what there was.'),
    after: image('AFTER', 'What there is now, named likewise.'),
  }
  static override flags = {
    'fail-on': option({
      options: gateSeverities,
      helpValue: 'SEVERITY',
      summary: 'Exit with 3 when a new or worse finding has this severity or a graver one.',
    })(),
    wait: duration({summary: 'Wait so long for scans (15m); without it they are looked at once.'}),
    concurrency: concurrency(),
  }

  protected async execute(context: Context): Promise<ScanDiffResult> {
    const {args, flags} = await this.parse(ScanDiff)
    const {runScanDiff} = await import('../lib/scan/diff-run.ts')
    const run = await runScanDiff(
      {
        ...args,
        failOn: flags['fail-on'],
        waitMs: flags.wait ?? 0,
        concurrency: flags.concurrency,
      },
      {...(await lookWorld(context)), random: Math.random, onEvent: scanProgress(context)},
    )
    return toScanDiffResult(run)
  }

  protected view(result: ScanDiffResult, style: Style): string {
    return viewScanDiff(result, style)
  }
}
