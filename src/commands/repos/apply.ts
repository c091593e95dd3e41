import {type Context, GantryCommand, type Style} from '../../lib/cli/command.ts'
import {recordsFolder} from '../../lib/cli/environment.ts'
import {lifecycleProgress} from '../../lib/cli/lifecycle-plan-progress.ts'
import {lookWorld} from '../../lib/cli/look-world.ts'
import {reposApplyArgs, reposApplyFlags, reposApplyOrder} from '../../lib/cli/repos-apply-flags.ts'
import {
  type ReposApplyResult,
  reposApplyOutputs,
  reposApplyQuestion,
  reposDeletionQuestion,
  toReposApplyResult,
  viewReposApply,
} from '../../lib/cli/repos-apply-view.ts'
import {writtenEstate} from '../../lib/cli/written-estate.ts'

export default class ReposApply extends GantryCommand<ReposApplyResult> {
  static override summary = 'Bring registries and repositories to where repos.yaml wants them.'
  static override description = [
    'With a saved plan, does that plan and nothing else; without one, compares now, shows what differs, and does that. Reads',
    'each setting again right before it is changed: one that somebody changed meanwhile is refused, and the others go on.',
    'Images are looked at before anything is changed: one that is needed, or more than a limit, stops all of it (exit 7).',
    'What ECR cannot change is blocked (exit 4), with what to do instead. A repository with images is deleted only if',
    'repos.yaml says "images: delete" and --delete-images is given. Needs --yes where nobody can be asked; --yes lifts no limit.',
  ].join(' ')
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> plan.json --yes',
    '<%= config.bin %> <%= command.id %> plan.json --dry-run',
    '<%= config.bin %> <%= command.id %> --account dev --protect in-use.txt',
  ]
  static override args = reposApplyArgs
  static override flags = reposApplyFlags

  protected async execute(context: Context): Promise<ReposApplyResult> {
    const {args, flags} = await this.parse(ReposApply)
    if (args.plan === undefined) await writtenEstate(context)
    const {runReposApply} = await import('../../lib/repos/apply-run.ts')
    const {showReposPlan} = await import('../../lib/cli/repos-apply-preview.ts')
    const run = await runReposApply(reposApplyOrder(args.plan, flags), {
      ...(await lookWorld(context)),
      onProgress: lifecycleProgress(context, 'Comparing', 'place'),
      onPlan: plan => showReposPlan(plan, context),
      records: recordsFolder(context, process.platform),
      confirm: question => context.confirm(reposApplyQuestion(question)),
      confirmDeletion(deletion) {
        const {question, word} = reposDeletionQuestion(deletion)
        return context.confirmTyped(question, word)
      },
    })
    return toReposApplyResult(run)
  }

  protected override outputs(result: ReposApplyResult): Readonly<Record<string, string>> {
    return reposApplyOutputs(result)
  }

  protected view(result: ReposApplyResult, style: Style): string {
    return viewReposApply(result, style)
  }
}
