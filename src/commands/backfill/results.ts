import {option} from '@oclif/core/flags'
import {backfillId, registryArgs} from '../../lib/cli/backfill-flags.ts'
import {type BackfillResultsResult, toBackfillResultsResult} from '../../lib/cli/backfill-result.ts'
import {viewBackfillResults} from '../../lib/cli/backfill-view.ts'
import {type Context, GantryCommand, type Style} from '../../lib/cli/command.ts'
import {awsEnvironment} from '../../lib/cli/environment.ts'

export default class BackfillResults extends GantryCommand<BackfillResultsResult> {
  static override summary = 'Show what became of each image of a backfill that has ended.'
  static override description = [
    'Exit code 0 when all of them were replicated; 4 when some were not, or the backfill failed or was stopped; 8 while it is',
    'under way, for ECR tells results at the end, or when ECR lists fewer than it counts. Changes nothing.',
  ].join(' ')
  static override examples = [
    '<%= config.bin %> <%= command.id %> dev@eu-west-1 --status failed',
    '<%= config.bin %> <%= command.id %> dev --json',
  ]
  static override args = registryArgs
  static override flags = {
    id: backfillId('the one that is under way, or else the latest'),
    status: option({options: ['failed', 'complete'] as const, summary: 'Only those that ended so.'})(),
  }

  protected async execute(context: Context): Promise<BackfillResultsResult> {
    const {args, flags} = await this.parse(BackfillResults)
    const {runBackfillResults} = await import('../../lib/replication/backfill-results.ts')
    const run = await runBackfillResults(
      {source: args.registry, id: flags.id, status: flags.status},
      {
        estate: await context.estate(),
        aws: await awsEnvironment(context),
        region: context.region,
      },
    )
    return toBackfillResultsResult(run)
  }

  protected view(result: BackfillResultsResult, style: Style): string {
    return viewBackfillResults(result, style)
  }
}
