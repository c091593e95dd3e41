import {backfillId, backfillProgress, registryArgs} from '../../lib/cli/backfill-flags.ts'
import {type BackfillCommandResult, backfillOutputs, toBackfillResult} from '../../lib/cli/backfill-result.ts'
import {viewBackfill} from '../../lib/cli/backfill-view.ts'
import {type Context, GantryCommand, type Style} from '../../lib/cli/command.ts'
import {awsEnvironment} from '../../lib/cli/environment.ts'
import {duration} from '../../lib/cli/flags.ts'

export default class BackfillWatch extends GantryCommand<BackfillCommandResult> {
  static override summary = 'Wait until a backfill has ended.'
  static override description = [
    'Shows how many replications are done, how many failed and with which codes. Exit code 0 when all of them were',
    'replicated; 4 when the backfill failed or was stopped, or some of them failed; 8 when the time of --wait is over.',
    'Changes nothing.',
  ].join(' ')
  static override examples = [
    '<%= config.bin %> <%= command.id %> dev@eu-west-1',
    '<%= config.bin %> <%= command.id %> dev --wait 30m --json',
  ]
  static override args = registryArgs
  static override flags = {
    id: backfillId('the one that is under way, or else the latest'),
    wait: duration({summary: 'Wait so long at most (30m); until it ends without.'}),
  }

  protected async execute(context: Context): Promise<BackfillCommandResult> {
    const {args, flags} = await this.parse(BackfillWatch)
    const {runBackfillWatch} = await import('../../lib/replication/backfill-watch.ts')
    const run = await runBackfillWatch(
      {source: args.registry, id: flags.id, waitMs: flags.wait},
      {
        estate: await context.estate(),
        aws: await awsEnvironment(context),
        region: context.region,
        deadlineAfter: ms => AbortSignal.timeout(ms),
        random: Math.random,
        onLook: backfillProgress(context),
      },
    )
    return toBackfillResult(run)
  }

  protected override outputs(result: BackfillCommandResult): Readonly<Record<string, string>> {
    return backfillOutputs(result)
  }

  protected view(result: BackfillCommandResult, style: Style): string {
    return viewBackfill(result, style)
  }
}
