import {backfillId, changeFlags, registryArgs} from '../../lib/cli/backfill-flags.ts'
import {
  type BackfillCommandResult,
  backfillOutputs,
  backfillQuestion,
  toBackfillResult,
} from '../../lib/cli/backfill-result.ts'
import {viewBackfill} from '../../lib/cli/backfill-view.ts'
import {type Context, GantryCommand, type Style} from '../../lib/cli/command.ts'
import {awsEnvironment, recordsFolder} from '../../lib/cli/environment.ts'

export default class BackfillStop extends GantryCommand<BackfillCommandResult> {
  static override summary = 'Stop a backfill that is under way.'
  static override description = [
    'What it brought stays, and what is under way ends first. Asks, and needs --yes where nobody can be asked. Exits with 7',
    'when the backfill has ended already.',
  ].join(' ')
  static override examples = ['<%= config.bin %> <%= command.id %> dev@eu-west-1 --yes']
  static override args = registryArgs
  static override flags = {id: backfillId('the only one that is under way'), ...changeFlags}

  protected async execute(context: Context): Promise<BackfillCommandResult> {
    const {args, flags} = await this.parse(BackfillStop)
    const {runBackfillStop} = await import('../../lib/replication/backfill-stop.ts')
    const run = await runBackfillStop(
      {source: args.registry, id: flags.id, dryRun: flags['dry-run'], record: flags.record},
      {
        estate: await context.estate(),
        aws: await awsEnvironment(context),
        region: context.region,
        records: recordsFolder(context, process.platform),
        confirm: question => context.confirm(backfillQuestion(question)),
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
