import {string as stringArg} from '@oclif/core/args'
import {boolean} from '@oclif/core/flags'
import {type Context, GantryCommand, type Style} from '../../lib/cli/command.ts'
import {recordsFolder} from '../../lib/cli/environment.ts'
import {
  type LifecycleApplyResult,
  lifecycleApplyQuestion,
  toLifecycleApplyResult,
  viewLifecycleApply,
} from '../../lib/cli/lifecycle-apply-view.ts'
import {lookWorld} from '../../lib/cli/look-world.ts'
import {allowEmptyProtect, departureFlags, protectFiles, recordFile} from '../../lib/cli/scope-flags.ts'

export default class LifecycleApply extends GantryCommand<LifecycleApplyResult> {
  static override summary = 'Put the lifecycle policies of a saved plan into force.'
  static override description = [
    'Looks at every repository of the plan again, and refuses (exit 7) when anything else would happen than the plan says,',
    'when something needs an image that would go, or when a limit is exceeded. Then asks, and writes the policies one by',
    'one; ECR acts on them within 24 hours. Needs --yes where nobody can be asked; --yes lifts no limit.',
  ].join(' ')
  static override examples = [
    '<%= config.bin %> <%= command.id %> plan.json --dry-run',
    '<%= config.bin %> <%= command.id %> plan.json --protect in-use.txt --yes',
  ]
  static override args = {
    plan: stringArg({
      name: 'PLAN',
      required: true,
      ignoreStdin: true,
      description: 'The file that gantry lifecycle plan --out saved.',
    }),
  }
  static override flags = {
    protect: protectFiles('More images that are needed, besides those of the plan; - for standard input.'),
    'allow-empty-protect': allowEmptyProtect,
    ...departureFlags,
    record: recordFile,
    'dry-run': boolean({summary: 'Check everything and write nothing.'}),
  }

  protected async execute(context: Context): Promise<LifecycleApplyResult> {
    const {args, flags} = await this.parse(LifecycleApply)
    const {runLifecycleApply} = await import('../../lib/lifecycle/apply-run.ts')
    const run = await runLifecycleApply(
      {
        plan: args.plan,
        protect: flags.protect,
        allowEmptyProtect: flags['allow-empty-protect'],
        accept: flags.accept,
        limits: {maxImages: flags['max-images'], maxShare: flags['max-share']},
        record: flags.record,
        dryRun: flags['dry-run'],
        concurrency: 8,
      },
      {
        ...(await lookWorld(context)),
        records: recordsFolder(context, process.platform),
        confirm: question => context.confirm(lifecycleApplyQuestion(question)),
      },
    )
    return toLifecycleApplyResult(run)
  }

  protected view(result: LifecycleApplyResult, style: Style): string {
    return viewLifecycleApply(result, style)
  }
}
