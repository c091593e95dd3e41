import {string as stringArg} from '@oclif/core/args'
import {boolean, string} from '@oclif/core/flags'
import {type Context, GantryCommand, type Style} from '../lib/cli/command.ts'
import {credentialsReader} from '../lib/cli/docker-credentials.ts'
import {awsEnvironment, recordsFolder} from '../lib/cli/environment.ts'
import {promotionProgress} from '../lib/cli/promotion-progress.ts'
import {
  type RollbackCommandResult,
  rollbackQuestion,
  toRollbackResult,
  viewRollback,
} from '../lib/cli/rollback-view.ts'
import {UsageError} from '../lib/errors.ts'

export default class Rollback extends GantryCommand<RollbackCommandResult> {
  static override summary = 'Put the tags that a promotion moved back to the digests that they had.'
  static override description = [
    'Reads the record of the run, looks at what the tags hold now, and moves back those that are still where the run',
    'left them; a tag that somebody moved since is left alone. Tags that the run created are not removed, and images',
    'are not deleted. Asks before it writes; needs --yes where nobody can be asked.',
  ].join(' ')
  static override examples = [
    '<%= config.bin %> <%= command.id %> promotion.jsonl --dry-run',
    '<%= config.bin %> <%= command.id %> promotion.jsonl --yes',
    '<%= config.bin %> <%= command.id %> promotion.jsonl --out plan.json',
    '<%= config.bin %> <%= command.id %> --plan plan.json',
  ]
  static override args = {
    record: stringArg({name: 'RECORD', ignoreStdin: true, description: 'The record that the run left.'}),
  }
  static override flags = {
    'dry-run': boolean({exclusive: ['out'], summary: 'Show what would be done, and do nothing.'}),
    out: string({
      exclusive: ['plan'],
      helpValue: 'FILE',
      summary: 'Save the plan to a file, and do nothing.',
    }),
    plan: string({helpValue: 'FILE', summary: 'Do exactly a saved plan.'}),
    record: string({helpValue: 'FILE', summary: 'Where to write the record of the rollback (JSON lines).'}),
    'detailed-exitcode': boolean({
      summary: 'With --dry-run or --out: exit 10 when there is something to do.',
    }),
  }

  protected async execute(context: Context): Promise<RollbackCommandResult> {
    const {args, flags} = await this.parse(Rollback)
    if ((args.record === undefined) === (flags.plan === undefined)) {
      throw new UsageError(
        'NO_RECORD',
        'Say what to roll back: gantry rollback RECORD, the file that the promotion named; or --plan FILE.',
      )
    }
    const estate = await context.estate()
    const {detailedRollbackExitCode, runRollback} = await import('../lib/promote/rollback-run.ts')
    const result = await runRollback(
      {
        of: args.record,
        plan: flags.plan,
        out: flags.out,
        dryRun: flags['dry-run'],
        concurrency: estate.defaults.promote.concurrency,
        record: flags.record,
      },
      {
        estate,
        aws: await awsEnvironment(context),
        credentialsFor: credentialsReader(context),
        records: recordsFolder(context, process.platform),
        onEvent: promotionProgress(context),
        confirm: question => context.confirm(rollbackQuestion(question)),
      },
    )
    return toRollbackResult(
      result,
      flags['detailed-exitcode'] ? detailedRollbackExitCode(result) : result.exitCode,
    )
  }

  protected view(result: RollbackCommandResult, style: Style): string {
    return viewRollback(result, style)
  }
}
