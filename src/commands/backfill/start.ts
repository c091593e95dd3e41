import {string} from '@oclif/core/flags'
import {backfillProgress, changeFlags, registryArgs} from '../../lib/cli/backfill-flags.ts'
import {
  type BackfillCommandResult,
  backfillOutputs,
  backfillQuestion,
  toBackfillResult,
} from '../../lib/cli/backfill-result.ts'
import {viewBackfill} from '../../lib/cli/backfill-view.ts'
import {type Context, GantryCommand, type Style} from '../../lib/cli/command.ts'
import {awsEnvironment, recordsFolder} from '../../lib/cli/environment.ts'
import {duration} from '../../lib/cli/flags.ts'

export default class BackfillStart extends GantryCommand<BackfillCommandResult> {
  static override summary = 'Replicate to a destination what was pushed before its rule.'
  static override description = [
    'Uses the replication backfill of ECR itself, for all repositories that the rules bring there. Says first how much that',
    'is and what its transfer costs at most, then asks; needs --yes where nobody can be asked. Exits with 7 when no rule leads',
    'there, or ECR can do no more backfills now. With --wait as gantry backfill watch.',
  ].join(' ')
  static override examples = [
    '<%= config.bin %> <%= command.id %> dev --to prod@us-east-1 --dry-run',
    '<%= config.bin %> <%= command.id %> dev --to prod@us-east-1 --yes --wait 2h',
  ]
  static override args = registryArgs
  static override flags = {
    to: string({
      required: true,
      helpValue: 'ALIAS@REGION',
      summary: 'The registry that the images go to; one that a replication rule leads to.',
    }),
    wait: duration({summary: 'Wait so long for its end (2h); exit code 8 when it has not ended then.'}),
    ...changeFlags,
  }

  protected async execute(context: Context): Promise<BackfillCommandResult> {
    const {args, flags} = await this.parse(BackfillStart)
    const {runBackfillStart} = await import('../../lib/replication/backfill-start.ts')
    const run = await runBackfillStart(
      {
        source: args.registry,
        destination: flags.to,
        dryRun: flags['dry-run'],
        waitMs: flags.wait,
        record: flags.record,
      },
      {
        estate: await context.estate(),
        aws: await awsEnvironment(context),
        region: context.region,
        records: recordsFolder(context, process.platform),
        confirm: question => context.confirm(backfillQuestion(question)),
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
